"""One export request that holds every kind of value OTLP traces can carry."""

from __future__ import annotations

import math
import random
import struct

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status

# Fixed, because the recorded rows are.
_START_UNIX_NANO = 1_795_000_000_123_456_789

_TEXTS = [
    "",
    "plain",
    "quotes \" ' ` and \\ backslash",
    "<b>&amp;</b>",
    "tab\tline\nreturn\rbell\x07back\bfeed\fnul\x00del\x7f",
    "line\u2028paragraph\u2029separators",
    "ümläut 漢字 \U0001f600 \ufffd",
]

_DOUBLES = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    100.0,
    1e15,
    123456789.123,
    1e20,
    1e21,
    -1e21,
    1.5e300,
    1e-6,
    1e-7,
    1.25e-9,
    5e-324,
    1.7976931348623157e308,
    math.nan,
    math.inf,
    -math.inf,
]

_INTS = [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63)]


def _text(value: str) -> AnyValue:
    return AnyValue(string_value=value)


def _int(value: int) -> AnyValue:
    return AnyValue(int_value=value)


def _double(value: float) -> AnyValue:
    return AnyValue(double_value=value)


def _array(*values: AnyValue) -> AnyValue:
    return AnyValue(array_value=ArrayValue(values=values))


def _map(*pairs: tuple[str, AnyValue]) -> AnyValue:
    return AnyValue(kvlist_value=KeyValueList(values=_pairs(*pairs)))


def _pairs(*pairs: tuple[str, AnyValue]) -> list[KeyValue]:
    return [KeyValue(key=key, value=value) for key, value in pairs]


def _scalars() -> list[tuple[str, AnyValue]]:
    return [
        *((f"text.{index}", _text(text)) for index, text in enumerate(_TEXTS)),
        *((f"double.{index}", _double(value)) for index, value in enumerate(_DOUBLES)),
        *((f"int.{index}", _int(value)) for index, value in enumerate(_INTS)),
        ("true", AnyValue(bool_value=True)),
        ("false", AnyValue(bool_value=False)),
        ("bytes", AnyValue(bytes_value=bytes(range(256)))),
        ("bytes.empty", AnyValue(bytes_value=b"")),
        ("nothing", AnyValue()),
        ('key " \\ < \u2028 漢', _text("odd key")),
        ("", _text("empty key")),
    ]


def _repeated_keys() -> list[tuple[str, AnyValue]]:
    """Few, because the exporter's sort leaves the order of equal keys open from 13 on."""
    return [("twice", _text("first")), ("other", _int(1)), ("twice", _text("second"))]


def _nested() -> list[tuple[str, AnyValue]]:
    finite = [value for value in _DOUBLES if math.isfinite(value)]
    return [
        ("array.empty", _array()),
        ("array.texts", _array(*map(_text, _TEXTS))),
        ("array.ints", _array(*map(_int, _INTS))),
        ("array.doubles", _array(*map(_double, finite))),
        ("array.nan", _array(_int(1), _double(math.nan))),
        ("array.bools", _array(AnyValue(bool_value=True), AnyValue(bool_value=False))),
        ("array.bytes", _array(AnyValue(bytes_value=b"\x00\xff"), AnyValue(bytes_value=b""))),
        ("array.mixed", _array(AnyValue(), _int(1), _text("a"), _array(), _map())),
        ("map.empty", _map()),
        (
            "map",
            _map(
                ("z", _int(1)),
                ("a", _text("<&>")),
                ("\U0001f600", _int(2)),
                ("\uffee", _int(3)),
                ("a.b", _map(("deep", _array(_map(("er", _double(-0.0))))))),
                ("twice", _int(1)),
                ("twice", _int(2)),
                ("nothing", AnyValue()),
            ),
        ),
    ]


def _random_doubles() -> list[tuple[str, AnyValue]]:
    chance = random.Random(5)
    doubles = [struct.unpack("<d", chance.randbytes(8))[0] for _ in range(150)]
    doubles += [chance.uniform(-1, 1) * 10.0 ** chance.randrange(-9, 25) for _ in range(150)]
    return [(f"{index}", _double(value)) for index, value in enumerate(doubles)]


def _span(number: int, **fields: object) -> Span:
    known = {
        "trace_id": number.to_bytes(16, "big"),
        "span_id": number.to_bytes(8, "big"),
        "name": f"span {number}",
        "start_time_unix_nano": _START_UNIX_NANO + number,
        "end_time_unix_nano": _START_UNIX_NANO + number + 1_500,
    }
    return Span(**{**known, **fields})  # type: ignore[arg-type]


def golden_request() -> ExportTraceServiceRequest:
    """The request; the same bytes every time."""
    return ExportTraceServiceRequest(
        resource_spans=[_everything(), _kinds_and_codes(), _odd_services(), ResourceSpans()]
    )


def _everything() -> ResourceSpans:
    resource_spans = ResourceSpans(schema_url="https://opentelemetry.io/schemas/1.37.0")
    resource_spans.resource.attributes.extend(
        _pairs(("service.name", _text("everything")), *_scalars(), *_nested())
    )
    resource_spans.resource.dropped_attributes_count = 3
    scope_spans = resource_spans.scope_spans.add(schema_url="https://example.com")
    scope_spans.scope.name = "scope"
    scope_spans.scope.version = "1.0"
    scope_spans.scope.attributes.extend(_pairs(("scope.attribute", _text("not stored"))))
    scope_spans.spans.extend(
        [
            _span(
                1,
                parent_span_id=b"\xab\xcd\xef\x01\x02\x03\x04\x05",
                trace_state="vendor=value,other=1",
                flags=257,
                attributes=_pairs(*_scalars()),
                dropped_attributes_count=1,
                status=Status(code=Status.STATUS_CODE_ERROR, message="it <broke> \u2028"),
            ),
            _span(2, attributes=_pairs(*_nested())),
            _span(3, attributes=_pairs(*_random_doubles())),
            _span(5, attributes=_pairs(*_repeated_keys())),
            _span(4, events=_events(), links=_links(), dropped_events_count=2),
        ]
    )
    resource_spans.scope_spans.add()
    return resource_spans


def _events() -> list[Span.Event]:
    return [
        Span.Event(
            time_unix_nano=_START_UNIX_NANO + 7,
            name="exception",
            attributes=_pairs(*_scalars(), *_nested()),
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
            attributes=_pairs(*_scalars(), *_nested()),
            flags=1,
        ),
        Span.Link(),
        Span.Link(trace_id=bytes(16), span_id=bytes(8)),
    ]


def _kinds_and_codes() -> ResourceSpans:
    resource_spans = ResourceSpans()
    resource_spans.resource.attributes.extend(_pairs(("service.name", _text("kinds"))))
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
            _span(403, end_time_unix_nano=_START_UNIX_NANO),  # ends before it starts
            _span(404, end_time_unix_nano=0),
        ]
    )
    return resource_spans


def _odd_services() -> ResourceSpans:
    """The first service.name counts, whatever its type."""
    resource_spans = ResourceSpans()
    resource_spans.resource.attributes.extend(
        _pairs(("service.name", _int(42)), ("service.name", _text("second")))
    )
    resource_spans.scope_spans.add().spans.append(_span(500))
    return resource_spans
