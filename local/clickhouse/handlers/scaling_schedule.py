"""A service's scaling schedule: stored and returned, without an effect."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, NotFound
from local.clickhouse.handlers.call import Call, Handler
from local.clickhouse.service import LocalService

__all__ = ["HANDLERS", "shown_schedule"]

Json = Any

_PART = "scalingSchedule"
_MOST_ENTRIES = 10
_BASE = ("autoscalingMode", "minReplicaMemoryGb", "maxReplicaMemoryGb", "minReplicas")
_BASE_FIELDS = (*_BASE, "maxReplicas", "idleScaling", "idleTimeoutMinutes")


async def get(call: Call) -> Json:
    if _PART not in call.service.record.parts:
        raise NotFound("The service has no scaling schedule")
    return shown_schedule(call.service)


async def upsert(call: Call) -> Json:
    """Replace the whole schedule."""
    service, entries = call.service, call.body["entries"]
    if len(entries) > _MOST_ENTRIES:
        raise BadRequest(f"entries: {len(entries)}; at most {_MOST_ENTRIES} are allowed")
    for entry in entries:
        _check(entry)
    mode = service.record.fields["autoscalingMode"]
    service.record.parts[_PART] = [
        {"autoscalingMode": mode, **_without_replicas(entry), "id": str(uuid.uuid4())}
        for entry in entries
    ]
    service.record.save()
    return shown_schedule(service)


async def delete(call: Call) -> None:
    await get(call)
    del call.service.record.parts[_PART]
    call.service.record.save()


def shown_schedule(service: LocalService) -> Json:
    """Return the spec's `ScalingSchedule`."""
    record = service.record
    return {
        "entries": [{**entry, "isActiveNow": False} for entry in record.parts[_PART]],
        "baseConfig": {n: record.fields[n] for n in _BASE_FIELDS if n in record.fields},
    }


def _without_replicas(entry: Mapping[str, Json]) -> dict[str, Json]:
    """Return the entry with a fixed number of replicas as both bounds."""
    kept = dict(entry)
    if "numReplicas" in kept:
        replicas = kept.pop("numReplicas")
        kept |= {"minReplicas": replicas, "maxReplicas": replicas}
    return kept


def _check(entry: Mapping[str, Json]) -> None:
    if entry["startHourUtc"] >= entry["endHourUtc"]:
        raise BadRequest(
            f"entries: {entry['name']!r} ends at {entry['endHourUtc']}, not after its start at "
            f"{entry['startHourUtc']}"
        )
    wrong = [day for day in entry["weekdays"] if not 0 <= day <= 6]
    if wrong:
        raise BadRequest(f"entries: {entry['name']!r} has weekdays {wrong}; 0 to 6 are allowed")


HANDLERS: Mapping[str, Handler] = {
    "scalingScheduleGet": get,
    "scalingScheduleUpsert": upsert,
    "scalingScheduleDelete": delete,
}
