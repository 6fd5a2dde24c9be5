"""`ShardLayouts`: how many shards each team's buffer has, and has had.

It lives in no cloud, it is a memory: the worker must be told of every change under a higher number
than all before, and which numbers of shards there were, so that a body that is sent again after a
change is found where it went before (`worker/README.md`, step 13), and shards that are no longer
used stay in sight. The state keeps that; a state that was lost has forgotten it.

    layouts = ShardLayouts("ingest", shards={"default": 1, "shop": 4})

Numbers change in place, up or down, at any time. A team that is taken away is remembered, for the
day it comes back. `Telemetry` makes one of these.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    Resource,
    UpdateResult,
)

from resources.base.checker import whole_number
from resources.base.pickled_by_name import PickledByName

__all__ = [
    "MAX_SHARDS",
    "ShardLayout",
    "ShardLayouts",
    "ShardLayoutsProvider",
    "layouts_from",
]

MAX_SHARDS = 100
"""Of a team: they share the 10,000 tokens that each of its tables remembers."""
_FIRST_SHARDS = 1
"""Before any change, also of deployments that are older than this resource."""


class ShardLayout(TypedDict):
    """As the worker reads it: `Layout` in `worker/src/access/shard_layout.ts`."""

    number: int
    shards: int
    before: list[int]


class ShardLayoutsProvider(PickledByName):
    """Remembers; asks nobody.

    Args:
        now: seconds since 1970, where a test has its own.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._now = now

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Every team has a whole number of shards."""
        failures = [
            CheckFailure("shards", f"shards of {team} is {number!r}, allowed: 1 to {MAX_SHARDS}")
            for team, number in news["shards"].items()
            if not isinstance(whole_number(number), int)
            or isinstance(number, bool)
            or not 1 <= number <= MAX_SHARDS
        ]
        return CheckResult(news, failures)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Whether a team has another number than it had last."""
        known = layouts_from(olds.get("layouts"))
        return DiffResult(changes=_changed(known, news["shards"], 0) != known)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """What was there before has one shard each."""
        return CreateResult("shards", self._outputs({}, props))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Remember what changed."""
        return UpdateResult(self._outputs(layouts_from(olds.get("layouts")), news))

    def _outputs(self, known: dict[str, ShardLayout], props: dict[str, Any]) -> dict[str, Any]:
        layouts = _changed(known, props["shards"], int(self._now()))
        return {"shards": props["shards"], "layouts": layouts}


class ShardLayouts(Resource, module="telemetry", name="ShardLayouts"):
    """The layouts of all teams that ever had another number of shards than one.

    Args:
        shards: by team, 1 to 100. In place.
    """

    layouts: pulumi.Output[dict[str, Any]]
    """`ShardLayout` by team; a team without one has one shard, as it always had."""

    def __init__(
        self,
        resource_name: str,
        *,
        shards: Mapping[str, int],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"shards": dict(shards), "layouts": None}
        super().__init__(ShardLayoutsProvider(), resource_name, props, opts)


def layouts_from(outputs: Mapping[str, Any] | None) -> dict[str, ShardLayout]:
    """The output `layouts`, whose numbers are floats on the wire."""
    return {
        team: {
            "number": int(layout["number"]),
            "shards": int(layout["shards"]),
            "before": [int(shards) for shards in layout["before"]],
        }
        for team, layout in (outputs or {}).items()
    }


def _changed(
    known: Mapping[str, ShardLayout], shards: Mapping[str, float], now_seconds: int
) -> dict[str, ShardLayout]:
    """The layouts after these numbers were asked for."""
    first: ShardLayout = {"number": 0, "shards": _FIRST_SHARDS, "before": []}
    layouts = dict(known)
    for team, asked in shards.items():
        last = known.get(team, first)
        if asked != last["shards"]:
            layouts[team] = {
                # The time, so that it goes up also for a state that has forgotten the last one.
                "number": max(last["number"] + 1, now_seconds),
                "shards": int(asked),
                "before": sorted({*last["before"], last["shards"]} - {int(asked)}),
            }
    return layouts
