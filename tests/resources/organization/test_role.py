"""`Role`: fields, lifecycle, adoption."""

from __future__ import annotations

from typing import Any

from resources.organization.role import EFFECTS, POLICY, RoleProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests, snake_case
from tests.support.openapi_schema import schema

POLICY_1 = {
    "allow_deny": "ALLOW",
    "permissions": ["control-plane:service:view"],
    "resources": ["instance/*"],
}


class TestRole(DeclaredResourceTests):
    """The API adds a policy to every role, so a role has one policy more than the program sets."""

    provider = RoleProvider
    request = "RoleCreateRequest"
    # `RoleAssignment` has a field for the actors.
    not_sent = frozenset({"actors"})
    first = {"name": "analyst", "policies": [POLICY_1]}
    # The name has an ownership tag until the confirmation resource renames the role.
    first_shown = {"policies": [{"allowDeny": "ALLOW"}, {}]}
    second = {"name": "reader", "policies": [{**POLICY_1, "allow_deny": "DENY"}]}
    second_shown = {"name": "reader"}
    invalid = (({"policies": [{**POLICY_1, "allow_deny": "MAYBE"}]}, "ALLOW or DENY"),)

    def shown(self, api: ControlPlaneByHand, resource_id: str) -> Any:
        return api.organization(f"roles/{resource_id}") if resource_id else None

    def change_by_hand(self, api: ControlPlaneByHand, resource_id: str) -> None:
        api.organization(f"roles/{resource_id}", "PATCH", {"name": "changed"})

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        return {"adopt": api.create_role("role by hand", "user/x"), "policies": [POLICY_1]}


def test_a_policy_has_the_properties_and_values_of_the_spec() -> None:
    """The values are constants, so that `check` imports no client."""
    policy = schema("RBACPolicyCreateRequest")
    assert list(EFFECTS) == policy["allowDeny"]["enum"]
    assert set(POLICY) == {snake_case(name) for name in policy} - {"tags"}
