"""What a resource type must be able to do; `workers_script` and `workers_custom_domain` do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.pulumi_resource_cloudflare.client import Client
from local.pulumi_resource_cloudflare.schema import Failure

__all__ = ["Difference", "Resource"]


@dataclass(frozen=True)
class Difference:
    """One changed place: `bindings[0].text`, and whether it takes a replacement."""

    path: str
    kind: str  # "add", "delete" or "update"
    replaces: bool


class Resource(Protocol):
    """A resource type. Values may carry Secret and UNKNOWN marks wherever inputs can."""

    token: str

    def check(self, values: Mapping[str, Any]) -> list[Failure]:
        """What is wrong beyond the types of single properties."""
        ...

    def diff(self, state: Mapping[str, Any], news: Mapping[str, Any]) -> list[Difference]:
        """Where the wanted inputs differ from the last known state."""
        ...

    def planned(self, news: Mapping[str, Any], state: Mapping[str, Any] | None) -> dict[str, Any]:
        """The state a preview can promise."""
        ...

    def create(self, client: Client, news: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Create it; returns id and state."""
        ...

    def update(
        self, client: Client, identifier: str, state: Mapping[str, Any], news: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Change it in place; returns the state."""
        ...

    def read(
        self,
        client: Client,
        identifier: str,
        state: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
        """Id, state and inputs as they are now; None if it is gone."""
        ...

    def delete(self, client: Client, identifier: str, state: Mapping[str, Any]) -> None:
        """Delete it; gone already is no error."""
        ...
