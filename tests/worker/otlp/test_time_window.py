"""Rows outside their table's time window are rejected, counted and explained, never stored."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tests.support.access_binding import TOKEN, access_document, token_entry
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.process import wait_until
from tests.support.prometheus import parse, value_of
from tests.support.timed_rows import DAY_NANOS, SIGNALS, TABLES, log_records, spans
from tests.support.worker_runtime import Worker, WorkerFactory

RETENTION_DAYS = {"traces": 30, "logs": 20, "metrics": 10, "events": 5}


@pytest.fixture
def strict_worker(clickhouse: ClickHouse, make_worker: WorkerFactory) -> Worker:
    """Start a worker whose retention differs by signal, with tables that keep rows longer."""
    return make_worker(
        clickhouse_url=clickhouse.url,
        limits={"COUNTS_FLUSH_MS": 50},
        retention_days=RETENTION_DAYS,
        access=access_document(token_entry("admin", name="admin", scopes=["admin"])),
    )


@pytest.mark.parametrize(("signal", "request_of", "response", "rejected", "place"), SIGNALS)
def test_rows_are_stored_if_and_only_if_their_time_is_in_the_window(
    clickhouse: ClickHouse,
    strict_worker: Worker,
    signal: str,
    request_of: Callable[[list[int]], Message],
    response: Any,
    rejected: str,
    place: str,
) -> None:
    """The times are random around both edges, but not so near that the duration matters."""
    chance = random.Random(signal)
    now = time.time_ns()
    edges = (now - RETENTION_DAYS[signal] * DAY_NANOS, now + DAY_NANOS)
    times = [
        chance.choice(edges) + chance.choice([-1, 1]) * int(10 ** chance.uniform(6, 16.5))
        for _ in range(2_000)
    ]
    times = [at for at in times if at > 0]
    answer = strict_worker.post_otlp(signal, request_of(times).SerializeToString())
    lag = time.time_ns() - now
    assert answer.status == 200
    refused = getattr(response.FromString(answer.body).partial_success, rejected)
    wait_until("drained", strict_worker.is_drained)
    found = clickhouse.query(f"SELECT {place} FROM telemetry.{TABLES[signal]}").split()
    stored = {int(each) for each in found}
    assert len(found) == len(stored) == len(times) - refused
    surely = {n for n, at in enumerate(times) if edges[0] + lag < at < edges[1]}
    perhaps = {n for n, at in enumerate(times) if edges[0] <= at <= edges[1] + lag}
    assert surely
    assert refused > 0
    assert surely <= stored <= perhaps


def test_a_rejected_time_is_explained_and_counted_by_its_reason(strict_worker: Worker) -> None:
    """The message has the field, the time and the window, for each of the three reasons."""
    now = time.time_ns()
    old, ahead = now - 31 * DAY_NANOS, now + 2 * DAY_NANOS
    body = spans([old, now, ahead, 0, old]).SerializeToString()
    answer = strict_worker.post_traces(body)
    assert answer.status == 200
    partial = ExportTraceServiceResponse.FromString(answer.body).partial_success
    assert partial.rejected_spans == 4
    for words in ("spans: 4 cannot be stored; the first: Span: startTimeUnixNano is 20", "allowed"):
        assert words in partial.error_message
    reasons = {"too_old": 2, "too_far_ahead": 1, "no_time": 1}

    def counted() -> bool:
        answer = strict_worker.request("GET", "/admin/metrics", authorization="Bearer admin")
        samples = parse(answer.body.decode())
        return all(
            value_of(samples, "ingest_rejected_rows_total", signal="traces", reason=reason) == rows
            for reason, rows in reasons.items()
        )

    wait_until("the rejected rows are counted", counted)


def test_a_body_with_no_row_in_the_window_is_a_200_that_stores_nothing(
    strict_worker: Worker,
) -> None:
    """A retry would not help, so the response is a partial success."""
    answer = strict_worker.post_traces(spans([1, 2]).SerializeToString())
    assert answer.status == 200
    partial = ExportTraceServiceResponse.FromString(answer.body).partial_success
    assert partial.rejected_spans == 2
    assert strict_worker.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


def test_each_log_record_without_a_time_has_that_of_its_arrival(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Equal records without a time are two records, because two senders may have sent them."""
    worker = make_worker(
        clickhouse_url=clickhouse.url,
        access=access_document(token_entry("another", name="another")),
    )
    record = {"body": {"stringValue": "tick"}}
    text = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).encode()
    before = time.time_ns() // 10**6
    for token in (TOKEN, "another") * 3:
        headers = {"authorization": f"Bearer {token}"}
        answer = worker.post_otlp("logs", text, content_type="application/json", **headers)
        assert (answer.status, answer.body) == (200, b"{}")
        body = log_records([0]).SerializeToString()
        assert worker.post_otlp("logs", body, **headers).status == 200
    after = time.time_ns() // 10**6
    wait_until("drained", worker.is_drained)
    found = clickhouse.query(
        "SELECT toUnixTimestamp64Milli(CAST(Timestamp AS DateTime64(3))) FROM telemetry.otel_logs"
    ).split()
    assert len(found) == 12
    assert all(before <= int(each) <= after for each in found)


