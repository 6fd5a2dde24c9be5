"""OpenTelemetry's own SDKs send all signals: every row arrives once despite lost responses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from local.install import BIN, go_build, install_node_packages, once
from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.paths import ROOT
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker
from tests.worker.otlp.lossy_gateway import Gateway

SDK = ROOT / "tests" / "worker" / "sdk"
GO_PROGRAM = BIN / "otel-sdk-go"
COUNT = 100
METRIC_TABLES = {
    "gauge": "Value",
    "sum": "Value",
    "histogram": "Sum",
    "exponential_histogram": "Sum",
}


@pytest.fixture
def gateway(worker: Worker) -> Iterator[Gateway]:
    """Start a gateway to the worker that returns a 503 first for each signal."""
    with Gateway(worker.port) as running:
        yield running


def command_for(language: str) -> list[str]:
    """Return the program's command, after its packages are installed or it is built."""
    match language:
        case "python":
            return [sys.executable, str(SDK / "python" / "main.py")]
        case "javascript":
            install_node_packages("tests/worker/sdk/javascript")
            return ["node", str(SDK / "javascript" / "main.mjs")]
        case _:
            sources = [SDK / "go" / name for name in ("main.go", "go.sum")]
            once("Go SDK program", sources, GO_PROGRAM, build_go_program)
            return [str(GO_PROGRAM)]


def build_go_program() -> None:
    go_build(SDK / "go", ".", GO_PROGRAM, "")


def run(command: list[str], encoding: str, environment: dict[str, str]) -> None:
    result = subprocess.run(
        [*command, str(COUNT), encoding],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("language", "encoding", "compression"),
    [
        ("python", "protobuf", "gzip"),
        ("python", "protobuf", "deflate"),
        ("javascript", "protobuf", "gzip"),
        ("javascript", "json", "none"),
        ("go", "protobuf", "gzip"),
    ],
)
def test_all_signals_of_an_sdk_arrive_once(
    clickhouse: ClickHouse,
    worker: Worker,
    gateway: Gateway,
    language: str,
    encoding: str,
    compression: str,
) -> None:
    """The SDK sends 100 spans, log records and points of four types, and repeats lost requests."""
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": gateway.url,
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{TOKEN}",
        "OTEL_EXPORTER_OTLP_COMPRESSION": compression,
        "OTEL_SERVICE_NAME": "sdk-test",
        "OTEL_RESOURCE_ATTRIBUTES": "service.version=1.2.3",
    }
    run(command_for(language), encoding, environment)
    assert set(gateway.requests) == {"/v1/traces", "/v1/logs", "/v1/metrics"}
    assert min(gateway.requests.values()) >= 2, gateway.requests
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert worker.stored("SELECT error FROM dead_letters") == []
    assert_spans(clickhouse)
    assert_logs(clickhouse)
    assert_metrics(clickhouse)


def assert_each_once(clickhouse: ClickHouse, table: str, key: str, condition: str) -> None:
    """There must be COUNT rows with COUNT different keys, and the condition is true for each."""
    found = clickhouse.query(
        f"SELECT count(), uniqExact({key}), countIf({condition} AND ServiceName = 'sdk-test' "
        "AND ResourceAttributes['service.version'] = '1.2.3' AND ScopeName = 'sdk') "
        f"FROM {DATABASE}.{table}"
    )
    assert found == f"{COUNT}\t{COUNT}\t{COUNT}", table


def assert_spans(clickhouse: ClickHouse) -> None:
    number = "SpanAttributes['number']"
    assert_each_once(
        clickhouse,
        "otel_traces",
        "SpanId",
        f"SpanName = concat('span ', {number}) AND SpanKind = 'Server' "
        "AND SpanAttributes['text'] = 'a <b> ümläut' "
        f"AND SpanAttributes['even'] = if(toUInt32({number}) % 2 = 0, 'true', 'false') "
        f"AND toFloat64(SpanAttributes['half']) = toUInt32({number}) / 2 "
        f"AND SpanAttributes['list'] = concat('[', {number}, ',1]') "
        f"AND Events.Name = ['checkpoint'] AND Events.Attributes[1]['number'] = {number} "
        "AND StatusCode = 'Error' AND StatusMessage = 'it broke' AND length(TraceId) = 32",
    )


def assert_logs(clickhouse: ClickHouse) -> None:
    assert_each_once(
        clickhouse,
        "otel_logs",
        "Body",
        "Body = concat('record ', LogAttributes['number']) AND SeverityText = 'INFO' "
        "AND SeverityNumber = 9 AND abs(dateDiff('minute', Timestamp, now())) < 30",
    )


def assert_metrics(clickhouse: ClickHouse) -> None:
    for metric_type, column in METRIC_TABLES.items():
        name = "exponential" if metric_type == "exponential_histogram" else metric_type
        half = " / 2" if metric_type == "gauge" else ""
        assert_each_once(
            clickhouse,
            f"otel_metrics_{metric_type}",
            "Attributes['number']",
            f"MetricName = '{name}' AND {column} = toUInt32(Attributes['number']){half} "
            "AND abs(dateDiff('minute', TimeUnix, now())) < 30",
        )
