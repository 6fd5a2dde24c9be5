"""The API's rate limit, shared by every thread and process that uses one key.

The API allows each key 10 requests in any 10 s. One deployment creates many objects in parallel,
each in a separate process, so the processes share a file. To send a request, a process locks the
file, writes the earliest time that keeps the limit (a slot), unlocks the file, and sleeps until
then. The kernel releases the lock of a process that dies. A slot that is not used costs one request
of the window. The file's name is a hash and its content is a list of times, so nothing in it is
secret.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from clickhouse_api.clock import SYSTEM_CLOCK, Clock
from clickhouse_api.errors import ConfigurationError

T = TypeVar("T")

__all__ = ["RateLimit", "SharedLimiter", "default_state_dir"]


@dataclass(frozen=True)
class RateLimit:
    """At most `requests` in any `window_seconds`.

    `margin_seconds` is added to the window, because the API counts a request when it arrives, and
    the first of ten may arrive with a longer delay than the eleventh.
    """

    requests: int = 10
    window_seconds: float = 10.0
    margin_seconds: float = 0.25


def default_state_dir() -> Path:
    """Return `CLICKHOUSE_API_STATE_DIR`, or a folder in the user's cache or in the system's."""
    configured = os.environ.get("CLICKHOUSE_API_STATE_DIR")
    if configured:
        return Path(configured)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if os.access(_existing_parent(cache), os.W_OK):
        return cache / "clickhouse-api"
    return Path(tempfile.gettempdir()) / f"clickhouse-api-{os.getuid()}"


def _existing_parent(path: Path) -> Path:
    return path if path.exists() or path == path.parent else _existing_parent(path.parent)


@dataclass
class SharedLimiter:
    """Assigns the slots in which requests are sent.

    Attributes:
        state_dir: folder of the shared file, created on first use.
        base_url: address of the API. The file's name depends on it and on `key_id`, because each
            key has a separate limit.
        key_id: id of the API key.
    """

    state_dir: Path
    base_url: str
    key_id: str
    limit: RateLimit = field(default_factory=RateLimit)
    clock: Clock = SYSTEM_CLOCK

    @property
    def path(self) -> Path:
        """The shared file."""
        name = hashlib.sha256(f"{self.base_url}\n{self.key_id}".encode()).hexdigest()[:32]
        return self.state_dir / f"{name}.slots"

    def wait_for_slot(self, *, latest: float) -> bool:
        """Block until a request may be sent. If that is after `latest`, return False without
        waiting."""
        while True:
            slot = self.reserve_slot(latest=latest)
            if slot is None:
                return False
            pause: float | None = slot - self.clock.now()
            while pause is not None and pause > 0:
                self.clock.sleep(pause)
                pause = self._remaining_wait(slot)
            if pause is not None:
                return True

    async def wait_for_slot_async(self, *, latest: float) -> bool:
        """`wait_for_slot` for coroutines. A thread takes the lock, so the event loop continues."""
        while True:
            slot = await _in_thread(partial(self.reserve_slot, latest=latest))
            if slot is None:
                return False
            pause: float | None = slot - self.clock.now()
            while pause is not None and pause > 0:
                await self.clock.sleep_async(pause)
                pause = await _in_thread(partial(self._remaining_wait, slot))
            if pause is not None:
                return True

    def reserve_slot(self, *, latest: float) -> float | None:
        """Reserve the earliest slot. Return None without a reservation if it is after `latest`."""
        with self._state() as state:
            now = self.clock.now()
            slots = _still_counting(state.slots, now, self._window)
            slot = max(now, state.blocked_until, *slots[-1:])
            if len(slots) >= self.limit.requests:
                slot = max(slot, slots[-self.limit.requests] + self._window)
            if slot > latest:
                return None
            state.slots = [*slots, slot]
            return slot

    def hold_back(self, seconds: float) -> None:
        """Delay all requests by `seconds`, as a 429 of the API requires."""
        with self._state() as state:
            state.blocked_until = max(state.blocked_until, self.clock.now() + seconds)

    async def hold_back_async(self, seconds: float) -> None:
        """`hold_back` for coroutines."""
        await _in_thread(partial(self.hold_back, seconds))

    def _remaining_wait(self, slot: float) -> float | None:
        """Return the seconds left to sleep, 0 to send now, or None if a 429 cancelled the slot.

        On a busy machine a process may wake long after its slot, too close to the requests that
        follow. So it records the actual time. A process that then finds too many earlier requests
        sleeps again.
        """
        with self._state() as state:
            now = self.clock.now()
            if slot in state.slots:
                state.slots.remove(slot)
            if state.blocked_until > now:
                return None
            tolerance = self.limit.margin_seconds / 2
            sent = [other for other in state.slots if other <= now]
            pause = 0.0
            if len(sent) >= self.limit.requests:
                pause = sent[-self.limit.requests] + self._window - tolerance - now
            late = now - slot > tolerance
            state.slots = sorted([*state.slots, now if late and pause <= 0 else slot])
            return max(0.0, pause)

    @property
    def _window(self) -> float:
        return self.limit.window_seconds + self.limit.margin_seconds

    @contextmanager
    def _state(self) -> Iterator[_State]:
        """Lock and yield the shared state. Write it back at the end."""
        descriptor = self._open()
        try:
            # Closing the descriptor releases the lock, and so does the end of the process. The
            # lock also excludes other threads, because each opens the file separately.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            state = _State.read(descriptor, era=self.clock.era())
            yield state
            state.write(descriptor)
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        try:
            self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(
                f"cannot store the shared rate limit in {self.state_dir} ({error.strerror}): "
                "set CLICKHOUSE_API_STATE_DIR to a writable folder"
            ) from error


@dataclass
class _State:
    era: str
    slots: list[float]
    blocked_until: float

    @classmethod
    def read(cls, descriptor: int, *, era: str) -> _State:
        """Read the state. Unreadable content, or content from before a reboot, counts as empty."""
        try:
            content = json.loads(os.pread(descriptor, 1 << 20, 0) or b"{}")
            slots = [float(slot) for slot in content.get("slots", [])]
            blocked_until = float(content.get("blocked_until", 0.0))
        except (ValueError, TypeError, AttributeError):
            return cls(era, [], 0.0)
        return cls(era, slots, blocked_until) if content.get("era") == era else cls(era, [], 0.0)

    def write(self, descriptor: int) -> None:
        content = json.dumps(asdict(self)).encode()
        # First spaces, then truncation: the content is readable if the process dies in between.
        os.pwrite(descriptor, content.ljust(os.fstat(descriptor).st_size), 0)
        os.ftruncate(descriptor, len(content))


def _still_counting(slots: list[float], now: float, window: float) -> list[float]:
    return [slot for slot in slots if slot > now - window]


async def _in_thread(work: Callable[[], T]) -> T:
    """Run a function that may wait for the lock, without blocking the event loop."""
    import asyncio  # takes 12 ms, which a blocking program does not need

    return await asyncio.to_thread(work)
