"""`ShardLayouts`: the current and the previous number of shards of each team's buffer.

The resource exists only in the Pulumi state, not in a cloud. After a change, the worker needs a
layout number that is higher than all earlier ones, and the previous numbers of shards. With these,
the worker finds a repeated body in the shard that stored it (`worker/README.md`, step 13), and
lists the shards that are no longer used.

    layouts = ShardLayouts("ingest", shards={"default": 1, "shop": 4})

The numbers change in place, up or down, at any time. The layout of a removed team stays in the
state, in case the team returns. `Telemetry` creates one `ShardLayouts`.
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
"""Maximum number of shards of a team. They share the 10,000 deduplication tokens that each table
stores."""
_FIRST_SHARDS = 1
"""Shards before the first change, also of deployments that are older than this resource."""


class ShardLayout(TypedDict):
    """The format that the worker reads: `ShardLayout` in `worker/src/access/shard_layout.ts`."""

    number: int
    shards: int
    before: list[int]


class ShardLayoutsProvider(PickledByName):
    """Stores the layouts in the state, and sends no requests.

    Args:
        now: returns seconds since 1970. Tests pass another clock.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._now = now

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Require a whole number of shards for every team."""
        failures = [
            CheckFailure("shards", f"shards of {team} is {number!r}, allowed: 1 to {MAX_SHARDS}")
            for team, number in news["shards"].items()
            if not isinstance(whole_number(number), int)
            or isinstance(number, bool)
            or not 1 <= number <= MAX_SHARDS
        ]
        return CheckResult(news, failures)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Report a change if a team has another number of shards than in the state."""
        known = layouts_from(olds.get("layouts"))
        return DiffResult(changes=_changed(known, news["shards"], 0) != known)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Store the layouts. Each team had one shard before."""
        return CreateResult("shards", self._outputs({}, props))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Store the changed layouts."""
        return UpdateResult(self._outputs(layouts_from(olds.get("layouts")), news))

    def _outputs(self, known: dict[str, ShardLayout], props: dict[str, Any]) -> dict[str, Any]:
        layouts = _changed(known, props["shards"], int(self._now()))
        return {"shards": props["shards"], "layouts": layouts}


class ShardLayouts(Resource, module="telemetry", name="ShardLayouts"):
    """The layouts of all teams that have or had more than one shard.

    Args:
        shards: number of shards by team, 1 to 100. In place.
    """

    layouts: pulumi.Output[dict[str, Any]]
    """`ShardLayout` by team. A team without a layout has always had one shard."""

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
    """Convert the output `layouts`. Pulumi transmits its numbers as floats."""
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
    """Return the layouts with these numbers of shards."""
    first: ShardLayout = {"number": 0, "shards": _FIRST_SHARDS, "before": []}
    layouts = dict(known)
    for team, wanted in shards.items():
        last = known.get(team, first)
        if wanted != last["shards"]:
            layouts[team] = {
                # At least the current time, so that the number also increases if the state was
                # lost.
                "number": max(last["number"] + 1, now_seconds),
                "shards": int(wanted),
                "before": sorted({*last["before"], last["shards"]} - {int(wanted)}),
            }
    return layouts
