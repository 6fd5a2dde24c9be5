"""`Token`: a bearer token, generated on this machine and stored in the state as a secret.

The resource exists only in the Pulumi state, not in a cloud. The worker receives only the hash of
the token. A change of `version` generates a new token in place and keeps the hash of the previous
token, which the worker can accept until all senders use the new token.

    token = Token("ingest", version="2026-01")
"""

from __future__ import annotations

import secrets
from typing import Any

import pulumi
from pulumi.dynamic import (
    CreateResult,
    DiffResult,
    Resource,
    UpdateResult,
)

from resources.base import passwords, with_secrets
from resources.base.pickled_by_name import PickledByName

__all__ = ["Token", "TokenProvider"]

# 256 bits, 43 characters.
TOKEN_BYTES = 32
SECRETS = ["value", "sha256", "previous_sha256"]


class TokenProvider(PickledByName):
    """Generates tokens, and sends no requests."""

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Report a change if the version changed."""
        return DiffResult(changes=olds.get("version") != news.get("version"))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Generate a token."""
        return CreateResult(secrets.token_hex(8), _new_token(props))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Generate another token, and store the hash of the previous one."""
        return UpdateResult({**_new_token(news), "previous_sha256": olds["sha256"]})


class Token(Resource, module="telemetry", name="Token"):
    """A random bearer token.

    Args:
        version: any string. Another value generates a new token. In place.
    """

    value: pulumi.Output[str]
    """The token, a secret."""
    sha256: pulumi.Output[str]
    """SHA-256 of the token in hexadecimal. It can check a token, but is not accepted as one."""
    previous_sha256: pulumi.Output[str]
    """SHA-256 of the token before `version` last changed; empty for the first token.

    Never null: the engine drops nulls from the state, and the SDK then treats the output as unknown
    in every preview, so an unchanged stack would always show an upload of the worker.
    """
    version: pulumi.Output[str]
    """The version for which it was generated."""

    def __init__(
        self,
        resource_name: str,
        *,
        version: pulumi.Input[str] = "1",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            TokenProvider(),
            resource_name,
            {"version": version, "value": None, "sha256": None, "previous_sha256": None},
            with_secrets(opts, *SECRETS),
        )


def _new_token(props: dict[str, Any]) -> dict[str, Any]:
    value = secrets.token_urlsafe(TOKEN_BYTES)
    return {
        "version": props["version"],
        "value": value,
        "sha256": passwords.sha256_hex(value),
        "previous_sha256": "",
    }
