"""Sends one span to the ingest worker with the OpenTelemetry SDK.

Run after `eval "$(make env)"`: python examples/send_span.py
"""

from __future__ import annotations

import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

exporter = OTLPSpanExporter(
    endpoint=f"{os.environ['INGEST_URL']}/v1/traces",
    headers={"Authorization": f"Bearer {os.environ['INGEST_TOKEN']}"},
)
provider = TracerProvider(resource=Resource({"service.name": "hello"}))
provider.add_span_processor(SimpleSpanProcessor(exporter))

with provider.get_tracer("examples").start_as_current_span("hello") as span:
    span.set_attribute("greeting", "hello")

provider.shutdown()
print(f"sent a span to {os.environ['INGEST_URL']}/v1/traces")
