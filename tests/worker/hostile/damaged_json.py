"""Damage to JSON: one token is replaced.

The random generator is an argument, so that a seed and a body's number give the same body again.
"""

from __future__ import annotations

import re
from random import Random

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
    """Replace a token by a random key or value."""
    tokens = [found.span() for found in _JSON_TOKEN.finditer(body)]
    start, end = chance.choice(tokens)
    if chance.random() < 0.2:  # a member or a value twice
        following = chance.choice([stop for _, stop in tokens if stop > start][:40])
        return body[:following] + b"," + body[start:following] + body[following:]
    by = chance.choice(_JSON_KEYS if chance.random() < 0.3 else _JSON_VALUES)
    return body[:start] + by + body[end:]
