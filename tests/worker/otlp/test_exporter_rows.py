"""Rows equal those of the Collector's exporter, for every form of a request."""

from __future__ import annotations

import gzip

import pytest

from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.golden.edge_cases import (
    edge_case_log_requests,
    edge_case_metric_requests,
    edge_case_trace_requests,
)
from tests.support.golden.record import (
    EDGE_CASE_LOGS,
    EDGE_CASE_METRICS,
    EDGE_CASE_TRACES,
    LOGS,
    METRICS,
    RECORDINGS,
    TABLES,
    TRACES,
    Recording,
    rows_of,
)
from tests.support.golden.storable import (
    rejected_by,
    rejected_rows,
    storable_rows,
    without_arrival,
)
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.protobuf_fields import varint
from tests.support.worker_runtime import INSERT_FORMATS, Worker

pytestmark = pytest.mark.insert_formats(*INSERT_FORMATS)

SPANS = 20

ODD = {
    "traces": (EDGE_CASE_TRACES, edge_case_trace_requests),
    "logs": (EDGE_CASE_LOGS, edge_case_log_requests),
    "metrics": (EDGE_CASE_METRICS, edge_case_metric_requests),
}


@pytest.fixture
def keeping_worker(clickhouse: ClickHouse, worker: Worker) -> Worker:
    """Start a worker with tables that keep rows of any time, as the recorded rows have."""
    for table in (
        "otel_traces_trace_id_ts",
        *(name for names in TABLES.values() for name in names),
    ):
        clickhouse.query(f"ALTER TABLE {DATABASE}.{table} REMOVE TTL")
    return worker


def assert_rows_are_the_exporters(
    clickhouse: ClickHouse, worker: Worker, recording: Recording
) -> None:
    wait_until("drained", worker.is_drained)
    assert worker.stored("SELECT error FROM dead_letters") == []
    for table in TABLES[recording.signal]:
        found = sorted(map(without_arrival, rows_of(clickhouse, f"{DATABASE}.{table}")))
        recorded = storable_rows(recording, table)
        assert len(found) == len(recorded)
        for row, expected in zip(found, recorded, strict=True):
            assert row == expected, table


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_recorded_request_is_the_one_the_code_builds(recording: Recording) -> None:
    """After a change of the code or the recording, run `python -m tests.support.golden.record`."""
    assert recording.request.read_bytes() == recording.build()


@pytest.mark.parametrize("compressed", [False, True], ids=["raw", "gzip"])
@pytest.mark.parametrize("recording", [TRACES, LOGS, METRICS], ids=lambda each: each.name)
def test_every_row_equals_the_exporters(
    clickhouse: ClickHouse, keeping_worker: Worker, recording: Recording, compressed: bool
) -> None:
    """Attributes, bodies, metrics, events, links and exemplars of every type are equal bytes."""
    body = recording.request.read_bytes()
    if compressed:
        answer = keeping_worker.post_otlp(
            recording.signal, gzip.compress(body), content_encoding="gzip"
        )
    else:
        answer = keeping_worker.post_otlp(recording.signal, body)
    assert answer.status == 200
    assert rejected_by(answer.body, recording.signal) == rejected_rows(recording)
    assert_rows_are_the_exporters(clickhouse, keeping_worker, recording)


def test_unknown_fields_become_no_rows(clickhouse: ClickHouse, worker: Worker) -> None:
    """The fields are outside and inside the resources. Readers skip fields of newer versions."""
    spans = export_bytes(SPANS, seed=0)
    unknown = b"\xfa\x06" + varint(len(spans)) + spans  # number 111
    for body in (spans, export_bytes(SPANS, seed=1) + unknown, unknown):
        assert worker.post_traces(body).status == 200
    wait_until("drained", worker.is_drained)
    assert worker.stored("SELECT error FROM dead_letters") == []
    counts = clickhouse.query("SELECT count(), uniqExact(SpanId) FROM telemetry.otel_traces")
    assert counts == f"{2 * SPANS}\t{2 * SPANS}"


@pytest.mark.parametrize("signal", ODD)
def test_unusual_but_valid_bodies_become_the_exporters_rows(
    clickhouse: ClickHouse, keeping_worker: Worker, signal: str
) -> None:
    """Encodings that ClickHouse would reject or read differently are rewritten first."""
    recording, requests = ODD[signal]
    rejected = 0
    for name, body in requests().items():
        answer = keeping_worker.post_otlp(signal, body)
        assert answer.status == 200, name
        rejected += rejected_by(answer.body, signal)
    assert rejected == rejected_rows(recording)
    assert_rows_are_the_exporters(clickhouse, keeping_worker, recording)
