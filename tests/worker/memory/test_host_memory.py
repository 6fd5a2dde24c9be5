"""The Workers host stays small for every size of backlog and every kind of body."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from bench.ingest import bodies
from bench.ingest.measure import send
from bench.ingest.systems import System
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import START_UNIX_NANO
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker

pytestmark = pytest.mark.alone

# The limit of the Workers host, including the runtime's own 65 MiB.
LIMIT_BYTES = 256_000_000
BODIES = 300
# Hexadecimal random bytes, which Zstandard cannot compress at this level: 330 MB are stored.
PAYLOAD_BYTES = 1_100_000
BACKLOG_BYTES = 300_000_000
EVENTS = 30_000
JSON_BODIES = 40
JSON_SPANS = 120
# From `limits.ts` and `recent_bodies.ts`.
RECENT_BODIES = 200_000
KEY_BYTES = 16
START_SECONDS = START_UNIX_NANO // 10**9
AUTHORIZED = ["Authorization: Bearer a-test-token"]


def payload_requests() -> Iterator[bytes]:
    """Yield requests with one span each and a distinct payload."""
    chance = random.Random(5)
    for number in range(BODIES):
        request = ExportTraceServiceRequest()
        span = (
            request.resource_spans.add()
            .scope_spans.add()
            .spans.add(
                trace_id=chance.randbytes(16),
                span_id=number.to_bytes(8),
                name="payload",
                start_time_unix_nano=START_UNIX_NANO,
                end_time_unix_nano=START_UNIX_NANO,
            )
        )
        payload = AnyValue(string_value=chance.randbytes(PAYLOAD_BYTES // 2).hex())
        span.attributes.append(KeyValue(key="payload", value=payload))
        yield request.SerializeToString()


def events() -> Iterator[bytes]:
    """Yield single events, each with a different user."""
    for number in range(EVENTS):
        event = {"event_name": "view", "user_id": f"user-{number}", "timestamp": START_SECONDS}
        yield json.dumps(event).encode()


def remember(worker: Worker, count: int) -> None:
    """Add keys of recently accepted bodies, as the buffer stores them on disk."""
    chance = random.Random(7)
    now_ms = int(time.time() * 1000)
    for _ in range(count // 1_000):
        keys = chance.randbytes(1_000 * KEY_BYTES)
        worker.tamper("INSERT INTO recent_keys (at_ms, keys) VALUES (?, ?)", now_ms, keys)


def json_requests() -> Iterator[bytes]:
    """Yield requests of 4 MB each, which become as many bytes of protobuf."""
    chance = random.Random(9)
    for number in range(JSON_BODIES):
        values = [chance.randbytes(100).hex() for _ in range(150)]
        attributes = [
            {"key": f"key {index}", "value": {"stringValue": value}}
            for index, value in enumerate(values)
        ]
        spans = [
            {
                "traceId": chance.randbytes(16).hex(),
                "spanId": (number * 1_000 + index).to_bytes(8).hex(),
                "name": "large",
                "startTimeUnixNano": str(START_UNIX_NANO),
                "endTimeUnixNano": str(START_UNIX_NANO),
                "attributes": attributes,
            }
            for index in range(JSON_SPANS)
        ]
        yield json.dumps(
            {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}, separators=(",", ":")
        ).encode()


def peak_bytes(worker: Worker) -> int:
    return System("ours", "", worker.process, None).peak_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder for the bodies that are sent."""
    path = tmp_path / "sent"
    path.mkdir()
    return path


def test_a_backlog_of_hundreds_of_megabytes_does_not_pass_through_memory(
    worker: Worker, clickhouse: ClickHouse, folder: Path
) -> None:
    """Bodies are accepted while ClickHouse does not run, and delivered after its start."""
    file = bodies.write(folder / "spans", payload_requests())
    clickhouse.process.kill()
    url = f"http://127.0.0.1:{worker.port}/v1/traces"
    headers = ["Content-Type: application/x-protobuf", *AUTHORIZED]
    assert send(url, file, headers=headers, connections=8)["statuses"] == {"200": BODIES}
    ((stored_bytes,),) = worker.stored("SELECT sum(stored_bytes) FROM chunks")
    assert int(str(stored_bytes)) > BACKLOG_BYTES
    assert peak_bytes(worker) < LIMIT_BYTES
    clickhouse.start()
    wait_until("all is delivered", worker.is_drained, seconds=180)
    assert clickhouse.count("otel_traces") == BODIES
    assert peak_bytes(worker) < LIMIT_BYTES


def test_events_on_many_connections_do_not_pile_up_in_memory(
    worker: Worker, clickhouse: ClickHouse, folder: Path
) -> None:
    """ClickHouse does not run, and the buffer has the maximum number of recent bodies."""
    file = bodies.write(folder / "events", events())
    assert worker.post_event({"event_name": "first"}).status == 200
    worker.process.kill()
    remember(worker, RECENT_BODIES)
    worker.start()
    clickhouse.process.kill()
    url = f"http://127.0.0.1:{worker.port}/events"
    headers = ["Content-Type: application/json", *AUTHORIZED]
    assert send(url, file, headers=headers, connections=64)["statuses"] == {"200": EVENTS}
    assert peak_bytes(worker) < LIMIT_BYTES
    clickhouse.start()
    wait_until("all is delivered", worker.is_drained, seconds=180)
    assert clickhouse.count("events") == 1 + EVENTS
    assert peak_bytes(worker) < LIMIT_BYTES


def test_large_json_bodies_at_once_leave_nothing_behind_in_memory(
    worker: Worker, clickhouse: ClickHouse, folder: Path
) -> None:
    """Intermediate bytes are freed explicitly, because the runtime would not free them in time."""
    file = bodies.write(folder / "json", json_requests())
    url = f"http://127.0.0.1:{worker.port}/v1/traces"
    headers = ["Content-Type: application/json", *AUTHORIZED]
    sent = send(url, file, headers=headers, connections=JSON_BODIES, retry="50ms")
    assert sent["statuses"].get("200") == JSON_BODIES, sent["statuses"]
    wait_until("all is delivered", worker.is_drained, seconds=180)
    assert clickhouse.count("otel_traces") == JSON_BODIES * JSON_SPANS
    assert peak_bytes(worker) < LIMIT_BYTES
