"""Count the operations of the worker per request, body, chunk and batch, in the real runtime.

`counting.js` wraps the built script and reads the counters of the Workers runtime. The other counts
are from the processes and from ClickHouse. Counts per chunk and per batch do not depend on the
machine. CPU time does.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.ingest import bodies
from bench.ingest.measure import report_of, start_sending
from bench.ingest.systems import System
from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker

__all__ = ["LOADS", "Counts", "Load", "counted"]

_COUNTING = Path(__file__).with_name("counting.js")
_ONE_MODULE = '(name = "index.js", esModule = embed "index.js")'
_KEYS_LIVE_MS = 300
JSON = "Content-Type: application/json"
PROTOBUF = "Content-Type: application/x-protobuf"


@dataclass(frozen=True)
class Load:
    """Requests of one kind.

    Attributes:
        name: name of its shape in `cost.py`.
        path: path of the endpoint.
        header: header line with the content type.
        events_per_request: events or spans in each body.
        table: table of its rows.
        requests: number of requests.
        rate: requests a second; 0 is without a pause after a response.
        connections: number of parallel requests.
    """

    name: str
    path: str
    header: str
    events_per_request: int
    table: str
    requests: int
    rate: float
    connections: int


LOADS = (
    Load("single", "/events", JSON, 1, "events", requests=120, rate=40, connections=4),
    Load("bulk", "/events/bulk", JSON, 100, "events", requests=30, rate=10, connections=4),
    Load("otlp", "/v1/traces", PROTOBUF, 512, "otel_traces", requests=24, rate=8, connections=4),
    Load("joined", "/events", JSON, 1, "events", requests=3_000, rate=0, connections=64),
)


@dataclass(frozen=True)
class Counts:
    """The counts of one load, from its first request until all its rows are in the table.

    Attributes:
        requests: requests with status 200.
        calls: calls of `append`, each a request to the Durable Object.
        chunks: rows of the buffer that contained the bodies.
        key_rows: rows with keys of recent bodies, one for each commit with keys.
        batches: sealed batches, each one insert.
        alarms: runs of the object's alarm.
        chunk_writes: rows written in `chunks` and `overflow`, with deletions.
        key_writes: rows written in `recent_keys`.
        batch_writes: rows written in all other tables.
        alarm_writes: alarms set and deleted, each billed as a row written.
        rows_read: rows that SQLite read.
        active_ms: time with a call or an alarm in progress.
        host_us: CPU of workerd, with its network part.
        clickhouse_us: CPU of ClickHouse, with merges during the load.
        rows: rows in the table.
        row_bytes: compressed bytes per row on the disk of ClickHouse.
    """

    requests: int
    calls: int
    chunks: int
    key_rows: int
    batches: int
    alarms: int
    chunk_writes: int
    key_writes: int
    batch_writes: int
    alarm_writes: int
    rows_read: int
    active_ms: float
    host_us: float
    clickhouse_us: float
    rows: int
    row_bytes: float


@contextmanager
def counted(folder: Path) -> Iterator[_Counted]:
    """Start a new ClickHouse, and a worker that counts. Stop both afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    clickhouse = ClickHouse(folder / "clickhouse")
    clickhouse.start()
    try:
        clickhouse.migrate()
        worker = _CountingWorker(
            folder / "worker",
            clickhouse_url=clickhouse.url,
            # So that the counts contain the deletion of keys.
            limits={"RECENT_BODIES_MS": _KEYS_LIVE_MS},
        )
        worker.start()
        try:
            yield _Counted(folder, worker, clickhouse)
        finally:
            worker.process.kill()
    finally:
        clickhouse.process.kill()


class _CountingWorker(Worker):
    def deploy(
        self,
        *,
        clickhouse_url: str,
        limits: Mapping[str, int],
        access: Mapping[str, object] | None = None,
    ) -> None:
        super().deploy(clickhouse_url=clickhouse_url, limits=limits, access=access)
        (self.folder / "counting.js").write_text(_COUNTING.read_text())
        file = self.folder / "config.capnp"
        text = file.read_text()
        if text.count(_ONE_MODULE) != 1:
            raise ValueError(f"{file} does not contain the modules {_ONE_MODULE} once")
        first = '(name = "counting.js", esModule = embed "counting.js"), '
        file.write_text(text.replace(_ONE_MODULE, first + _ONE_MODULE))


