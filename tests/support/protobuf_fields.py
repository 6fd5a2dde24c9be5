"""Protobuf messages as bytes: find fields, count them and replace their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LEN = 2


FIXED_BYTES = {1: 8, 5: 4}


_MAX_DEPTH = 12


@dataclass(frozen=True)
class Field:
    """The position of one field: its tag is at `start`, its content from `content` to `end`."""

    number: int
    wire: int
    start: int
    content: int
    end: int
    parent: Field | None


def varint(value: int) -> bytes:
    """Return protobuf's encoding of a number; negative numbers take ten bytes."""
    value &= 2**64 - 1
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)


def fields_of(body: bytes) -> list[Field]:
    """Return all fields at every depth; a string that can be parsed counts as a message."""
    found = _fields_within(body, 0, len(body), None, 0)
    assert found, "not protobuf"
    return found


def _fields_within(
    body: bytes, at: int, end: int, parent: Field | None, depth: int
) -> list[Field] | None:
    found: list[Field] = []
    while at < end:
        field = _field_at(body, at, end, parent)
        if field is None:
            return None
        found.append(field)
        if field.wire == LEN and depth < _MAX_DEPTH:
            found += _fields_within(body, field.content, field.end, field, depth + 1) or []
        at = field.end
    return found


def _field_at(body: bytes, start: int, end: int, parent: Field | None) -> Field | None:
    tag, at = _varint_at(body, start, end)
    wire = tag & 7
    content = at
    if wire == LEN:
        length, content = _varint_at(body, at, end)
        at = content + length
    elif wire == 0:
        _, at = _varint_at(body, at, end)
    else:
        at += FIXED_BYTES.get(wire, end)
    if tag < 8 or at > end:
        return None
    return Field(tag >> 3, wire, start, content, at, parent)


def _varint_at(body: bytes, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 70:
        byte = body[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at
    return 0, end + 1


def count_at(body: bytes, path: Sequence[int]) -> int:
    """Count the fields whose numbers, from the outermost message inwards, are `path`."""
    number, *inside = path
    found = [field for field in _siblings(body) if field.number == number]
    return (
        sum(count_at(body[field.content : field.end], inside) for field in found)
        if inside
        else len(found)
    )


def _siblings(body: bytes) -> Iterator[Field]:
    at = 0
    while at < len(body):
        field = _field_at(body, at, len(body), None)
        assert field is not None, f"not protobuf at byte {at}"
        yield field
        at = field.end


def replaced(body: bytes, field: Field, by: bytes, *, mend_lengths: bool = True) -> bytes:
    """Return the body with one field replaced, and the lengths of outer messages adjusted."""
    while mend_lengths and field.parent is not None:
        parent = field.parent
        content = body[parent.content : field.start] + by + body[field.end : parent.end]
        by = varint(parent.number << 3 | LEN) + varint(len(content)) + content
        field = parent
    return body[: field.start] + by + body[field.end :]
