"""`Token`: a bearer token made on this machine and kept in the state as a secret.

It lives in no cloud: the worker is given its hash. Changing `version` makes a new one in place, and
keeps the hash of the one before it, which may go on being accepted until everybody has the new one.

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

from resources.base import passwords
from resources.base.pickled_by_name import PickledByName

__all__ = ["Token", "TokenProvider"]

# 256 bits, 43 characters.
TOKEN_BYTES = 32
SECRETS = ["value", "sha256", "previous_sha256"]


class TokenProvider(PickledByName):
    """Makes tokens; asks nobody."""

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Another version is another token."""
        return DiffResult(changes=olds.get("version") != news.get("version"))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make a token."""
        return CreateResult(secrets.token_hex(8), _new_token(props))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Make another one; remember the hash of the last."""
        return UpdateResult({**_new_token(news), "previous_sha256": olds["sha256"]})


class Token(Resource, module="telemetry", name="Token"):
    """A random bearer token.

    Args:
        version: any text; another one makes a new token. In place.
    """

    value: pulumi.Output[str]
    """The token, a secret."""
    sha256: pulumi.Output[str]
    """Its SHA-256 in hex: enough to check it, useless to present it."""
    previous_sha256: pulumi.Output[str]
    """SHA-256 of the token before `version` last changed; empty for the first token.

    Never null: the engine drops nulls from the state, and the SDK then treats the output as unknown
    in every preview, so an unchanged stack would always show an upload of the worker.
    """
    version: pulumi.Output[str]
    """The version it was made for."""

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
            pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(additional_secret_outputs=SECRETS)
            ),
        )


def _new_token(props: dict[str, Any]) -> dict[str, Any]:
    value = secrets.token_urlsafe(TOKEN_BYTES)
    return {
        "version": props["version"],
        "value": value,
        "sha256": passwords.sha256_hex(value),
        "previous_sha256": "",
    }
