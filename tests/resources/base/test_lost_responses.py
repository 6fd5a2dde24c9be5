"""A POST creates one object, at whatever point the run that sent it is killed."""

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
    """Return a stack of a key, a role and an invitation: objects whose ids the API creates."""
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
    """Return the names of all objects that runs of the stack have created."""
    call = stack.control_plane.organization
    roles: list[Any] = [role for role in call("GET", "roles") if role["type"] == "custom"]
    keys = [key for key in call("GET", "keys") if key["roles"] != ["admin"]]
    invited = [invitation["email"] for invitation in call("GET", "invitations")]
    return sorted([*(each["name"] for each in (*keys, *roles)), *invited])


def converges(stack: ProgramStack) -> None:
    stack.up()
    assert names(stack) == ["analyst", "key", "new@example.com"]
    stack.up("--expect-no-changes")


def test_a_run_killed_while_the_response_is_in_flight(stack: ProgramStack) -> None:
    """An object that was created and is in no stack's state is adopted, or created again if the
    response had a secret."""
    for operation in CREATES:
        add_fault(stack, operation, "slow", delay_seconds=30)
    stack.up_killed_when(lambda: len(names(stack)) == 3)
    assert sum(MARKED in name for name in names(stack)) == 2
    converges(stack)


def test_a_run_killed_between_saving_and_confirmation(stack: ProgramStack) -> None:
    """Each id is in the state. The next run removes the ownership tags and creates nothing."""
    for operation in ("openapiKeyUpdate", "organizationRolePatch"):
        add_fault(stack, operation, "rate_limit", reset_seconds=3, times=None)
    stack.up_killed_when(lambda: len(names(stack)) == 3 and saved(stack) == 3)
    before = stack.control_plane.organization("GET", "keys")
    assert sum(MARKED in name for name in names(stack)) == 2
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0})
    converges(stack)
    after = stack.control_plane.organization("GET", "keys")
    assert [key["id"] for key in after] == [key["id"] for key in before]


def test_a_run_that_loses_every_response(stack: ProgramStack) -> None:
    """The requests are carried out, and the same run finds the objects."""
    for operation in CREATES:
        add_fault(stack, operation, "lost")
    converges(stack)


def saved(stack: ProgramStack) -> int:
    """Return how many of the three objects have an id in the state on disk."""
    try:
        latest = json.loads(stack.state())["checkpoint"]["latest"]
    except (StopIteration, ValueError):
        return 0
    types = ("clickhouse:ApiKey", "clickhouse:Role", "clickhouse:Invitation")
    found = latest.get("resources") or []
    return sum(each["type"].endswith(types) and "id" in each for each in found)