def test_a_repeat_of_log_records_with_times_counts_once(
    clickhouse: ClickHouse, strict_worker: Worker
) -> None:
    """An observed time counts as a time."""
    body = log_records([time.time_ns(), time.time_ns()]).SerializeToString()
    for _ in range(2):
        assert strict_worker.post_otlp("logs", body).status == 200
    wait_until("drained", strict_worker.is_drained)
    assert clickhouse.count("otel_logs") == 2


def test_rows_as_old_as_the_retention_are_backfilled(
    clickhouse: ClickHouse, strict_worker: Worker
) -> None:
    """One body has a row for each day of the window."""
    now = time.time_ns()
    days = RETENTION_DAYS["traces"]
    body = spans([now - day * DAY_NANOS + 10**12 for day in range(days + 1)]).SerializeToString()
    answer = strict_worker.post_traces(body)
    assert (answer.status, answer.body) == (200, b"")
    wait_until("drained", strict_worker.is_drained)
    assert clickhouse.count("otel_traces") == days + 1


def test_far_off_days_make_no_parts(clickhouse: ClickHouse, make_worker: WorkerFactory) -> None:
    """Without the window, twelve bodies with 100 days each, years apart, created 1,188 parts."""
    worker = make_worker(clickhouse_url=clickhouse.url, retention_days=30)
    now = time.time_ns()
    for body in range(12):
        days = range(-600 + 100 * body, -500 + 100 * body)
        times = [now + day * DAY_NANOS for day in days]
        assert worker.post_traces(spans(times).SerializeToString()).status == 200
    wait_until("drained", worker.is_drained)
    parts = clickhouse.query(
        "SELECT uniqExact(partition) FROM system.parts "
        f"WHERE database = '{DATABASE}' AND table = 'otel_traces'"
    )
    assert 30 <= int(parts) <= 32
    assert clickhouse.count("otel_traces") == int(parts)


@pytest.mark.parametrize("created_for", [400, 30], ids=["new tables", "raised in place"])
def test_a_body_over_many_days_is_delivered_whatever_the_retention(
    tmp_path: Path, make_worker: WorkerFactory, created_for: int
) -> None:
    """One body has a span on each of 400 days. It is also delivered if a partition is one day."""
    server = ClickHouse(tmp_path / "clickhouse")
    server.start()
    try:
        server.migrate(ttl_days=str(created_for))
        for table in ("otel_traces", "otel_traces_trace_id_ts"):
            time_column = "Timestamp" if table == "otel_traces" else "Start"
            server.query(
                f"ALTER TABLE {DATABASE}.{table} "
                f"MODIFY TTL toDateTime({time_column}) + toIntervalDay(400)"
            )
        worker = make_worker(clickhouse_url=server.url, retention_days=400)
        now = time.time_ns() + 10**12
        body = spans([now - day * DAY_NANOS for day in range(401)])
        for place, span in enumerate(body.resource_spans[0].scope_spans[0].spans):
            span.trace_id = place.to_bytes(16)
        answer = worker.post_traces(body.SerializeToString())
        assert (answer.status, answer.body) == (200, b"")
        wait_until("drained", worker.is_drained)
        assert worker.stored("SELECT error FROM dead_letters") == []
        assert server.count("otel_traces") == 401
        partitions = server.query(
            "SELECT uniqExact(partition) FROM system.parts "
            f"WHERE active AND database = '{DATABASE}' AND table = 'otel_traces'"
        )
        assert int(partitions) == 401 if created_for == 30 else int(partitions) <= 38
    finally:
        server.process.kill()
