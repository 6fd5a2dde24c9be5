"""`DeclarativeProvider`: a provider whose fields are a table, with one flow for every resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from resources.base import pulumi_engine as engine
from resources.base.checker import Checker
from resources.base.errors import ResourceError
from resources.base.fields import Field, same
from resources.base.polling import Intervals, Poller
from resources.base.provider import Provider

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["SETTLE_INTERVALS", "Change", "DeclarativeProvider", "Live"]

# The object as the API returned it last, as a property bag.
Live = dict[str, Any]

# A change is visible in the next response or soon after. Waiting costs one request per interval.
_SETTLE_SECONDS = 60.0
SETTLE_INTERVALS = Intervals.of(5.0)


@dataclass(frozen=True)
class Change:
    """One `create` or `update`: the object to change and the values to send.

    Attributes:
        resource_id: id of the object; that of a singleton is its parent's id.
        live: the object before the change; None for a singleton that does not exist yet.
        olds: the properties in the state; empty on create.
        news: the properties in the program.
        names: the fields to send. A field that is not in `news` is reset.
        progress: the status line of the resource.
    """

    client: Client
    resource_id: str
    _: KW_ONLY
    live: Live | None
    olds: Mapping[str, Any]
    news: Mapping[str, Any]
    names: Sequence[str]
    progress: engine.Progress

    @property
    def ids(self) -> tuple[str, str]:
        """Ids of the organization and of the object: the first arguments of most operations."""
        return self.news["organization_id"], self.resource_id

    def values(self, fields: Iterable[str]) -> dict[str, Any]:
        """Return the values to send of `fields`; a field to reset is None."""
        return {name: self.news.get(name) for name in fields if name in self.names}


class DeclarativeProvider(Provider):
    """The flow that all resources of the control plane share; subclasses implement its hooks.

    Attributes:
        display_name: the kind of object in messages: `API key`.
        fields: the properties by name; a test compares them with the OpenAPI spec.
        create_only_outputs: outputs that only the create can supply, such as secrets.
        secrets: fields that the API accepts and never returns. The values of an existing object
            are unknown, so `create` always sends these fields.
        shared_field: the field that is this resource's share of a list or mapping that other
            resources write as a whole, too.
    """

    display_name: ClassVar[str]
    fields: ClassVar[Mapping[str, Field]]
    create_only_outputs: ClassVar[tuple[str, ...]] = ()
    secrets: ClassVar[tuple[str, ...]] = ()
    shared_field: ClassVar[str] = ""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Reject invalid values and combinations. Sends no request."""
        checker = Checker(news)
        for name, field in self.fields.items():
            if field.required:
                checker.required(name)
            field.check(checker, name)
        self.rules(checker)
        return checker.result()

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the program's values with those in the state. Server defaults never differ."""
        changed = self.changed(olds, news)
        replaces = self.replaced(resource_id, olds, news)
        return DiffResult(
            changes=bool(changed or replaces), replaces=replaces, delete_before_replace=False
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Adopt or create the object, send the fields that differ, and read the object back."""
        with self._progress(props) as progress, self._control_plane.client() as client:
            resource_id, live = self.ensure(client, props, progress)
            names = list(self.fields)
            if live is not None:
                unseen = [name for name in self.secrets if name in props]
                names = [*self.differences(live, props), *unseen]
            secrets = self._create_only(live or {})
            change = Change(
                client,
                resource_id,
                live=live,
                olds={},
                news=props,
                names=names,
                progress=progress,
            )
            synced = self.sync(change) if self.needs_sync(change) else live
            live = self._settled(change, synced)
        return CreateResult(resource_id, {**self.outputs(live, self._with_given(props)), **secrets})

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        """Read the object for `pulumi refresh`.

        The state is kept if the API rejects the credentials: that is no sign of a deleted object.
        """
        from clickhouse_api import errors

        try:
            with self._control_plane.client() as client:
                live = self._observed(client, resource_id, props)
        except errors.AuthenticationFailed as error:
            engine.warn(
                engine.urn_in(props),
                f"cannot read {self.display_name} {resource_id}, its state is kept: {error}",
            )
            return ReadResult(resource_id, props)
        if live is None:
            return ReadResult("", {})
        return ReadResult(resource_id, self.outputs(live, props))

    def update(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Send the fields that the program changed or that differ in the cloud; read back."""
        with self._progress(news) as progress, self._control_plane.client() as client:
            live = self._observed(client, resource_id, news)
            if live is None:
                self.require_existing(resource_id)
            names = set(self.changed(olds, news)) | set(
                self.fields if live is None else self.differences(live, news)
            )
            change = Change(
                client,
                resource_id,
                live=live,
                olds=olds,
                news=news,
                names=sorted(names),
                progress=progress,
            )
            synced = self.sync(change) if self.needs_sync(change) else live
            live = self._settled(change, synced)
        outputs = self.outputs(live, self._with_given(news))
        return UpdateResult({**outputs, **self._create_only(olds)})

    def delete(self, resource_id: str, props: dict[str, Any]) -> None:
        """Delete the object. An object that does not exist is a success."""
        from clickhouse_api import errors

        with self._progress(props), self._control_plane.client() as client:
            try:
                self.remove(client, resource_id, props)
            except errors.NotFound:
                return

    # Hooks that subclasses implement or extend.

    def rules(self, checker: Checker) -> None:
        """Reject invalid combinations of valid values."""

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        """Return the object in the spelling of the inputs.

        An object that does not exist is None or raises `NotFound`.
        """
        raise NotImplementedError

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """Return the object's id, and the object if it exists."""
        raise NotImplementedError

    def sync(self, change: Change) -> Live | None:
        """Send the fields that `change` names.

        Returns:
            The object as the response has it; None if it must be read.
        """
        raise NotImplementedError

    def needs_sync(self, change: Change) -> bool:
        """Return whether `sync` has work to do; by default, whether any field differs."""
        return change.live is None or bool(change.names)

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the object; `NotFound` may be raised."""
        raise NotImplementedError

    def shown(self, live: Live, _wanted: Mapping[str, Any]) -> Live:
        """Return the part of the live object that this resource manages."""
        return {name: live[name] for name in self.fields if live.get(name) is not None}

    def require_existing(self, resource_id: str) -> None:
        """Raise if an update cannot create the missing object; by default, it creates it."""

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
        """Return the fields whose value the program changed. An unknown value is a change."""
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

    def replaced(
        self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> list[str]:
        """Return the fields whose new value needs a new object."""
        replaces = [name for name in self.changed(olds, news) if self.fields[name].replaces]
        if isinstance(news.get("adopt"), str) and news["adopt"] != resource_id:
            replaces.append("adopt")
        return replaces

    def outputs(self, live: Live, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return the properties to store in the state."""
        return {**props, **self.shown(live, props)}

    # The steps of the flow.

    def differences(self, live: Live, wanted: Mapping[str, Any]) -> list[str]:
        """Return the readable fields in which the live object differs from the inputs."""
        shown = self.shown(live, wanted)
        return [
            name
            for name, field in self.fields.items()
            if field.readable and name in wanted and not same(field, shown.get(name), wanted[name])
        ]

    def _progress(self, props: Mapping[str, Any]) -> engine.Progress:
        """Return a status line for operations that take long."""
        urn = engine.urn_in(props)
        return engine.Progress(urn, first=f"waiting for the {self.display_name}")

    def _with_given(self, props: Mapping[str, Any]) -> dict[str, Any]:
        """Add the names of the fields that the program set.

        They tell a field that the program no longer sets from a server default.
        """
        return {**props, "given": sorted(name for name in self.fields if name in props)}

    def _create_only(self, source: Mapping[str, Any]) -> dict[str, Any]:
        found = {name: source.get(name) for name in self.create_only_outputs}
        return {name: value for name, value in found.items() if value is not None}

    def _observed(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        from clickhouse_api import errors

        try:
            return self.observe(client, resource_id, props)
        except errors.NotFound:
            return None

    def _settled(self, change: Change, live: Live | None) -> Live:
        """Wait until the object has the wanted values.

        Args:
            live: the object as `sync` returned it; None to read it.
        """
        client, resource_id, news = change.client, change.resource_id, change.news

        def observe() -> Live | None:
            seen = self._observed(client, resource_id, news)
            if self.shared_field and seen is not None and self.differences(seen, news):
                # A process on another machine read before our write and wrote after it.
                seen = self.sync(replace(change, live=seen))
            return seen

        if live is None:
            live = self._observed(client, resource_id, news)
        poller = Poller(self.display_name, _SETTLE_SECONDS, intervals=SETTLE_INTERVALS)
        for seen in poller.observations(live, observe, lambda _live: ""):
            if seen is not None and not self.differences(seen, news):
                return seen
        raise ResourceError(self._unsettled(resource_id, seen, news))

    def _unsettled(self, resource_id: str, live: Live | None, news: Mapping[str, Any]) -> str:
        subject = f"{self.display_name} {resource_id}"
        message = f"{subject}: {_SETTLE_SECONDS:.0f} s after it was changed, the API"
        if live is None:
            return f"{message} does not have it"
        name = self.differences(live, news)[0]
        value = self.shown(live, news).get(name)
        return f"{message} still has another {name} than {news[name]!r}: {value!r}"
