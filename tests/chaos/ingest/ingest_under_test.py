"""The system under test: both engines, a proxy in front of each, their clocks and a disk."""

from __future__ import annotations

import contextlib
import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.chaos.ingest.disk import SmallDisk
from tests.support.access_binding import access_document, token_entry
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.process import wait_until
from tests.support.process_clock import Clock
from tests.support.tcp_proxy import Proxy
from tests.support.worker_runtime import INSERT_FORMATS, Worker

__all__ = ["INSERT_SECONDS", "IngestUnderTest"]

# The disk has far more space than a run needs, and can be filled quickly.
DISK_MEBIBYTES = 96
# The time after the last fault. A machine under load needs several times as long as an idle one.
DRAIN_SECONDS = 180.0
# The worker gives up an insert after this time and sends it again.
INSERT_SECONDS = 3.0
# These are the deployed limits except for the waits, so that a short fault costs little time.
LIMITS = {
    "BATCH_AGE_MS": 300,
    "BATCH_MAX_AGE_MS": 1_000,
    "RETRY_MAX_MS": 1_000,
    "INSERT_TIMEOUT_MS": int(INSERT_SECONDS * 1_000),
    "PULSE_MS": 300,
    "CLOCK_STOPPED_MS": 600,
}
_ADMIN = token_entry("admin", name="operator", scopes=["admin"])


class IngestUnderTest:
    """A context manager. Inside it, both engines run until a fault ends one.

    Args:
        folder: created; must not exist.
        shim: the library that `build_shim` compiles; with None, clocks cannot be moved.
        insert_format: format of the first batches, one of `INSERT_FORMATS`.
    Attributes:
        unwritten: number of insert tokens whose parts ClickHouse had not yet stored at a kill.
    """

    def __init__(
        self, folder: Path, *, shim: Path | None, insert_format: str = INSERT_FORMATS[0]
    ) -> None:
        folder.mkdir()
        self._exits = contextlib.ExitStack()
        self._shards = [1]
        self.unwritten = 0
        self.worker_clock = Clock(shim, folder / "worker-clock")
        self.clickhouse_clock = Clock(shim, folder / "clickhouse-clock")
        self.clickhouse = ClickHouse(folder / "clickhouse")
        process = self.clickhouse.process
        process.command = self.clickhouse_clock.command(process.command)
        self.before_clickhouse = Proxy(self.clickhouse.port, forwards_partial_heads=False)
        self.worker = Worker(
            folder / "worker",
            clickhouse_url=self.before_clickhouse.url,
            limits=LIMITS,
            access=self._access(),
            insert_format=insert_format,
        )
        process = self.worker.process
        process.command = self.worker_clock.command(process.command)
        self.before_worker = Proxy(self.worker.port)
        self.disk = SmallDisk(folder / "disk", mebibytes=DISK_MEBIBYTES)

    def __enter__(self) -> IngestUnderTest:
        self._exits.callback(self.clickhouse.process.kill)
        self._exits.callback(self.worker.process.kill)
        self._exits.enter_context(self.disk)
        objects = self.worker.folder / "objects"
        objects.rmdir()
        objects.symlink_to(self.disk.path)
        self._exits.enter_context(self.before_clickhouse)
        self._exits.enter_context(self.before_worker)
        self.clickhouse.start()
        self.clickhouse.migrate()
        # Merges of this table would remove duplicates, which the checks look for.
        self.clickhouse.query(
            f"ALTER TABLE {DATABASE}.events MODIFY SETTING "
            "max_bytes_to_merge_at_max_space_in_pool = 1, "
            "max_bytes_to_merge_at_min_space_in_pool = 1"
        )
        self.worker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exits.__exit__(kind, error, trace)

    def start_what_is_down(self) -> None:
        """Start each engine that does not run, and wait until it responds."""
        if not self.runs(self.clickhouse):
            self.unwritten += self.clickhouse.start()
        if not self.runs(self.worker):
            self.worker.start()

    @staticmethod
    def runs(engine: ClickHouse | Worker) -> bool:
        """Return whether an engine listens. A frozen engine does."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", engine.port), 5):
            return True
        return False

    def rejections_for_parts(self) -> int:
        """Return how many inserts ClickHouse has rejected since its start for too many parts."""
        sql = "SELECT sum(value) FROM system.errors WHERE name = 'TOO_MANY_PARTS'"
        return int(self.clickhouse.query(sql))

    def deploy(self, limits: dict[str, int]) -> None:
        """Make the next start run a script with other limits, on the same storage."""
        self.worker.deploy(
            clickhouse_url=self.before_clickhouse.url,
            limits={**LIMITS, **limits},
            access=self._access(),
        )

    def switch_format(self) -> None:
        """Make the next deploy seal batches for the other format."""
        (self.worker.insert_format,) = set(INSERT_FORMATS) - {self.worker.insert_format}

    def lay_out(self, shards: int) -> None:
        """Make the next deploy use this many shards. Repeats are looked up in the old shards."""
        self._shards.append(shards)

    def _access(self) -> dict[str, object]:
        layout = {
            "number": len(self._shards) - 1,
            "shards": self._shards[-1],
            "before": sorted(set(self._shards) - {self._shards[-1]}),
        }
        team = {"name": "default", "database": DATABASE, "layout": layout}
        return access_document(_ADMIN, teams=[team])

    def administer(self, action: str) -> None:
        """Repeat `pause` or `resume` for all buffers until the worker returns success."""

        def is_done() -> bool:
            with contextlib.suppress(OSError):
                response = self.worker.request(
                    "POST",
                    f"/admin/{action}",
                    b"{}",
                    authorization="Bearer admin",
                    content_type="application/json",
                )
                return response.status == 200
            return False

        wait_until(action, is_done)

    def wait_until_drained(self) -> None:
        """Wait until no buffer stores undelivered bodies."""
        wait_until("drained", self._is_drained, seconds=DRAIN_SECONDS, log_of=self.worker.process)

    def dead_letters(self) -> int:
        """Return the number of dead letters. No body of a run should be one."""
        return sum(buffer["dead_letters"] for buffer in self._buffers())

    def _is_drained(self) -> bool:
        return all(each["stored_bytes"] == each["dead_letter_bytes"] for each in self._buffers())

    def _buffers(self) -> list[dict[str, Any]]:
        response = self.worker.request("GET", "/admin/buffers", authorization="Bearer admin")
        assert response.status == 200, response.body
        buffers: list[dict[str, Any]] = json.loads(response.body)["buffers"]
        return buffers
