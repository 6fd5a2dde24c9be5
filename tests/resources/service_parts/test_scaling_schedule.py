"""`ScalingSchedule`: fields, lifecycle, adoption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from resources.service_parts.scaling_schedule import (
    ENTRY,
    MODES,
    NUMBERS,
    ScalingScheduleProvider,
)
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests, snake_case
from tests.support.openapi_schema import schema
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import declare, service_result, service_stack

WEEK = {"name": "week", "weekdays": [1, 2, 3, 4, 5], "start_hour_utc": 6, "end_hour_utc": 18}


class TestScalingSchedule(DeclaredResourceTests):
    """A schedule is written as a whole."""

    provider = ScalingScheduleProvider
    request = "ScalingSchedulePostRequest"
    first = {"entries": [{**WEEK, "num_replicas": 5}]}
    first_shown = {"entries": [{"name": "week", "maxReplicas": 5}]}
    second = {"entries": [{**WEEK, "num_replicas": 2}, {**WEEK, "name": "end", "weekdays": [6, 0]}]}
    second_shown = {"entries": [{"name": "end"}, {"name": "week", "maxReplicas": 2}]}
    invalid = (
        ({"entries": []}, "entries is [], allowed: 1 to 10 entries"),
        (
            {"entries": [{**WEEK, "end_hour_utc": 6}]},
            "entry 'week': end_hour_utc after start_hour_utc",
        ),
        ({"entries": [WEEK, WEEK]}, "each name once"),
    )

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        return api.service("scalingSchedule")

    def change_by_hand(self, api: ControlPlaneByHand, _resource_id: str) -> None:
        api.service("scalingSchedule", "DELETE")

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        entry = {"name": "week", "weekdays": [1], "startHourUtc": 6, "endHourUtc": 18}
        api.service("scalingSchedule", "POST", {"entries": [entry]})
        return {"entries": [{**WEEK, "weekdays": [1]}]}


def test_an_entry_has_the_values_and_bounds_of_the_spec() -> None:
    """The bounds are constants, so that `check` imports no client."""
    entry = schema("ScalingScheduleEntryRequest")
    assert list(MODES) == entry["autoscalingMode"]["enum"]
    assert {snake_case(name) for name in entry} == set(ENTRY)
    for name in ("startHourUtc", "endHourUtc", "minReplicaMemoryGb"):
        bounds = (entry[name]["minimum"], entry[name]["maximum"], entry[name].get("multipleOf", 1))
        assert NUMBERS[snake_case(name)] == bounds


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of one service and the resources that a test declares."""
    return service_stack(clouds, tmp_path)


def test_an_existing_schedule_is_overwritten_only_with_adopt(stack: ProgramStack) -> None:
    """This holds for an existing list of private endpoints as well. Without `adopt`, the create
    fails."""
    declare(stack)
    stack.up()
    entry = {"name": "theirs", "weekdays": [1], "startHourUtc": 1, "endHourUtc": 2}
    service_result(stack, "/scalingSchedule", "POST", {"entries": [entry]})
    service_result(stack, "", "PATCH", {"privateEndpointIds": {"add": ["vpce-theirs"]}})
    schedule: dict[str, Any] = {"entries": [{**WEEK, "num_replicas": 5}]}
    private: dict[str, Any] = {"private_endpoint_ids": ["vpce-a"]}
    declare(
        stack,
        ("ScalingSchedule", "schedule", schedule),
        ("PrivateEndpointAttachment", "private", private),
    )
    shown = stack.failing_up("--continue-on-error")
    assert "has a scaling schedule already" in shown
    assert "Exception calling application" not in shown
    assert "has a list of private endpoints already" in shown
    assert service_result(stack, "/scalingSchedule")["entries"][0]["name"] == "theirs"
    declare(
        stack,
        ("ScalingSchedule", "schedule", {**schedule, "adopt": True}),
        ("PrivateEndpointAttachment", "private", {**private, "adopt": True}),
    )
    stack.up()
    (entry,) = service_result(stack, "/scalingSchedule")["entries"]
    assert entry["name"] == "week"
    assert stack.services()[0]["privateEndpointIds"] == ["vpce-a"]
    stack.up("--expect-no-changes")
