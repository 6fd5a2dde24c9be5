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

A change of the organization replaces the role. Name and policies change in place. A change replaces
all policies of the role, and the API adds some automatically. The resource therefore shows no
change if the role has at least the policies of the program. `RoleAssignment`, `Member` and `ApiKey`
assign the role. With `adopt="<id>"` an existing role is adopted. A role of an interrupted run has
an ownership tag in its name (see `name_mark`), and the next run adopts it automatically.
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
    """The role and its policies.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        policies: mappings of `allow_deny` (`ALLOW` or `DENY`), `permissions` and `resources`. The
            order of policies, permissions and resources has no meaning. In place.
        name: name of the role. Default: the Pulumi name, or the name of the adopted role. In
            place.
        adopt: id of an existing custom role to adopt.
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
            "(lists of strings)",
        )


def _is_policy(policy: Any) -> bool:
    if not isinstance(policy, Mapping) or set(policy) != set(POLICY):
        return False
    lists = (policy["permissions"], policy["resources"])
    valid = all(isinstance(item, list) and item for item in lists)
    return valid and policy["allow_deny"] in EFFECTS


def _normal(policies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return sorted policies without the properties that the API adds."""
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
    """Creates, changes and deletes custom roles."""

    display_name = "role"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "name": Field(check=text()),
        "policies": Field(check=_check_policies, required=True),
    }

    def rules(self, checker: Checker) -> None:
        """Reject an `adopt` that is not a string."""
        checker.text("adopt")

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the role."""
        role = client.role_management.organization_role_get(props["organization_id"], resource_id)
        return _live(role)

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the policies of the program that the role has."""
        ours = wanted.get("policies") or []
        return {
            "name": live["name"],
            "policies": [policy for policy in live["policies"] if policy in ours],
        }

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Return the roles with this resource's ownership tag."""
        roles = client.role_management.organization_roles_get_list(props["organization_id"])
        return [(str(role.id), _live(role)) for role in roles if has_mark(role.name, props)]

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Create a role without actors."""
        from clickhouse_api import models

        request = models.RoleCreateRequest.model_validate(
            {"name": marked(props), "actors": [], "policies": props["policies"]}
        )
        role = client.role_management.organization_role_post(props["organization_id"], request)
        return str(role.id), _live(role)

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the ownership tag from the role's name."""
        from clickhouse_api import models

        ids = props["organization_id"], resource_id
        name = client.role_management.organization_role_get(*ids).name or ""
        if unmarked(name) != name:
            patch = models.RoleUpdateRequest(name=unmarked(name))
            client.role_management.organization_role_patch(*ids, patch)

    def sync(self, change: Change) -> Live:
        """Send the fields that differ. Without `actors` in the request, the actors stay."""
        from clickhouse_api import models

        request = models.RoleUpdateRequest.model_validate(change.values(("name", "policies")))
        return _live(change.client.role_management.organization_role_patch(*change.ids, request))

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the role. The API rejects that while an actor has the role."""
        client.role_management.organization_role_delete(props["organization_id"], resource_id)


class Role(Resource, module="clickhouse", name="Role"):
    """A custom role."""

    name: pulumi.Output[str]
    """Name of the role."""
    policies: pulumi.Output[list[dict[str, Any]]]
    """Policies of the role, without the policies that the API adds."""

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
