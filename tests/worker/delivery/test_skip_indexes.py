"""Inserts write no skip indexes. Merges build the indexes from the same rows."""

from __future__ import annotations

import random

from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker

SPANS = 50
BODIES = 3


def index_bytes(clickhouse: ClickHouse, table: str) -> list[int]:
    """Return the skip indexes of each active part."""
    rows = clickhouse.query(
        "SELECT secondary_indices_uncompressed_bytes FROM system.parts "
        f"WHERE database = '{DATABASE}' AND table = '{table}' AND active"
    )
    return [int(row) for row in rows.split("\n")]


def rows_of_a_trace(clickhouse: ClickHouse, trace_id: str) -> str:
    """Query a trace as Grafana's data source does."""
    return clickhouse.query(
        f"SELECT TraceId, SpanId, SpanAttributes FROM {DATABASE}.otel_traces "
        f"WHERE TraceId = '{trace_id}' AND SpanAttributes['server.port'] = '443'"
    )


def granules_pruned(clickhouse: ClickHouse, trace_id: str) -> bool:
    """Return whether the index of ids excludes every granule for such a trace."""
    plan = clickhouse.query(
        f"EXPLAIN indexes = 1 SELECT count() FROM {DATABASE}.otel_traces "
        f"WHERE TraceId = '{trace_id}'"
    )
    _, _, skip = plan.partition("idx_trace_id")
    return "Granules: 0/" in skip


def test_inserts_leave_skip_indexes_to_merges(clickhouse: ClickHouse, worker: Worker) -> None:
    """A part of one insert has no index and is read whole. A merge builds the indexes."""
    clickhouse.query(f"SYSTEM STOP MERGES {DATABASE}.otel_traces")
    for seed in range(BODIES):
        assert worker.post_traces(export_bytes(SPANS, seed=seed)).status == 200
        wait_until("drained", worker.is_drained)
    assert index_bytes(clickhouse, "otel_traces") == [0] * BODIES
    there = random.Random(0).randbytes(16).hex()
    missing = "f" * 32
    before = rows_of_a_trace(clickhouse, there)
    assert before.startswith(there)
    assert not granules_pruned(clickhouse, missing)

    clickhouse.query(f"SYSTEM START MERGES {DATABASE}.otel_traces")
    clickhouse.query(f"OPTIMIZE TABLE {DATABASE}.otel_traces FINAL")
    (merged,) = index_bytes(clickhouse, "otel_traces")
    assert merged > 0
    assert granules_pruned(clickhouse, missing)
    assert rows_of_a_trace(clickhouse, there) == before
    assert clickhouse.count("otel_traces") == BODIES * SPANS
