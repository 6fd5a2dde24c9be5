"""`CreatedResource`: an object that a POST creates, with a flow that never creates a second one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import DiffResult

from resources.base import pulumi_engine as engine
from resources.base.claims import ALL, exclusive, is_claimed
from resources.base.create_note import IN_FLIGHT_SECONDS, CreateNote
from resources.base.declarative_provider import DeclarativeProvider, Live
from resources.base.errors import Interrupted, ResourceError
from resources.base.ownership import Owner
from resources.base.polling import Poller

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["CreatedResource"]


class CreatedResource(DeclarativeProvider):
    """An object that a POST creates, with an id that the server chooses."""

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the properties. Also reject a replacement of the object that `adopt` names.

        Raises:
            ResourceError: the replacement would create an object, and `adopt` forbids that.
        """
        result = super().diff(resource_id, olds, news)
        if result.replaces and news.get("adopt") == resource_id:
            raise ResourceError(
                f"adopt is {resource_id!r}, but another {' and '.join(result.replaces)} needs a "
                f"new {self.display_name}: remove `adopt` from the program"
            )
        return result

    def delete(self, resource_id: str, props: dict[str, Any]) -> None:
        """Delete the object, unless another resource has adopted it in this run."""
        if is_claimed(self._subject(resource_id)):
            engine.info(
                engine.urn_in(props),
                f"{self._subject(resource_id)}: another resource has adopted it",
            )
        else:
            super().delete(resource_id, props)

    # Hooks that subclasses implement or extend.

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Create the object; the request carries the ownership tag."""
        raise NotImplementedError

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Return the objects that interrupted runs of this resource created.

        They carry this resource's ownership tag, and no stack's state has their id.
        """
        raise NotImplementedError

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the ownership tag after the id was saved in the state; see `Confirmation`.

        Args:
            props: the inputs of the confirmation.
        """
        raise NotImplementedError

    def may_have_unfinished(self, _client: Client, _props: Mapping[str, Any]) -> bool:
        """Return False if a cheaper request than `unfinished` shows that there is none."""
        return True

    def is_reusable(self, _live: Live, _props: Mapping[str, Any]) -> bool:
        """Return whether an unfinished object can become the one that the program describes.

        If it cannot, the unfinished object is deleted, and a new one is created.
        """
        return True

    def require_adoptable(self, resource_id: str, live: Live, props: Mapping[str, Any]) -> None:
        """Raise `ResourceError` if the object that `adopt` names cannot become the one that the
        program describes."""

    def require_existing(self, resource_id: str) -> None:
        """Raise: an update cannot create an object with a given id."""
        raise ResourceError(
            f"{self._subject(resource_id)} is deleted; `pulumi refresh` updates the state"
        )

    # The steps of the flow.

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """Return the object to adopt, an unfinished one, or a new one. Never sends a POST twice."""
        if props.get("adopt"):
            return self._adopted(client, props)
        note = CreateNote(Owner.of(props))
        found = []
        # Without a note, no request of this machine is in flight.
        if note.exists() or self.may_have_unfinished(client, props):
            found = self._find(client, props, progress, note.seconds_left())
        if found:
            note.remove()
        reusable = self._reusable(client, props, found)
        return reusable or self._created(client, props, progress, note)

    def existing(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Return the object that `adopt` names.

        Raises:
            ResourceError: there is none, or it cannot become the one that the program describes.
        """
        live = self._observed(client, props["adopt"], props)
        if live is None:
            raise ResourceError(f"adopt: there is no {self.display_name} {props['adopt']}")
        self.require_adoptable(props["adopt"], live, props)
        return props["adopt"], live

    def _adopted(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        resource_id, live = self.existing(client, props)
        self._claim(resource_id)
        return resource_id, live

    def _reusable(
        self, client: Client, props: Mapping[str, Any], found: list[tuple[str, Live]]
    ) -> tuple[str, Live] | None:
        """Return the first unfinished object if it is reusable. Otherwise delete all unfinished
        objects."""
        if found and self.is_reusable(found[0][1], props):
            self._claim(found[0][0])
            return found[0]
        self._discard(client, props, found)
        return None

    def _created(
        self,
        client: Client,
        props: Mapping[str, Any],
        progress: engine.Progress,
        note: CreateNote,
    ) -> tuple[str, Live]:
        """Send the POST; if its response is lost, find the object that it created."""
        from clickhouse_api import errors

        progress(f"creating the {self.display_name}")
        note.write()
        try:
            created = self.post(client, props)
        except Interrupted:
            note.remove()  # the request was not sent: it waited for the rate limit
            raise
        except errors.ClickHouseApiError as error:
            if not error.maybe_applied:
                note.remove()
                raise
            created = self._after_lost_response(client, props, progress, error)
        note.remove()
        return created

    def _after_lost_response(
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
                "the next `pulumi up` adopts or deletes it"
            ) from lost
        if self.is_reusable(found[0][1], props):
            return found[0]
        # The first request has created an object, which is deleted here. So the second POST creates
        # no second object.
        self._discard(client, props, found)
        return self.post(client, props)

    def _find(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress, seconds: float
    ) -> list[tuple[str, Live]]:
        """Look immediately, and then again for as long as a request may still be in flight."""
        return Poller(self.display_name, seconds, progress).find(
            lambda: self.unfinished(client, props),
            message=f"a response was lost, looking for the {self.display_name} it was about",
        )

    def _claim(self, resource_id: str) -> None:
        """Prevent an earlier resource of the object, whatever its name, from deleting it."""
        with exclusive(self._subject(resource_id)) as claims:
            claims.add(ALL)

    def _subject(self, resource_id: str) -> str:
        return f"{self.display_name} {resource_id}"

    def _discard(
        self, client: Client, props: Mapping[str, Any], found: list[tuple[str, Live]]
    ) -> None:
        from clickhouse_api import errors

        for resource_id, _ in found:
            try:
                self.remove(client, resource_id, props)
            except errors.NotFound:
                continue
