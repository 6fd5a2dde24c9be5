"""The body of an insert: which chunks it contains, and when it is sent."""

from __future__ import annotations

import gzip
import random

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.otlp_spans import attribute, export_request
from tests.support.process import wait_until
from tests.support.worker_runtime import WorkerFactory


def incompressible(count: int, *, seed: int, value_bytes: int) -> ExportTraceServiceRequest:
    """Return spans with a random string each, which compression cannot shorten."""
    request = export_request(count, seed=seed)
    chance = random.Random(seed)
    for span in request.resource_spans[0].scope_spans[0].spans:
        span.attributes.append(attribute("noise", chance.randbytes(value_bytes // 2).hex()))
    return request


def test_chunks_of_any_length_go_out_back_to_back(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """An insert's body consists of many small chunks, or of one chunk of several rows."""
    worker = make_worker(clickhouse_url=clickhouse.url, limits={"INSERT_PIECE_BYTES": 100_000})
    clickhouse.query(f"RENAME TABLE {DATABASE}.otel_traces TO {DATABASE}.away")
    spans = 0
    for seed, value_bytes in enumerate((10, 10, 30_000, 50_000, 10, 160_000, 10, 10, 5_000)):
        body = incompressible(50, seed=seed, value_bytes=value_bytes).SerializeToString()
        answer = worker.post_traces(gzip.compress(body, 1), content_encoding="gzip")
        assert answer.status == 200, answer
        spans += 50
    lengths = worker.stored("SELECT count(DISTINCT seq), max(piece) FROM overflow")
    assert lengths == [(1, 2)], "one body is in three rows"
    clickhouse.query(f"RENAME TABLE {DATABASE}.away TO {DATABASE}.otel_traces")
    wait_until("drained", worker.is_drained)
    counts = clickhouse.query(
        "SELECT count(), uniqExact(SpanId), sum(length(SpanAttributes['noise'])) "
        f"FROM {DATABASE}.otel_traces"
    )
    noise = 50 * (5 * 10 + 30_000 + 50_000 + 160_000 + 5_000)
    assert counts == f"{spans}\t{spans}\t{noise}"
    assert worker.stored("SELECT count(*) FROM dead_letters") == [(0,)]
