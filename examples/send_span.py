"""Send one span to the ingest worker with the OpenTelemetry SDK. Exit with 1 if it is not stored.

Run after `eval "$(make env)"`: python examples/send_span.py
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult


class RecordingExporter(OTLPSpanExporter):
    """Keeps the result of the last export, which the SDK only logs."""

    result = SpanExportResult.FAILURE

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.result = super().export(spans)
        return self.result


class FirstMessage(logging.Handler):
    """Keeps the first message of the SDK, which has the reason of a failure."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = self.text or " ".join(record.getMessage().split())


def send_span(url: str, token: str) -> None:
    """Send one span and wait for the response; exit with one line if it is an error."""
    exporter = RecordingExporter(
        endpoint=url, headers={"Authorization": f"Bearer {token}"}, timeout=5
    )
    log = FirstMessage()
    logging.basicConfig(handlers=[log])
    provider = TracerProvider(resource=Resource({"service.name": "hello"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("examples").start_as_current_span("hello") as span:
        span.set_attribute("greeting", "hello")
    provider.shutdown()
    if exporter.result is not SpanExportResult.SUCCESS:
        sys.exit(f"{url}: the span was not stored: {log.text.partition(', retrying')[0]}")
    print(f"sent a span to {url}")


missing = [name for name in ("INGEST_URL", "INGEST_TOKEN") if not os.environ.get(name)]
if missing:
    sys.exit(f'{" and ".join(missing)}: not set; run `eval "$(make env)"` first')
send_span(f"{os.environ['INGEST_URL']}/v1/traces", os.environ["INGEST_TOKEN"])
