"""`Singleton`: an object that a service or an organization has exactly one of."""

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
    """An object that its parent has exactly one of. Its id is the parent's id.

    Resources that write the same object exclude each other (see `claims`). A resource does not
    remove entries that another resource has claimed in this run.

    Attributes:
        parent: the field whose value is the id.
        overwrites_existing: False rejects an object that others have set, unless the resource has
            `adopt`.
    """

    parent: ClassVar[str] = "service_id"
    overwrites_existing: ClassVar[bool] = True

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the properties. Under the same parent, the old object is deleted before it is
        replaced."""
        result = super().diff(resource_id, olds, news)
        same_parent = news.get(self.parent) == resource_id
        result.delete_before_replace = bool(result.replaces) and same_parent
        return result

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Adopt the object, or create it."""
        with self._exclusive(props) as claims:
            result = super().create(props)
            claims.add(self._share(props))
        return result

    def update(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Send the fields that differ. Keep entries that other resources have claimed."""
        with self._exclusive(news) as claims:
            result = super().update(resource_id, self._without(olds, claims.ids), news)
            claims.add(self._share(news))
        return result

    def delete(self, resource_id: str, props: dict[str, Any]) -> None:
        """Remove the object, unless other resources have claimed all of it."""
        with self._exclusive(props) as claims:
            if self._share(props) <= claims.ids:
                urn = engine.urn_in(props)
                engine.info(
                    urn, f"{self.display_name} {resource_id}: another resource has adopted it"
                )
                return
            super().delete(resource_id, self._without(props, claims.ids))

    def ensure(
        self, client: Client, props: Mapping[str, Any], _progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """Return the object if this resource may change it.

        Raises:
            ResourceError: others have set the object, and the resource has no `adopt`.
        """
        resource_id = props[self.parent]
        live = self._observed(client, resource_id, props)
        occupied = live is not None and self.is_occupied(live) and self.differences(live, props)
        if occupied and not self.overwrites_existing and not props.get("adopt"):
            raise ResourceError(
                f"{self.parent} {resource_id} has a {self.display_name} already, and this one "
                "would overwrite it: `adopt=True` allows that"
            )
        return resource_id, live

    def is_occupied(self, _live: Live) -> bool:
        """Return whether the object has any settings."""
        return True

    def _exclusive(self, props: Mapping[str, Any]) -> AbstractContextManager[Claims]:
        return exclusive(f"{self.display_name} {props[self.parent]}")

    def _share(self, props: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(props.get(self.shared_field) or ()) if self.shared_field else ALL

    def _without(self, props: dict[str, Any], claimed: set[str]) -> dict[str, Any]:
        """Return the properties without the entries that other resources have claimed."""
        share = props.get(self.shared_field)
        if isinstance(share, Mapping):
            return {
                **props,
                self.shared_field: {n: v for n, v in share.items() if n not in claimed},
            }
        if isinstance(share, list):
            return {**props, self.shared_field: [item for item in share if item not in claimed]}
        return props
