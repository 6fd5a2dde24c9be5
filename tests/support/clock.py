"""A clock that only `sleep` moves, for tests of waits."""

from __future__ import annotations


class Clock:
    """Time that passes only in calls of `sleep`."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
