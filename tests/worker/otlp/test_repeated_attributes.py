"""A small body must not become a huge insert, although rows repeat their resource's attributes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue

from tests.support.access_binding import ADMIN, TOKEN, access_document
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.otlp_json import json_from
from tests.support.otlp_spans import START_UNIX_NANO, attribute
from tests.support.process import wait_until
from tests.support.worker_runtime import INSERT_FORMATS, WorkerFactory

MIB = 1024 * 1024
JSON = "application/json"
WRITER_BYTES = 2 * 1024 * MIB
# From `limits.ts`.
MAX_ROWS = 100_000
MAX_REPEATED_BYTES = 256 * MIB
MESSAGE_BYTES = 16

Request = ExportTraceServiceRequest | ExportLogsServiceRequest | ExportMetricsServiceRequest


def spans(rows: int, *resource: KeyValue) -> ExportTraceServiceRequest:
    """Return empty spans of one resource."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.extend(resource)
    scope_spans = resource_spans.scope_spans.add()
    for _row in range(rows):
        scope_spans.spans.add(start_time_unix_nano=START_UNIX_NANO)
    return request


def log_records(rows: int, *scope: KeyValue) -> ExportLogsServiceRequest:
    """Return empty log records of one scope."""
    request = ExportLogsServiceRequest()
    scope_logs = request.resource_logs.add().scope_logs.add()
    scope_logs.scope.attributes.extend(scope)
    for _row in range(rows):
        scope_logs.log_records.add(time_unix_nano=START_UNIX_NANO)
    return request


def data_points(rows: int, description: str) -> ExportMetricsServiceRequest:
    """Return empty points of one metric."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    metric.description = description
    for _row in range(rows):
        metric.gauge.data_points.add(time_unix_nano=START_UNIX_NANO)
    return request


def array(count: int) -> KeyValue:
    """Return an attribute that is longer as a string: each character becomes six."""
    values = [AnyValue(string_value="\x01" * count)]
    return KeyValue(key="array", value=AnyValue(array_value=ArrayValue(values=values)))


LONG = "x" * MIB
TOO_MUCH: dict[str, tuple[str, Request]] = {
    "attributes of a resource": ("traces", spans(MAX_ROWS, attribute("a", LONG))),
    "many empty attributes": ("traces", spans(MAX_ROWS, *[KeyValue()] * 100_000)),
    "name of a service": ("traces", spans(MAX_ROWS, attribute("service.name", LONG))),
    "attributes of a scope": ("logs", log_records(MAX_ROWS, attribute("a", LONG))),
    "description of a metric": ("metrics", data_points(MAX_ROWS, LONG)),
    "an array that is a longer string": ("traces", spans(MAX_ROWS, array(1_000))),
}


@pytest.mark.parametrize("name", list(TOO_MUCH))
def test_a_body_whose_rows_repeat_too_much_is_rejected(
    make_worker: WorkerFactory, name: str
) -> None:
    """This holds for each form of a body. Exporters do not retry a 413."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1")
    signal, request = TOO_MUCH[name]
    plain = request.SerializeToString()
    assert len(plain) < 4 * MIB
    for body, headers in (
        (plain, {}),
        (gzip.compress(plain), {"content_encoding": "gzip"}),
        (gzip.compress(json_from(request)), {"content_encoding": "gzip", "content_type": JSON}),
    ):
        answer = worker.post_otlp(signal, body, **headers)
        assert answer.status == 413, answer
        assert b"send fewer in one body" in answer.body
    assert worker.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


@pytest.fixture
def small_clickhouse(tmp_path: Path) -> Iterator[ClickHouse]:
    """Start a server whose users have `WRITER_BYTES` each for all of their queries at once."""
    server = ClickHouse(tmp_path / "small")
    users = server.process.folder / "users.xml"
    limit = f"<max_memory_usage_for_user>{WRITER_BYTES}</max_memory_usage_for_user>"
    before, profile, after = users.read_text().partition("<profiles><default/>")
    assert profile
    users.write_text(f"{before}<profiles><default>{limit}</default>{after}")
    server.start()
    server.migrate()
    yield server
    server.process.kill()


def text_of(rows: int, share: float, *, messages: int, mark: str) -> str:
    """Return a string as long as the rows of one body may repeat, or a share of it."""
    length = int(MAX_REPEATED_BYTES * share / rows) - MESSAGE_BYTES * messages - 40
    return mark + "x" * (length - len(mark))


