"""Export requests, by name, that are valid protobuf but that no SDK writes."""

from __future__ import annotations

import struct

_START = 1_795_000_000 * 10**9
_MINUS_ONE = b"\xff" * 9 + b"\x01"
# Seventy bits where a reader has space for sixty-four.
_TOO_MANY_BITS = b"\xff" * 9 + b"\x7f"
_TWO_TO_40_PLUS_1 = b"\x81\x80\x80\x80\x80\x20"


def _field(number: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    assert len(content) < 128
    return bytes([number * 8 + 2, len(content)]) + content


def _fixed64(number: int, value: int) -> bytes:
    return bytes([number * 8 + 1]) + struct.pack("<Q", value)


def _value(*parts: bytes) -> bytes:
    """Return a span with one attribute."""
    return _field(9, _field(1, b"k"), _field(2, *parts))


_SPANS: dict[str, bytes] = {
    "kind of 41 bits": b"\x30" + _TWO_TO_40_PLUS_1,
    "kind -1": b"\x30" + _MINUS_ONE,
    "kind of 70 bits": b"\x30" + _TOO_MANY_BITS,
    "kind with a needless byte": b"\x30\x82\x80\x00",
    "kind twice": b"\x30\x02\x30\x00",
    "code of 41 bits": _field(15, b"\x18" + _TWO_TO_40_PLUS_1),
    "code -1": _field(15, b"\x18" + _MINUS_ONE),
    "bool 65": _value(b"\x10\x41"),
    "bool -1": _value(b"\x10" + _MINUS_ONE),
    "bool of 70 bits": _value(b"\x10" + _TOO_MANY_BITS),
    "bool 2^32": _value(b"\x10\x80\x80\x80\x80\x10"),
    "true with a needless byte": _value(b"\x10\x81\x00"),
    "false with a needless byte": _value(b"\x10\x80\x00"),
    "int of 70 bits": _value(b"\x18" + _TOO_MANY_BITS),
    "int with a needless byte": _value(b"\x18\x85\x80\x00"),
    "zero in ten bytes": _value(b"\x18" + b"\x80" * 9 + b"\x00"),
    "tag with a needless byte": b"\xaa\x00\x01x",
    "tag in ten bytes": b"\xaa" + b"\x80" * 8 + b"\x00\x01x",
    "length with a needless byte": b"\x2a\x81\x00x",
    "length in ten bytes": b"\x2a\x81" + b"\x80" * 8 + b"\x00x",
    "name twice": b"\x2a\x01x\x2a\x02yz",
    "name, then an empty one": b"\x2a\x01x\x2a\x00",
    "start twice": _fixed64(7, _START + 10**9),
    "trace id twice": _field(1, b"a" * 16) + _field(1, b"b" * 16),
    "trace id, then none": _field(1, b"a" * 16) + _field(1),
    "status in two pieces": _field(15, _field(2, b"m")) + _field(15, b"\x18\x02"),
    "text, then bool": _value(_field(1, b"x"), b"\x10\x01"),
    "text twice": _value(_field(1, b"x"), _field(1, b"y")),
    "value in two pieces": _field(9, _field(1, b"k"), _field(2, _field(1, b"x")), _field(2)),
    "two values": _field(9, _field(1, b"k"), _field(2, _field(1, b"x")), _field(2, b"\x18\x05")),
    "key twice": _field(9, _field(1, b"k"), _field(1, b"l"), _field(2, _field(1, b"x"))),
    "no value": _field(9, _field(1, b"k")),
    "no key": _field(9, _field(2, _field(1, b"x"))),
    "nothing in an attribute": _field(9),
    "unknown member of a value": _value(b"\x48\x05"),
    "unknown field of a span": b"\xa0\x06\x05",
    "start beyond 63 bits": _fixed64(7, 2**63 + 5),
    "last of all starts": _fixed64(7, 2**64 - 1),
    "start in 2200": _fixed64(7, 7_258_118_400 * 10**9),
    "event beyond 63 bits": _field(11, _fixed64(1, 2**64 - 1)),
    "signalling nan": _value(b"\x21" + struct.pack("<Q", 0x7FF0_0000_0000_0001)),
    "negative nan": _value(b"\x21" + struct.pack("<Q", 0xFFF8_0000_0000_0000)),
    "nul in a text": _value(_field(1, b"a\0b")),
}


_LOG_RECORDS: dict[str, bytes] = {
    "severity of 41 bits": b"\x10" + _TWO_TO_40_PLUS_1,
    "severity -1": b"\x10" + _MINUS_ONE,
    "severity twice": b"\x10\x02\x10\x00",
    "body in two pieces": _field(5, _field(1, b"x")) + _field(5),
    "two bodies": _field(5, _field(1, b"x")) + _field(5, b"\x18\x05"),
    "body of two kinds": _field(5, _field(1, b"x"), b"\x18\x05"),
    "body of an unknown kind": _field(5, b"\x48\x05"),
    "time twice": _fixed64(1, _START + 10**9) + _fixed64(1, 0),
    "time beyond 63 bits": _fixed64(1, 2**63 + 5),
    "flags twice": b"\x45\x01\x00\x00\x00\x45\x02\x00\x00\x00",
    "unknown field": b"\xa0\x06\x05",
}


def _gauge(*point: bytes) -> bytes:
    return _field(5, _field(1, _fixed64(3, _START), *point))


def _sum(*parts: bytes) -> bytes:
    return _field(7, _field(1, _fixed64(3, _START), _fixed64(4, 0)), *parts)


def _histogram(*point: bytes) -> bytes:
    return _field(9, _field(1, _fixed64(3, _START), *point))


def _exponential(*point: bytes) -> bytes:
    return _field(10, _field(1, _fixed64(3, _START), *point))


_ONE = struct.unpack("<Q", struct.pack("<d", 1.0))[0]

_METRICS: dict[str, bytes] = {
    "gauge, then sum": _gauge(_fixed64(6, 1)) + _sum(),
    "sum, then gauge": _sum() + _gauge(_fixed64(6, 1)),
    "gauge twice": _gauge(_fixed64(6, 1)) + _gauge(_fixed64(6, 2)),
    "int, then double": _gauge(_fixed64(6, 5), _fixed64(4, _ONE)),
    "double, then int": _gauge(_fixed64(4, _ONE), _fixed64(6, 5)),
    "int twice": _gauge(_fixed64(6, 5), _fixed64(6, 6)),
    "flags of 41 bits": _gauge(b"\x40" + _TWO_TO_40_PLUS_1),
    "flags -1": _gauge(b"\x40" + _MINUS_ONE),
    "exemplar of two values": _gauge(_field(5, _fixed64(3, _ONE), _fixed64(6, 5))),
    "temporality of 41 bits": _sum(b"\x10" + _TWO_TO_40_PLUS_1),
    "temporality -1": _sum(b"\x10" + _MINUS_ONE),
    "monotonic 65": _sum(b"\x18\x41"),
    "counts one by one": _histogram(_fixed64(6, 1), _fixed64(6, 2), _fixed64(7, _ONE)),
    "counts packed, then one": _histogram(
        _field(6, struct.pack("<2Q", 1, 2)), _fixed64(6, 3), _fixed64(7, _ONE)
    ),
    "no counts at all, packed": _histogram(_field(6), _field(7)),
    "sum twice": _histogram(_fixed64(5, _ONE), _fixed64(5, 0)),
    "exponential counts one by one": _exponential(_field(8, b"\x10\x01\x10\xac\x02")),
    "exponential counts, packed twice": _exponential(_field(8, b"\x12\x01\x05\x12\x02\xac\x02")),
    "exponential counts, packed, then one": _exponential(_field(8, b"\x12\x01\x05\x10\x07")),
    "exponential counts of 70 bits": _exponential(
        _field(9, b"\x12\x0b" + _TOO_MANY_BITS + b"\x01")
    ),
    "exponential counts with a needless byte": _exponential(_field(9, b"\x12\x03\x85\x80\x00")),
    "scale of 41 bits": _exponential(b"\x30" + _TWO_TO_40_PLUS_1),
    "scale of 70 bits": _exponential(b"\x30" + _TOO_MANY_BITS),
    "offset of 41 bits": _exponential(_field(8, b"\x08" + _TWO_TO_40_PLUS_1)),
    "offset of 33 bits": _exponential(_field(8, b"\x08\x80\x80\x80\x80\x10")),
    "buckets in two pieces": _exponential(_field(8, b"\x08\x02"), _field(8, b"\x12\x01\x09")),
    "unknown field": _gauge(b"\xa0\x06\x05"),
}


def edge_case_trace_requests() -> dict[str, bytes]:
    """Return one request for each case; every span has a distinct id."""
    requests = {
        name: _field(1, _field(2, _field(2, _identified(number, span))))
        for number, (name, span) in enumerate(_SPANS.items(), start=1)
    }
    span = _field(2, _identified(900, b""))
    other = _field(2, _identified(901, b""))
    scope = _field(1, _field(1, b"n"))
    requests["scope in two pieces"] = _field(1, _field(2, scope, _field(1, _field(2, b"v")), span))
    resource = [
        _field(1, _field(1, _field(1, key), _field(2, _field(1, b"v")))) for key in (b"a", b"b")
    ]
    requests["resource in two pieces"] = _field(1, *resource, _field(2, other))
    return requests


def _identified(number: int, span: bytes) -> bytes:
    # The case's fields precede the span's, so that the case's is the first if both have a field.
    return _field(2, number.to_bytes(8, "big")) + _fixed64(7, _START) + span


def edge_case_log_requests() -> dict[str, bytes]:
    """Return one request for each case; the name of the event is the name of the case."""
    return {
        name: _field(
            1, _field(2, _field(2, _fixed64(1, _START), _field(12, name.encode()), record))
        )
        for name, record in _LOG_RECORDS.items()
    }


def edge_case_metric_requests() -> dict[str, bytes]:
    """Return one request for each case; the name of the metric is the name of the case."""
    requests = {
        name: _field(1, _field(2, _field(2, _field(1, name.encode()), metric)))
        for name, metric in _METRICS.items()
    }
    metric = _field(2, _gauge())
    requests["dropped attributes of 41 bits"] = _field(
        1, _field(2, _field(1, b"\x20" + _TWO_TO_40_PLUS_1), metric)
    )
    return requests
