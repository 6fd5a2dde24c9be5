"""Export requests with known spans."""

from __future__ import annotations

import random
import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

START_UNIX_NANO = (int(time.time()) - 3600) * 10**9


def attribute(key: str, value: str | int | float | bool) -> KeyValue:
    """Return an attribute of the type that matches the Python value."""
    if isinstance(value, bool):
        return KeyValue(key=key, value=AnyValue(bool_value=value))
    if isinstance(value, int):
        return KeyValue(key=key, value=AnyValue(int_value=value))
    if isinstance(value, float):
        return KeyValue(key=key, value=AnyValue(double_value=value))
    return KeyValue(key=key, value=AnyValue(string_value=value))


def export_request(
    count: int, *, seed: int, start_unix_nano: int = START_UNIX_NANO
) -> ExportTraceServiceRequest:
    """Return `count` realistic spans; another seed gives other ids."""
    chance = random.Random(seed)
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    for key, value in (
        ("service.name", "checkout"),
        ("service.version", "1.4.2"),
        ("telemetry.sdk.language", "python"),
        ("host.name", "host-12"),
        ("process.pid", 1234),
        ("deployment.environment.name", "production"),
    ):
        resource_spans.resource.attributes.append(attribute(key, value))
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "shop"
    scope_spans.scope.version = "2.0"
    for index in range(count):
        scope_spans.spans.append(_span(chance, start_unix_nano + index * 1000))
    return request


def _span(chance: random.Random, start_unix_nano: int) -> Span:
    span = Span(
        trace_id=chance.randbytes(16),
        span_id=chance.randbytes(8),
        parent_span_id=chance.randbytes(8),
        name=chance.choice(["GET /cart", "POST /cart", "GET /items"]),
        kind=chance.choice([Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT]),
        start_time_unix_nano=start_unix_nano,
        end_time_unix_nano=start_unix_nano + chance.randrange(10**9),
        status=Status(code=chance.choice([Status.STATUS_CODE_OK, Status.STATUS_CODE_ERROR])),
    )
    for key, value in (
        ("http.request.method", "GET"),
        ("url.path", f"/items/{chance.randrange(10_000)}"),
        ("http.response.status_code", chance.choice([200, 404, 500])),
        ("server.port", 443),
        ("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64)"),
        ("client.address", f"10.0.{chance.randrange(256)}.{chance.randrange(256)}"),
        ("app.ratio", chance.random()),
        ("app.cache_hit", chance.random() < 0.5),
    ):
        span.attributes.append(attribute(key, value))
    return span


def export_bytes(count: int, *, seed: int, start_unix_nano: int = START_UNIX_NANO) -> bytes:
    """Return the bytes of `export_request`."""
    return export_request(count, seed=seed, start_unix_nano=start_unix_nano).SerializeToString()
