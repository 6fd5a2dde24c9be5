"""The clock everything waits by; tests pass one that counts instead of sleeping."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

__all__ = ["SYSTEM_CLOCK", "Clock", "interruptible_clock"]


class Clock(Protocol):
    """Time, sleep and chance."""

    def now(self) -> float:
        """Seconds on a clock that never jumps and that all processes of this machine share."""

    def era(self) -> str:
        """Names the moment that `now` counts from: another era, and old moments mean nothing."""

    def sleep(self, seconds: float) -> None:
        """Block for `seconds`."""

    async def sleep_async(self, seconds: float) -> None:
        """Wait for `seconds`; cancelling the task ends it at once."""

    def random(self) -> float:
        """A number from 0 to 1, for jitter."""


# Linux makes a new one at each start.
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
            # Elsewhere: when the machine started, to within ten minutes of its wall clock's moods.
            return str(round((time.time() - time.monotonic()) / 600))

    def sleep(self, seconds: float) -> None:
        self._sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        import asyncio  # 12 ms that a blocking program need not spend

        await asyncio.sleep(seconds)

    def random(self) -> float:
        return random.random()  # noqa: S311 - spreads retries, guards nothing


SYSTEM_CLOCK: Clock = _SystemClock()


def interruptible_clock(sleep: Callable[[float], None]) -> Clock:
    """The system's clock, with a sleep that may raise to end a blocking client's waits.

    It is called before every request, with 0 where there is nothing to wait for.
    """
    return _SystemClock(sleep)
