"""Which of the exporter's rows the worker stores: those with a time inside the window."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tests.support.golden.record import TABLES, Recording

LOADED = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
EPOCH = "1970-01-01 00:00:00.000000000"
RESPONSES: dict[str, Any] = {
    "traces": ExportTraceServiceResponse,
    "logs": ExportLogsServiceResponse,
    "metrics": ExportMetricsServiceResponse,
}


def time_of(row: str) -> str:
    """Return the time that the table's TTL uses."""
    columns = json.loads(row)
    time: str = columns.get("Timestamp") or columns["TimeUnix"]
    return time


def storable_rows(recording: Recording, table: str) -> list[str]:
    """Return the exporter's rows that the worker accepts: not those without a time or out of range.

    The worker gives a log record without a time its time of arrival.
    """
    return [
        row
        for row in recording.rows(table).read_text().splitlines()
        if "1970-02" < time_of(row) < "2100" or (table == "otel_logs" and EPOCH in row)
    ]


def without_arrival(row: str) -> str:
    """Return a row with the epoch in place of a time after this module was imported."""
    time = time_of(row)
    return row.replace(time, EPOCH) if time >= LOADED else row


def rejected_rows(recording: Recording) -> int:
    """Return how many of the exporter's rows the worker rejects."""
    return sum(
        len(recording.rows(table).read_text().splitlines()) - len(storable_rows(recording, table))
        for table in TABLES[recording.signal]
    )


def rejected_by(response: bytes, signal: str) -> int:
    """Return how many rows the worker rejected according to its protobuf response."""
    partial = RESPONSES[signal].FromString(response).partial_success
    counts = [value for field, value in partial.ListFields() if field.name.startswith("rejected")]
    return sum(counts)
