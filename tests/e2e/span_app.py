"""An application that creates spans with the OpenTelemetry SDK. It prints `sent N` at each step."""

from __future__ import annotations

import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from tests.e2e.attributes import attributes_of

SPANS_PER_EXPORT = 100


def main() -> None:
    run, count = sys.argv[1], int(sys.argv[2])
    provider = TracerProvider(
        resource=Resource({"service.name": run, "service.version": "1.2.3", "host.cpus": 2})
    )
    processor = BatchSpanProcessor(
        OTLPSpanExporter(),
        max_queue_size=count,
        max_export_batch_size=SPANS_PER_EXPORT,
        schedule_delay_millis=50,
    )
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("span_app", "0.1")
    for number in range(count):
        with tracer.start_as_current_span(
            f"span {number}", kind=trace.SpanKind.SERVER, attributes=attributes_of(number)
        ) as span:
            if number % 10 == 0:
                span.add_event("checkpoint", {"number": number})
        if number % 1000 == 999:
            # One at a time from here, so that a kill happens between two exports.
            processor.force_flush(240_000)
            print(f"sent {number + 1}", flush=True)
    provider.shutdown()
    print("done", flush=True)


if __name__ == "__main__":
    main()
