"""`ScalingSchedule`: hours of the week when a service has a different size.

Operations: `scalingScheduleGet`, `scalingScheduleUpsert`, `scalingScheduleDelete`.

    ScalingSchedule(
        "office-hours",
        ScalingScheduleArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            entries=[
                {
                    "name": "office",
                    "weekdays": [1, 2, 3, 4, 5],
                    "start_hour_utc": 6,
                    "end_hour_utc": 18,
                    "num_replicas": 3,
                }
            ],
        ),
    )

A change of the service replaces the resource. The entries change in place. The API writes the
schedule as a whole, so one resource owns it. The resource overwrites an existing schedule only with
`adopt=True`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of, plain
from resources.base.checker import Checker, whole_number
from resources.base.fields import ORGANIZATION, SERVICE, Field

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["ScalingSchedule", "ScalingScheduleArgs", "ScalingScheduleProvider"]

MOST_ENTRIES = 10
MODES = ("vertical", "horizontal")
REQUIRED = ("name", "weekdays", "start_hour_utc", "end_hour_utc")
# Field -> minimum, maximum, step.
NUMBERS = {
    "start_hour_utc": (0, 23, 1),
    "end_hour_utc": (1, 24, 1),
    "min_replica_memory_gb": (8, 356, 4),
    "max_replica_memory_gb": (8, 356, 4),
    "num_replicas": (1, 50, 1),
    "min_replicas": (1, 50, 1),
    "max_replicas": (1, 50, 1),
    "idle_timeout_minutes": (5, 24 * 60 * 365, 1),
}
ENTRY = ("name", "weekdays", "autoscaling_mode", "idle_scaling", *NUMBERS)
OPTIONAL = tuple(name for name in ENTRY if name not in REQUIRED)


@dataclass(kw_only=True)
class ScalingScheduleArgs:
    """The hours and the sizes.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        entries: up to 10 mappings with different names. Each has `name`, `weekdays` (0 to 6),
            `start_hour_utc` (0 to 23), `end_hour_utc` (1 to 24, after the start), and the scaling
            fields of the service that have other values in these hours. In place.
        adopt: whether to overwrite an existing schedule. Default: no.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    entries: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]]
    adopt: pulumi.Input[bool] | None = None


def _check_entries(checker: Checker, name: str) -> None:
    entries = checker.known(name)
    if entries is None:
        return
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_ENTRIES:
        checker.reject(name, f"1 to {MOST_ENTRIES} entries")
        return
    entries = [_normal(entry) for entry in entries]
    checker.inputs[name] = sorted(entries, key=lambda entry: str(entry.get("name")))
    for entry in entries:
        rule = _broken_rule(entry)
        if rule is not None:
            checker.reject(name, f"entry {entry.get('name')!r}: {rule}")
    if len({entry.get("name") for entry in entries}) < len(entries):
        checker.reject(name, "each name once")


class ScalingScheduleProvider(Singleton):
    """Writes a service's whole schedule."""

    display_name = "scaling schedule"
    overwrites_existing = False
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "entries": Field(check=_check_entries, required=True),
    }

    def rules(self, checker: Checker) -> None:
        """Reject an `adopt` that is not true or false."""
        checker.flag("adopt")

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the service's schedule."""
        return plain(client.service.scaling_schedule_get(props["organization_id"], resource_id))

    def is_occupied(self, live: Live) -> bool:
        """Return whether the schedule has entries."""
        return bool(live.get("entries"))

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return all entries. An entry of the program has only the fields that the program sets."""
        spelled = {entry["name"]: entry for entry in wanted.get("entries") or ()}
        entries = [
            _as_spelled(entry, spelled.get(entry["name"])) for entry in live.get("entries", ())
        ]
        return {"entries": sorted(entries, key=lambda entry: str(entry["name"]))}

    def sync(self, change: Change) -> Live:
        """Write the whole schedule."""
        from clickhouse_api import models

        entries = change.news["entries"]
        schedule = models.ScalingSchedulePostRequest.model_validate({"entries": entries})
        return plain(change.client.service.scaling_schedule_upsert(*change.ids, schedule))

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the schedule, so that the service has its own size at all hours."""
        client.service.scaling_schedule_delete(props["organization_id"], resource_id)


class ScalingSchedule(Resource, module="clickhouse", name="ScalingSchedule"):
    """A service's scaling schedule."""

    entries: pulumi.Output[list[dict[str, Any]]]
    """The entries, sorted by name."""

    def __init__(
        self,
        resource_name: str,
        args: ScalingScheduleArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(ScalingScheduleProvider(), resource_name, props, opts)


def _normal(entry: Any) -> dict[str, Any]:
    normal = {name: whole_number(value) for name, value in dict(entry).items() if value is not None}
    if isinstance(normal.get("weekdays"), list):
        normal["weekdays"] = sorted({whole_number(day) for day in normal["weekdays"]})
    return normal


def _broken_rule(entry: Mapping[str, Any]) -> str | None:
    """Return the first rule that an entry breaks."""
    unknown, missing = set(entry) - set(ENTRY), set(REQUIRED) - set(entry)
    if unknown or missing:
        return f"{', '.join(REQUIRED)}, and any of the other fields: {', '.join(OPTIONAL)}"
    for name, (least, most, step) in NUMBERS.items():
        value = entry.get(name)
        valid = isinstance(value, int) and least <= value <= most and value % step == 0
        if value is not None and not valid:
            multiple = f" that is a multiple of {step}" if step > 1 else ""
            return f"{name} a whole number from {least} to {most}{multiple}"
    if not entry["weekdays"] or not set(entry["weekdays"]) <= set(range(7)):
        return "weekdays from 0 to 6, at least one"
    if entry["start_hour_utc"] >= entry["end_hour_utc"]:
        return "end_hour_utc after start_hour_utc"
    if entry.get("autoscaling_mode", MODES[0]) not in MODES:
        return f"autoscaling_mode one of {', '.join(MODES)}"
    if "num_replicas" in entry and {"min_replicas", "max_replicas"} & set(entry):
        return "num_replicas, or min_replicas and max_replicas"
    return None


def _as_spelled(live: Mapping[str, Any], spelled: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the fields of an entry that the program sets, or all fields of an unknown entry."""
    entry = {name: live[name] for name in ENTRY if live.get(name) is not None}
    entry["weekdays"] = sorted(entry.get("weekdays", []))
    if entry.get("min_replicas") == entry.get("max_replicas") and "num_replicas" not in entry:
        # The API returns a fixed number as both bounds.
        entry["num_replicas"] = entry.get("min_replicas")
    return {name: value for name, value in entry.items() if spelled is None or name in spelled}
