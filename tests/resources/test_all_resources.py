"""All declared resources of one program, through the Pulumi CLI and the local control plane.

The values come from the test file of each resource, which the registration in `resources` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import resources
from local.stack.paths import StackPaths
from tests.support.control_plane_by_hand import ControlPlaneByHand, contains
from tests.support.declared_resource import DeclaredResourceTests, resolved, without_clocks
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import declare, service_stack

LISTS = ("keys", "roles", "invitations", "members")


def rows() -> Iterator[tuple[str, DeclaredResourceTests]]:
    """Yield each registered resource's name with the values of its test file, if it has any."""
    for name in resources.RESOURCES:
        folder, _, file = resources.MODULES[name].partition(".")
        tests = import_module(f"tests.resources.{folder}.test_{file}")
        found = getattr(tests, f"Test{name}", None)
        if found is not None and issubclass(found, DeclaredResourceTests):
            yield name, found()


ROWS = dict(rows())


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack with one service, which is running."""
    stack = service_stack(clouds, tmp_path)
    declare(stack)
    stack.up()
    return stack


@pytest.fixture
def api(stack: ProgramStack) -> ControlPlaneByHand:
    """Return the API of the stack's service."""
    (service,) = stack.services()
    return ControlPlaneByHand(stack.control_plane, service["id"])


def shown_by_name(
    stack: ProgramStack, api: ControlPlaneByHand, args: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return each object as the API shows it. Before an `up`, objects have their parent's id."""
    ids = stack.stack.outputs()
    return {
        name: without_clocks(
            row.shown(api, ids.get(f"{name}.id") or row.parent_id(args.get(name, {})))
        )
        for name, row in ROWS.items()
    }


def test_rows_are_found() -> None:
    """Without this test, an error in the discovery would let the other tests pass."""
    assert {"ApiKey", "Role", "UpgradeWindow"} <= set(ROWS)


def test_every_resource_is_created_changed_in_place_and_destroyed(
    stack: ProgramStack, api: ControlPlaneByHand
) -> None:
    """Neither a second `up` nor a refresh finds a change."""
    ids = {name: row.prepare(api) for name, row in ROWS.items()}
    first = {name: resolved(row.first, ids[name]) for name, row in ROWS.items()}
    before = shown_by_name(stack, api, first)
    declare(stack, *[(name, name, args) for name, args in first.items()])
    stack.up()
    shown = shown_by_name(stack, api, first)
    for name, row in ROWS.items():
        assert contains(shown[name], resolved(row.first_shown, ids[name])), (name, shown[name])
    stack.up("--refresh", "--expect-no-changes")

    second = {name: resolved(row.second, ids[name]) for name, row in ROWS.items() if row.second}
    declare(stack, *[(name, name, args) for name, args in (first | second).items()])
    steps = stack.preview()
    assert {name: steps[f"clickhouse:{name}::{name}"] for name in second} == dict.fromkeys(
        second, "update"
    )
    stack.up()
    shown = shown_by_name(stack, api, second)
    for name in second:
        wanted = resolved(ROWS[name].second_shown, ids[name])
        assert contains(shown[name], wanted), (name, shown[name])
    stack.up("--refresh", "--expect-no-changes")

    args = first | second
    created = stack.stack.outputs()
    declare(stack)
    stack.up()
    for name, row in ROWS.items():
        wanted = before[name] if row.restored else shown[name]
        found = row.shown(api, created.get(f"{name}.id") or row.parent_id(args[name]))
        assert without_clocks(found) == wanted, name


def test_every_existing_object_is_adopted_unchanged(
    stack: ProgramStack, api: ControlPlaneByHand
) -> None:
    """Ids, names and values stay. Resources that get another name do not delete the objects."""
    args = {name: row.create_by_hand(api) for name, row in ROWS.items()}
    before = everything(stack, api, args)
    declare(stack, *[(name, name, args[name]) for name in ROWS])
    stack.up()
    assert everything(stack, api, args) == before
    stack.up("--expect-no-changes")
    stack.up("--refresh", "--expect-no-changes")
    assert everything(stack, api, args) == before

    declare(stack, *[(name, f"renamed-{name}", args[name]) for name in ROWS])
    assert "another resource has adopted it" in stack.up()
    assert everything(stack, api, args) == before


def everything(
    stack: ProgramStack, api: ControlPlaneByHand, args: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return all lists of the organization, and each adopted object."""
    objects = {
        name: row.shown(api, args[name].get("adopt") or row.parent_id(args[name]))
        for name, row in ROWS.items()
    }
    lists = {name: api.organization(name) for name in LISTS}
    found: dict[str, Any] = without_clocks({**lists, **objects, "services": stack.services()})
    return found
