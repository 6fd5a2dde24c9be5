"""Limits the requests of each API key to ten in any ten seconds."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

from local.clickhouse.errors import TooManyRequests

__all__ = ["REQUESTS", "WINDOW_SECONDS", "RateLimit"]

# The vendor's documented limit.
REQUESTS = 10
WINDOW_SECONDS = 10.0


class RateLimit:
    """A sliding window per key.

    Args:
        requests: maximum in a window; 0 means no limit.
        window_seconds: length of the window.
        clock: returns monotonic seconds.
    """

    def __init__(
        self,
        *,
        requests: int = REQUESTS,
        window_seconds: float = WINDOW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.requests = requests
        self.window_seconds = window_seconds
        self._clock = clock
        self._taken: defaultdict[str, deque[float]] = defaultdict(deque)

    def take(self, key: str) -> None:
        """Count one request of a key.

        Raises:
            TooManyRequests: the window is full; this request does not count.
        """
        if self.requests == 0:
            return
        now, taken = self._clock(), self._taken[key]
        while taken and taken[0] <= now - self.window_seconds:
            taken.popleft()
        if len(taken) >= self.requests:
            raise TooManyRequests(taken[0] + self.window_seconds - now)
        taken.append(now)
