"""Damage to protobuf: one field written in another way.

The random generator is an argument, so that a seed and a body's number give the same body again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.support.protobuf_fields import FIXED_BYTES, LEN, Field, replaced, varint


def damage_field(body: bytes, fields: Sequence[Field], chance: Random) -> bytes:
    """Write one field in another way; mostly with correct lengths around it."""
    field = chance.choice(fields)
    by = chance.choice(_FIELD_MUTATIONS)(body, field, fields, chance)
    return replaced(body, field, by, mend_lengths=chance.random() < 0.8)


def _tag(number: int, wire: int) -> bytes:
    return varint(number << 3 | wire)


def _whole(body: bytes, field: Field) -> bytes:
    return body[field.start : field.end]


def _content(body: bytes, field: Field) -> bytes:
    return body[field.content : field.end]


def _sent(field: Field, content: bytes) -> bytes:
    length = varint(len(content)) if field.wire == LEN else b""
    return _tag(field.number, field.wire) + length + content


def _duplicate(body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    return _whole(body, field) * chance.choice([2, 2, 3, 50])


def _remove(_body: bytes, _field: Field, _fields: Sequence[Field], _chance: Random) -> bytes:
    return b""


def _other_wire_type(body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    return _tag(field.number, chance.randrange(8)) + body[field.start + 1 : field.end]


def _other_number(body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    number = chance.choice([0, *range(1, 20), 31, 32, 99, 2**29 - 1, 2**29, 2**60])
    length = varint(field.end - field.content) if field.wire == LEN else b""
    return _tag(number, field.wire) + length + _content(body, field)


def _huge_varint(_body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    value = chance.choice(
        [
            b"\xff" * 9 + b"\x01",  # 2^64 - 1
            b"\xff" * 9 + b"\x7f",  # 70 bits
            b"\xff" * 10 + b"\x01",  # too many bytes
            b"\x80" * 9 + b"\x00",  # zero, in ten bytes
            b"\x81\x80\x00",  # one, in three bytes
            b"\xff" * 40,
            varint(2**31),
            varint(2**32),
            varint(2**53 + 1),
            varint(-1),
        ]
    )
    return _tag(field.number, 0) + value


def _wrong_length(body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    length = field.end - field.content
    wrong = chance.choice(
        [
            length + 1,
            max(0, length - 1),
            0,
            length * 2,
            2**31 - 1,
            2**31,
            2**32 - 1,
            2**32 + length,
            2**63,
            2**64 - 1,
            2**64 - length,
        ]
    )
    return _tag(field.number, LEN) + varint(wrong) + _content(body, field)


def _long_length(body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    """Write the correct length in more bytes than necessary."""
    content = _content(body, field)
    padded = bytearray(varint(len(content)))
    padded[-1] |= 128
    padded += b"\x80" * chance.randrange(0, 7) + b"\x00"
    return _tag(field.number, LEN) + bytes(padded) + content


def _nest(body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    content = _content(body, field)
    number = chance.choice([1, 2, 5, 6, field.number])
    for _level in range(chance.choice([1, 3, 30, 63, 64, 200])):
        content = _tag(number, LEN) + varint(len(content)) + content
    return _tag(field.number, LEN) + varint(len(content)) + content


def _array_value(body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    """Nest the value of an attribute in arrays and maps."""
    content = _content(body, field)
    for _level in range(chance.choice([1, 2, 20, 28, 32])):
        key = b"" if chance.random() < 0.5 else b"\x0a\x01k"
        inner = b"\x12" + varint(len(content)) + content if key else content
        content = b"\x0a" + varint(len(key + inner)) + key + inner
        content = bytes([0x32 if key else 0x2A]) + varint(len(content)) + content
    return _sent(field, content)


def _no_utf8(_body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    bad = chance.choice(
        [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\x00", b"\xf4\x90\x80\x80", b"\x80"]
    )
    return _sent(field, (bad * (field.end - field.content + 1))[: field.end - field.content])


def _group(body: bytes, field: Field, _fields: Sequence[Field], _chance: Random) -> bytes:
    return _tag(field.number, 3) + _content(body, field) + _tag(field.number, 4)


def _unknown_beside(body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    number = chance.choice([17, 30, 31, 32, 100, 2**29 - 1])
    unknown = chance.choice(
        [
            _tag(number, 0) + b"\x05",
            _tag(number, 1) + bytes(8),
            _tag(number, 5) + bytes(4),
            _tag(number, LEN) + b"\x03abc",
            _tag(number, LEN) + b"\x00",
        ]
    )
    return unknown + _whole(body, field) if chance.random() < 0.5 else _whole(body, field) + unknown


def _empty(_body: bytes, field: Field, _fields: Sequence[Field], _chance: Random) -> bytes:
    return _tag(field.number, LEN) + b"\x00"


def _other_field(body: bytes, _field: Field, fields: Sequence[Field], chance: Random) -> bytes:
    """Use another field of the same body."""
    return _whole(body, chance.choice(fields))


def _other_content(body: bytes, field: Field, fields: Sequence[Field], chance: Random) -> bytes:
    other = chance.choice(fields)
    return (
        _tag(field.number, other.wire) + body[other.start + len(_tag(other.number, 0)) : other.end]
    )


def _extreme_number(_body: bytes, field: Field, _fields: Sequence[Field], chance: Random) -> bytes:
    if field.wire == 0:
        return _tag(field.number, 0) + varint(chance.choice([0, 1, 2**31 - 1, 2**63, -(2**31)]))
    bits = {1: 64, 5: 32}.get(field.wire, 64)
    top = 1 << bits
    value = chance.choice([0, 1, top - 1, top >> 1, (top >> 1) - 1, 0x7FF0 << 48]) & (top - 1)
    wire = field.wire if field.wire in FIXED_BYTES else 1
    return _tag(field.number, wire) + value.to_bytes(bits // 8, "little")


FieldMutation = Callable[[bytes, Field, Sequence[Field], Random], bytes]
_FIELD_MUTATIONS: tuple[FieldMutation, ...] = (
    _duplicate,
    _remove,
    _other_wire_type,
    _other_number,
    _huge_varint,
    _wrong_length,
    _long_length,
    _nest,
    _array_value,
    _no_utf8,
    _group,
    _unknown_beside,
    _empty,
    _other_field,
    _other_content,
    _extreme_number,
)
