"""Damage to export requests: of bytes, of protobuf's fields, of JSON's values, of compressed forms.

Every function takes its chance as an argument, so that a seed and a body's number make it again.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from backports import zstd

LEN = 2
_FIXED = {1: 8, 5: 4}
_MAX_DEPTH = 12


# --- bytes ---------------------------------------------------------------------------------------


def damage_bytes(body: bytes, chance: Random) -> bytes:
    """A few bytes changed, removed, added, repeated or moved."""
    damaged = bytearray(body)
    for _mutation in range(chance.choice([1, 1, 1, 2, 5])):
        if not damaged:
            break
        at = chance.randrange(len(damaged))
        match chance.randrange(6):
            case 0:
                damaged[at] = chance.randrange(256)
            case 1:
                damaged[at] ^= 1 << chance.randrange(8)
            case 2:
                del damaged[at : at + chance.randrange(1, 4)]
            case 3:
                damaged[at:at] = chance.randbytes(chance.randrange(1, 4))
            case 4:
                damaged[at:at] = damaged[at : at + chance.randrange(1, 40)]
            case _:
                del damaged[at:]
    return bytes(damaged)


def splice(body: bytes, other: bytes, chance: Random) -> bytes:
    """The start of one and the end of another; or one after the other, which is legal."""
    if chance.random() < 0.3:
        return body + other
    return body[: chance.randrange(len(body) + 1)] + other[chance.randrange(len(other) + 1) :]


# --- protobuf ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """Where one field of a body is: its tag from `start`, its content from `content`, to `end`."""

    number: int
    wire: int
    start: int
    content: int
    end: int
    parent: Field | None


def varint(value: int) -> bytes:
    """As protobuf writes it; negative numbers take ten bytes."""
    value &= 2**64 - 1
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)


def fields_of(body: bytes) -> list[Field]:
    """All fields, at every depth; a text that happens to parse counts as a message."""
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
        at += _FIXED.get(wire, end)
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
    """How many fields there are whose numbers, from the outermost on, are `path`."""
    number, *inside = path
    found = [field for field in _siblings(body) if field.number == number]
    return sum(count_at(_content(body, field), inside) for field in found) if inside else len(found)


def _siblings(body: bytes) -> Iterator[Field]:
    at = 0
    while at < len(body):
        field = _field_at(body, at, len(body), None)
        assert field is not None, f"not protobuf at byte {at}"
        yield field
        at = field.end


def replaced(body: bytes, field: Field, by: bytes, *, mend_lengths: bool = True) -> bytes:
    """The body with other bytes in a field's place; what holds it gets its new length."""
    while mend_lengths and field.parent is not None:
        parent = field.parent
        content = body[parent.content : field.start] + by + body[field.end : parent.end]
        by = varint(parent.number << 3 | LEN) + varint(len(content)) + content
        field = parent
    return body[: field.start] + by + body[field.end :]


def damage_field(body: bytes, fields: Sequence[Field], chance: Random) -> bytes:
    """One field written otherwise; mostly the lengths around it are right."""
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
    """Right, but in more bytes than it takes."""
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
    """The value of an attribute, as arrays and maps of themselves."""
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
    """Something from elsewhere in the same body."""
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
    wire = field.wire if field.wire in _FIXED else 1
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


# --- JSON ----------------------------------------------------------------------------------------

_JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[\[\]{}:,]')
_JSON_VALUES = (
    b"null",
    b"true",
    b"{}",
    b"[]",
    b'""',
    b"0",
    b"-1",
    b"-0",
    b"1.0",
    b"1e400",
    b"-1e-400",
    b"9" * 400,
    b"18446744073709551616",
    b"-9223372036854775809",
    b"9007199254740993",
    b'"18446744073709551615"',
    b'"NaN"',
    b'"-Infinity"',
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"\\u0000"',
    b'"\\uD83D\\uDE00"',
    b'"\xff\xfe"',
    b'"' + b"x" * 70_000 + b'"',
    b"[" * 200 + b"]" * 200,
    b'{"a":' * 200 + b"1" + b"}" * 200,
    b"[" * 100_000,
    b'{"__proto__":{"x":1},"constructor":{"prototype":{}}}',
    b'{"stringValue":"a","intValue":"1","stringValue":"b"}',
    b'{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"k","value":{}}]}}]}}',
    b'{"bytesValue":"_-8="}',
    b'{"doubleValue":"Infinity"}',
    b"nul",
    b"+1",
    b"01",
    b"'a'",
    b"// comment\n1",
)
_JSON_KEYS = (
    b'"__proto__"',
    b'"toString"',
    b'"trace_id"',
    b'"traceId"',
    b'"key"',
    b'""',
    b'"a\\u0062"',
)


