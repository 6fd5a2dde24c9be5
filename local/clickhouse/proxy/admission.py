"""Holds new work back while an engine is exchanged, after the work in flight has ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

__all__ = ["Admission"]


class Admission:
    """Open for many, or closed for one.

    Attributes:
        in_flight: how many are inside.
    """

    def __init__(self) -> None:
        self.in_flight = 0
        self._open = asyncio.Event()
        self._open.set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._closing = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Be inside, waiting first while the gate is closed."""
        while not self._open.is_set():
            await self._open.wait()
        self.in_flight += 1
        self._empty.clear()
        try:
            yield
        finally:
            self.in_flight -= 1
            if self.in_flight == 0:
                self._empty.set()

    @contextlib.asynccontextmanager
    async def closed(self, *, drain_seconds: float) -> AsyncIterator[bool]:
        """Let nobody in, wait for those inside, be alone.

        Yields:
            Whether everybody had left before the deadline.
        """
        async with self._closing:
            self._open.clear()
            try:
                yield await self._drained(drain_seconds)
            finally:
                self._open.set()

    async def _drained(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True
