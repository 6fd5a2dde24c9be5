"""What a POST makes exists once, wherever the run that sent it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import add_fault, declare, service_stack

POLICY = {
    "allow_deny": "ALLOW",
    "permissions": ["control-plane:service:view"],
    "resources": ["instance/*"],
}
CREATES = ("openapiKeyCreate", "organizationRolePost", "invitationCreate")
MARKED = "-pulumi-"


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """A key, a role and an invitation: what has an id of its own."""
    stack = service_stack(clouds, tmp_path, alone=True)
    developer = next(
        role["id"]
        for role in stack.control_plane.organization("GET", "roles")
        if role["name"] == "developer"
    )
    declare(
        stack,
        ("ApiKey", "key", {"roles": ["developer"], "ip_access_list": ["127.0.0.1/32"]}),
        ("Role", "analyst", {"policies": [POLICY]}),
        ("Invitation", "new", {"email": "new@example.com", "assigned_role_ids": [developer]}),
    )
    return stack


def names(stack: ProgramStack) -> list[str]:
    """Of all that the stack, or an interrupted run of it, has made."""
    ask = stack.control_plane.organization
    roles: list[Any] = [role for role in ask("GET", "roles") if role["type"] == "custom"]
    keys = [key for key in ask("GET", "keys") if key["roles"] != ["admin"]]
    invited = [invitation["email"] for invitation in ask("GET", "invitations")]
    return sorted([*(thing["name"] for thing in (*keys, *roles)), *invited])


def converges(stack: ProgramStack) -> None:
    stack.up()
    assert names(stack) == ["analyst", "key", "new@example.com"]
    stack.up("--expect-no-changes")


def test_killed_while_the_answer_is_on_its_way(stack: ProgramStack) -> None:
    """Made, and in no state: taken over, or made anew where a secret was lost with the answer."""
    for operation in CREATES:
        add_fault(stack, operation, "slow", delay_seconds=30)
    stack.up_killed_when(lambda: len(names(stack)) == 3)
    assert sum(MARKED in name for name in names(stack)) == 2
    converges(stack)


def test_killed_between_the_saving_and_the_receipt(stack: ProgramStack) -> None:
    """Each id is in the state; the next run takes the marks off and makes nothing."""
    for operation in ("openapiKeyUpdate", "organizationRolePatch"):
        add_fault(stack, operation, "rate_limit", reset_seconds=3, times=None)
    stack.up_killed_when(lambda: len(names(stack)) == 3 and saved(stack) == 3)
    before = stack.control_plane.organization("GET", "keys")
    assert sum(MARKED in name for name in names(stack)) == 2
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0})
    converges(stack)
    after = stack.control_plane.organization("GET", "keys")
    assert [key["id"] for key in after] == [key["id"] for key in before]


def test_every_answer_is_lost(stack: ProgramStack) -> None:
    """Applied and never answered: the same run finds what it made."""
    for operation in CREATES:
        add_fault(stack, operation, "lost")
    converges(stack)


def saved(stack: ProgramStack) -> int:
    """How many of the three the state on disk knows by their id."""
    try:
        latest = json.loads(stack.state())["checkpoint"]["latest"]
    except (StopIteration, ValueError):
        return 0
    types = ("clickhouse:ApiKey", "clickhouse:Role", "clickhouse:Invitation")
    found = latest.get("resources") or []
    return sum(thing["type"].endswith(types) and "id" in thing for thing in found)
