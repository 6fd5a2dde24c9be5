"""One export request with every kind of value that OTLP traces can have."""

from __future__ import annotations

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status

from tests.support.golden.values import (
    START_UNIX_NANO,
    int_value,
    key_values,
    nested,
    random_doubles,
    repeated_keys,
    scalars,
    text_value,
)


def _span(number: int, **fields: object) -> Span:
    known = {
        "trace_id": number.to_bytes(16, "big"),
        "span_id": number.to_bytes(8, "big"),
        "name": f"span {number}",
        "start_time_unix_nano": START_UNIX_NANO + number,
        "end_time_unix_nano": START_UNIX_NANO + number + 1_500,
    }
    return Span(**{**known, **fields})  # type: ignore[arg-type]


def trace_request() -> ExportTraceServiceRequest:
    """Return the request; its bytes are the same in every run."""
    return ExportTraceServiceRequest(
        resource_spans=[_everything(), _kinds_and_codes(), _odd_services(), ResourceSpans()]
    )


def _everything() -> ResourceSpans:
    resource_spans = ResourceSpans(schema_url="https://opentelemetry.io/schemas/1.37.0")
    resource_spans.resource.attributes.extend(
        key_values(("service.name", text_value("everything")), *scalars(), *nested())
    )
    resource_spans.resource.dropped_attributes_count = 3
    scope_spans = resource_spans.scope_spans.add(schema_url="https://example.com")
    scope_spans.scope.name = "scope"
    scope_spans.scope.version = "1.0"
    scope_spans.scope.attributes.extend(key_values(("scope.attribute", text_value("not stored"))))
    scope_spans.spans.extend(
        [
            _span(
                1,
                parent_span_id=b"\xab\xcd\xef\x01\x02\x03\x04\x05",
                trace_state="vendor=value,other=1",
                flags=257,
                attributes=key_values(*scalars()),
                dropped_attributes_count=1,
                status=Status(code=Status.STATUS_CODE_ERROR, message="it <broke> \u2028"),
            ),
            _span(2, attributes=key_values(*nested())),
            _span(3, attributes=key_values(*random_doubles())),
            _span(5, attributes=key_values(*repeated_keys())),
            _span(4, events=_events(), links=_links(), dropped_events_count=2),
        ]
    )
    resource_spans.scope_spans.add()
    return resource_spans


def _events() -> list[Span.Event]:
    return [
        Span.Event(
            time_unix_nano=START_UNIX_NANO + 7,
            name="exception",
            attributes=key_values(*scalars(), *nested()),
            dropped_attributes_count=1,
        ),
        Span.Event(),
        Span.Event(time_unix_nano=1, name="long ago"),
    ]


def _links() -> list[Span.Link]:
    return [
        Span.Link(
            trace_id=b"\xff" * 16,
            span_id=b"\xee" * 8,
            trace_state="a=b",
            attributes=key_values(*scalars(), *nested()),
            flags=1,
        ),
        Span.Link(),
        Span.Link(trace_id=bytes(16), span_id=bytes(8)),
    ]


def _kinds_and_codes() -> ResourceSpans:
    resource_spans = ResourceSpans()
    resource_spans.resource.attributes.extend(key_values(("service.name", text_value("kinds"))))
    scope_spans = resource_spans.scope_spans.add()
    for kind in (0, 1, 2, 3, 4, 5, 6, 99):
        scope_spans.spans.append(_span(100 + kind, kind=kind))
    for code in (0, 1, 2, 3, 77):
        scope_spans.spans.append(_span(300 + code, status=Status(code=code)))  # type: ignore[arg-type]
    scope_spans.spans.extend(
        [
            _span(400, trace_id=bytes(16), parent_span_id=bytes(8)),
            _span(401, trace_id=b"", name=""),
            _span(402, start_time_unix_nano=0, end_time_unix_nano=0),
            _span(403, end_time_unix_nano=START_UNIX_NANO),  # ends before it starts
            _span(404, end_time_unix_nano=0),
        ]
    )
    return resource_spans


def _odd_services() -> ResourceSpans:
    """The first `service.name` is used, whatever its type."""
    resource_spans = ResourceSpans()
    resource_spans.resource.attributes.extend(
        key_values(("service.name", int_value(42)), ("service.name", text_value("second")))
    )
    resource_spans.scope_spans.add().spans.append(_span(500))
    return resource_spans
