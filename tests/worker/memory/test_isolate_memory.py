"""A Cloudflare isolate has 128 MB for all bodies that its buffers store, send and receive."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import random
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from backports import zstd
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.access_binding import ADMIN, access_document
from tests.support.clickhouse_server import DATABASE
from tests.support.otlp_json import json_from
from tests.support.otlp_points import log_bytes, metric_bytes
from tests.support.otlp_spans import attribute, export_bytes
from tests.support.ports import free_port
from tests.support.process import wait_until
from tests.support.worker_runtime import INSERT_FORMATS, Worker, WorkerFactory
from tests.worker.memory.inspector import HeapUsage, Inspector

MIB = 1024 * 1024
ISOLATE_BYTES = 128_000_000
SHARDS = 3
LAYOUT = {"number": 1, "shards": SHARDS, "before": []}
RECENT_BODIES = 195_000
KEY_BYTES = 16
# Four bodies are a batch of 24 MiB, or 7.5 MiB compressed: only the random part does not shrink.
BODY_BYTES = 6 * MIB
NOISE_SHARE = 0.31
# The number per signal: more than one batch of each signal waits in every shard.
BODIES = 36


class Silence:
    """A ClickHouse that reads every insert to its end and never responds."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", free_port()))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._drain, args=[connection], daemon=True).start()

    def _drain(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while connection.recv(MIB):
                pass

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def silence() -> Iterator[Silence]:
    """Start a ClickHouse that never responds."""
    running = Silence()
    yield running
    running.close()


def large_bodies() -> Iterator[tuple[str, bytes]]:
    """Yield bodies of all signals, each with its own ids and a shared payload."""
    chance = random.Random(3)
    noise = chance.randbytes(int(BODY_BYTES * NOISE_SHARE / 2)).hex()
    payload = attribute("payload", noise + "all the same " * ((BODY_BYTES - len(noise)) // 13))
    for seed in range(BODIES):
        spans = ExportTraceServiceRequest.FromString(export_bytes(1, seed=seed))
        spans.resource_spans[0].resource.attributes.append(payload)
        yield "traces", spans.SerializeToString()
        logs = ExportLogsServiceRequest.FromString(log_bytes(1, seed=seed))
        logs.resource_logs[0].resource.attributes.append(payload)
        yield "logs", logs.SerializeToString()
        points = ExportMetricsServiceRequest.FromString(metric_bytes(1, seed=seed))
        points.resource_metrics[0].resource.attributes.append(payload)
        yield "metrics", points.SerializeToString()


def fill(worker: Worker) -> None:
    with ThreadPoolExecutor(2) as senders:
        answers = senders.map(lambda sent: worker.post_otlp(*sent), large_bodies())
        assert {answer.status for answer in answers} == {200}


def databases(worker: Worker) -> list[sqlite3.Connection]:
    """Open the databases of the shards while the worker does not run."""
    found = []
    for file in (worker.folder / "objects").rglob("*.sqlite"):
        database = sqlite3.connect(file)
        if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'recent_keys'").fetchall():
            found.append(database)
        else:
            database.close()
    return found


def remember(worker: Worker) -> int:
    """Add keys of other bodies to every shard, as if they had been accepted recently."""
    shards = databases(worker)
    now_ms = int(time.time() * 1000)
    for database in shards:
        with closing(database), database:
            database.executemany(
                "INSERT INTO recent_keys (at_ms, keys) VALUES (?, ?)",
                [
                    (now_ms, random.randbytes(1_000 * KEY_BYTES))
                    for _ in range(RECENT_BODIES // 1000)
                ],
            )
    return len(shards)


def largest(usages: Callable[[], HeapUsage], seconds: float) -> HeapUsage:
    """Return the largest usage during this time."""
    found = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found.append(usages())
        time.sleep(0.1)
    return max(found, key=lambda usage: usage.total_bytes)


@pytest.mark.insert_formats(*INSERT_FORMATS)
def test_a_backlog_of_all_signals_and_shards_goes_out_within_an_isolates_memory(
    make_worker: WorkerFactory, silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    """The memory is measured after a garbage collection, with all recent bodies."""
    teams = [{"name": "default", "database": DATABASE, "layout": LAYOUT}]
    worker = make_worker(clickhouse_url=silence.url, access=access_document(ADMIN, teams=teams))
    worker.operate("pause")
    fill(worker)
    worker.process.kill()
    assert remember(worker) == SHARDS
    inspector = Inspector(worker)
    worker.operate("resume")
    wait_until("inserts are in flight", lambda: silence.connections > 0)
    usage = largest(inspector.heap_usage, 10)
    with capsys.disabled():
        print(f"\n{silence.connections} inserts, {usage}", end="", flush=True)
    assert silence.connections >= 2
    assert usage.total_bytes < ISOLATE_BYTES


def limit_bodies() -> list[tuple[str, bytes, dict[str, str]]]:
    """Return bodies at the size limit, uncompressed and compressed, of random and equal bytes."""
    chance = random.Random(5)
    noise = spans_with(chance.randbytes(10 * MIB - 2_000).hex())
    text = spans_with("all the same " * (20 * MIB // 13 - 200))
    as_json = json_from(ExportTraceServiceRequest.FromString(text))
    return [
        ("traces", noise, {}),
        ("traces", gzip.compress(noise, 1), {"content_encoding": "gzip"}),
        ("traces", zstd.compress(text), {"content_encoding": "zstd"}),
        ("traces", as_json, {"content_type": "application/json"}),
        (
            "traces",
            gzip.compress(as_json),
            {"content_type": "application/json", "content_encoding": "gzip"},
        ),
    ]


def spans_with(payload: str) -> bytes:
    spans = ExportTraceServiceRequest.FromString(export_bytes(1, seed=1))
    span = spans.resource_spans[0].scope_spans[0].spans[0]
    span.attributes.append(attribute("payload", payload))
    return spans.SerializeToString()


def store_long_logs(worker: Worker, count: int) -> None:
    """Store log bodies with one row of nearly 20 MiB that compression cannot halve."""
    chance = random.Random(4)
    for seed in range(count):
        logs = ExportLogsServiceRequest.FromString(log_bytes(1, seed=seed))
        logs.resource_logs[0].resource.attributes.append(
            attribute("payload", chance.randbytes(9 * MIB).hex())
        )
        assert worker.post_otlp("logs", logs.SerializeToString()).status == 200


@pytest.mark.insert_formats("rowbinary")
def test_long_bodies_are_encoded_one_at_a_time_within_an_isolates_memory(
    make_worker: WorkerFactory, silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each has one row of nearly 20 MiB, which compression cannot make much smaller."""
    teams = [{"name": "default", "database": DATABASE, "layout": LAYOUT}]
    worker = make_worker(clickhouse_url=silence.url, access=access_document(ADMIN, teams=teams))
    worker.operate("pause")
    store_long_logs(worker, 8)
    inspector = Inspector(worker)
    worker.operate("resume")
    wait_until("inserts are in flight", lambda: silence.connections > 0)
    usage = largest(inspector.heap_usage, 10)
    with capsys.disabled():
        print(f"\n{silence.connections} inserts, {usage}", end="", flush=True)
    assert usage.total_bytes < ISOLATE_BYTES


@contextlib.contextmanager
def senders_of_limit_bodies(worker: Worker, count: int) -> Iterator[Counter[int]]:
    """Run this many senders at once, each of which sends one body at the limit after the other."""
    bodies = limit_bodies()
    over = threading.Event()
    statuses: Counter[int] = Counter()

    def send(sender: int) -> None:
        for number in itertools.count(sender):
            signal, body, headers = bodies[number % len(bodies)]
            statuses[worker.post_otlp(signal, body, **headers).status] += 1
            if over.is_set():
                return

    with ThreadPoolExecutor(count) as senders:
        sending = [senders.submit(send, sender) for sender in range(count)]
        try:
            yield statuses
        finally:
            over.set()
        for each in sending:
            each.result()


def test_bodies_at_the_limit_are_received_at_once_within_an_isolates_memory(
    make_worker: WorkerFactory, silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten senders of 20 MiB bodies; each body is stored or gets a retry time."""
    worker = make_worker(clickhouse_url=silence.url)
    inspector = Inspector(worker)
    with senders_of_limit_bodies(worker, 10) as statuses:
        usage = largest(inspector.heap_usage, 15)
    with capsys.disabled():
        print(f"\n{dict(statuses)}, {usage}", end="", flush=True)
    assert statuses.keys() <= {200, 503}
    assert statuses[200] > 0
    assert usage.total_bytes < ISOLATE_BYTES


@pytest.mark.insert_formats("rowbinary")
def test_long_bodies_are_encoded_and_others_received_within_an_isolates_memory(
    make_worker: WorkerFactory, silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    """Uploads do not prevent the encoding of a long body, which does not block all uploads."""
    teams = [{"name": "default", "database": DATABASE}]
    worker = make_worker(clickhouse_url=silence.url, access=access_document(ADMIN, teams=teams))
    worker.operate("pause")
    store_long_logs(worker, 3)
    inspector = Inspector(worker)
    with senders_of_limit_bodies(worker, 6) as statuses:
        time.sleep(1)
        worker.operate("resume")
        usage = largest(inspector.heap_usage, 20)
    with capsys.disabled():
        print(f"\n{dict(statuses)}, {silence.connections} inserts, {usage}", end="", flush=True)
    assert silence.connections > 0
    assert statuses.keys() <= {200, 503}
    assert statuses[200] > 0
    assert usage.total_bytes < ISOLATE_BYTES


def test_bodies_without_free_memory_get_a_retry_time(
    make_worker: WorkerFactory, silence: Silence
) -> None:
    """A 503 for a body that arrives while others are written; the first body is stored."""
    limits = {"APPEND_MEMORY_BYTES": 150_000, "TEAM_APPEND_MEMORY_BYTES": 150_000}
    worker = make_worker(clickhouse_url=silence.url, limits=limits)
    script = worker.folder / "index.js"
    append = "this.#appendAll(bodies)"
    assert script.read_text().count(append) == 1
    slow = f"scheduler.wait(3000).then(() => {append})"
    script.write_text(script.read_text().replace(append, slow))
    worker.restart()
    first, second = (spans_with(random.randbytes(50_000).hex()) for _body in range(2))
    with ThreadPoolExecutor(1) as sender:
        answer = sender.submit(worker.post_traces, first)
        time.sleep(1)
        later = worker.post_traces(second)
        assert (later.status, later.headers["retry-after"]) == (503, "1")
        assert answer.result().status == 200
    assert worker.post_traces(second).status == 200
