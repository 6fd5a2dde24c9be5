"""The sets of states: complete, disjoint, and the same for drift and for waits."""

from __future__ import annotations

from types import ModuleType

import pytest

from resources.click_pipes import click_pipe_states
from resources.click_pipes.click_pipe_requests import desired_state_of
from resources.postgres import postgres_states
from resources.service import service_states
from tests.support.openapi_schema import schema, schemas

FAMILIES = [
    (
        service_states,
        schema("Service")["state"]["enum"],
        "PROVISIONING COMING_UP PARTIALLY_RUNNING RUNNING DEGRADED STOPPING STOPPED FAILED "
        "DELETING DELETED",
    ),
    (
        postgres_states,
        schemas()["pgStateProperty"]["enum"],
        "TRANSIENT RUNNING UNAVAILABLE STOPPED DELETING",
    ),
    (
        click_pipe_states,
        schema("ClickPipe")["state"]["enum"],
        "TRANSIENT STARTED COMPLETED STOPPING STOPPED FAILED",
    ),
]


@pytest.mark.parametrize(("module", "states", "sets"), FAMILIES)
def test_each_state_of_the_spec_is_in_exactly_one_set(
    module: ModuleType, states: list[str], sets: str
) -> None:
    """A state that the spec adds fails this test until its meaning is decided."""
    members = [state for name in sets.split() for state in getattr(module, name)]
    assert sorted(members) == sorted(states)


@pytest.mark.parametrize("desired_state", ["running", "stopped"])
def test_a_completed_pipe_has_every_desired_state(desired_state: str) -> None:
    """A completed pipe neither starts nor stops."""
    live = {"state": "Completed"}
    assert desired_state_of(live, {"desired_state": desired_state}) == desired_state


@pytest.mark.parametrize("desired_state", ["running", "stopped"])
def test_a_degraded_pipe_is_started(desired_state: str) -> None:
    """A start command would not repair it; a program that stops it must send the command."""
    assert desired_state_of({"state": "Degraded"}, {"desired_state": desired_state}) == "running"
