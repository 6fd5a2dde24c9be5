"""Rows that cannot be stored are rejected, counted and explained; other rows are stored."""

from __future__ import annotations

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar, NumberDataPoint

from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import START_UNIX_NANO
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker

TOO_LATE_UNIX_NANO = 2**32 * 10**9


def trace_request(*trace_ids: bytes) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    scope_spans = request.resource_spans.add().scope_spans.add()
    for trace_id in trace_ids:
        scope_spans.spans.add(trace_id=trace_id, start_time_unix_nano=START_UNIX_NANO)
    return request


def test_spans_with_broken_ids_are_left_out(clickhouse: ClickHouse, worker: Worker) -> None:
    """The broken id is the span's, its parent's or a link's. Other spans of the scope arrive."""
    request = trace_request(b"a" * 16, b"b" * 15, b"c" * 16, b"", b"d" * 16)
    spans = request.resource_spans[0].scope_spans[0].spans
    spans[2].links.add(span_id=b"123456789")
    answer = worker.post_traces(request.SerializeToString())
    assert answer.status == 200
    partial = ExportTraceServiceResponse.FromString(answer.body).partial_success
    assert partial.rejected_spans == 2
    assert partial.error_message == (
        "spans: 2 cannot be stored; the first: Span: traceId is an id of 15 bytes, allowed: 16"
    )
    wait_until("drained", worker.is_drained)
    found = clickhouse.query(
        "SELECT groupArraySorted(9)(unhex(TraceId)) FROM telemetry.otel_traces"
    )
    assert found == f"['','{'a' * 16}','{'d' * 16}']"


def test_log_records_with_broken_ids_are_left_out(worker_without_clickhouse: Worker) -> None:
    """The omitted records are counted as log records."""
    request = ExportLogsServiceRequest()
    records = request.resource_logs.add().scope_logs.add().log_records
    records.add(time_unix_nano=START_UNIX_NANO)
    records.add(time_unix_nano=START_UNIX_NANO, span_id=b"7 bytes")
    answer = worker_without_clickhouse.post_otlp("logs", request.SerializeToString())
    assert answer.status == 200
    partial = ExportLogsServiceResponse.FromString(answer.body).partial_success
    assert partial.rejected_log_records == 1
    assert "LogRecord: spanId is an id of 7 bytes, allowed: 8" in partial.error_message
    assert worker_without_clickhouse.stored("SELECT row_count FROM chunks") == [(1,)]


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (
            NumberDataPoint(time_unix_nano=TOO_LATE_UNIX_NANO),
            "timeUnixNano is 2106-02-07T06:28:16.000Z, allowed: from ",
        ),
        (
            NumberDataPoint(
                time_unix_nano=START_UNIX_NANO, start_time_unix_nano=TOO_LATE_UNIX_NANO
            ),
            "startTimeUnixNano is after 2106-02-07",
        ),
    ],
)
def test_data_points_that_no_column_holds_are_left_out(
    clickhouse: ClickHouse, worker: Worker, point: NumberDataPoint, words: str
) -> None:
    """Metric tables store seconds in 32 bits. The exporter would fail the whole request."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    good = NumberDataPoint(time_unix_nano=START_UNIX_NANO)
    metric.sum.data_points.extend([good, point, good])
    answer = worker.post_otlp("metrics", request.SerializeToString())
    assert answer.status == 200
    partial = ExportMetricsServiceResponse.FromString(answer.body).partial_success
    assert partial.rejected_data_points == 1
    assert words in partial.error_message
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("otel_metrics_sum") == 2


def test_an_exemplar_that_no_column_holds_does_not_reject_its_data_point(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """The exemplar is removed with a warning: a message, but no rejected data point."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    exemplars = [
        Exemplar(time_unix_nano=TOO_LATE_UNIX_NANO),
        Exemplar(time_unix_nano=START_UNIX_NANO, trace_id=b"x"),
        Exemplar(time_unix_nano=1, as_int=7),
    ]
    metric.sum.data_points.add(time_unix_nano=START_UNIX_NANO, exemplars=exemplars)
    answer = worker.post_otlp("metrics", request.SerializeToString())
    partial = ExportMetricsServiceResponse.FromString(answer.body).partial_success
    assert (partial.rejected_data_points, partial.error_message) == (
        0,
        "exemplars: 2 were left out; the first: Exemplar: timeUnixNano is after 2106-02-07, the "
        "last that can be stored",
    )
    wait_until("drained", worker.is_drained)
    stored = clickhouse.query("SELECT Exemplars.Value FROM telemetry.otel_metrics_sum")
    assert stored == "[7]"


def test_request_without_a_row_that_can_be_stored_stores_nothing(
    worker_without_clickhouse: Worker,
) -> None:
    """All rows are counted, and the response is a 200: a retry would not help."""
    answer = worker_without_clickhouse.post_traces(trace_request(b"x").SerializeToString())
    assert answer.status == 200
    partial = ExportTraceServiceResponse.FromString(answer.body).partial_success
    assert partial.rejected_spans == 1
    assert worker_without_clickhouse.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


def test_a_repeated_request_gets_the_same_response(clickhouse: ClickHouse, worker: Worker) -> None:
    """After a lost response, the second response is equal, and no row is stored twice."""
    body = trace_request(b"a" * 16, b"x").SerializeToString()
    assert worker.post_traces(body).body == worker.post_traces(body).body != b""
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("otel_traces") == 1
