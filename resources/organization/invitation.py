"""`Invitation`: an invitation to join the organization, sent by e-mail.

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

A change of any field replaces the invitation, because the API cannot change an invitation. An
address has at most one invitation, so an existing invitation with the same roles is adopted. After
an invitation was accepted, destroying the resource does not remove the member. `Member` changes the
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
    """The address and its roles.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        email: address of the new member. Replaces.
        assigned_role_ids: UUIDs of the new member's roles, at least one. A set. Replaces.
    """

    organization_id: pulumi.Input[str]
    email: pulumi.Input[str]
    assigned_role_ids: pulumi.Input[Sequence[pulumi.Input[str]]]


class InvitationProvider(CreatedResource):
    """Creates and withdraws invitations."""

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
        """Delete before a replacement, because an address has at most one invitation."""
        result = super().diff(resource_id, olds, news)
        result.delete_before_replace = bool(result.replaces)
        return result

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the invitation.

        The API no longer returns an accepted invitation. If its address is a member, the inputs are
        returned, so that the resource shows no change.
        """
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
        """Return an invitation of the same address with the same roles."""
        listed = client.user_management.invitation_get_list(props["organization_id"])
        found = [(str(invitation.id), _live(invitation)) for invitation in listed]
        return [(id_, live) for id_, live in found if not self.differences(live, props)]

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Create the invitation."""
        from clickhouse_api import models

        request = models.InvitationPostRequest(
            email=props["email"], assigned_role_ids=props["assigned_role_ids"]
        )
        created = client.user_management.invitation_create(props["organization_id"], request)
        return str(created.id), _live(created)

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Withdraw the invitation."""
        client.user_management.invitation_delete(props["organization_id"], resource_id)


class Invitation(Resource, module="clickhouse", name="Invitation"):
    """An invitation to the organization."""

    email: pulumi.Output[str]
    """Address of the new member."""

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
