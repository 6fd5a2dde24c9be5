"""Ten requests in any ten seconds, counted with a clock that the test sets."""

from __future__ import annotations

import pytest

from local.clickhouse.errors import TooManyRequests
from local.clickhouse.rate_limit import RateLimit


class Clock:
    """A clock that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_window_slides() -> None:
    """Each request leaves the window after ten seconds, not all together."""
    clock = Clock()
    limit = RateLimit(clock=clock)
    for second in range(10):
        clock.now = float(second)
        limit.take("key")
    clock.now = 9.5
    with pytest.raises(TooManyRequests) as rejected:
        limit.take("key")
    assert rejected.value.reset_seconds == pytest.approx(0.5)
    clock.now = 10.0
    limit.take("key")
    with pytest.raises(TooManyRequests):
        limit.take("key")


def test_a_rejected_request_does_not_count() -> None:
    """A client that keeps sending requests is not locked out."""
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


def test_keys_have_separate_limits() -> None:
    """Each key has a separate window."""
    limit = RateLimit(requests=1, clock=Clock())
    limit.take("one")
    limit.take("two")


def test_zero_is_no_limit() -> None:
    """Other tests need it."""
    limit = RateLimit(requests=0, clock=Clock())
    for _ in range(100):
        limit.take("key")
