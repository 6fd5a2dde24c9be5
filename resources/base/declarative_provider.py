"""`DeclarativeProvider`: fields declared once, and one order of doing things."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from resources.base import pulumi_engine as engine
from resources.base.checker import Checker
from resources.base.errors import ResourceError
from resources.base.fields import Field, same
from resources.base.provider import Provider

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["LOOK_INTERVAL_SECONDS", "Change", "DeclarativeProvider", "Live"]

Live = dict[str, Any]

# What was sent shows in the next answer or soon after; waiting costs one request per interval.
_SETTLE_SECONDS = 60.0
LOOK_INTERVAL_SECONDS = 5.0


@dataclass(frozen=True)
class Change:
    """What one `create` or `update` has to send, and where to.

    Attributes:
        resource_id: of the thing; a part's is its parent's.
        live: as it is now; None where a part is not there yet.
        olds: what this resource answered for until now; empty on create.
        news: what it should be.
        names: the fields to send; one that `news` has not is reset.
    """

    client: Client
    resource_id: str
    _: KW_ONLY
    live: Live | None
    olds: Mapping[str, Any]
    news: Mapping[str, Any]
    names: Sequence[str]

    @property
    def ids(self) -> tuple[str, str]:
        """Organization and thing, with which most operations begin."""
        return self.news["organization_id"], self.resource_id

    def values(self, fields: Iterable[str]) -> dict[str, Any]:
        """Those of `fields` that are to be sent; None for one that is reset."""
        return {name: self.news.get(name) for name in fields if name in self.names}


class DeclarativeProvider(Provider):
    """The flow that all share; a subclass says what is particular.

    Attributes:
        what: what to call the thing in messages.
        fields: its properties, by name; a test compares them with the API's document.
        kept: outputs that only the creating answer had, secrets above all.
        secrets: fields that the API takes and never tells, so what is there may have others.
        shared: the field that holds our share of something that others write as a whole, too.
    """

    display_name: ClassVar[str]
    fields: ClassVar[Mapping[str, Field]]
    create_only_outputs: ClassVar[tuple[str, ...]] = ()
    secrets: ClassVar[tuple[str, ...]] = ()
    shared_field: ClassVar[str] = ""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuse illegal values and combinations."""
        checker = Checker(news)
        for name, field in self.fields.items():
            if field.required:
                checker.required(name)
            field.check(checker, name)
        self.rules(checker)
        return checker.result()

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare what the program sets with what was last seen; the unknown is taken to differ."""
        changed = self._changed(olds, news)
        replaces = [name for name in changed if self.fields[name].replaces]
        if isinstance(news.get("adopt"), str) and news["adopt"] != resource_id:
            replaces.append("adopt")
        return DiffResult(
            changes=bool(changed or replaces), replaces=replaces, delete_before_replace=False
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Take over what is there, or make it; send what differs; read back."""
        with self._progress(props) as progress, self._control_plane.client() as client:
            resource_id, live = self.ensure(client, props, progress)
            names = list(self.fields)
            if live is not None:
                unseen = [name for name in self.secrets if name in props]
                names = [*self.differences(live, props), *unseen]
            kept = {name: (live or {}).get(name) for name in self.create_only_outputs}
            change = Change(client, resource_id, live=live, olds={}, news=props, names=names)
            live = self._synced(change)
        return CreateResult(resource_id, {**self._outputs(props, live), **kept})

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        """What the API says now, for `pulumi refresh`."""
        with self._control_plane.client() as client:
            live = self._observed(client, resource_id, props)
        if live is None:
            return ReadResult("", {})
        return ReadResult(resource_id, {**props, **self.shown(live, props)})

    def update(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Send what the program changed and what the cloud has otherwise; read back."""
        with self._progress(news), self._control_plane.client() as client:
            live = self._observed(client, resource_id, news)
            if live is None:
                self.require_existing(resource_id)
            names = set(self._changed(olds, news)) | set(
                self.fields if live is None else self.differences(live, news)
            )
            change = Change(
                client, resource_id, live=live, olds=olds, news=news, names=sorted(names)
            )
            live = self._synced(change)
        kept = {name: olds.get(name) for name in self.create_only_outputs}
        return UpdateResult({**self._outputs(news, live), **kept})

    def delete(self, resource_id: str, props: dict[str, Any]) -> None:
        """Remove it; what is gone already is a success."""
        from clickhouse_api import errors

        with self._progress(props), self._control_plane.client() as client:
            try:
                self.remove(client, resource_id, props)
            except errors.NotFound:
                return

    # What a resource says about itself.

    def rules(self, checker: Checker) -> None:
        """Combinations that are illegal although each value is legal."""

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        """The thing as the API has it, in the spelling of the inputs; None, or `NotFound`: gone."""
        raise NotImplementedError

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """The thing's id, and the thing if it is there by now."""
        raise NotImplementedError

    def sync(self, change: Change) -> Live | None:
        """Send the fields that `change` names.

        Returns:
            What the answer said, None if that has to be asked for.
        """
        raise NotImplementedError

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete it; `NotFound` may pass through."""
        raise NotImplementedError

    def shown(self, live: Live, _wanted: Mapping[str, Any]) -> Live:
        """As much of the live thing as this resource answers for."""
        return {name: live[name] for name in self.fields if live.get(name) is not None}

    def require_existing(self, resource_id: str) -> None:
        """What to do about an update of something that is gone: by default, it is put back."""

    # The flow's own steps.

    def differences(self, live: Live, wanted: Mapping[str, Any]) -> list[str]:
        """Names of the readable fields in which the live thing is not as wanted."""
        shown = self.shown(live, wanted)
        return [
            name
            for name, field in self.fields.items()
            if field.readable and name in wanted and not same(field, shown.get(name), wanted[name])
        ]

    def _progress(self, props: Mapping[str, Any]) -> engine.Progress:
        """A status line for whatever takes long: an endpoint that waits for its service, say."""
        urn = str(props.get("resource_urn") or "")
        return engine.Progress(urn, first=f"waiting for the {self.display_name}")

    def _changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
        given = olds.get("given") or []
        changed = [
            name
            for name, field in self.fields.items()
            if name in news and not same(field, olds.get(name), news[name])
        ]
        return changed + [
            name
            for name, field in self.fields.items()
            if field.clears and name in given and name not in news
        ]

    def _outputs(self, props: Mapping[str, Any], live: Live) -> dict[str, Any]:
        # Which fields the program set, so that one it no longer sets can be told from a default.
        given = sorted(name for name in self.fields if name in props)
        return {**props, **self.shown(live, props), "given": given}

    def _observed(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        from clickhouse_api import errors

        try:
            return self.observe(client, resource_id, props)
        except errors.NotFound:
            return None

    def _synced(self, change: Change) -> Live:
        if change.live is not None and not change.names:
            return change.live
        client, resource_id, news = change.client, change.resource_id, change.news
        live = self.sync(change)
        deadline = time.monotonic() + _SETTLE_SECONDS
        if live is None:
            live = self._observed(client, resource_id, news)
        while live is None or self.differences(live, news):
            if time.monotonic() >= deadline:
                raise ResourceError(self._unsettled(resource_id, live, news))
            engine.sleep(LOOK_INTERVAL_SECONDS)
            live = self._observed(client, resource_id, news)
            if self.shared_field and live is not None and self.differences(live, news):
                # Somebody on another machine had read before we wrote, and wrote after us.
                live = self.sync(replace(change, live=live))
        return live

    def _unsettled(self, resource_id: str, live: Live | None, news: Mapping[str, Any]) -> str:
        subject = f"{self.display_name} {resource_id}"
        said = f"{subject}: {_SETTLE_SECONDS:.0f} s after it was changed, the API"
        if live is None:
            return f"{said} does not have it"
        name = self.differences(live, news)[0]
        return f"{said} still has another {name} than {news[name]!r}: {live.get(name)!r}"
