"""Several resources of one run write parts of the same object, and no part is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import add_fault, declare, service_result, service_stack

SHARERS = 4
READ_ONLY = ["sql_console_read_only"]
POLICY = {
    "allowDeny": "ALLOW",
    "permissions": ["control-plane:service:view"],
    "resources": ["instance/*"],
}


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of one service and of declared resources."""
    return service_stack(clouds, tmp_path)


def test_assignments_and_endpoints_of_one_run_do_not_undo_each_other(stack: ProgramStack) -> None:
    """Several of each are created, exchanged, renamed and removed in parallel, with slow reads."""
    post = stack.control_plane.organization
    body = {"name": "shared", "actors": ["user/theirs"], "policies": [POLICY]}
    role = post("POST", "roles", body)["id"]
    names = ("theirs", *(str(n) for n in range(SHARERS + 1)))
    keys = [
        post("POST", "keys", {"name": name, "roles": ["query_endpoints"]})["key"]["id"]
        for name in names
    ]
    # Slow reads: without a lock, each resource would read before any other has written.
    for operation in ("organizationRoleGet", "instanceQueryEndpointGet"):
        add_fault(stack, operation, "slow", delay_seconds=0.2, times=None)

    def share(name: str, first: int) -> list[tuple[str, str, dict[str, Any]]]:
        resources: list[tuple[str, str, dict[str, Any]]] = []
        for n in range(SHARERS):
            actor = f"user/{first + n}"
            resources.append(
                ("RoleAssignment", f"role-{name}-{n}", {"role_id": role, "actors": [actor]})
            )
            endpoint = {"open_api_keys": [keys[1 + first + n]], "roles": READ_ONLY}
            resources.append(("QueryEndpoint", f"query-{name}-{n}", endpoint))
        return resources

    def shared() -> tuple[set[str], set[str]]:
        actors = post("GET", f"roles/{role}")["actors"]
        return set(actors), set(service_result(stack, "/serviceQueryEndpoint")["openApiKeys"])

    def wanted(first: int) -> tuple[set[str], set[str]]:
        numbers = range(first, first + SHARERS)
        actors = {"user/theirs", *(f"user/{n}" for n in numbers)}
        return actors, {keys[0], *(keys[1 + n] for n in numbers)}

    declare(stack, *share("a", 0))
    stack.up()
    actors, listed = wanted(0)
    assert shared() == (actors, listed - {keys[0]})
    body = {"openApiKeys": list(listed), "roles": READ_ONLY}
    service_result(stack, "/serviceQueryEndpoint", "POST", body)
    # Each gets the part of its neighbour. Then the same parts have other names in the program.
    for name, first in (("a", 1), ("b", 1)):
        declare(stack, *share(name, first))
        stack.up()
        assert shared() == wanted(first)
    stack.up("--expect-no-changes")
    declare(stack)
    stack.up()
    assert shared() == ({"user/theirs"}, {keys[0]})
