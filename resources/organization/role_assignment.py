"""`RoleAssignment`: users and API keys that have a custom role.

Operations: `organizationRoleGet`, `organizationRolePatch`.

    RoleAssignment(
        "analysts",
        RoleAssignmentArgs(
            organization_id=organization.id,
            role_id=analyst.id,
            actors=["user/11111111-2222-4333-8444-555555555555"],
        ),
    )

A change of the role replaces the assignment. The actors are a set and change in place. The resource
manages only the actors that it names. All other actors keep the role, and several resources may
share a role. An update through the API replaces the whole list of actors, so runs on one machine
lock the role and update it one after the other (see `claims`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of
from resources.base.fields import ORGANIZATION, Field, text, texts

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["RoleAssignment", "RoleAssignmentArgs", "RoleAssignmentProvider"]


@dataclass(kw_only=True)
class RoleAssignmentArgs:
    """The role and its actors.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        role_id: id of a custom role. Replaces.
        actors: users and API keys in the notation of the API, at least one. A set, in place.
    """

    organization_id: pulumi.Input[str]
    role_id: pulumi.Input[str]
    actors: pulumi.Input[Sequence[pulumi.Input[str]]]


class RoleAssignmentProvider(Singleton):
    """Adds actors to a role and removes them."""

    display_name = "role assignment"
    parent = "role_id"
    shared_field = "actors"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "role_id": Field(check=text(), required=True, replaces=True, readable=False),
        "actors": Field(check=texts(allowed="at least one actor", least=1), required=True),
    }

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return all actors that have the role."""
        role = client.role_management.organization_role_get(props["organization_id"], resource_id)
        return {"actors": sorted(role.actors or [])}

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the actors that this resource names."""
        ours = wanted.get("actors") or ()
        return {"actors": [actor for actor in live["actors"] if actor in ours]}

    def sync(self, change: Change) -> None:
        """Send the whole list, including the actors that this resource does not name."""
        present, ours = (change.live or {}).get("actors", ()), change.olds.get("actors") or ()
        others = set(present) - set(ours)
        _put(change.client, change.resource_id, change.news, others | set(change.news["actors"]))

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the actors that this resource names from the role."""
        present = set(self.observe(client, resource_id, props)["actors"])
        others = present - set(props.get("actors") or ())
        if others != present:
            _put(client, resource_id, props, others)


class RoleAssignment(Resource, module="clickhouse", name="RoleAssignment"):
    """The actors of a role."""

    actors: pulumi.Output[list[str]]
    """Actors that this resource manages."""

    def __init__(
        self,
        resource_name: str,
        args: RoleAssignmentArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(RoleAssignmentProvider(), resource_name, props, opts)


def _put(client: Client, role_id: str, props: Mapping[str, Any], actors: set[str]) -> None:
    from clickhouse_api import models

    client.role_management.organization_role_patch(
        props["organization_id"], role_id, models.RoleUpdateRequest(actors=sorted(actors))
    )
