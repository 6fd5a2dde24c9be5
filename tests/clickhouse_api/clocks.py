"""A clock that counts: a sleep advances it and takes no time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

__all__ = ["CountingClock"]


@dataclass
class CountingClock:
    """Starts at 1000 s. Its random numbers are always 1, so every jittered pause is the longest."""

    moment: float = 1000.0
    epoch: str = "since the test began"
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.moment

    def era(self) -> str:
        return self.epoch

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(seconds)
            self.moment += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)
        await asyncio.sleep(0)

    def random(self) -> float:
        return 1.0
