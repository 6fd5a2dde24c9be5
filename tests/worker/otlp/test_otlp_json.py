"""OTLP/JSON gives the same rows as protobuf, and its responses are JSON."""

from __future__ import annotations

import gzip
import json

import pytest
from google.protobuf.message import Message

from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.golden.logs import log_request
from tests.support.golden.metrics import metric_request
from tests.support.golden.record import LOGS, METRICS, TABLES, TRACES, Recording, rows_of
from tests.support.golden.storable import rejected_rows, storable_rows, without_arrival
from tests.support.golden.traces import trace_request
from tests.support.otlp_json import json_from
from tests.support.otlp_spans import START_UNIX_NANO, export_request
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker, WorkerFactory

JSON = "application/json"


@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "unusual"])
@pytest.mark.parametrize(
    ("recording", "request_message"),
    [(TRACES, trace_request()), (LOGS, log_request()), (METRICS, metric_request())],
    ids=["traces", "logs", "metrics"],
)
def test_every_row_equals_the_exporters(
    clickhouse: ClickHouse,
    worker: Worker,
    recording: Recording,
    request_message: Message,
    is_plain: bool,
) -> None:
    """Numbers may be strings, enums may be names, strings may have escapes, bodies may be gzip."""
    tables = TABLES[recording.signal]
    for table in ("otel_traces_trace_id_ts", *tables):
        clickhouse.query(f"ALTER TABLE {DATABASE}.{table} REMOVE TTL")
    body = json_from(request_message, enum_numbers=is_plain, ascii_only=not is_plain)
    if is_plain:
        answer = worker.post_otlp(
            recording.signal, body, content_type="application/json; charset=utf-8"
        )
    else:
        answer = worker.post_otlp(
            recording.signal, gzip.compress(body), content_type=JSON, content_encoding="gzip"
        )
    assert answer.status == 200
    partial = json.loads(answer.body).get("partialSuccess", {})
    counts = [int(value) for name, value in partial.items() if name.startswith("rejected")]
    assert sum(counts) == rejected_rows(recording)
    assert answer.headers["content-type"] == JSON
    wait_until("drained", worker.is_drained)
    assert worker.stored("SELECT error FROM dead_letters") == []
    for table in tables:
        found = sorted(map(without_arrival, rows_of(clickhouse, f"{DATABASE}.{table}")))
        assert found == sorted(storable_rows(recording, table)), table


def test_a_rejection_is_a_status_in_json(worker_without_clickhouse: Worker) -> None:
    """The status has the field, the byte and the reason."""
    body = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"}]}]}]}'
    answer = worker_without_clickhouse.post_traces(body, content_type=JSON)
    assert answer.status == 400
    assert answer.headers["content-type"] == JSON
    assert json.loads(answer.body) == {
        "code": 3,
        "message": "body: not an OTLP ExportTraceServiceRequest in JSON: at byte 54: "
        "traceId: not pairs of hexadecimal digits",
    }


@pytest.mark.parametrize(
    ("signal", "counter", "body", "words"),
    [
        (
            "traces",
            "rejectedSpans",
            '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"NOW",'
            '"traceId":"abcd"}]}]}]}',
            "traceId is an id of 2 bytes, allowed: 16",
        ),
        (
            "logs",
            "rejectedLogRecords",
            '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"abcd"}]}]}]}',
            "traceId is an id of 2 bytes, allowed: 16",
        ),
        (
            "metrics",
            "rejectedDataPoints",
            '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":'
            '[{"asInt":1}]}}]}]}]}',
            "NumberDataPoint: timeUnixNano is missing",
        ),
    ],
)
def test_partial_success_is_returned_in_json(
    worker_without_clickhouse: Worker, signal: str, counter: str, body: str, words: str
) -> None:
    """A 64-bit number is a string in protobuf's JSON."""
    sent = body.replace("NOW", str(START_UNIX_NANO)).encode()
    answer = worker_without_clickhouse.post_otlp(signal, sent, content_type=JSON)
    assert answer.status == 200
    partial = json.loads(answer.body)["partialSuccess"]
    assert partial[counter] == "1"
    assert words in partial["errorMessage"]


def test_a_body_sent_again_counts_once(clickhouse: ClickHouse, worker: Worker) -> None:
    """A body is recognised by its bytes, whatever the format in which they are stored."""
    body = json_from(export_request(50, seed=1))
    for _again in range(3):
        assert worker.post_traces(body, content_type=JSON).status == 200
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("otel_traces") == 50


def test_a_full_buffer_responds_in_json(make_worker: WorkerFactory) -> None:
    """A response to a request that may be retried has a retry time, in the request's encoding."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits={"BUFFER_MAX_BYTES": 10})
    body = json_from(export_request(5, seed=1))
    assert worker.post_traces(body, content_type=JSON).status == 200
    answer = worker.post_traces(json_from(export_request(5, seed=2)), content_type=JSON)
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0
    assert json.loads(answer.body)["code"] == 8
