"""The clock of all waits. Tests pass a clock that counts instead of sleeping."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

__all__ = ["SYSTEM_CLOCK", "Clock", "interruptible_clock"]


class Clock(Protocol):
    """Time, sleep and random numbers."""

    def now(self) -> float:
        """Return seconds of a clock that never jumps and that all processes of a machine share."""

    def era(self) -> str:
        """Return a name for the start of `now`. Times of another era are not comparable."""

    def sleep(self, seconds: float) -> None:
        """Block for `seconds`."""

    async def sleep_async(self, seconds: float) -> None:
        """Wait for `seconds`. Cancelling the task ends the wait immediately."""

    def random(self) -> float:
        """Return a number from 0 to 1, for jitter."""


# Linux generates another id at each start.
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class _SystemClock:
    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def now(self) -> float:
        # Counts from the machine's start on Linux and macOS, the same in every process.
        return time.monotonic()

    def era(self) -> str:
        try:
            return _BOOT_ID.read_text().strip()
        except OSError:
            # Elsewhere: the time of the machine's start, rounded to ten minutes, as clocks are
            # adjusted.
            return str(round((time.time() - time.monotonic()) / 600))

    def sleep(self, seconds: float) -> None:
        self._sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        import asyncio  # takes 12 ms, which a blocking program does not need

        await asyncio.sleep(seconds)

    def random(self) -> float:
        return random.random()  # noqa: S311 - only spreads retries


SYSTEM_CLOCK: Clock = _SystemClock()


def interruptible_clock(sleep: Callable[[float], None]) -> Clock:
    """Return the system's clock with a sleep that may raise, to end a blocking client's waits.

    `sleep` is called before every request, with 0 if no wait is needed.
    """
    return _SystemClock(sleep)
