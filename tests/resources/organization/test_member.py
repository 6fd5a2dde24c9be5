"""`Member`: fields, lifecycle, adoption, and removal from the organization."""

from __future__ import annotations

from typing import Any

import pytest

from resources.organization.member import MemberProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests
from tests.support.driven_provider import DrivenProvider
from tests.support.running_service import RunningService

pytestmark = pytest.mark.usefixtures("unlimited")


class TestMember(DeclaredResourceTests):
    """Deleting the resource leaves the member in the organization."""

    provider = MemberProvider
    request = "MemberPatchRequest"
    # The API has `assigned_role_ids` instead.
    not_sent = frozenset({"role"})
    first = {"user_id": "$user", "assigned_role_ids": ["$developer", "$custom"]}
    first_shown = {"userId": "$user", "assignedRoles": [{}, {}]}
    second = {"user_id": "$user", "assigned_role_ids": ["$developer"]}
    second_shown = {"assignedRoles": [{"roleId": "$developer"}]}
    restored = False
    invalid = (({"assigned_role_ids": []}, "at least one UUID of a role"),)

    def prepare(self, api: ControlPlaneByHand) -> dict[str, str]:
        roles = {role["name"]: role["id"] for role in api.organization("roles")}
        custom = api.create_role("assigned to a member")
        return {"user": api.member(), "developer": roles["developer"], "custom": custom}

    def shown(self, api: ControlPlaneByHand, resource_id: str) -> Any:
        return api.organization(f"members/{resource_id}")

    def change_by_hand(self, api: ControlPlaneByHand, resource_id: str) -> None:
        roles = [api.create_role("assigned by hand")]
        api.organization(f"members/{resource_id}", "PATCH", {"assignedRoleIds": roles})

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        user = api.member()
        roles = [role["roleId"] for role in api.organization(f"members/{user}")["assignedRoles"]]
        return {"user_id": user, "assigned_role_ids": roles}


def test_a_member_is_removed_only_with_remove_on_destroy(server: RunningService) -> None:
    """By default the member stays. Setting the flag sends no request."""
    send = server.control_plane.organization
    colleague = next(m for m in send("GET", "members") if m["role"] == "developer")
    roles = [role["roleId"] for role in colleague["assignedRoles"]]
    member = DrivenProvider(MemberProvider(), server.control_plane)
    args = {"user_id": colleague["userId"], "assigned_role_ids": roles}
    member.create(**args)
    member.provider.delete(member.id, member.state)
    assert send("GET", f"members/{colleague['userId']}")["assignedRoles"]
    member.update(remove_on_destroy=True, **args)
    member.delete()
    assert colleague["userId"] not in [m["userId"] for m in send("GET", "members")]