@dataclass(frozen=True)
class _Snapshot:
    worker: Mapping[str, int]
    written: Mapping[str, int]
    batches: int
    host_seconds: float
    clickhouse_seconds: float
    rows: int


@dataclass(frozen=True)
class _Counted:
    folder: Path
    worker: Worker
    clickhouse: ClickHouse

    def run(self, load: Load) -> Counts:
        """Send the load, wait until its rows are in the table, and return the counts.

        Raises:
            SystemExit: a request was rejected.
        """
        url = f"http://127.0.0.1:{self.worker.port}{load.path}"
        file = bodies.write(self.folder / load.name, _bodies(load))
        self.worker.request("GET", "/health")
        before = self._snapshot(load)
        report = report_of(
            start_sending(
                url,
                file,
                headers=[load.header, f"Authorization: Bearer {TOKEN}"],
                connections=load.connections,
                rate=load.rate,
            )
        )
        if set(report["statuses"]) != {"200"}:
            raise SystemExit(f"{load.name}: not every request was accepted: {report['statuses']}")
        acked: int = report["acked"]
        rows = before.rows + acked * load.events_per_request
        wait_until(f"{load.name}: rows", lambda: self.clickhouse.count(load.table) == rows)
        wait_until(f"{load.name}: the buffer is empty", self.worker.is_drained)
        return self._difference(load, acked, before, self._snapshot(load))

    def _difference(self, load: Load, acked: int, before: _Snapshot, after: _Snapshot) -> Counts:
        written = {
            table: after.written[table] - before.written.get(table, 0) for table in after.written
        }
        chunk_writes = written.pop("chunks", 0) + written.pop("overflow", 0)
        key_writes = written.pop("recent_keys", 0)
        done = {name: after.worker[name] - before.worker[name] for name in after.worker}
        return Counts(
            requests=acked,
            calls=done["calls"],
            chunks=done["chunks"],
            key_rows=done["key_rows"],
            batches=after.batches - before.batches,
            alarms=done["alarms"],
            chunk_writes=chunk_writes,
            key_writes=key_writes,
            batch_writes=sum(written.values()),
            alarm_writes=done["alarm_writes"],
            rows_read=done["rows_read"],
            active_ms=done["active_ms"],
            host_us=1e6 * (after.host_seconds - before.host_seconds),
            clickhouse_us=1e6 * (after.clickhouse_seconds - before.clickhouse_seconds),
            rows=after.rows - before.rows,
            row_bytes=self._row_bytes(load.table),
        )

    def _snapshot(self, load: Load) -> _Snapshot:
        counts = json.loads(self.worker.request("GET", "/counts").body)
        written = counts.pop("rows_written")
        system = System("ours", "", self.worker.process, self.clickhouse)
        host_seconds, clickhouse_seconds = system.cpu_seconds()
        stored = self.worker.stored("SELECT value FROM meta WHERE key = 'next_batch'")
        return _Snapshot(
            counts,
            written,
            int(float(str(stored[0][0]))) - 1 if stored else 0,
            host_seconds,
            clickhouse_seconds,
            self.clickhouse.count(load.table),
        )

    def _row_bytes(self, table: str) -> float:
        self.clickhouse.query(f"OPTIMIZE TABLE {DATABASE}.{table} FINAL")
        size = self.clickhouse.query(
            "SELECT sum(bytes_on_disk) / sum(rows) FROM system.parts "
            f"WHERE active AND database = '{DATABASE}' AND table = '{table}'"
        )
        return float(size)


def _bodies(load: Load) -> Iterator[bytes]:
    """Yield a different body for each request, with different events."""
    if load.name == "otlp":
        spans = load.events_per_request
        for request in bodies.trace_requests(spans, total=load.requests * spans):
            yield request.SerializeToString()
        return
    chance = random.Random(1_000_000)
    event = {**json.loads(bodies.EVENTS_BODY), "timestamp": int(time.time())}
    for _ in range(load.requests):
        events = [
            {**event, "user_id": f"user-{chance.randbytes(8).hex()}"}
            for _ in range(load.events_per_request)
        ]
        body = events[0] if load.path == "/events" else events
        yield json.dumps(body, separators=(",", ":")).encode()
