"""Requests that break HTTP, stop early or cost much to parse."""

from __future__ import annotations

from tests.worker.hostile.sockets import head

KIB = 1024


MIB = 1024 * KIB


JSON = "application/json"


MALFORMED: dict[str, tuple[bytes, int]] = {
    "two lengths": (head(more=["content-length: 0", "content-length: 5"]) + b"abcde", 400),
    "a negative length": (head(more=["content-length: -1"]), 400),
    "a length in another form": (head(more=["content-length: 1e3"]), 400),
    "a length of 80 bits": (head(more=["content-length: 999999999999999999999999"]), 400),
    "an unknown transfer coding": (head(more=["transfer-encoding: x"]) + b"0\r\n\r\n", 400),
    "a chunk of no size": (head(more=["transfer-encoding: chunked"]) + b"zz\r\n\r\n", 400),
    "a header of 1 MiB": (head(more=[f"x: {'a' * MIB}", "content-length: 0"]), 431),
    "20,000 headers": (head(more=[f"x{number}: a" for number in range(20_000)]), 431),
    "a path of 1 MiB": (head(path=f"/{'a' * MIB}"), 431),
    "a path of 60 KB": (head("GET", f"/{'a' * 60_000}"), 404),
    "a path with a zero": (head("GET", "/v1/traces%00"), 404),
    "a path that climbs": (head("GET", "/v1/../../etc/passwd"), 404),
    "a query of 60 KB": (head("GET", f"/metrics?{'a=b&' * 15_000}", token="no"), 401),
    "no path": (head("GET", "v1/traces"), 400),
    "a header with a zero": (head(more=["x: a\0b", "content-length: 0"]), 400),
    "a header in UTF-8": (head(more=["x: \u00e9", "content-length: 0"]), 200),
    "500 headers": (head(more=[*(f"x{n}: a" for n in range(500)), "content-length: 0"]), 200),
    "DELETE": (head("DELETE", more=["content-length: 0"]), 405),
    "TRACE": (head("TRACE"), 405),
    "another content type, of 60 KB": (head(content_type="x" * 60_000), 415),
    "noise": (bytes(range(256)) * 20, 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), 400),
}


SLOW_STARTS = {
    "nothing of a small body": (["content-length: 100"], b""),
    "a byte of a small body": (["content-length: 100"], b"x"),
    "a byte of a large body": (["content-length: 8000000"], b"x"),
    "half of a large body": (["content-length: 8000000"], bytes(4_000_000)),
    "a chunk and no more": (["transfer-encoding: chunked"], b"5\r\nabcde\r\n"),
    "part of an endless chunk": (
        ["transfer-encoding: chunked"],
        b"ffffffffff\r\n" + bytes(100_000),
    ),
}


DEEP = 100_000


JSON_BOMBS = {
    "arrays": b"[" * DEEP + b"]" * DEEP,
    "arrays without an end": b"[" * (4 * MIB),
    "objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "arrays in an unknown field": b'{"x":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "values of values": b'{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":'
    + b'{"arrayValue":{"values":[' * DEEP
    + b"]}}" * DEEP
    + b"}]}}]}",
    "a number of 4 MB": b'{"x":' + b"9" * (4 * MIB) + b"}",
    "a string without an end": b'{"x":"' + b"a" * (4 * MIB),
    "escapes": b'{"' + b"\\u0061" * 700_000 + b'":[',
    "not UTF-8": b'{"resourceSpans":' + b"\xff" * 1000,
}