def damage_json(body: bytes, chance: Random) -> bytes:
    """A token by something else; keys and values are told apart by chance alone."""
    tokens = [found.span() for found in _JSON_TOKEN.finditer(body)]
    start, end = chance.choice(tokens)
    if chance.random() < 0.2:  # a member or a value twice
        following = chance.choice([stop for _, stop in tokens if stop > start][:40])
        return body[:following] + b"," + body[start:following] + body[following:]
    by = chance.choice(_JSON_KEYS if chance.random() < 0.3 else _JSON_VALUES)
    return body[:start] + by + body[end:]


# --- content codings -----------------------------------------------------------------------------


def compressed(body: bytes, coding: str, chance: Random) -> bytes:
    """Valid in one of the ways there are: levels, a name in the header, several members."""
    return _COMPRESSORS[coding](body, chance)


def _gzipped(body: bytes, chance: Random) -> bytes:
    match chance.randrange(6):
        case 0:
            at = chance.randrange(len(body) + 1)
            return gzip.compress(body[:at], 1) + gzip.compress(body[at:], 9)
        case 1:
            return gzip.compress(body, 0)
        case 2:
            return _with_name(gzip.compress(body, 1))
        case 3:
            return gzip.compress(body, 1) + gzip.compress(b"")
        case 4:
            return gzip.compress(b"") * chance.randrange(1, 9) + gzip.compress(body, 1)
        case _:
            return gzip.compress(body, chance.choice([1, 6, 9]))


def _with_name(member: bytes) -> bytes:
    return member[:3] + b"\x08" + member[4:10] + b"spans.pb\x00" + member[10:]


def _deflated(body: bytes, chance: Random) -> bytes:
    stream = zlib.compress(body, chance.choice([0, 1, 6, 9]))
    return stream if chance.random() < 0.5 else stream[2:-4]


_SKIPPABLE = bytes.fromhex("502a4d18") + (3).to_bytes(4, "little") + b"abc"


def _zstandard(body: bytes, chance: Random) -> bytes:
    match chance.randrange(5):
        case 0:
            at = chance.randrange(len(body) + 1)
            return zstd.compress(body[:at]) + zstd.compress(body[at:], 9)
        case 1:
            return zstd.compress(body) + _SKIPPABLE
        case 2:
            return _SKIPPABLE + zstd.compress(body)
        case 3:
            compressor = zstd.ZstdCompressor()  # that does not know how long the body is
            return compressor.compress(body) + compressor.flush()
        case _:
            return zstd.compress(body, chance.choice([-5, 1, 3, 19]))


_COMPRESSORS: Mapping[str, Callable[[bytes, Random], bytes]] = {
    "gzip": _gzipped,
    "deflate": _deflated,
    "zstd": _zstandard,
}
CODINGS = tuple(_COMPRESSORS)
_STARTS = {"gzip": b"\x1f\x8b", "deflate": b"\x78\x9c", "zstd": bytes.fromhex("28b52ffd")}


def damage_compressed(sent: bytes, coding: str, length: int, chance: Random) -> bytes:
    """Not that coding any more, or something else in it than its sender meant.

    Args:
        sent: the compressed body.
        coding: its content coding.
        length: how long the body was before.
    """
    match chance.randrange(7):
        case 0:
            return sent[: chance.randrange(len(sent))]
        case 1:
            return sent + chance.choice([b"\x00", b"trailing", _STARTS[coding], bytes(600)])
        case 2:  # what a check of the last bytes would believe
            return sent + b"\x00" + chance.choice([length.to_bytes(4, "little"), sent[-8:]])
        case 3:  # checksum or length at the end
            at = len(sent) - chance.randrange(1, 9)
            return sent[:at] + bytes([sent[at] ^ 1 << chance.randrange(8)]) + sent[at + 1 :]
        case 4:  # flags, method and time at the start
            at = chance.randrange(min(10, len(sent)))
            return sent[:at] + bytes([chance.randrange(256)]) + sent[at + 1 :]
        case 5:
            return compressed(sent, chance.choice(CODINGS), chance)
        case _:
            return damage_bytes(sent, chance)
