"""The interface of a resource type; implemented in `workers_script`, `workers_custom_domain`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.pulumi_resource_cloudflare.client import Client
from local.pulumi_resource_cloudflare.schema import Failure

__all__ = ["Difference", "Resource"]


@dataclass(frozen=True)
class Difference:
    """A changed property (`bindings[0].text`), and whether it needs a replacement."""

    path: str
    kind: str  # "add", "delete" or "update"
    replaces: bool


class Resource(Protocol):
    """A resource type. Values can contain `Secret` and `UNKNOWN` wherever inputs can."""

    token: str

    def check(self, values: Mapping[str, Any]) -> list[Failure]:
        """Return the errors other than those in the types of single properties."""
        ...

    def diff(self, state: Mapping[str, Any], news: Mapping[str, Any]) -> list[Difference]:
        """Return the differences between the new inputs and the last state."""
        ...

    def planned(self, news: Mapping[str, Any], state: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the state that is certain at preview."""
        ...

    def create(self, client: Client, news: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Create the object. Return its id and state."""
        ...

    def update(
        self, client: Client, identifier: str, state: Mapping[str, Any], news: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Change the object in place. Return its state."""
        ...

    def read(
        self,
        client: Client,
        identifier: str,
        state: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
        """Return the current id, state and inputs, or None if the object does not exist."""
        ...

    def delete(self, client: Client, identifier: str, state: Mapping[str, Any]) -> None:
        """Delete the object. An object that does not exist is not an error."""
        ...
