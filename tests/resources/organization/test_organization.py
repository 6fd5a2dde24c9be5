"""Resources of an organization, through the Pulumi CLI and the local control plane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import add_fault, declare, service_result, service_stack


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of one service and the resources that a test declares."""
    return service_stack(clouds, tmp_path)


def organization(stack: ProgramStack, path: str, method: str = "GET", body: Any = None) -> Any:
    """Return the `result` of an operation of the organization."""
    return stack.control_plane.organization(method, path, body)


def core_dumps(stack: ProgramStack) -> bool:
    """Return whether the organization's services write core dumps."""
    (found,) = stack.control_plane.request("GET", "/v1/organizations")["result"]
    return bool(found["enableCoreDumps"])


def custom_roles(stack: ProgramStack) -> list[dict[str, Any]]:
    """Return the custom roles."""
    return [role for role in organization(stack, "roles") if role["type"] == "custom"]


def test_resources_of_an_organization_change_only_their_own_values(stack: ProgramStack) -> None:
    """Actors, settings and members that others added stay, even when the resources are deleted."""
    developer, admin = (
        next(role["id"] for role in organization(stack, "roles") if role["name"] == name)
        for name in ("developer", "admin")
    )
    colleague = next(m for m in organization(stack, "members") if m["role"] == "developer")
    policy = {
        "allow_deny": "ALLOW",
        "permissions": ["control-plane:service:view"],
        "resources": ["instance/*"],
    }

    def declared(
        actors: list[str], settings: dict[str, Any], policies: list[dict[str, Any]], **core: bool
    ) -> list[tuple[str, str, dict[str, Any]]]:
        user, roles = colleague["userId"], ["$analyst"]
        return [
            ("Role", "analyst", {"policies": policies}),
            ("RoleAssignment", "analysts", {"role_id": "$analyst", "actors": actors}),
            ("Member", "colleague", {"user_id": user, "assigned_role_ids": [developer, *roles]}),
            ("Invitation", "new", {"email": "new@example.com", "assigned_role_ids": roles}),
            ("OrganizationSettings", "organization", core),
            ("ServiceSettings", "settings", {"settings": settings}),
        ]

    first = {"max_concurrent_queries": 200, "timezone": "UTC"}
    declare(stack, *declared(["user/a", "user/b"], first, [policy], enable_core_dumps=False))
    add_fault(stack, "organizationRolePost", "lost")
    stack.up()
    (role,) = custom_roles(stack)
    assert (role["name"], sorted(role["actors"])) == ("analyst", ["user/a", "user/b"])
    # The API added another policy.
    assert len(role["policies"]) == 2
    member = organization(stack, f"members/{colleague['userId']}")
    assert {r["roleId"] for r in member["assignedRoles"]} == {developer, role["id"]}
    (invitation,) = organization(stack, "invitations")
    assert invitation["email"] == "new@example.com"
    assert core_dumps(stack) is False
    listed = service_result(stack, "/clickhouseSettings")["settings"]
    assert {s["name"]: s["value"] for s in listed} == first
    stack.up("--expect-no-changes")

    # Actors and settings that others added stay. Those that the program removed are deleted.
    organization(stack, f"roles/{role['id']}", "PATCH", {"actors": ["user/a", "user/b", "user/c"]})
    theirs = {"settings": {"mark_cache_size": 5}}
    service_result(stack, "/clickhouseSettings", "PATCH", theirs)
    organization(stack, f"invitations/{invitation['id']}", "DELETE")
    stack.pulumi("refresh", "--yes")
    deny = {**policy, "allow_deny": "DENY"}
    second = {"max_concurrent_queries": 300}
    declare(stack, *declared(["user/b"], second, [deny], enable_core_dumps=True))
    stack.up()
    (changed,) = custom_roles(stack)
    assert (changed["id"], sorted(changed["actors"])) == (role["id"], ["user/b", "user/c"])
    assert "DENY" in {policy["allowDeny"] for policy in changed["policies"]}
    assert len(changed["policies"]) == 2
    assert core_dumps(stack) is True
    listed = service_result(stack, "/clickhouseSettings")["settings"]
    assert {s["name"]: s["value"] for s in listed} == {**second, "mark_cache_size": 5}
    assert len(organization(stack, "invitations")) == 1
    stack.up("--expect-no-changes")

    # The member stays. A role can be deleted only after no actor has it.
    organization(stack, f"members/{colleague['userId']}", "PATCH", {"assignedRoleIds": [admin]})
    declare(stack)
    shown = stack.up()
    assert "stays in the organization with the same roles" in shown
    assert "keeps its settings" in shown
    assert custom_roles(stack) == []
    assert organization(stack, "invitations") == []
    assert service_result(stack, "/clickhouseSettings")["settings"] == [
        {"name": "mark_cache_size", "value": 5}
    ]
