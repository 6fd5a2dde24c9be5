"""Damage to bytes of any format.

The random generator is an argument, so that a seed and a body's number give the same body again.
"""

from __future__ import annotations

from random import Random


def damage_bytes(body: bytes, chance: Random) -> bytes:
    """Change, remove, add, repeat or move a few bytes."""
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
    """Join the start of one body and the end of another, or both bodies, which is valid."""
    if chance.random() < 0.3:
        return body + other
    return body[: chance.randrange(len(body) + 1)] + other[chance.randrange(len(other) + 1) :]
