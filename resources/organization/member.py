"""`Member`: the roles of a member of the organization.

Operations: `memberGet`, `memberUpdate`, `memberDelete`.

    Member(
        "colleague",
        MemberArgs(
            organization_id=organization.id,
            user_id="11111111-2222-4333-8444-555555555555",
            assigned_role_ids=[analyst.id],
        ),
    )

The resource adopts an existing member, because members join by accepting an `Invitation`. A change
of the user replaces the resource. The roles are a set and change in place. Destroying the resource
keeps the member and the roles, and reports that. With `remove_on_destroy`, it removes the member
from the organization.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of, plain
from resources.base import pulumi_engine as engine
from resources.base.fields import ORGANIZATION, Field, flag, text, texts

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["Member", "MemberArgs", "MemberProvider"]


@dataclass(kw_only=True)
class MemberArgs:
    """The member and the roles.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        user_id: the member's id. Replaces.
        assigned_role_ids: UUIDs of system or custom roles, at least one. A set, in place.
        remove_on_destroy: whether destroying the resource removes the member from the
            organization. Default: no. In place.
    """

    organization_id: pulumi.Input[str]
    user_id: pulumi.Input[str]
    assigned_role_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    remove_on_destroy: pulumi.Input[bool] | None = None


class MemberProvider(Singleton):
    """Changes a member's roles."""

    display_name = "member"
    parent = "user_id"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "user_id": Field(check=text(), required=True, replaces=True, readable=False),
        "assigned_role_ids": Field(
            check=texts(allowed="at least one UUID of a role", least=1), required=True
        ),
        "remove_on_destroy": Field(check=flag, readable=False, clears=True),
    }

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the member."""
        return _live(client.user_management.member_get(props["organization_id"], resource_id))

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return roles, name and address."""
        return {**super().shown(live, wanted), "name": live["name"], "email": live["email"]}

    def sync(self, change: Change) -> Live | None:
        """Send the roles."""
        from clickhouse_api import models

        if "assigned_role_ids" not in change.names:
            return change.live
        patch = models.MemberPatchRequest(assigned_role_ids=change.news["assigned_role_ids"])
        return _live(change.client.user_management.member_update(*change.ids, patch))

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the member if `remove_on_destroy` is set. If not, report that the member stays."""
        if props.get("remove_on_destroy"):
            client.user_management.member_delete(props["organization_id"], resource_id)
        else:
            engine.info(
                engine.urn_in(props),
                f"member {resource_id} stays in the organization with the same roles",
            )


class Member(Resource, module="clickhouse", name="Member"):
    """A member's roles."""

    name: pulumi.Output[str]
    """The member's name."""
    email: pulumi.Output[str]
    """The member's address."""
    assigned_role_ids: pulumi.Output[list[str]]
    """The member's roles."""

    def __init__(
        self,
        resource_name: str,
        args: MemberArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), "name": None, "email": None}
        super().__init__(
            MemberProvider(),
            resource_name,
            {**props, **marks_of(type(self), resource_name, opts)},
            opts,
        )


def _live(member: models.Member) -> Live:
    live = plain(member)
    roles = [role["role_id"] for role in live.pop("assigned_roles", []) if role.get("role_id")]
    identity = {name: live.get(name) or "" for name in ("name", "email")}
    return {**identity, "assigned_role_ids": sorted(roles)}
