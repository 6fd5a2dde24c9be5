"""The layouts of shards in the state, which the worker receives."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from resources.telemetry.shard_layouts import ShardLayoutsProvider

NOW = 1_900_000_000


def provider() -> ShardLayoutsProvider:
    """Return a provider whose clock advances by a second with each change."""
    seconds = count(NOW)
    return ShardLayoutsProvider(now=lambda: next(seconds))


def changed(made: ShardLayoutsProvider, olds: dict[str, Any], **shards: float) -> dict[str, Any]:
    """Return the outputs after an update to these numbers."""
    news = {"shards": shards, "layouts": None}
    assert made.diff("id", olds, news).changes
    outputs: dict[str, Any] = made.update("id", olds, news).outs or {}
    assert not made.diff("id", outputs, news).changes
    return outputs


def test_every_previous_number_of_shards_is_kept() -> None:
    """After changes up, down and back, a later layout has a higher number."""
    made = provider()
    outputs = made.create({"shards": {"default": 1}}).outs or {}
    assert outputs["layouts"] == {}
    numbers = []
    for shards, before in ((4, [1]), (2, [1, 4]), (4, [1, 2]), (1, [2, 4])):
        outputs = changed(made, outputs, default=float(shards))
        layout = outputs["layouts"]["default"]
        assert (layout["shards"], layout["before"]) == (shards, before)
        numbers.append(layout["number"])
    assert numbers == sorted(set(numbers))


def test_a_deployment_before_this_resource_had_one_shard() -> None:
    """A deployment that begins with several shards also looks bodies up in one shard."""
    outputs = provider().create({"shards": {"default": 4}}).outs or {}
    assert outputs["layouts"] == {"default": {"number": NOW, "shards": 4, "before": [1]}}


def test_layout_numbers_increase_even_if_the_clock_does_not() -> None:
    """The numbers order the layouts and contain the time in case the state is lost."""
    made = ShardLayoutsProvider(now=lambda: 5)
    outputs = made.create({"shards": {"default": 2}}).outs or {}
    first = outputs["layouts"]["default"]["number"]
    outputs = changed(made, outputs, default=3)
    assert outputs["layouts"]["default"]["number"] == first + 1


def test_the_layout_of_a_removed_team_is_kept() -> None:
    """The team's previous shards may contain rows when the team returns."""
    made = provider()
    outputs = made.create({"shards": {"default": 1, "shop": 4}}).outs or {}
    without = {"shards": {"default": 1}, "layouts": None}
    assert not made.diff("id", outputs, without).changes
    outputs = changed(made, made.update("id", outputs, without).outs or {}, default=1, shop=1)
    assert outputs["layouts"]["shop"]["before"] == [4]


@pytest.mark.parametrize("number", [0, 101, 1.5, "4", True, None])
def test_an_invalid_number_is_rejected_at_preview(number: object) -> None:
    """The message has the team and the allowed values."""
    failures = provider().check({}, {"shards": {"shop": number}}).failures
    (failure,) = failures or []
    assert failure.reason == f"shards of shop is {number!r}, allowed: 1 to 100"
