"""Attributes with equal keys: the first one names the service, and all keep their order."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.otlp_spans import START_UNIX_NANO, attribute
from tests.support.process import wait_until
from tests.support.worker_runtime import INSERT_FORMATS, Worker

pytestmark = pytest.mark.insert_formats(*INSERT_FORMATS)

RESOURCES = 400
KEYS = ("a", "service.name", "service.namespace", "z")
Pairs = list[tuple[str, str]]


def resources_with_equal_keys() -> list[Pairs]:
    """Return resources of 0 to 79 attributes, because ClickHouse sorts long lists differently."""
    chance = random.Random(13)
    return [
        [(chance.choice(KEYS), f"{number}-{place}") for place in range(chance.randrange(80))]
        for number in range(RESOURCES)
    ]


def spans(resources: list[Pairs]) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    for number, pairs in enumerate(resources):
        of = request.resource_spans.add()
        attributes = [attribute(*pair) for pair in pairs]
        of.resource.attributes.extend(attributes)
        of.scope_spans.add().spans.add(
            name=str(number), start_time_unix_nano=START_UNIX_NANO, attributes=attributes
        )
    return request


def log_records(resources: list[Pairs]) -> ExportLogsServiceRequest:
    request = ExportLogsServiceRequest()
    for number, pairs in enumerate(resources):
        of = request.resource_logs.add()
        attributes = [attribute(*pair) for pair in pairs]
        of.resource.attributes.extend(attributes)
        of.scope_logs.add().log_records.add(
            event_name=str(number), time_unix_nano=START_UNIX_NANO, attributes=attributes
        )
    return request


def data_points(resources: list[Pairs]) -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    for number, pairs in enumerate(resources):
        of = request.resource_metrics.add()
        attributes = [attribute(*pair) for pair in pairs]
        of.resource.attributes.extend(attributes)
        metric = of.scope_metrics.add().metrics.add(name=str(number))
        metric.sum.data_points.add(time_unix_nano=START_UNIX_NANO, attributes=attributes)
    return request


@pytest.mark.parametrize(
    ("signal", "request_of", "table", "number", "attributes"),
    [
        ("traces", spans, "otel_traces", "SpanName", "SpanAttributes"),
        ("logs", log_records, "otel_logs", "EventName", "LogAttributes"),
        ("metrics", data_points, "otel_metrics_sum", "MetricName", "Attributes"),
    ],
)
def test_the_first_of_equal_keys_is_the_services_name_and_all_keep_their_order(
    clickhouse: ClickHouse,
    worker: Worker,
    signal: str,
    request_of: Callable[[list[Pairs]], Message],
    table: str,
    number: str,
    attributes: str,
) -> None:
    """The Collector's `pcommon.Map.Get` does the same. The other rows of a batch have no effect."""
    resources = resources_with_equal_keys()
    answer = worker.post_otlp(signal, request_of(resources).SerializeToString())
    assert (answer.status, answer.body) == (200, b"")
    wait_until("drained", worker.is_drained)
    found = clickhouse.query(
        f"SELECT ServiceName, mapKeys(ResourceAttributes), mapValues(ResourceAttributes), "
        f"mapKeys({attributes}), mapValues({attributes}) FROM {DATABASE}.{table} "
        f"ORDER BY toUInt32({number}) FORMAT JSONCompactEachRow"
    )
    rows = [json.loads(line) for line in found.splitlines()]
    assert len(rows) == RESOURCES
    for row, pairs in zip(rows, resources, strict=True):
        name = next((value for key, value in pairs if key == "service.name"), "")
        ordered = sorted(pairs, key=lambda pair: pair[0])
        keys, values = [key for key, _ in ordered], [value for _, value in ordered]
        assert row == [name, keys, values, keys, values]
