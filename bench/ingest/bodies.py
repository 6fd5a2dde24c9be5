"""The request bodies: 200,192 realistic spans in requests of any size, and single events.

The spans are those of a web shop: 8 attributes of the resource, 11 attributes of the span, and an
event in one of ten spans. A span has about 600 bytes as protobuf and 1.2 kB as OTLP/JSON. All
values are from a seeded random generator, so every system gets the same bytes.
"""

from __future__ import annotations

import base64
import gzip
import json
import random
import struct
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

__all__ = [
    "EVENTS_BODY",
    "SPANS",
    "WARM_SPANS",
    "read",
    "trace_requests",
    "write",
    "write_traces",
    "write_warm_traces",
]

SPANS = 391 * 512
# Sent first and not measured, because runtimes compile hot code and caches fill.
WARM_SPANS = 100 * 512
# Level of most exporters: the default of Go and of the Collector.
GZIP_LEVEL = 6
# `load` replaces it by the number of the request, so that all bodies differ.
MARK = "################"
EVENTS_BODY = json.dumps(
    {
        "event_name": "checkout_completed",
        "channel": "web",
        "campaign_id": "autumn-7",
        "user_id": f"user-{MARK}",
        "tags": ["beta", "eu"],
        "metadata": {"cart": {"items": 3, "total": 41.5}, "plan": "team", "trial": False},
    },
    separators=(",", ":"),
).encode()

_HOSTS = 24
_PATHS = ("/cart", "/cart/items", "/checkout", "/search", "/account", "/items/{id}")


def trace_requests(
    spans_per_request: int, *, total: int = SPANS, own_ids: bool = True, seed: int = 20_261_121
) -> Iterator[ExportTraceServiceRequest]:
    """Yield export requests of `spans_per_request` spans. The last one has the rest.

    Without `own_ids`, `service.instance.id` is `MARK`, so a body may be sent any number of times.
    """
    chance = random.Random(seed)
    start = (int(time.time()) - 1800) * 10**9
    built = 0
    while built < total:
        count = min(spans_per_request, total - built)
        yield _request(chance, count, start + built * 20_000, own_ids=own_ids)
        built += count


def write_traces(
    folder: Path, spans_per_request: int, *, encoding: str = "raw", total: int = SPANS
) -> Path:
    """Write a file of bodies for `load`, once per folder. `encoding` is raw, gzip or json."""
    path = folder / f"traces-{spans_per_request}-{total}-{encoding}"
    if not path.exists():
        requests = trace_requests(spans_per_request, total=total)
        write(path, (_encoded(request, encoding) for request in requests))
    return path


def write_warm_traces(folder: Path, spans_per_request: int, *, encoding: str) -> Path:
    """Write `WARM_SPANS` other spans, because a system may drop a repeated body."""
    path = folder / f"warm-{spans_per_request}-{encoding}"
    if not path.exists():
        requests = trace_requests(spans_per_request, total=WARM_SPANS, seed=1)
        write(path, (_encoded(request, encoding) for request in requests))
    return path


def write(path: Path, bodies: Iterable[bytes]) -> Path:
    """Write bodies to a file, each after its length: 4 bytes, big endian."""
    with path.open("wb") as file:
        for body in bodies:
            file.write(struct.pack(">I", len(body)))
            file.write(body)
    return path


def read(path: Path) -> Iterator[bytes]:
    """Yield the bodies of a file that `write` wrote."""
    with path.open("rb") as file:
        while head := file.read(4):
            yield file.read(struct.unpack(">I", head)[0])


def _encoded(request: ExportTraceServiceRequest, encoding: str) -> bytes:
    if encoding == "json":
        return json.dumps(_otlp_json(MessageToDict(request)), separators=(",", ":")).encode()
    raw = request.SerializeToString()
    return gzip.compress(raw, GZIP_LEVEL) if encoding == "gzip" else raw


def _otlp_json(request: dict[str, Any]) -> dict[str, Any]:
    """Convert protobuf's JSON to OTLP/JSON, with ids in hexadecimal and enums as numbers."""
    for resource_spans in request["resourceSpans"]:
        for scope_spans in resource_spans["scopeSpans"]:
            for span in scope_spans["spans"]:
                for name in ("traceId", "spanId", "parentSpanId"):
                    span[name] = base64.b64decode(span[name]).hex()
                span["kind"] = Span.SpanKind.Value(span["kind"])
                if "code" in span["status"]:
                    span["status"]["code"] = Status.StatusCode.Value(span["status"]["code"])
    return request


def _request(
    chance: random.Random, count: int, start: int, *, own_ids: bool
) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    host = chance.randrange(_HOSTS)
    resource_spans.resource.attributes.extend(
        _attributes(
            {
                "service.name": "checkout",
                "service.version": "1.4.2",
                "service.instance.id": f"checkout-7d9f-{host:04x}" if own_ids else MARK,
                "deployment.environment.name": "production",
                "host.name": f"node-{host}",
                "cloud.region": "eu-central-1",
                "telemetry.sdk.language": "go",
                "telemetry.sdk.version": "1.38.0",
            }
        )
    )
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "shop/http"
    scope_spans.scope.version = "0.63.0"
    for index in range(count):
        scope_spans.spans.append(_span(chance, start + index * 20_000))
    return request


def _span(chance: random.Random, start: int) -> Span:
    path = chance.choice(_PATHS)
    status = chance.choice((200, 200, 200, 200, 304, 404, 500))
    span = Span(
        trace_id=chance.randbytes(16),
        span_id=chance.randbytes(8),
        parent_span_id=chance.randbytes(8),
        name=f"GET {path}",
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=start,
        end_time_unix_nano=start + chance.randrange(10**6, 10**9),
        status=Status(code=Status.STATUS_CODE_ERROR if status == 500 else Status.STATUS_CODE_UNSET),
    )
    span.attributes.extend(
        _attributes(
            {
                "http.request.method": "GET",
                "http.route": path,
                "url.path": path.replace("{id}", str(chance.randrange(10_000))),
                "url.scheme": "https",
                "server.address": "shop.example.com",
                "server.port": 443,
                "client.address": f"10.{chance.randrange(4)}.{chance.randrange(256)}.7",
                "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101",
                "http.response.status_code": status,
                "http.response.body.size": chance.randrange(200_000),
                "app.cache_hit": chance.random() < 0.5,
            }
        )
    )
    if chance.random() < 0.1:
        event = span.events.add(name="exception", time_unix_nano=start + 1000)
        event.attributes.extend(
            _attributes({"exception.type": "TimeoutError", "exception.message": "pool is empty"})
        )
    return span


def _attributes(values: dict[str, str | int | bool]) -> Iterator[KeyValue]:
    for key, value in values.items():
        if isinstance(value, bool):
            yield KeyValue(key=key, value=AnyValue(bool_value=value))
        elif isinstance(value, int):
            yield KeyValue(key=key, value=AnyValue(int_value=value))
        else:
            yield KeyValue(key=key, value=AnyValue(string_value=value))
