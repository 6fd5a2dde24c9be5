"""What the worker is told of teams and tokens, and what a token's rotation leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from resources.access import earlier
from resources.token import TokenProvider

PROVIDER = TokenProvider()


def rotated(olds: dict[str, Any], version: str) -> dict[str, Any]:
    """The outputs after a change of version."""
    outputs: dict[str, Any] = PROVIDER.update("id", olds, {"version": version}).outs or {}
    return outputs


def test_a_changed_version_makes_a_token_and_remembers_the_one_before() -> None:
    """Only its hash, and only until the next change."""
    first = PROVIDER.create({"version": "1"}).outs or {}
    assert first["previous_sha256"] is None
    second = rotated(first, "2")
    assert second["value"] != first["value"]
    assert second["previous_sha256"] == first["sha256"]
    third = rotated(second, "3")
    assert third["previous_sha256"] == second["sha256"]
    assert first["sha256"] not in third.values()


def test_only_another_version_is_another_token() -> None:
    """The engine asks with every output among the inputs."""
    made = PROVIDER.create({"version": "1"}).outs or {}
    assert not PROVIDER.diff("id", made, {"version": "1", "value": None}).changes
    assert PROVIDER.diff("id", made, {"version": "2"}).changes


@pytest.mark.parametrize(
    ("times", "earliest"),
    [
        ((None, None), None),
        (("2027-01-31T00:00:00Z", None), "2027-01-31T00:00:00Z"),
        ((None, "2027-01-31T00:00:00Z"), "2027-01-31T00:00:00Z"),
        # The same day in two zones: texts would compare the other way round.
        (("2027-01-31T00:30:00+02:00", "2027-01-30T23:00:00Z"), "2027-01-31T00:30:00+02:00"),
    ],
)
def test_a_token_before_ends_with_what_ends_first(
    times: tuple[str | None, str | None], earliest: str | None
) -> None:
    """Its own stated end, or the end of the whole entry."""
    assert earlier(*times) == earliest
