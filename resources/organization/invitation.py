"""`Invitation`: somebody asked to join the organization.

Operations: `invitationCreate`, `invitationGet`, `invitationGetList`, `invitationDelete`,
`memberGetList`.

    Invitation(
        "colleague",
        InvitationArgs(
            organization_id=organization.id,
            email="colleague@example.com",
            assigned_role_ids=[analyst.id],
        ),
    )

Everything about it replaces it: the API cannot change an invitation. There is one for an address,
so one for the same roles that is there already is taken over. Once it is accepted, the member
stays: destroying the resource withdraws an invitation and removes nobody. `Member` changes the
roles of members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import DiffResult, Resource

from resources.base import CreatedResource, Live, marks_of
from resources.base.fields import ORGANIZATION, Field, text, texts

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["Invitation", "InvitationArgs", "InvitationProvider"]


@dataclass(kw_only=True)
class InvitationArgs:
    """Who, and as what.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        email: whom to invite. Replaces.
        assigned_role_ids: UUIDs of the roles the new member gets, at least one. A set. Replaces.
    """

    organization_id: pulumi.Input[str]
    email: pulumi.Input[str]
    assigned_role_ids: pulumi.Input[Sequence[pulumi.Input[str]]]


class InvitationProvider(CreatedResource):
    """Invites, and withdraws invitations."""

    display_name = "invitation"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "email": Field(
            check=text(pattern=r"[^@\s]+@[^@\s]+", allowed="an address like colleague@example.com"),
            required=True,
            replaces=True,
            same=lambda old, new: old.lower() == new.lower(),
        ),
        "assigned_role_ids": Field(
            check=texts(allowed="at least one UUID of a role", least=1),
            required=True,
            replaces=True,
        ),
    }

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """An address has one invitation, so the old one has to go before another is made."""
        result = super().diff(resource_id, olds, news)
        result.delete_before_replace = bool(result.replaces)
        return result

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """The invitation; once accepted, what was asked for: it has done its work."""
        from clickhouse_api import errors

        organization = props["organization_id"]
        try:
            return _live(client.user_management.invitation_get(organization, resource_id))
        except errors.NotFound:
            members = client.user_management.member_get_list(organization)
            if props["email"].lower() not in {(m.email or "").lower() for m in members}:
                raise
            return {name: props[name] for name in self.fields}

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """An invitation of the same address for the same roles."""
        listed = client.user_management.invitation_get_list(props["organization_id"])
        found = [(str(invitation.id), _live(invitation)) for invitation in listed]
        return [(id_, live) for id_, live in found if not self.differences(live, props)]

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Invite."""
        from clickhouse_api import models

        request = models.InvitationPostRequest(
            email=props["email"], assigned_role_ids=props["assigned_role_ids"]
        )
        made = client.user_management.invitation_create(props["organization_id"], request)
        return str(made.id), _live(made)

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Withdraw it."""
        client.user_management.invitation_delete(props["organization_id"], resource_id)


class Invitation(Resource, module="clickhouse", name="Invitation"):
    """An invitation to the organization."""

    email: pulumi.Output[str]
    """Who is invited."""

    def __init__(
        self,
        resource_name: str,
        args: InvitationArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(InvitationProvider(), resource_name, props, opts)


def _live(invitation: models.Invitation) -> Live:
    roles = [role.role_id for role in invitation.assigned_roles or [] if role.role_id]
    return {"email": invitation.email or "", "assigned_role_ids": sorted(roles)}
