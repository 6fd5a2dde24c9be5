"""`Invitation`: fields, lifecycle, adoption, and an invitation that was accepted."""

from __future__ import annotations

from typing import Any

import pytest

from resources.organization.invitation import InvitationProvider
from resources.organization.member import MemberProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests
from tests.support.driven_provider import DrivenProvider
from tests.support.running_service import RunningService


class TestInvitation(DeclaredResourceTests):
    """No field of an invitation changes in place."""

    provider = InvitationProvider
    request = "InvitationPostRequest"
    # The API has `assigned_role_ids` instead.
    not_sent = frozenset({"role"})
    first = {"email": "new@example.com", "assigned_role_ids": ["$role"]}
    first_shown = {"email": "new@example.com"}
    invalid = (({"email": "example.com"}, "email is 'example.com', allowed: an address like"),)

    def prepare(self, api: ControlPlaneByHand) -> dict[str, str]:
        return {"role": api.create_role("invited")}

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        listed = api.organization("invitations")
        return next((each for each in listed if each["email"] == "new@example.com"), None)

    def change_by_hand(self, api: ControlPlaneByHand, resource_id: str) -> None:
        api.organization(f"invitations/{resource_id}", "DELETE")

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        roles = [api.create_role("invited by hand")]
        body = {"email": "new@example.com", "assignedRoleIds": roles}
        api.organization("invitations", "POST", body)
        return {"email": "new@example.com", "assigned_role_ids": roles}


@pytest.mark.usefixtures("unlimited")
def test_an_accepted_invitation_is_no_change(server: RunningService) -> None:
    """The API no longer lists it. Destroying the resource keeps the new member."""
    send = server.control_plane.organization
    developer = next(role["id"] for role in send("GET", "roles") if role["name"] == "developer")
    invitation = DrivenProvider(InvitationProvider(), server.control_plane)
    args = {"email": "New@example.com", "assigned_role_ids": [developer]}
    invitation.create(**args)
    server.control_plane.request("POST", f"/local/invitations/{invitation.id}/accept")
    assert send("GET", "invitations") == []
    seen = invitation.provider.read(invitation.id, invitation.state)
    assert seen.id == invitation.id
    planned = invitation.provider.diff(seen.id, dict(seen.outs or {}), invitation.checked(**args))
    assert not planned.changes
    invitation.provider.delete(invitation.id, invitation.state)
    (joined,) = [m for m in send("GET", "members") if m["email"] == "new@example.com"]
    member = DrivenProvider(MemberProvider(), server.control_plane)
    member.create(user_id=joined["userId"], assigned_role_ids=[developer], remove_on_destroy=True)
    member.delete()
