"""OTLP requests of each signal whose rows have given times, for tests of the window of time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message
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

DAY_NANOS = 24 * 3600 * 10**9


def spans(times: list[int]) -> ExportTraceServiceRequest:
    """Return a span for each time, named by its index."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for place, start in enumerate(times):
        scope.spans.add(name=str(place), start_time_unix_nano=start)
    return request


def log_records(times: list[int]) -> ExportLogsServiceRequest:
    """Return log records; every second one has only an observed time."""
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    for place, at in enumerate(times):
        field = "observed_time_unix_nano" if place % 2 else "time_unix_nano"
        scope.log_records.add(event_name=str(place), **{field: at})
    return request


def data_points(times: list[int]) -> ExportMetricsServiceRequest:
    """Return points of one sum; the value is the index."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    for place, at in enumerate(times):
        metric.sum.data_points.add(time_unix_nano=at, as_int=place)
    return request


SIGNALS: list[tuple[str, Callable[[list[int]], Message], Any, str, str]] = [
    ("traces", spans, ExportTraceServiceResponse, "rejected_spans", "toUInt32(SpanName)"),
    ("logs", log_records, ExportLogsServiceResponse, "rejected_log_records", "toUInt32(EventName)"),
    (
        "metrics",
        data_points,
        ExportMetricsServiceResponse,
        "rejected_data_points",
        "toUInt32(Value)",
    ),
]
TABLES = {"traces": "otel_traces", "logs": "otel_logs", "metrics": "otel_metrics_sum"}
