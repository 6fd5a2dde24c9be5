"""Ten requests in any ten seconds, counted on a clock that the test turns."""

from __future__ import annotations

import pytest

from local.clickhouse.errors import TooManyRequests
from local.clickhouse.rate_limit import RateLimit


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_window_slides() -> None:
    """Each request leaves ten seconds after it came, not all at once."""
    clock = Clock()
    limit = RateLimit(clock=clock)
    for second in range(10):
        clock.now = float(second)
        limit.take("key")
    clock.now = 9.5
    with pytest.raises(TooManyRequests) as refused:
        limit.take("key")
    assert refused.value.reset_seconds == pytest.approx(0.5)
    clock.now = 10.0
    limit.take("key")
    with pytest.raises(TooManyRequests):
        limit.take("key")


def test_a_refused_request_does_not_count() -> None:
    """Whoever keeps asking does not lock himself out."""
    clock = Clock()
    limit = RateLimit(clock=clock)
    for _ in range(10):
        limit.take("key")
    for _ in range(5):
        with pytest.raises(TooManyRequests):
            limit.take("key")
    clock.now = 10.0
    for _ in range(10):
        limit.take("key")


def test_keys_do_not_share() -> None:
    """Each has its own window."""
    limit = RateLimit(requests=1, clock=Clock())
    limit.take("one")
    limit.take("two")


def test_zero_is_no_limit() -> None:
    """For tests of something else."""
    limit = RateLimit(requests=0, clock=Clock())
    for _ in range(100):
        limit.take("key")
