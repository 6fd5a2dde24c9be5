"""What the resources beside a service share: fields declared once, and one order of doing things.

A resource says which fields it has (`Field`: what is legal, what replaces, what the API reads
back) and what its few calls are (`observe`, `sync`, `remove`, and `post` where something is made);
`Declared` does the rest, the same for all:

- `check` names property, value and what is allowed; no cloud is called.
- `diff` compares what the program sets with what was last seen. Server defaults never differ.
- `create` and `update` observe, ensure that the thing exists, send what differs, read back until
  it is so. `delete` of what is gone is a success; `read` of it says so.

`Part` is for what a service or an organization has one of: it is put there, so a lost answer costs
nothing. `Made` is for what a POST makes: it is noted before it is sent, and found again by its mark
if the answer is lost. The marks are those of `ownership`; `named_receipt` removes them.

Nothing here imports more than a provider's process has loaded anyway: the client is imported when
a cloud is called.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import (
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

from resources import engine
from resources.attempts import IN_FLIGHT_SECONDS, Attempt
from resources.checking import Checker, whole_number
from resources.control_plane import ControlPlane
from resources.errors import ResourceError
from resources.fields import Field, same
from resources.ownership import Owner, stack_mark

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = [
    "Declared",
    "Live",
    "Made",
    "Part",
    "marks_of",
    "plain",
    "with_secrets",
]

Live = dict[str, Any]

# What was sent shows in the next answer or soon after; waiting costs one request per interval.
_SETTLE_SECONDS = 60.0
_LOOK_INTERVAL_SECONDS = 5.0


class Declared(ResourceProvider):
    """The flow that all share; a subclass says what is particular.

    Attributes:
        what: what to call the thing in messages.
        fields: its properties, by name; a test compares them with the API's document.
        kept: outputs that only the creating answer had, secrets above all.
    """

    # Nothing secret is pickled into it, and as a plain value it costs no decryption.
    serialize_as_secret_always = False

    what: ClassVar[str]
    fields: ClassVar[Mapping[str, Field]]
    kept: ClassVar[tuple[str, ...]] = ()

    def configure(self, req: ConfigureRequest) -> None:
        """Remember where the control plane is."""
        engine.attach()
        self._control_plane = ControlPlane(req.config.get)

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
        with self._control_plane.client() as client:
            resource_id, live = self.ensure(client, props, engine.Progress(_urn(props)))
            names = list(self.fields) if live is None else self.differences(live, props)
            kept = {name: (live or {}).get(name) for name in self.kept}
            live = self._synced(client, resource_id, live, {}, props, names)
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
        with self._control_plane.client() as client:
            live = self._observed(client, resource_id, news)
            if live is None:
                self.require_existing(resource_id)
            names = set(self._changed(olds, news)) | set(
                self.fields if live is None else self.differences(live, news)
            )
            live = self._synced(client, resource_id, live, olds, news, sorted(names))
        kept = {name: olds.get(name) for name in self.kept}
        return UpdateResult({**self._outputs(news, live), **kept})

    def delete(self, resource_id: str, props: dict[str, Any]) -> None:
        """Remove it; what is gone already is a success."""
        from clickhouse_api import errors

        with self._control_plane.client() as client:
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

    def sync(
        self,
        client: Client,
        resource_id: str,
        live: Live | None,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        names: Sequence[str],
    ) -> Live | None:
        """Send the fields that `names` names; one that `news` has not is reset.

        Args:
            live: as it is now; None where a part is not there yet.
            olds: what this resource answered for until now; empty on create.
            news: what it should be.
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

    def _synced(
        self,
        client: Client,
        resource_id: str,
        live: Live | None,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        names: Sequence[str],
    ) -> Live:
        if live is not None and not names:
            return live
        live = self.sync(client, resource_id, live, olds, news, names)
        deadline = time.monotonic() + _SETTLE_SECONDS
        if live is None:
            live = self._observed(client, resource_id, news)
        while live is None or self.differences(live, news):
            if time.monotonic() >= deadline:
                raise ResourceError(self._unsettled(resource_id, live, news))
            time.sleep(_LOOK_INTERVAL_SECONDS)
            live = self._observed(client, resource_id, news)
        return live

    def _unsettled(self, resource_id: str, live: Live | None, news: Mapping[str, Any]) -> str:
        said = f"{self.what} {resource_id}: {_SETTLE_SECONDS:.0f} s after it was changed, the API"
        if live is None:
            return f"{said} does not have it"
        name = self.differences(live, news)[0]
        return f"{said} still has another {name} than {news[name]!r}: {live.get(name)!r}"


