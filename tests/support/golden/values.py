"""Every kind of value an attribute or a log body can have."""

from __future__ import annotations

import math
import random
import struct

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

# Fixed, because the recorded rows contain it.
START_UNIX_NANO = 1_795_000_000_123_456_789

TEXTS = [
    "",
    "plain",
    "quotes \" ' ` and \\ backslash",
    "<b>&amp;</b>",
    "tab\tline\nreturn\rbell\x07back\bfeed\fnul\x00del\x7f",
    "line\u2028paragraph\u2029separators",
    "ümläut 漢字 \U0001f600 \ufffd",
]

DOUBLES = [
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

INTS = [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63)]


def text_value(value: str) -> AnyValue:
    return AnyValue(string_value=value)


def int_value(value: int) -> AnyValue:
    return AnyValue(int_value=value)


def double_value(value: float) -> AnyValue:
    return AnyValue(double_value=value)


def array_value(*values: AnyValue) -> AnyValue:
    return AnyValue(array_value=ArrayValue(values=values))


def map_value(*pairs: tuple[str, AnyValue]) -> AnyValue:
    return AnyValue(kvlist_value=KeyValueList(values=key_values(*pairs)))


def key_values(*pairs: tuple[str, AnyValue]) -> list[KeyValue]:
    return [KeyValue(key=key, value=value) for key, value in pairs]


def scalars() -> list[tuple[str, AnyValue]]:
    return [
        *((f"text.{index}", text_value(text)) for index, text in enumerate(TEXTS)),
        *((f"double.{index}", double_value(value)) for index, value in enumerate(DOUBLES)),
        *((f"int.{index}", int_value(value)) for index, value in enumerate(INTS)),
        ("true", AnyValue(bool_value=True)),
        ("false", AnyValue(bool_value=False)),
        ("bytes", AnyValue(bytes_value=bytes(range(256)))),
        ("bytes.empty", AnyValue(bytes_value=b"")),
        ("nothing", AnyValue()),
        ('key " \\ < \u2028 漢', text_value("odd key")),
        ("", text_value("empty key")),
    ]


def repeated_keys() -> list[tuple[str, AnyValue]]:
    """Return few keys: the exporter's sort leaves the order of 13 or more equal keys undefined."""
    return [
        ("twice", text_value("first")),
        ("other", int_value(1)),
        ("twice", text_value("second")),
    ]


def nested() -> list[tuple[str, AnyValue]]:
    finite = [value for value in DOUBLES if math.isfinite(value)]
    return [
        ("array.empty", array_value()),
        ("array.texts", array_value(*map(text_value, TEXTS))),
        ("array.ints", array_value(*map(int_value, INTS))),
        ("array.doubles", array_value(*map(double_value, finite))),
        ("array.nan", array_value(int_value(1), double_value(math.nan))),
        ("array.bools", array_value(AnyValue(bool_value=True), AnyValue(bool_value=False))),
        ("array.bytes", array_value(AnyValue(bytes_value=b"\x00\xff"), AnyValue(bytes_value=b""))),
        (
            "array.mixed",
            array_value(AnyValue(), int_value(1), text_value("a"), array_value(), map_value()),
        ),
        ("map.empty", map_value()),
        (
            "map",
            map_value(
                ("z", int_value(1)),
                ("a", text_value("<&>")),
                ("\U0001f600", int_value(2)),
                ("\uffee", int_value(3)),
                ("a.b", map_value(("deep", array_value(map_value(("er", double_value(-0.0))))))),
                ("twice", int_value(1)),
                ("twice", int_value(2)),
                ("nothing", AnyValue()),
            ),
        ),
    ]


def random_doubles() -> list[tuple[str, AnyValue]]:
    chance = random.Random(5)
    doubles = [struct.unpack("<d", chance.randbytes(8))[0] for _ in range(150)]
    doubles += [chance.uniform(-1, 1) * 10.0 ** chance.randrange(-9, 25) for _ in range(150)]
    return [(f"{index}", double_value(value)) for index, value in enumerate(doubles)]
