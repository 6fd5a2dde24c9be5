"""Export requests with known data points of all five metric types and with known log records."""

from __future__ import annotations

import time

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from tests.support.otlp_spans import attribute

TIME_UNIX_NANO = (int(time.time()) - 3600) * 10**9
TYPES = ("gauge", "sum", "histogram", "exponential_histogram", "summary")


def metric_bytes(count: int, *, seed: int, types: tuple[str, ...] = TYPES) -> bytes:
    """Return `count` points of each type; the attribute `id` is unique to each point."""
    request = ExportMetricsServiceRequest()
    resource_metrics = request.resource_metrics.add()
    resource_metrics.resource.attributes.append(attribute("service.name", "checkout"))
    scope_metrics = resource_metrics.scope_metrics.add()
    for metric_type in types:
        metric = Metric(name=f"shop.{metric_type}", unit="1")
        points = getattr(metric, metric_type).data_points
        for index in range(count):
            points.add(
                time_unix_nano=TIME_UNIX_NANO + index * 10**9,
                attributes=[attribute("id", f"{seed}-{index}")],
            )
        scope_metrics.metrics.append(metric)
    return request.SerializeToString()


def log_bytes(count: int, *, seed: int) -> bytes:
    """Return `count` log records with distinct bodies."""
    request = ExportLogsServiceRequest()
    resource_logs = request.resource_logs.add()
    resource_logs.resource.attributes.append(attribute("service.name", "checkout"))
    records = resource_logs.scope_logs.add().log_records
    for index in range(count):
        record = records.add(time_unix_nano=TIME_UNIX_NANO + index, severity_number=9)
        record.body.string_value = f"{seed}-{index}"
    return request.SerializeToString()
