"""Sends spans, log records and data points with the OpenTelemetry SDK for Python.

python main.py 100 protobuf, with the OTEL_* variables set
"""

from __future__ import annotations

import sys
import time

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

# Longer than any run: recorded metrics are sent once, when the provider shuts down.
NEVER_MS = 3_600_000


def send_spans(count: int) -> None:
    """Send `count` spans of every type of attribute."""
    provider = TracerProvider()
    processor = BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=NEVER_MS)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("sdk", "1.0")
    for number in range(count):
        with tracer.start_as_current_span(f"span {number}", kind=SpanKind.SERVER) as span:
            span.set_attribute("number", number)
            span.set_attribute("text", "a <b> ümläut")
            span.set_attribute("even", number % 2 == 0)
            span.set_attribute("half", number / 2)
            span.set_attribute("list", [number, 1])
            span.add_event("checkpoint", {"number": number})
            span.set_status(Status(StatusCode.ERROR, "it broke"))
    provider.shutdown()


def send_logs(count: int) -> None:
    """Send `count` records with a body and an attribute."""
    provider = LoggerProvider()
    processor = BatchLogRecordProcessor(OTLPLogExporter(), schedule_delay_millis=NEVER_MS)
    provider.add_log_record_processor(processor)
    logger = provider.get_logger("sdk")
    for number in range(count):
        logger.emit(
            LogRecord(
                timestamp=time.time_ns(),
                severity_number=SeverityNumber.INFO,
                severity_text="INFO",
                body=f"record {number}",
                attributes={"number": number},
            )
        )
    provider.shutdown()


def send_metrics(count: int) -> None:
    """Send a sum, a gauge and both histograms, with `count` series each."""
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(), export_interval_millis=NEVER_MS)
    exponential_view = View(
        instrument_name="exponential", aggregation=ExponentialBucketHistogramAggregation()
    )
    provider = MeterProvider(metric_readers=[reader], views=[exponential_view])
    meter = provider.get_meter("sdk")
    total = meter.create_counter("sum")
    gauge = meter.create_gauge("gauge")
    histogram = meter.create_histogram("histogram")
    exponential = meter.create_histogram("exponential")
    for number in range(count):
        attributes = {"number": number}
        total.add(number, attributes)
        gauge.set(number / 2, attributes)
        histogram.record(number, attributes)
        exponential.record(number, attributes)
    provider.shutdown()


if __name__ == "__main__":
    count = int(sys.argv[1])
    send_spans(count)
    send_logs(count)
    send_metrics(count)
