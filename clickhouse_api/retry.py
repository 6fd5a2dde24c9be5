"""When to try again: the one place that decides it, for both transports.

Said by whom: a 429 by the API, for as long as `X-RateLimit-Reset` says, and for every caller of the
key; a 5xx or a lost connection by nobody, so the pauses double, with jitter, a few times. All of it
ends at the call's deadline.
"""

from __future__ import annotations

from clickhouse_api.clock import Clock
from clickhouse_api.errors import ClickHouseApiError, DeadlinePassed, RateLimited
from clickhouse_api.exchange import Failure, Operation

__all__ = ["Attempts"]

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 8.0
# 0.5, 1, 2, 4 seconds: long enough for a restart of a gateway, short enough to learn of a wrong
# URL within ten seconds.
_MOST_FAILURES = 5
# The API's window: the longest that a 429 without a reset can mean.
_RATE_WINDOW_SECONDS = 10.0
# All programs of a key obey it, so a reset in a unit nobody expected must not stop them for years.
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
        """Time for one attempt: what is left, but enough to get an answer at all."""
        return min(longest, max(1.0, self.latest - self._clock.now()))

    def note(self, failure: Failure) -> None:
        """Count a failed attempt, and remember if it left a doubt."""
        self._failures += 1
        self._maybe_applied = self._maybe_applied or failure.error.maybe_applied
        failure.error.maybe_applied = self._maybe_applied
        self._last_error = failure.error

    def hold_back_seconds(self, failure: Failure) -> float:
        """How long nobody should send after a 429."""
        asked = _asked_seconds(failure.error)
        if asked:
            return min(asked, _LONGEST_HOLD_BACK_SECONDS)
        return min(_RATE_WINDOW_SECONDS, self._backoff())

    def pause_after(self, failure: Failure) -> float:
        """Seconds to wait before the next attempt.

        Raises:
            ClickHouseApiError: the failure's own error, when there is to be no other attempt.
        """
        if failure.rate_limited:
            # The limiter makes everybody wait, us too.
            pause, last = _asked_seconds(failure.error), False
        else:
            pause, last = self._backoff(), self._failures >= _MOST_FAILURES or not failure.repeat
        if last or self._clock.now() + pause > self.latest:
            raise failure.error
        return 0.0 if failure.rate_limited else pause

    def out_of_time(self) -> ClickHouseApiError:
        """The error when the next turn to send would come after the deadline."""
        return self._last_error or DeadlinePassed(
            f"no turn to send within {self._deadline_seconds:g} s: too many requests of this key "
            "are waiting (10 are allowed in 10 s)",
            operation=self._operation.id,
        )

    def _backoff(self) -> float:
        doubled = _FIRST_PAUSE_SECONDS * 2.0 ** max(0, self._failures - 1)
        # Between half and all of it, so that many callers do not come back at the same moment.
        return min(_LONGEST_PAUSE_SECONDS, doubled) * (0.5 + self._clock.random() / 2)


def _asked_seconds(error: ClickHouseApiError) -> float:
    return error.retry_after_seconds or 0.0 if isinstance(error, RateLimited) else 0.0
