"""Scaling fields of a service: defaults, and the combinations that the API rejects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest

__all__ = ["FIELDS", "current_scaling", "scaled"]

Json = Any

# Defaults of an organization on a Scale plan.
_DEFAULTS: dict[str, Json] = {
    "autoscalingMode": "vertical",
    "minReplicaMemoryGb": 8,
    "maxReplicaMemoryGb": 120,
    "numReplicas": 3,
    "idleScaling": True,
    "idleTimeoutMinutes": 15,
}
_OLD_FIELDS = {"minTotalMemoryGb": "minReplicaMemoryGb", "maxTotalMemoryGb": "maxReplicaMemoryGb"}
# The old fields are the sum of three replicas.
_OLD_REPLICAS = 3
_HORIZONTAL = ("minReplicas", "maxReplicas")
FIELDS = frozenset({*_DEFAULTS, *_OLD_FIELDS, *_HORIZONTAL})
_SHORTEST_IDLE_MINUTES = 5
# A guess. The limit rejects numbers that cannot be a time.
_LONGEST_IDLE_MINUTES = 1_000_000


def scaled(before: Mapping[str, Json], given: Mapping[str, Json]) -> dict[str, Json]:
    """Return the scaling fields after a request.

    Args:
        before: fields of the service, empty for a new one.
        given: the request; its other fields are ignored.
    Raises:
        BadRequest: two fields contradict each other; the message names both.
    """
    given = _in_new_fields({k: v for k, v in given.items() if k in FIELDS})
    after = {**(before or _DEFAULTS), **given}
    _check_mode(after, given)
    _check_idling(after, given)
    _check_order(after, "minReplicaMemoryGb", "maxReplicaMemoryGb")
    dropped = _HORIZONTAL if after["autoscalingMode"] == "vertical" else ("numReplicas",)
    after = {name: value for name, value in after.items() if name not in dropped}
    if not after["idleScaling"]:
        after.pop("idleTimeoutMinutes", None)
    return after


def current_scaling(fields: Mapping[str, Json]) -> dict[str, Json]:
    """Return the spec's `CurrentScaling` of a service without a schedule."""
    replicas = fields.get("numReplicas")
    shown = {
        "effectiveAutoscalingMode": fields["autoscalingMode"],
        "effectiveMinReplicaMemoryGb": fields["minReplicaMemoryGb"],
        "effectiveMaxReplicaMemoryGb": fields["maxReplicaMemoryGb"],
        "effectiveMinReplicas": fields.get("minReplicas", replicas),
        "effectiveMaxReplicas": fields.get("maxReplicas", replicas),
        "effectiveIdleScaling": fields["idleScaling"],
    }
    if "idleTimeoutMinutes" in fields:
        shown["effectiveIdleTimeoutMinutes"] = int(fields["idleTimeoutMinutes"])
    return shown


def _in_new_fields(given: dict[str, Json]) -> dict[str, Json]:
    for old, new in _OLD_FIELDS.items():
        if old not in given:
            continue
        if new in given:
            raise BadRequest(f"{old} and {new} cannot both be given")
        given[new] = given.pop(old) // _OLD_REPLICAS
    return given


def _check_mode(after: Mapping[str, Json], given: Mapping[str, Json]) -> None:
    if after["autoscalingMode"] == "vertical":
        for name in _HORIZONTAL:
            if name in given:
                raise BadRequest(f"{name}: only with autoscalingMode horizontal")
        if "numReplicas" not in after:
            raise BadRequest("numReplicas: required when autoscalingMode becomes vertical")
        return
    if "numReplicas" in given:
        raise BadRequest("numReplicas: not with autoscalingMode horizontal; give minReplicas")
    for name in _HORIZONTAL:
        if name not in after:
            raise BadRequest(f"{name}: required with autoscalingMode horizontal")
    _check_order(after, *_HORIZONTAL)
    if after["minReplicaMemoryGb"] != after["maxReplicaMemoryGb"]:
        raise BadRequest(
            "minReplicaMemoryGb, maxReplicaMemoryGb: must be equal with autoscalingMode horizontal"
        )


def _check_idling(after: Mapping[str, Json], given: Mapping[str, Json]) -> None:
    minutes = given.get("idleTimeoutMinutes")
    if minutes is None:
        if after["idleScaling"] and "idleTimeoutMinutes" not in after:
            raise BadRequest("idleTimeoutMinutes: required when idleScaling becomes true")
        return
    if not after["idleScaling"]:
        raise BadRequest(f"idleTimeoutMinutes: {minutes}, but idleScaling is false")
    if not _SHORTEST_IDLE_MINUTES <= minutes <= _LONGEST_IDLE_MINUTES:
        raise BadRequest(
            f"idleTimeoutMinutes: {_SHORTEST_IDLE_MINUTES} to {_LONGEST_IDLE_MINUTES} are allowed"
        )


def _check_order(after: Mapping[str, Json], lowest: str, highest: str) -> None:
    if after[lowest] > after[highest]:
        raise BadRequest(f"{lowest} {after[lowest]} is greater than {highest} {after[highest]}")
