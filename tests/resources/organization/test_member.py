"""Who joins an organization, and when a membership ends: only where that was said."""

from __future__ import annotations

import pytest

from resources.organization.invitation import InvitationProvider
from resources.organization.member import MemberProvider
from tests.support.driven_provider import DrivenProvider
from tests.support.running_service import RunningService

pytestmark = pytest.mark.usefixtures("unlimited")


def test_a_member_is_removed_on_destroy_if_asked_for(server: RunningService) -> None:
    """Not by default; the flag is the program's, so adding it changes nothing in the cloud."""
    ask = server.control_plane.organization
    colleague = next(m for m in ask("GET", "members") if m["role"] == "developer")
    roles = [role["roleId"] for role in colleague["assignedRoles"]]
    member = DrivenProvider(MemberProvider(), server.control_plane)
    asked = {"user_id": colleague["userId"], "assigned_role_ids": roles}
    member.create(**asked)
    member.provider.delete(member.id, member.state)
    assert ask("GET", f"members/{colleague['userId']}")["assignedRoles"]
    member.update(remove_on_destroy=True, **asked)
    member.delete()
    assert colleague["userId"] not in [m["userId"] for m in ask("GET", "members")]


def test_an_accepted_invitation_has_done_its_work(server: RunningService) -> None:
    """It is no longer listed and still not drift; destroying it removes nobody."""
    ask = server.control_plane.organization
    developer = next(role["id"] for role in ask("GET", "roles") if role["name"] == "developer")
    invitation = DrivenProvider(InvitationProvider(), server.control_plane)
    asked = {"email": "New@example.com", "assigned_role_ids": [developer]}
    invitation.create(**asked)
    server.control_plane.request("POST", f"/local/invitations/{invitation.id}/accept")
    assert ask("GET", "invitations") == []
    seen = invitation.provider.read(invitation.id, invitation.state)
    assert seen.id == invitation.id
    planned = invitation.provider.diff(seen.id, dict(seen.outs or {}), invitation.checked(**asked))
    assert not planned.changes
    invitation.provider.delete(invitation.id, invitation.state)
    (joined,) = [m for m in ask("GET", "members") if m["email"] == "new@example.com"]
    member = DrivenProvider(MemberProvider(), server.control_plane)
    member.create(user_id=joined["userId"], assigned_role_ids=[developer], remove_on_destroy=True)
    member.delete()
