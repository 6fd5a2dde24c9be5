"""What the resources inside a server share: how a name is checked, and one order of doing things.

A resource says what is legal (`rules`), what replaces and what changes in place, and has three
steps: `ensure` brings the server to what the inputs say, whatever is there already; `observe` says
what is there; `remove` takes it away, and what is gone already is a success. So an interrupted run
is simply run again: nothing here has an id that could be lost.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from resources.base import pulumi_engine as engine
from resources.base.checker import Checker, is_known
from resources.base.errors import ServiceGone, ServiceStopped
from resources.base.provider import Provider
from resources.sql.connection import CONNECTION, Warehouse

__all__ = ["NAME", "SqlResourceProvider", "deleted_with_service", "differs", "flat", "sql_literal"]

# What needs no thought in any statement, and may be the name of anything.
NAME = r"[A-Za-z_][A-Za-z0-9_]{0,62}"


class SqlResourceProvider(Provider):
    """The flow that all share.

    Attributes:
        replaces: another value is another thing.
        in_place: another value is sent.
        watched: whether the server's own words are kept, so that drift in them is seen.
    """

    replaces: ClassVar[Sequence[str]] = ("url", "name")
    in_place: ClassVar[Sequence[str]] = ()
    watched: ClassVar[bool] = True

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Whatever becomes part of SQL must be what it seems."""
        checker = Checker(news)
        checker.required("url", *self.replaces)
        self.rules(checker)
        return checker.result()

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare with what was last seen; what is not known yet is taken to stay."""
        replaces = [name for name in self.replaces if differs(name, olds, news)]
        changed = any(differs(name, olds, news) for name in (*self.in_place, *CONNECTION))
        # The server's own words: not what they were after the last change, so somebody else's.
        drifted = olds.get("shown") != olds.get("applied")
        return DiffResult(
            changes=bool(replaces) or changed or drifted,
            replaces=replaces,
            delete_before_replace=False,
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make it, or take over what is there."""
        return CreateResult(self.id_of(props), self._ensured({}, props))

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        """What the server has, for `pulumi refresh`, which never starts a stopped service."""
        try:
            live = self.observe(self.server(props, may_start=False), props)
        except ServiceGone:
            live = None
        except ServiceStopped as stopped:
            said = f"{resource_id} is taken to be as it was last seen: {stopped}"
            engine.info(props.get("resource_urn", ""), said)
            return ReadResult(resource_id, props)
        return ReadResult("", {}) if live is None else ReadResult(resource_id, {**props, **live})

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Change what differs."""
        return UpdateResult(self._ensured(olds, news))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Remove it; what is gone already is a success.

        A stopped service is not started for it, or it would go on running afterwards.
        """
        with contextlib.suppress(ServiceGone):
            self.remove(self.server(props, may_start=False), props)

    # What a resource says about itself.

    def rules(self, checker: Checker) -> None:
        """Note what is illegal."""
        raise NotImplementedError

    def id_of(self, props: Mapping[str, Any]) -> str:
        """What tells it from others of its kind in this server."""
        return str(props["name"])

    def ensure(self, server: Warehouse, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Bring the server to what `news` says; `olds` is empty on create."""
        raise NotImplementedError

    def observe(self, server: Warehouse, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Properties as the server has them; None where there is no such thing.

        `shown`, the server's own words, is compared with what it was after our last change.
        """
        raise NotImplementedError

    def remove(self, server: Warehouse, props: Mapping[str, Any]) -> None:
        """Take it away."""
        raise NotImplementedError

    def server(self, props: Mapping[str, Any], *, may_start: bool = True) -> Warehouse:
        """The server that the inputs name."""
        return Warehouse.of(props, control_plane=self._control_plane, may_start=may_start)

    def _ensured(self, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        server = self.server(news)
        self.ensure(server, olds, news)
        if not self.watched:
            return news
        shown = (self.observe(server, news) or {}).get("shown")
        return {**news, "shown": shown, "applied": shown}


def flat(args: Any) -> dict[str, Any]:
    """A resource's inputs: its args, with the connection's fields among them."""
    found = {field.name: getattr(args, field.name) for field in fields(args)}
    connection = found.pop("connection")
    return {**found, **connection.inputs()}


def deleted_with_service(args: Any, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Options of what holds no data: where its service is deleted, too, it is not removed first.

    So a stack with a stopped service can be destroyed. A service that outlives its stack
    (`retain_on_delete`) gives nothing to go with.
    """
    service = args.connection.service
    if service is None or service.outlives_its_stack:
        return opts or pulumi.ResourceOptions()
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(deleted_with=service), opts)


def differs(name: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether a property differs; one that is not known yet is taken to stay as it is.

    Otherwise scaling the service would show what is inside it replaced in the preview, only
    because Pulumi cannot know beforehand that the address stays.
    """
    return is_known(news.get(name)) and bool(olds.get(name) != news.get(name))


def sql_literal(value: Any) -> str:
    """A value as SQL has it: numbers and flags as they are, anything else in quotes."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int | float):
        return str(value)
    quoted = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"
