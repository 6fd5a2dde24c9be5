"""`Singleton`: what a service or an organization has one of."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import CreateResult, DiffResult, UpdateResult

from resources.base import pulumi_engine as engine
from resources.base.claims import ALL, Claims, exclusive
from resources.base.declarative_provider import DeclarativeProvider, Live
from resources.base.errors import ResourceError

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["Singleton"]


class Singleton(DeclarativeProvider):
    """Something that its parent has one of; its id is the parent's.

    Those that name the same one take turns (see `turns`), and what another resource took over in
    this run is not removed.

    Attributes:
        parent: the field whose value is the id.
        overwrites_existing: False rejects an object that is there already, unless the resource has
            `adopt`.
    """

    parent: ClassVar[str] = "service_id"
    overwrites_existing: ClassVar[bool] = True

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """There is no room for two: under the same parent the old one goes first."""
        result = super().diff(resource_id, olds, news)
        same_parent = news.get(self.parent) == resource_id
        result.delete_before_replace = bool(result.replaces) and same_parent
        return result

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Take over what is there, or put it there."""
        with self._exclusive(props) as claims:
            result = super().create(props)
            claims.add(self._share(props))
        return result

    def update(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Send what differs; what others took over since is not ours to take away."""
        with self._exclusive(news) as claims:
            result = super().update(resource_id, self._without(olds, claims.ids), news)
            claims.add(self._share(news))
        return result

    def delete(self, resource_id: str, props: dict[str, Any]) -> None:
        """Remove it, unless another resource answers for it now."""
        with self._exclusive(props) as claims:
            if self._share(props) <= claims.ids:
                urn = engine.urn_in(props)
                engine.info(
                    urn, f"{self.display_name} {resource_id}: another resource has taken it over"
                )
                return
            super().delete(resource_id, self._without(props, claims.ids))

    def ensure(
        self, client: Client, props: Mapping[str, Any], _progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """What is there, if it may be changed.

        Raises:
            ResourceError: somebody else's is there.
        """
        resource_id = props[self.parent]
        live = self._observed(client, resource_id, props)
        occupied = live is not None and self.is_occupied(live) and self.differences(live, props)
        if occupied and not self.overwrites_existing and not props.get("adopt"):
            raise ResourceError(
                f"{self.parent} {resource_id} has a {self.display_name} already, and this one "
                "would overwrite it: `adopt=True` says that it may"
            )
        return resource_id, live

    def is_occupied(self, _live: Live) -> bool:
        """Whether what is there is more than an absence."""
        return True

    def _exclusive(self, props: Mapping[str, Any]) -> AbstractContextManager[Claims]:
        return exclusive(f"{self.display_name} {props[self.parent]}")

    def _share(self, props: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(props.get(self.shared_field) or ()) if self.shared_field else ALL

    def _without(self, props: dict[str, Any], claimed: set[str]) -> dict[str, Any]:
        """The properties, with as much of our share as nobody else has claimed."""
        share = props.get(self.shared_field)
        if isinstance(share, Mapping):
            return {
                **props,
                self.shared_field: {n: v for n, v in share.items() if n not in claimed},
            }
        if isinstance(share, list):
            return {**props, self.shared_field: [item for item in share if item not in claimed]}
        return props
