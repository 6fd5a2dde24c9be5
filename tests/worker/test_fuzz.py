"""Damaged OTLP: refused at the door or stored, and never a batch that ClickHouse refuses."""

from __future__ import annotations

import gzip
import random

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.worker.engines import ClickHouse, Worker, wait_until
from tests.worker.golden.logs import log_request
from tests.worker.golden.metrics import metric_request
from tests.worker.golden.record import LOGS, METRICS, ODD_METRICS, TRACES
from tests.worker.otlp_json import json_from
from tests.worker.spans import export_bytes, export_request

BODIES = 1_500
SEED = 20261121


SPANS = ExportTraceServiceRequest.FromString(TRACES.request.read_bytes())
POINTS = ExportMetricsServiceRequest.FromString(METRICS.request.read_bytes())
ORIGINALS = [
    ("traces", TRACES.request.read_bytes()),
    ("traces", export_bytes(2, seed=1)),
    ("traces", export_bytes(30, seed=2)),
    ("traces", SPANS.resource_spans[1].SerializeToString()),
    ("logs", LOGS.request.read_bytes()),
    ("metrics", METRICS.request.read_bytes()),
    ("metrics", POINTS.resource_metrics[1].SerializeToString()),
    # Not the large texts, so that the damage hits numbers and lengths.
    ("metrics", ODD_METRICS.request.read_bytes()),
]


JSON_BODIES = 500
JSON_ORIGINALS = [
    ("traces", json_from(SPANS)),
    ("logs", json_from(log_request(), ascii_only=True)),
    ("metrics", json_from(POINTS, enum_numbers=False)),
    ("metrics", json_from(metric_request())),
    ("traces", json_from(export_request(3, seed=1))),
]


def mutated(body: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, removed, added, repeated or moved."""
    damaged = bytearray(body)
    for _mutation in range(chance.choice([1, 1, 1, 2, 5])):
        at = chance.randrange(len(damaged))
        match chance.randrange(6):
            case 0:
                damaged[at] = chance.randrange(256)
            case 1:
                damaged[at] ^= 1 << chance.randrange(8)
            case 2:
                del damaged[at : at + chance.randrange(1, 4)]
            case 3:
                damaged[at:at] = chance.randbytes(chance.randrange(1, 4))
            case 4:
                damaged[at:at] = damaged[at : at + chance.randrange(1, 40)]
            case _:
                del damaged[at:]
        if not damaged:
            return b""
    return bytes(damaged)


def test_damaged_bodies_never_poison_a_batch(clickhouse: ClickHouse, worker: Worker) -> None:
    """What the scan lets through ClickHouse reads; valid neighbours arrive, every one."""
    chance = random.Random(SEED)
    accepted = 0
    for number in range(BODIES):
        signal, original = chance.choice(ORIGINALS)
        body = mutated(original, chance)
        if number % 3 == 0:
            answer = worker.post_otlp(signal, gzip.compress(body, 1), content_encoding="gzip")
        else:
            answer = worker.post_otlp(signal, body)
        assert answer.status in (200, 400), (number, answer)
        accepted += answer.status == 200
        if number % 50 == 0:
            assert worker.post_traces(export_bytes(10, seed=number + 1000)).status == 200
    assert 0 < accepted < BODIES
    wait_until(f"drained: {worker.process.log[-3000:]}", worker.is_drained)
    reasons = worker.stored("SELECT error FROM dead_letters")
    # Days all over the calendar are legal OTLP; only the table has a limit for them.
    assert [error for (error,) in reasons if "Too many partitions" not in str(error)] == []
    intact = clickhouse.query(
        "SELECT countIf(ScopeName = 'shop' AND SpanAttributes['server.port'] = '443') "
        "FROM telemetry.otel_traces"
    )
    assert int(intact) >= BODIES // 50 * 10


def test_damaged_json_never_poisons_a_batch(clickhouse: ClickHouse, worker: Worker) -> None:
    """Whatever it is converted to is protobuf that ClickHouse reads."""
    chance = random.Random(SEED)
    statuses = set()
    for _number in range(JSON_BODIES):
        signal, original = chance.choice(JSON_ORIGINALS)
        answer = worker.post_otlp(
            signal, mutated(original, chance), content_type="application/json"
        )
        statuses.add(answer.status)
    assert statuses == {200, 400}
    assert worker.post_traces(export_bytes(10, seed=1)).status == 200
    wait_until(f"drained: {worker.process.log[-3000:]}", worker.is_drained)
    reasons = worker.stored("SELECT error FROM dead_letters")
    assert [error for (error,) in reasons if "Too many partitions" not in str(error)] == []
    intact = clickhouse.query(
        "SELECT countIf(ScopeName = 'shop' AND SpanAttributes['server.port'] = '443') "
        "FROM telemetry.otel_traces"
    )
    assert int(intact) >= 10
