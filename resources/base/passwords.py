"""Passwords and tokens that are generated on this machine, and their hashes."""

from __future__ import annotations

import base64
import hashlib
import secrets
import string

__all__ = ["base64_sha256", "double_sha1_hex", "generate", "sha256_hex"]

# ClickHouse Cloud requires an upper-case letter, a digit and a special character in a password.
# These special characters need no quoting in a shell, a URL or a connection string.
_ALPHABET = string.ascii_letters + string.digits
_REQUIRED = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "-_.~")
_LENGTH = 32


def generate() -> str:
    """Return a random password of 32 characters, about 190 bits."""
    letters = [secrets.choice(kind) for kind in _REQUIRED]
    letters += [secrets.choice(_ALPHABET) for _ in range(_LENGTH - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    # Some tools would read a leading sign as an option or a hidden file.
    first = next(index for index, letter in enumerate(letters) if letter in _ALPHABET)
    letters[0], letters[first] = letters[first], letters[0]
    return "".join(letters)


def sha256_hex(secret: str) -> str:
    """Return the hash of an SQL user (`sha256_hash`) or of the worker's ingest token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def base64_sha256(secret: str) -> str:
    """Return the hash for the control plane's `newPasswordHash`."""
    return base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()


def double_sha1_hex(secret: str) -> str:
    """Return the hash that MySQL clients need: `newDoubleSha1Hash`."""
    # The native authentication of the MySQL protocol requires SHA-1.
    inner = hashlib.sha1(secret.encode(), usedforsecurity=False).digest()
    return hashlib.sha1(inner, usedforsecurity=False).hexdigest()
