"""A service: its record, its engine, its public ports and its state machine."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import ssl
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from local.clickhouse.backups import Backups, RestoreFailed
from local.clickhouse.engine import EngineFailed
from local.clickhouse.errors import BadRequest, Conflict
from local.clickhouse.faults import Faults, Outcome
from local.clickhouse.proxy.data_plane import DataPlane, Unavailable
from local.clickhouse.proxy.https_endpoint import Listener, serve_https
from local.clickhouse.proxy.native_endpoint import serve_native
from local.clickhouse.state import ENGINE, ServiceRecord

__all__ = ["DELETABLE", "QUERYABLE", "RESTORING", "LocalService"]

# In `ServiceRecord.parts`: the backup that a new service still has to restore.
RESTORING = "restoring"

# The vendor accepts a DELETE in these states (ClickHouse/clickhousectl#335).
DELETABLE = ("provisioning", "starting", "awaking", "idle", "stopped", "degraded", "failed")
QUERYABLE = frozenset({"running", "partially_running", "degraded"})
_COMING_UP = frozenset({"starting", "awaking"})
_STOPPABLE = (*sorted(QUERYABLE), "idle")
_WAKE_SECONDS = 60.0
_STUCK_POLL_SECONDS = 0.05

Move = Callable[[], Coroutine[Any, Any, None]]


class LocalService:
    """One service, from its creation to its deletion.

    Args:
        record: the service's record, which is already saved.
        library: path of libchdb.
        storage_key: key that encrypts the rows.
        tls: TLS context of its public ports.
        faults: returns the faults in use.
        backups: backups that the service can restore.
        on_deleted: called after the service was deleted.
    """

    def __init__(
        self,
        record: ServiceRecord,
        *,
        library: Path,
        storage_key: str,
        tls: ssl.SSLContext,
        faults: Callable[[], Faults],
        backups: Backups,
        on_deleted: Callable[[LocalService], None],
    ) -> None:
        self.record = record
        self.plane = DataPlane(
            record.folder, library=library, storage_key=storage_key, wake=self._wake
        )
        self._tls = tls
        self._faults = faults
        self._backups = backups
        self._on_deleted = on_deleted
        self._listeners: list[Listener] = []
        self._moving = asyncio.Lock()
        self._move: asyncio.Task[None] | None = None
        self._stopped_at = float("-inf")

    @property
    def state(self) -> str:
        """Return the state, as in the API."""
        return self.record.state

    async def listen(self) -> None:
        """Open the public ports. They stay open while the service is stopped.

        Raises:
            OSError: a port is in use.
        """
        ports = self.record.ports
        https = await serve_https(self.plane, port=ports["https"], tls=self._tls)
        self._listeners.append(https)
        native = await serve_native(self.plane, port=ports["nativesecure"], tls=self._tls)
        self._listeners.append(native)

    def resume(self) -> None:
        """Continue from the saved state, after a create or a start of this process."""
        moves: dict[str, Move] = {
            "provisioning": self._provision,
            "starting": self._start,
            "awaking": self._start,
            "running": self._start,
            "partially_running": self._start,
            "degraded": self._start_degraded,
            "stopping": self._stop,
            "softdeleting": self._delete,
        }
        if self.state in moves:
            self._begin(moves[self.state])

    def start(self) -> None:
        """Start the service, unless it runs or starts already."""
        if self.state in ("stopped", "failed"):
            self._enter("starting")
            self._begin(self._start)
        elif self.state in ("stopping", "softdeleting"):
            raise Conflict(f"The service is {self.state}; it can be started when stopped")

    def stop(self) -> None:
        """Stop the service, unless it is stopped or stops already."""
        if self.state in ("stopped", "stopping"):
            return
        if self.state not in _STOPPABLE:
            raise Conflict(
                f"The service is {self.state}; it can be stopped when {', '.join(_STOPPABLE)}"
            )
        self._enter("stopping")
        self._begin(self._stop)

    def awake(self) -> None:
        """Wake the service, which must be idle."""
        if self.state == "idle":
            self._enter("awaking")
            self._begin(self._start)
        elif self.state not in QUERYABLE | _COMING_UP:
            raise BadRequest(f"The service is {self.state}, not idle; use the command start")

    def delete(self) -> None:
        """Begin to delete.

        Raises:
            Conflict: the state does not allow a delete. The message lists the states that do.
        """
        lag = self._faults().timing.conflict_after_stopped
        late = self.state == "stopped" and time.monotonic() - self._stopped_at < lag
        if self.state not in DELETABLE or late:
            raise Conflict(
                f"The service cannot be deleted while it is {'stopping' if late else self.state}; "
                f"permitted states: {', '.join(DELETABLE)}"
            )
        self._enter("softdeleting")
        self._begin(self._delete)

    async def become_idle(self) -> None:
        """Stop the engine until the next query."""
        async with self._moving:
            if self.state == "running":
                self._enter("idle")
                await self.plane.stop()

    def is_due_to_idle(self) -> bool:
        """Return whether the service had no query during its idle timeout."""
        fields = self.record.fields
        if self.state != "running" or not fields.get("idleScaling"):
            return False
        quiet_seconds = time.monotonic() - self.plane.last_used
        in_use = self.plane.admission.in_flight > 0
        return not in_use and quiet_seconds > 60 * float(fields.get("idleTimeoutMinutes", 15))

    async def close(self) -> None:
        """Stop the engine and close the ports. The state is kept for `resume`."""
        await self._halt()
        await self.plane.close()
        for listener in self._listeners:
            await listener.close()
        self._listeners.clear()

    def _enter(self, state: str) -> None:
        self.record.fields["state"] = state
        self.record.save()

    def _begin(self, move: Move) -> None:
        if self._move is not None and not self._move.done():
            self._move.cancel()
        self._move = asyncio.create_task(self._guarded(move), name=f"service {self.record.id}")

    async def _guarded(self, move: Move) -> None:
        async with self._moving:
            try:
                await move()
            except (EngineFailed, RestoreFailed, OSError) as error:
                print(f"service {self.record.id}: {error}", file=sys.stderr, flush=True)
                self._enter("failed")

    async def _halt(self) -> None:
        if self._move is not None:
            self._move.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._move

    async def _let_pass(self, phase: str) -> None:
        """Wait for the duration in the faults, which may change during the wait."""
        begun = time.monotonic()
        while (left := begun + getattr(self._faults().timing, phase) - time.monotonic()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(left, _STUCK_POLL_SECONDS))

    async def _outcome(self, phase: str) -> Outcome:
        """Return the outcome in the faults. Wait as long as it is `stuck`."""
        outcome: Outcome
        while (outcome := getattr(self._faults(), phase)) == "stuck":  # noqa: ASYNC110 (the faults send no event)
            await asyncio.sleep(_STUCK_POLL_SECONDS)
        return outcome

    async def _provision(self) -> None:
        await self._let_pass("provisioning")
        outcome = await self._outcome("provisioning")
        if outcome == "failed":
            self._enter("failed")
            return
        if RESTORING in self.record.parts:
            await self._restore()
        else:
            await self.plane.start()
        self._enter("degraded" if outcome == "degraded" else "running")

    async def _restore(self) -> None:
        # A restore that a kill interrupted is repeated on an empty engine, as RESTORE requires.
        data = self.record.folder / ENGINE / "data"
        await asyncio.to_thread(shutil.rmtree, data, ignore_errors=True)
        await self.plane.start()
        await self._backups.restore(self.record.parts[RESTORING], self.plane, self.record.folder)
        del self.record.parts[RESTORING]

    async def _start(self) -> None:
        if self.state in _COMING_UP:
            await self._let_pass("starting")
            if await self._outcome("moving") == "failed":
                self._enter("failed")
                return
        await self.plane.start()
        self._enter("running")

    async def _start_degraded(self) -> None:
        await self.plane.start()

    async def _stop(self) -> None:
        await self._let_pass("stopping")
        outcome = await self._outcome("moving")
        await self.plane.stop()
        self._stopped_at = time.monotonic()
        self._enter("failed" if outcome == "failed" else "stopped")

    async def _delete(self) -> None:
        await self._let_pass("deleting")
        await self.plane.close()
        for listener in self._listeners:
            await listener.close()
        self._listeners.clear()
        # The id is saved as deleted before the folder is deleted. After a kill in between, the
        # next start deletes the folder.
        self._on_deleted(self)
        await asyncio.to_thread(shutil.rmtree, self.record.folder)

    async def _wake(self) -> None:
        """Wake the service for a query.

        Raises:
            Unavailable: the service serves no queries in its state.
        """
        if self.state == "idle":
            self.awake()
        if self.state in _COMING_UP | QUERYABLE and self._move and not self._move.done():
            await asyncio.wait({self._move}, timeout=_WAKE_SECONDS)
        if self.state not in QUERYABLE:
            raise Unavailable(f"the service is {self.state} and serves no queries")
