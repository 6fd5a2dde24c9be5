"""A membership ends only where that was said."""

from __future__ import annotations

import pytest

from resources.member import MemberProvider
from tests.resources.providers import Driven
from tests.resources.servers import Server

pytestmark = pytest.mark.usefixtures("unlimited")


def test_a_member_is_removed_on_destroy_if_asked_for(server: Server) -> None:
    """Not by default; the flag is the program's, so adding it changes nothing in the cloud."""
    ask = server.control_plane.organization
    colleague = next(m for m in ask("GET", "members") if m["role"] == "developer")
    roles = [role["roleId"] for role in colleague["assignedRoles"]]
    member = Driven(MemberProvider(), server.control_plane)
    asked = {"user_id": colleague["userId"], "assigned_role_ids": roles}
    member.create(**asked)
    member.provider.delete(member.id, member.state)
    assert ask("GET", f"members/{colleague['userId']}")["assignedRoles"]
    member.update(remove_on_destroy=True, **asked)
    member.delete()
    assert colleague["userId"] not in [m["userId"] for m in ask("GET", "members")]
