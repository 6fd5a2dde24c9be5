"""Detect secrets and mask them in strings.

Secrets are masked where a string is created (an error, a repr), not where it is printed. The API
may return a body in its message, and messages are written to logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["MASK", "clean", "is_secret_name", "secret_values"]

MASK = "***"

# Names of the fields with secrets in the OpenAPI spec. `headers` and `queryParams` of webhooks
# contain tokens, as do the URLs of webhooks, presigned uploads, Mongo and Postgres connections.
_SECRET = re.compile(
    r"password|secret|token|credential|private_?key$|access_?key|account_?key|"
    r"connection_?string|authorization|upload_?url|webhook_?url|hash$|hash_?data|"
    r"^(uri|headers|query_?params|key)$",
    re.IGNORECASE,
)
# Shorter values would mask ordinary words of a message.
_SHORTEST = 6


def is_secret_name(name: str) -> bool:
    """Return whether a field of this name, snake_case or camelCase, contains a secret."""
    return _SECRET.search(name) is not None


def secret_values(body: Any, *, secret: bool = False) -> Iterator[str]:
    """Yield every string of a JSON body that is under the name of a secret."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from secret_values(value, secret=secret or is_secret_name(name))
    elif isinstance(body, list):
        for value in body:
            yield from secret_values(value, secret=secret)
    elif secret and isinstance(body, str) and len(body) >= _SHORTEST:
        yield body


def clean(text: str, secrets: Iterable[str]) -> str:
    """Mask each of `secrets` in `text`, the longest first, so that no part of one remains."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if secret:
            text = text.replace(secret, MASK)
    return text
