"""What counts as a secret, and how it is kept out of texts.

Secrets are cut out where a text is made (an error, a repr), not where it is printed: the API may
echo a body in its message, and a message ends in logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["MASK", "clean", "is_secret_name", "secret_values"]

MASK = "***"

# Names by what they hold in the document. `headers` and `queryParams` of webhooks carry tokens, as
# do the URLs of webhooks, presigned uploads, Mongo and Postgres connections.
_SECRET = re.compile(
    r"password|secret|token|credential|private_?key$|access_?key|account_?key|"
    r"connection_?string|authorization|upload_?url|webhook_?url|hash$|hash_?data|"
    r"^(uri|headers|query_?params|key)$",
    re.IGNORECASE,
)
# Shorter values would turn ordinary words of a message into asterisks.
_SHORTEST = 6


def is_secret_name(name: str) -> bool:
    """Whether a field of this name, snake_case or camelCase, holds something to keep quiet."""
    return _SECRET.search(name) is not None


def secret_values(body: Any, *, secret: bool = False) -> Iterator[str]:
    """Every string in a JSON body that lies under a secret name."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from secret_values(value, secret=secret or is_secret_name(name))
    elif isinstance(body, list):
        for value in body:
            yield from secret_values(value, secret=secret)
    elif secret and isinstance(body, str) and len(body) >= _SHORTEST:
        yield body


def clean(text: str, secrets: Iterable[str]) -> str:
    """`text` with each of `secrets` masked, longest first so that none leaves a remainder."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if secret:
            text = text.replace(secret, MASK)
    return text
