"""Compressed bodies: valid in every form, or damaged.

The random generator is an argument, so that a seed and a body's number give the same body again.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from random import Random

from backports import zstd

from tests.worker.hostile.damaged_bytes import damage_bytes


def compressed(body: bytes, coding: str, chance: Random) -> bytes:
    """Compress a body in one of many valid ways: levels, a name in the header, several members."""
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
            compressor = zstd.ZstdCompressor()  # which does not write the length of the body
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
    """Make the body invalid in its coding, or decode to something else than was sent.

    Args:
        sent: the compressed body.
        coding: its content coding.
        length: the length of the body before compression.
    """
    match chance.randrange(7):
        case 0:
            return sent[: chance.randrange(len(sent))]
        case 1:
            return sent + chance.choice([b"\x00", b"trailing", _STARTS[coding], bytes(600)])
        case 2:  # a false length at the end
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
