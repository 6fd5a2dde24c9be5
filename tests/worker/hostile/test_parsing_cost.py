"""Bodies that are small but expensive to parse cost little CPU and memory."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from tests.support.otlp_spans import START_UNIX_NANO
from tests.support.protobuf_fields import varint
from tests.support.worker_runtime import Worker
from tests.worker.hostile.hostile_requests import JSON, MIB
from tests.worker.hostile.sockets import exchange, head
from tests.worker.hostile.worker_checks import (
    MAX_HOST_BYTES,
    assert_alive,
    cpu_seconds,
    peak_bytes,
)

COLLIDING = 60_000


# Multiples of this number have the same slot in a hash table of 2^14 slots.
STEP = 2**14


def numerals(prefix: str = "") -> list[str]:
    """Return strings that V8 treats as array indexes, with the number itself as the hash."""
    return [f'"{prefix}{number * STEP}"' for number in range(1, COLLIDING + 1)]


def event_with(values: list[str]) -> bytes:
    return f'[{{"event_name":"numbers","metadata":{{"list":[{",".join(values)}]}}}}]'.encode()


def span_with_map(values: list[str]) -> bytes:
    """Return a request with one span whose attribute is a map with these keys."""
    pairs = ",".join(f'{{"key":{key},"value":{{"intValue":1}}}}' for key in values)
    attribute = f'{{"key":"a","value":{{"kvlistValue":{{"values":[{pairs}]}}}}}}'
    span = f'{{"name":"x","startTimeUnixNano":"{START_UNIX_NANO}","attributes":[{attribute}]}}'
    return f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}'.encode()


def span_with_unknown(values: list[str]) -> bytes:
    """Return a request with these strings as the names of unknown fields."""
    fields = ",".join(f"{name}:1" for name in values)
    return f'{{"resourceSpans":[{{{fields}}}]}}'.encode()


BUSY = {
    "values of an event": ("/events/bulk", event_with, ""),
    "values of an event, escaped": ("/events/bulk", event_with, "\\u003"),
    "keys of a map": ("/v1/traces", span_with_map, ""),
    "names of unknown fields, escaped": ("/v1/traces", span_with_unknown, "\\u003"),
}


MAX_CPU_RATIO = 6


def length_prefixed(number: int, content: bytes) -> bytes:
    """Return a protobuf field that has a length."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def entry(value: bytes, key: bytes = b"k", before: bytes = b"") -> bytes:
    return length_prefixed(1, length_prefixed(1, key) + before + length_prefixed(2, value))


def nested_pairs(text: bytes) -> bytes:
    """Return 18 nested maps, each with an empty value before the real one."""
    value = length_prefixed(1, text)
    for _level in range(18):
        value = length_prefixed(6, entry(value, before=length_prefixed(2, b"")))
    return value


def map_of(value: bytes) -> bytes:
    return length_prefixed(6, entry(value))


def span_with_value(value: bytes) -> bytes:
    """Return an export request with one span and one attribute."""
    time_field = b"\x39" + START_UNIX_NANO.to_bytes(8, "little")
    span = time_field + length_prefixed(9, length_prefixed(1, b"x") + length_prefixed(2, value))
    return length_prefixed(1, length_prefixed(2, length_prefixed(2, span)))


def many_keys() -> bytes:
    one = [
        entry(b"\x18\x01", key=b"%06d" % (number * 7_919 % 900_000)) for number in range(900_000)
    ]
    return length_prefixed(6, b"".join(one))


GROWING: dict[str, Callable[[], bytes]] = {
    "maps of two values, 18 deep": lambda: nested_pairs(b"a" * (15 * MIB)),
    "900,000 keys": many_keys,
    "control characters": lambda: map_of(length_prefixed(1, b"\x01" * (19 * MIB))),
    "line separators": lambda: map_of(length_prefixed(1, "\u2028".encode() * (6 * MIB))),
    "bytes that are no UTF-8": lambda: map_of(length_prefixed(1, b"\xff" * (19 * MIB))),
    "15 MiB of bytes": lambda: map_of(length_prefixed(7, bytes(15 * MIB))),
    "1,800,000 empty values": lambda: length_prefixed(5, b"\x0a\x00" * 1_800_000),
}


def plain_strings() -> bytes:
    """Return an array of short strings with 15 MiB in total."""
    return length_prefixed(5, length_prefixed(1, length_prefixed(1, b"a" * 20)) * (15 * MIB // 24))


@pytest.mark.parametrize("name", list(GROWING))
def test_values_that_grow_as_strings_cost_little_cpu_and_memory(
    worker_without_clickhouse: Worker, name: str
) -> None:
    """Before the limits, a few KB of gzip took 7 to 37 s of CPU or over 1 GB of memory."""

    def cost(value: bytes) -> float:
        before = cpu_seconds(worker_without_clickhouse)
        body = gzip.compress(span_with_value(value), 6)
        answer = worker_without_clickhouse.post_traces(body, content_encoding="gzip")
        assert answer.status in (200, 413), answer
        return cpu_seconds(worker_without_clickhouse) - before

    ordinary = min(cost(plain_strings()) for _time in range(2))
    value = GROWING[name]()
    assert cost(value) < MAX_CPU_RATIO * ordinary + 0.5
    for _time in range(3):
        cost(value)
    assert_alive(worker_without_clickhouse)
    assert peak_bytes(worker_without_clickhouse) < MAX_HOST_BYTES


@pytest.mark.parametrize("name", list(BUSY))
def test_strings_whose_hashes_collide_cost_no_more_than_others(
    worker_without_clickhouse: Worker, name: str
) -> None:
    """In V8's tables such strings would take 4 to 15 s of CPU, ten times as long as others."""
    path, body_with, prefix = BUSY[name]

    def cost(values: list[str]) -> float:
        before = cpu_seconds(worker_without_clickhouse)
        body = gzip.compress(body_with(values))
        more = [f"content-length: {len(body)}", "content-encoding: gzip"]
        answer = exchange(
            worker_without_clickhouse, head(path=path, content_type=JSON, more=more), body
        )
        assert answer.status in (200, 400, 413), answer
        return cpu_seconds(worker_without_clickhouse) - before

    ordinary = min(cost([f'"{value[1:-1]}x"' for value in numerals(prefix)]) for _time in range(2))
    assert cost(numerals(prefix)) < 3 * ordinary + 0.5
