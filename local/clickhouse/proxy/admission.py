"""Delays new queries while an engine is replaced, after the queries in flight have ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

__all__ = ["Admission"]


class Admission:
    """A lock that is shared by many queries, or exclusive.

    Attributes:
        in_flight: number of queries that share the lock.
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
        """Share the lock. Wait while it is exclusive."""
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
        """Lock exclusively: delay new queries and wait for those in flight.

        Yields:
            Whether all queries in flight ended before the deadline.
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
