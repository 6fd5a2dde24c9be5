"""`CreatedResource`: an object that a POST creates, with a flow that never creates a second one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import DiffResult

from resources.base import pulumi_engine as engine
from resources.base.claims import ALL, exclusive, is_claimed
from resources.base.create_note import IN_FLIGHT_SECONDS, CreateNote
from resources.base.declarative_provider import LOOK_INTERVAL_SECONDS, DeclarativeProvider, Live
from resources.base.errors import ResourceError
from resources.base.ownership import Owner

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["CreatedResource"]


class CreatedResource(DeclarativeProvider):
    """Something that a POST makes, with an id of its own."""

    # What a POST returned once cannot be had again: then a leftover is of no use.
    reusable: ClassVar[bool] = True

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """What replaces would make a new one, and `adopt` says not to."""
        result = super().diff(resource_id, olds, news)
        if result.replaces and news.get("adopt") == resource_id:
            raise ResourceError(
                f"adopt is {resource_id!r}, and another {' and '.join(result.replaces)} makes "
                f"another {self.display_name}: take `adopt` out of the program"
            )
        return result

    def delete(self, resource_id: str, props: dict[str, Any]) -> None:
        """Delete it, unless another resource has taken it over in this run."""
        if is_claimed(self._thing(resource_id)):
            urn = str(props.get("resource_urn") or "")
            engine.info(
                urn, f"{self.display_name} {resource_id}: another resource has taken it over"
            )
        else:
            super().delete(resource_id, props)

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Make it; the request carries the owner's mark."""
        raise NotImplementedError

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """What interrupted runs of this resource made, and no state knows of."""
        raise NotImplementedError

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the mark of an unfinished object. The state has its id now; see `Confirmation`.

        Args:
            props: the inputs of the confirmation.
        """
        raise NotImplementedError

    def require_existing(self, resource_id: str) -> None:
        """An id cannot be made again."""
        raise ResourceError(
            f"{self.display_name} {resource_id} is gone; `pulumi refresh` will notice that"
        )

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """The one to adopt, what an interrupted run left, or a new one. Never POSTs twice."""
        if props.get("adopt"):
            live = self._observed(client, props["adopt"], props)
            if live is None:
                raise ResourceError(f"adopt: there is no {self.display_name} {props['adopt']}")
            self._claim(props["adopt"])
            return props["adopt"], live
        note = CreateNote(Owner.of(props))
        left = self._left(client, props, progress, note.seconds_left())
        note.remove()
        if left is not None:
            self._claim(left[0])
            return left
        from clickhouse_api import errors

        note.write()
        try:
            made = self.post(client, props)
        except errors.ClickHouseApiError as error:
            if not error.maybe_applied:
                note.remove()
                raise
            made = self._after_lost_answer(client, props, progress, error)
        note.remove()
        return made

    def _claim(self, resource_id: str) -> None:
        """Keep the resource that had the thing before, perhaps under another name, off it."""
        with exclusive(self._thing(resource_id)) as claims:
            claims.add(ALL)

    def _thing(self, resource_id: str) -> str:
        return f"{self.display_name} {resource_id}"

    def _after_lost_answer(
        self,
        client: Client,
        props: Mapping[str, Any],
        progress: engine.Progress,
        lost: Exception,
    ) -> tuple[str, Live]:
        found = self._find(client, props, progress, IN_FLIGHT_SECONDS)
        if not found:
            raise ResourceError(
                f"creating a {self.display_name}: {lost}. It has not appeared since; if it does, "
                "the next `pulumi up` deals with it"
            ) from lost
        if self.reusable:
            return found[0]
        # What it did is known and undone, so this is not the same request again.
        self._discard(client, props, found)
        return self.post(client, props)

    def _left(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress, seconds: float
    ) -> tuple[str, Live] | None:
        found = self._find(client, props, progress, seconds)
        if found and self.reusable:
            return found[0]
        self._discard(client, props, found)
        return None

    def _find(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress, seconds: float
    ) -> list[tuple[str, Live]]:
        """Look at once, and then for as long as a request may still be on its way."""
        deadline = time.monotonic() + seconds
        while not (found := self.unfinished(client, props)):
            if (left := deadline - time.monotonic()) <= 0:
                break
            progress(f"an answer was lost, looking for the {self.display_name} it was about")
            engine.sleep(min(LOOK_INTERVAL_SECONDS, left))
        return found

    def _discard(
        self, client: Client, props: Mapping[str, Any], found: list[tuple[str, Live]]
    ) -> None:
        from clickhouse_api import errors

        for resource_id, _ in found:
            try:
                self.remove(client, resource_id, props)
            except errors.NotFound:
                continue
