"""The common base of the resources inside a server: checks of names, and one lifecycle.

A resource declares its valid values (`rules`) and which properties replace it or change in place.
It has three steps. `ensure` creates or changes the object until it matches the inputs. `observe`
reads the object. `remove` deletes it, and succeeds if it does not exist. The objects have no
generated id that could be lost, so after an interruption the same run is repeated.
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
from resources.base.errors import AccessDenied, ServiceGone, ServiceStopped
from resources.base.provider import Provider
from resources.sql.connection import CONNECTION
from resources.sql.sql_server import SqlServer

__all__ = ["NAME", "SqlResourceProvider", "deleted_with_service", "differs", "flat", "sql_literal"]

# Names that are valid in every statement and for every kind of object.
NAME = r"[A-Za-z_][A-Za-z0-9_]{0,62}"


class SqlResourceProvider(Provider):
    """The lifecycle of a resource inside a server.

    Attributes:
        replaces: properties whose change replaces the object.
        in_place: properties whose change is sent to the server.
        watched: whether the state keeps the server's spelling of the object (`shown`), to detect
            changes by other clients.
    """

    replaces: ClassVar[Sequence[str]] = ("url", "name")
    in_place: ClassVar[Sequence[str]] = ()
    watched: ClassVar[bool] = True

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Check every value that becomes part of a statement."""
        checker = Checker(news)
        checker.required("url", *self.replaces)
        self.rules(checker)
        return checker.result()

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare with the state. A value that is not known yet counts as unchanged."""
        replaces = [name for name in self.replaces if differs(name, olds, news)]
        changed = any(differs(name, olds, news) for name in (*self.in_place, *CONNECTION))
        # The server's spelling differs from that after our last change: another client changed it.
        drifted = olds.get("shown") != olds.get("applied")
        return DiffResult(
            changes=bool(replaces) or changed or drifted,
            replaces=replaces,
            delete_before_replace=False,
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Create the object, or adopt an existing one of that name."""
        return CreateResult(self.id_of(props), self._ensured({}, props))

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        """Read the object for `pulumi refresh`, which never starts a stopped service.

        The state is kept if the server or the API rejects the credentials.
        """
        from clickhouse_api import errors

        try:
            live = self.observe(self.server(props, may_start=False), props)
        except ServiceGone:
            live = None
        except ServiceStopped as stopped:
            engine.info(engine.urn_in(props), self._not_read(resource_id, stopped))
            return ReadResult(resource_id, props)
        except (AccessDenied, errors.AuthenticationFailed) as error:
            # The object may exist: these credentials cannot read it.
            engine.warn(engine.urn_in(props), self._not_read(resource_id, error))
            return ReadResult(resource_id, props)
        return ReadResult("", {}) if live is None else ReadResult(resource_id, {**props, **live})

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Change the properties that differ."""
        return UpdateResult(self._ensured(olds, news))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Delete the object. A missing object is a success.

        A delete does not start a stopped service, because the service would then continue to run.
        """
        with contextlib.suppress(ServiceGone):
            self.remove(self.server(props, may_start=False), props)

    # Overridden by each resource.

    def rules(self, checker: Checker) -> None:
        """Report invalid values to the checker."""
        raise NotImplementedError

    def id_of(self, props: Mapping[str, Any]) -> str:
        """Return an id that is unique among the objects of this kind in the server."""
        return str(props["name"])

    def ensure(self, server: SqlServer, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Create or change the object until it matches `news`. `olds` is empty on create."""
        raise NotImplementedError

    def observe(self, server: SqlServer, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the object's properties in the server, or None if it does not exist.

        `shown`, the server's spelling of it, is compared with the one after our last change.
        """
        raise NotImplementedError

    def remove(self, server: SqlServer, props: Mapping[str, Any]) -> None:
        """Delete the object."""
        raise NotImplementedError

    def server(self, props: Mapping[str, Any], *, may_start: bool = True) -> SqlServer:
        """Return the server in the inputs."""
        return SqlServer.of(props, control_plane=self._control_plane, may_start=may_start)

    def _not_read(self, resource_id: str, reason: Exception) -> str:
        kind = type(self).__name__.removesuffix("Provider")
        return f"{kind} {resource_id!r} was not read, its state is kept: {reason}"

    def _ensured(self, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        server = self.server(news)
        self.ensure(server, olds, news)
        if not self.watched:
            return news
        shown = (self.observe(server, news) or {}).get("shown")
        return {**news, "shown": shown, "applied": shown}


def flat(args: Any) -> dict[str, Any]:
    """Return a resource's inputs: its args, with the connection's fields on the same level."""
    found = {field.name: getattr(args, field.name) for field in fields(args)}
    connection = found.pop("connection")
    return {**found, **connection.inputs()}


def deleted_with_service(args: Any, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return the options of a resource that has no data and is deleted with its service.

    If the same run deletes the service, Pulumi does not delete the resource first. So a stack with
    a stopped service can be destroyed. The options do not apply to a service that outlives its
    stack (`retain_on_delete`).
    """
    service = args.connection.service
    if service is None or service.outlives_its_stack:
        return opts or pulumi.ResourceOptions()
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(deleted_with=service), opts)


def differs(name: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Return whether a property differs. A value that is not known yet counts as unchanged.

    Otherwise a preview that scales the service would show all resources in it as replaced, because
    Pulumi cannot predict that the service keeps its address.
    """
    return is_known(news.get(name)) and bool(olds.get(name) != news.get(name))


def sql_literal(value: Any) -> str:
    """Return a value as SQL writes it: numbers and booleans as they are, all others in quotes."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int | float):
        return str(value)
    quoted = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"
