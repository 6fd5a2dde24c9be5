"""What the state remembers of the shards, and what the worker is told of them."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from resources.telemetry.shard_layouts import ShardLayoutsProvider

NOW = 1_900_000_000


def provider() -> ShardLayoutsProvider:
    """Each change is a second after the one before."""
    seconds = count(NOW)
    return ShardLayoutsProvider(now=lambda: next(seconds))


def changed(made: ShardLayoutsProvider, olds: dict[str, Any], **shards: float) -> dict[str, Any]:
    """The outputs after these numbers were asked for."""
    news = {"shards": shards, "layouts": None}
    assert made.diff("id", olds, news).changes
    outputs: dict[str, Any] = made.update("id", olds, news).outs or {}
    assert not made.diff("id", outputs, news).changes
    return outputs


def test_every_number_that_there_was_is_remembered() -> None:
    """Up, down and back; a later layout has a higher number."""
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


def test_what_was_there_before_this_resource_had_one_shard() -> None:
    """So bodies are looked up there, also by a deployment that begins with several."""
    outputs = provider().create({"shards": {"default": 4}}).outs or {}
    assert outputs["layouts"] == {"default": {"number": NOW, "shards": 4, "before": [1]}}


def test_numbers_go_up_while_the_clock_does_not() -> None:
    """They order layouts; the time is in them only for a state that was lost."""
    made = ShardLayoutsProvider(now=lambda: 5)
    outputs = made.create({"shards": {"default": 2}}).outs or {}
    first = outputs["layouts"]["default"]["number"]
    outputs = changed(made, outputs, default=3)
    assert outputs["layouts"]["default"]["number"] == first + 1


def test_a_team_that_comes_back_is_remembered() -> None:
    """With the shards that it had, in which something may wait."""
    made = provider()
    outputs = made.create({"shards": {"default": 1, "shop": 4}}).outs or {}
    gone = {"shards": {"default": 1}, "layouts": None}
    assert not made.diff("id", outputs, gone).changes
    outputs = changed(made, made.update("id", outputs, gone).outs or {}, default=1, shop=1)
    assert outputs["layouts"]["shop"]["before"] == [4]


@pytest.mark.parametrize("number", [0, 101, 1.5, "4", True, None])
def test_a_wrong_number_is_refused_at_preview(number: object) -> None:
    """With the team and what is allowed."""
    failures = provider().check({}, {"shards": {"shop": number}}).failures
    (failure,) = failures or []
    assert failure.reason == f"shards of shop is {number!r}, allowed: 1 to 100"
