"""`Role`: a custom role of the organization, with its policies.

Operations: `organizationRolePost`, `organizationRoleGet`, `organizationRolesGetList`,
`organizationRolePatch`, `organizationRoleDelete`.

    analyst = Role(
        "analyst",
        RoleArgs(
            organization_id=organization.id,
            policies=[
                {
                    "allow_deny": "ALLOW",
                    "permissions": ["control-plane:service:view"],
                    "resources": [f"organization/{organization.id}"],
                }
            ],
        ),
    )

Another organization replaces it; name and policies change in place. The API replaces all policies
with every change and grants some by itself, so a role is as wanted if it has at least the policies
of the program. Who has the role is said by `RoleAssignment`, `Member` or `ApiKey`. An existing role
is taken over with `adopt="<id>"`. What an interrupted run made is found by the mark in its name
(see `name_mark`) and taken over by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, CreatedResource, Live, marks_of, plain
from resources.base.checker import Checker
from resources.base.confirmation import Confirmation
from resources.base.fields import ORGANIZATION, Field, text
from resources.base.name_mark import has_mark, marked, unmarked

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["Role", "RoleArgs", "RoleProvider"]

EFFECTS = ("ALLOW", "DENY")
POLICY = ("allow_deny", "permissions", "resources")


@dataclass(kw_only=True)
class RoleArgs:
    """What the role may do.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        policies: mappings of `allow_deny` (`ALLOW` or `DENY`), `permissions` and `resources`. A
            set of sets, in place.
        name: default: the Pulumi name, or the one that an adopted role has. In place.
        adopt: id of an existing custom role to take over instead of making one.
    """

    organization_id: pulumi.Input[str]
    policies: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]]
    name: pulumi.Input[str] | None = None
    adopt: pulumi.Input[str] | None = None


def _check_policies(checker: Checker, name: str) -> None:
    value = checker.known(name)
    if value is None:
        return
    if isinstance(value, list) and value and all(_is_policy(policy) for policy in value):
        checker.inputs[name] = _normal(value)
    else:
        checker.reject(
            name,
            "at least one mapping of allow_deny (ALLOW or DENY), permissions and resources "
            "(lists of texts)",
        )


def _is_policy(policy: Any) -> bool:
    if not isinstance(policy, Mapping) or set(policy) != set(POLICY):
        return False
    lists = (policy["permissions"], policy["resources"])
    legal = all(isinstance(item, list) and item for item in lists)
    return legal and policy["allow_deny"] in EFFECTS


def _normal(policies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Policies in one spelling and order, without what the API adds to them."""
    normal = [
        {
            "allow_deny": policy["allow_deny"],
            "permissions": sorted(policy["permissions"]),
            "resources": sorted(policy["resources"]),
        }
        for policy in policies
    ]
    return sorted(normal, key=lambda policy: repr(list(policy.values())))


class RoleProvider(CreatedResource):
    """Makes, changes and deletes custom roles."""

    display_name = "role"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "name": Field(check=text()),
        "policies": Field(check=_check_policies, required=True),
    }

    def rules(self, checker: Checker) -> None:
        """An id to adopt is a text."""
        checker.text("adopt")

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """The role as it is."""
        role = client.role_management.organization_role_get(props["organization_id"], resource_id)
        return _live(role)

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """The program's policies, as far as the role has them."""
        ours = wanted.get("policies") or []
        return {
            "name": live["name"],
            "policies": [policy for policy in live["policies"] if policy in ours],
        }

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Roles with our mark."""
        roles = client.role_management.organization_roles_get_list(props["organization_id"])
        return [(str(role.id), _live(role)) for role in roles if has_mark(role.name, props)]

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Make a role that nobody has yet."""
        from clickhouse_api import models

        request = models.RoleCreateRequest.model_validate(
            {"name": marked(props), "actors": [], "policies": props["policies"]}
        )
        role = client.role_management.organization_role_post(props["organization_id"], request)
        return str(role.id), _live(role)

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the ownership mark from the role's name."""
        from clickhouse_api import models

        ids = props["organization_id"], resource_id
        name = client.role_management.organization_role_get(*ids).name or ""
        if unmarked(name) != name:
            patch = models.RoleUpdateRequest(name=unmarked(name))
            client.role_management.organization_role_patch(*ids, patch)

    def sync(self, change: Change) -> Live:
        """Send what differs; who has the role is left out, so it stays."""
        from clickhouse_api import models

        request = models.RoleUpdateRequest.model_validate(change.values(("name", "policies")))
        return _live(change.client.role_management.organization_role_patch(*change.ids, request))

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """The role goes; the API refuses while somebody has it."""
        client.role_management.organization_role_delete(props["organization_id"], resource_id)


class Role(Resource, module="clickhouse", name="Role"):
    """A custom role."""

    name: pulumi.Output[str]
    """Its name."""
    policies: pulumi.Output[list[dict[str, Any]]]
    """Its policies, without those that the API adds."""

    def __init__(
        self,
        resource_name: str,
        args: RoleArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = args.name or (resource_name if args.adopt is None else None)
        props = {**vars(args), "name": name, **marks_of(type(self), resource_name, opts)}
        provider = RoleProvider()
        super().__init__(provider, resource_name, props, opts)
        if args.adopt is None:
            place = {"organization_id": args.organization_id}
            Confirmation(resource_name, provider, of=self, props=place)


def _live(role: models.RBACRole) -> Live:
    live = plain(role)
    return {
        **live,
        "name": unmarked(live.get("name") or ""),
        "policies": _normal(live.get("policies") or []),
    }
