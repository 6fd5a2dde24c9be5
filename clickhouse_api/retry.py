"""Decide whether and when a failed request is repeated, for both transports.

After a 429, all callers of the key wait for as long as the header `X-RateLimit-Reset` requires.
After a 5xx or a lost connection, only the call waits: its pauses double, with jitter, a few times.
No attempt starts after the call's deadline.
"""

from __future__ import annotations

from clickhouse_api.clock import Clock
from clickhouse_api.errors import ClickHouseApiError, DeadlinePassed, RateLimited
from clickhouse_api.exchange import Failure, Operation

__all__ = ["Attempts"]

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 8.0
# 0.5, 1, 2, 4 seconds: long enough for a restart of a gateway, and short enough that an invalid
# URL fails within ten seconds.
_MOST_FAILURES = 5
# The API's window, which is the longest possible wait after a 429 without a reset.
_RATE_WINDOW_SECONDS = 10.0
# All programs of a key wait for a reset, so a reset in an unexpected unit must not stop them for
# years.
_LONGEST_HOLD_BACK_SECONDS = 60.0


class Attempts:
    """The attempts of one call."""

    def __init__(self, operation: Operation, clock: Clock, *, deadline_seconds: float) -> None:
        self._operation = operation
        self._clock = clock
        self._deadline_seconds = deadline_seconds
        self._failures = 0
        self._maybe_applied = False
        self._last_error: ClickHouseApiError | None = None
        self.latest = clock.now() + deadline_seconds

    def timeout_seconds(self, longest: float) -> float:
        """Return the time for one attempt: the remaining time, but at least one second."""
        return min(longest, max(1.0, self.latest - self._clock.now()))

    def note(self, failure: Failure) -> None:
        """Count a failed attempt, and whether it may have been applied."""
        self._failures += 1
        self._maybe_applied = self._maybe_applied or failure.error.maybe_applied
        failure.error.maybe_applied = self._maybe_applied
        self._last_error = failure.error

    def hold_back_seconds(self, failure: Failure) -> float:
        """Return how long all callers wait after a 429."""
        required = _required_seconds(failure.error)
        if required:
            return min(required, _LONGEST_HOLD_BACK_SECONDS)
        return min(_RATE_WINDOW_SECONDS, self._backoff())

    def pause_after(self, failure: Failure) -> float:
        """Return the seconds to wait before the next attempt.

        Raises:
            ClickHouseApiError: the failure's error, if there is no other attempt.
        """
        if failure.rate_limited:
            # The limiter delays all callers, and this one as well.
            pause, last = _required_seconds(failure.error), False
        else:
            pause, last = self._backoff(), self._failures >= _MOST_FAILURES or not failure.repeat
        if last or self._clock.now() + pause > self.latest:
            raise failure.error
        return 0.0 if failure.rate_limited else pause

    def out_of_time(self) -> ClickHouseApiError:
        """Return the error for a next slot that is after the deadline."""
        return self._last_error or DeadlinePassed(
            f"the rate limit has no free slot within {self._deadline_seconds:g} s: too many "
            "requests of this key are waiting (10 are allowed in 10 s)",
            operation=self._operation.id,
        )

    def _backoff(self) -> float:
        doubled = _FIRST_PAUSE_SECONDS * 2.0 ** max(0, self._failures - 1)
        # Between half of the pause and all of it, so that many callers do not repeat at the same
        # time.
        return min(_LONGEST_PAUSE_SECONDS, doubled) * (0.5 + self._clock.random() / 2)


def _required_seconds(error: ClickHouseApiError) -> float:
    return error.retry_after_seconds or 0.0 if isinstance(error, RateLimited) else 0.0
