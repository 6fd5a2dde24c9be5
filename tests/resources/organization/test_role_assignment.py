"""`RoleAssignment`: fields, lifecycle, adoption."""

from __future__ import annotations

from typing import Any

from resources.organization.role_assignment import RoleAssignmentProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests


class TestRoleAssignment(DeclaredResourceTests):
    """Actors that the program does not name keep the role."""

    provider = RoleAssignmentProvider
    request = "RoleUpdateRequest"
    # `Role` has fields for these.
    not_sent = frozenset({"name", "policies"})
    first = {"role_id": "$role", "actors": ["user/a", "user/b"]}
    first_shown = ["user/a", "user/b", "user/x"]
    second = {"role_id": "$role", "actors": ["user/b"]}
    second_shown = ["user/b", "user/x"]
    invalid = (({"actors": []}, "actors is [], allowed: at least one actor"),)

    def prepare(self, api: ControlPlaneByHand) -> dict[str, str]:
        return {"role": api.create_role("assigned", "user/x")}

    def shown(self, api: ControlPlaneByHand, resource_id: str) -> Any:
        return sorted(api.organization(f"roles/{resource_id}")["actors"])

    def change_by_hand(self, api: ControlPlaneByHand, resource_id: str) -> None:
        actors = ["user/b", "user/x"]
        api.organization(f"roles/{resource_id}", "PATCH", {"actors": actors})

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        return {"role_id": api.create_role("assignment by hand", "user/y"), "actors": ["user/y"]}