def large_spans(rows: int, share: float, mark: str) -> Request:
    return spans(rows, attribute("service.name", text_of(rows, share, messages=3, mark=mark)))


def spans_of_many_attributes(rows: int, share: float, mark: str) -> Request:
    """Return spans with empty attributes, which use the most memory for their bytes."""
    count = int(MAX_REPEATED_BYTES * share / rows) // (MESSAGE_BYTES + 2) - 10
    return spans(rows, attribute("mark", mark), *[KeyValue()] * count)


def large_logs(rows: int, share: float, mark: str) -> Request:
    return log_records(rows, attribute("a", text_of(rows, share, messages=3, mark=mark)))


def large_points(rows: int, share: float, mark: str) -> Request:
    return data_points(rows, text_of(rows, share, messages=1, mark=mark))


LARGEST: dict[str, tuple[str, str, Callable[[int, float, str], Request]]] = {
    "name of a service": ("traces", "otel_traces", large_spans),
    "many empty attributes": ("traces", "otel_traces", spans_of_many_attributes),
    "attributes of a scope": ("logs", "otel_logs", large_logs),
    "description of a metric": ("metrics", "otel_metrics_gauge", large_points),
}


@pytest.mark.insert_formats(*INSERT_FORMATS)
@pytest.mark.parametrize("name", list(LARGEST))
def test_the_largest_accepted_bodies_and_full_batches_fit_in_2_gib_of_clickhouse(
    small_clickhouse: ClickHouse, make_worker: WorkerFactory, name: str
) -> None:
    """Two inserts run at once: two bodies at the limit, or batches of smaller bodies."""
    access = access_document(ADMIN, teams=[{"name": "default", "database": DATABASE}])
    worker = make_worker(clickhouse_url=small_clickhouse.url, access=access)
    signal, table, request = LARGEST[name]
    worker.operate("pause")
    sent = 0
    for number, (rows, share) in enumerate([(MAX_ROWS, 0.99)] * 2 + [(10_000, 0.16)] * 9):
        body = gzip.compress(request(rows, share, f"{number:04}").SerializeToString())
        answer = worker.post_otlp(signal, body, content_encoding="gzip")
        assert answer.status == 200, answer
        sent += rows
    worker.operate("resume")
    wait_until("drained", worker.is_drained, seconds=180, log_of=worker.process)
    assert small_clickhouse.count(table) == sent
    assert worker.stored("SELECT count(*) FROM dead_letters") == [(0,)]
    short = "SELECT sum(value) FROM system.errors WHERE name = 'MEMORY_LIMIT_EXCEEDED'"
    assert small_clickhouse.query(short) == "0"


BULKS, BULK_EVENTS = 8, 10_000


def test_events_that_each_have_another_key_fit_in_2_gib_of_clickhouse(
    small_clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Each path of a JSON column may be a column of every row. All paths can be queried."""
    access = access_document(ADMIN, teams=[{"name": "default", "database": DATABASE}])
    worker = make_worker(clickhouse_url=small_clickhouse.url, access=access)
    worker.operate("pause")
    for bulk in range(BULKS):
        numbers = range(bulk * BULK_EVENTS, (bulk + 1) * BULK_EVENTS)
        events = [
            {"event_name": "x", "event_id": f"e{n}", "metadata": {f"k{n % 2_000}": n}}
            for n in numbers
        ]
        answer = worker.request(
            "POST",
            "/events/bulk",
            json.dumps(events).encode(),
            authorization=f"Bearer {TOKEN}",
            content_type=JSON,
        )
        assert answer.status == 200, answer
    worker.operate("resume")
    wait_until("drained", worker.is_drained, seconds=180, log_of=worker.process)
    assert small_clickhouse.count("events") == BULKS * BULK_EVENTS
    short = "SELECT sum(value) FROM system.errors WHERE name = 'MEMORY_LIMIT_EXCEEDED'"
    assert small_clickhouse.query(short) == "0"
    found = small_clickhouse.query(
        "SELECT count(), sum(metadata.k1999::UInt64) FROM telemetry.events "
        "WHERE metadata.k1999 IS NOT NULL"
    )
    numbers = range(1_999, BULKS * BULK_EVENTS, 2_000)
    assert found == f"{len(numbers)}\t{sum(numbers)}"