class Part(Declared):
    """Something a service or an organization has one of; its id is that of its parent.

    Attributes:
        parent: the field whose value is the id.
        clobbers: False refuses to overwrite what others set, unless the resource has `adopt`.
    """

    parent: ClassVar[str] = "service_id"
    clobbers: ClassVar[bool] = True

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
        if occupied and not self.clobbers and not props.get("adopt"):
            raise ResourceError(
                f"{self.parent} {resource_id} has a {self.what} already, and this one would "
                "overwrite it: `adopt=True` says that it may"
            )
        return resource_id, live

    def is_occupied(self, _live: Live) -> bool:
        """Whether what is there is more than an absence."""
        return True


class Made(Declared):
    """Something that a POST makes, with an id of its own."""

    # What a POST returned once cannot be had again: then a leftover is of no use.
    reusable: ClassVar[bool] = True

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Make it; the request carries the owner's mark."""
        raise NotImplementedError

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """What interrupted runs of this resource made, and no state knows of."""
        raise NotImplementedError

    def require_existing(self, resource_id: str) -> None:
        """An id cannot be made again."""
        raise ResourceError(f"{self.what} {resource_id} is gone; `pulumi refresh` will notice that")

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """The one to adopt, what an interrupted run left, or a new one. Never POSTs twice."""
        if props.get("adopt"):
            live = self._observed(client, props["adopt"], props)
            if live is None:
                raise ResourceError(f"adopt: there is no {self.what} {props['adopt']}")
            return props["adopt"], live
        attempt = Attempt(Owner.of(props))
        left = self._left(client, props, progress, attempt.seconds_left())
        attempt.forget()
        if left is not None:
            return left
        from clickhouse_api import errors

        try:
            with attempt.noted():
                return self.post(client, props)
        except errors.ClickHouseApiError as error:
            if not error.maybe_applied:
                raise
            lost = error
        return self._after_lost_answer(client, props, progress, lost)

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
                f"making a {self.what}: {lost}. It has not appeared since; if it does, the next "
                "`pulumi up` deals with it"
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
            progress(f"an answer was lost, looking for the {self.what} it was about")
            time.sleep(min(_LOOK_INTERVAL_SECONDS, left))
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


def plain(model: Any) -> Live:
    """An answer as a property bag: snake_case names, no nulls, whole numbers whole."""
    dumped: Live = _whole(model.model_dump(mode="json", exclude_none=True))
    return dumped


def marks_of(
    cls: type[Resource], resource_name: str, opts: pulumi.ResourceOptions | None
) -> dict[str, Any]:
    """The inputs that `ownership` needs: which resource of which stack this is."""
    parent = opts.parent if opts else None
    return {
        "resource_urn": pulumi.create_urn(
            resource_name, f"pulumi-python:{cls._resource_type_name}", parent
        ),
        "stack_mark": stack_mark(
            pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()
        ),
    }


def with_secrets(opts: pulumi.ResourceOptions | None, *names: str) -> pulumi.ResourceOptions:
    """The options, with these outputs as secrets."""
    return pulumi.ResourceOptions.merge(
        opts, pulumi.ResourceOptions(additional_secret_outputs=list(names))
    )


def _urn(props: Mapping[str, Any]) -> str:
    return str(props.get("resource_urn") or "")


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return whole_number(value)
