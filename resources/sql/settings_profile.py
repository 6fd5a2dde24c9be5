"""`SettingsProfile`: settings and their bounds, for users and roles of a service.

Statements: `CREATE`, `ALTER`, `SHOW CREATE` and `DROP SETTINGS PROFILE`, over the service's HTTPS
interface.

    SettingsProfile(
        "small",
        SettingsProfileArgs(
            connection=connection_of(warehouse),
            name="small",
            settings={"max_threads": {"value": 2, "max": 4}, "max_execution_time": 60},
            to=[analysts.name],
        ),
    )

Another name or server replaces it; settings and whom they are for change in place, to exactly what
is listed. A profile that is there already is taken over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource

from resources.base.checker import Checker
from resources.base.errors import SqlError
from resources.sql.connection import Connection, Warehouse, quoted
from resources.sql.sql_resource import (
    NAME,
    SqlResourceProvider,
    deleted_with_service,
    flat,
    sql_literal,
)

__all__ = ["SettingsProfile", "SettingsProfileArgs", "SettingsProfileProvider"]

# THERE_IS_NO_PROFILE.
_UNKNOWN = 180
# What may be said of a setting, in the order of the statement.
_WORDS = {"value": "=", "min": "MIN", "max": "MAX"}


@dataclass(kw_only=True)
class SettingsProfileArgs:
    """Which one, and for whom.

    Attributes:
        connection: the server, and who changes it. Another `url` replaces.
        name: letters, digits and `_`. Replaces.
        settings: by name: a value, or any of `value`, `min`, `max` and `readonly` (nobody may
            change it). In place.
        to: names of users and roles. A set, in place. Default nobody.
    """

    connection: Connection
    name: pulumi.Input[str]
    settings: pulumi.Input[Mapping[str, Any]]
    to: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None


class SettingsProfileProvider(SqlResourceProvider):
    """Brings one profile to what the inputs say."""

    in_place = ("settings", "to")

    def rules(self, checker: Checker) -> None:
        """Names, and values that say something."""
        checker.required("settings")
        checker.text("name", pattern=NAME, allowed="letters, digits and _")
        checker.texts("to", pattern=NAME, allowed="names of letters, digits and _")
        settings = checker.known("settings")
        if settings is None:
            return
        if not isinstance(settings, Mapping):
            checker.reject("settings", "values by the names of settings")
            return
        for name, said in settings.items():
            if not re.fullmatch(NAME, name) or not _is_legal(said):
                shown = f"settings: {name!r} is {said!r}"
                allowed = "a value, or any of value, min, max, readonly"
                checker.failures.append(CheckFailure("settings", f"{shown}, allowed: {allowed}"))

    def ensure(self, server: Warehouse, _olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Make it, or bring the one that is there to the same."""
        name, body = quoted(news["name"]), _body(news)
        server.command(f"CREATE SETTINGS PROFILE IF NOT EXISTS {name} {body}")
        server.command(f"ALTER SETTINGS PROFILE {name} {body}")

    def observe(self, server: Warehouse, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """The statement that would make it, as the server has it."""
        try:
            shown = server.command(
                f"SHOW CREATE SETTINGS PROFILE {quoted(props['name'])} FORMAT TSVRaw"
            )
        except SqlError as error:
            if error.code == _UNKNOWN:
                return None
            raise
        return {"shown": shown.strip()}

    def remove(self, server: Warehouse, props: Mapping[str, Any]) -> None:
        """Drop it; it is no longer in force for anybody."""
        server.command(f"DROP SETTINGS PROFILE IF EXISTS {quoted(props['name'])}")


class SettingsProfile(Resource, module="clickhouse", name="SettingsProfile"):
    """A settings profile."""

    name: pulumi.Output[str]
    """Its name."""
    shown: pulumi.Output[str]
    """The statement that would make it, in the server's spelling."""

    def __init__(
        self,
        resource_name: str,
        args: SettingsProfileArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            SettingsProfileProvider(), resource_name, flat(args), deleted_with_service(args, opts)
        )


def _is_legal(said: Any) -> bool:
    if not isinstance(said, Mapping):
        return isinstance(said, str | int | float)
    values = [said[word] for word in _WORDS if word in said]
    return (
        bool(said)
        and set(said) <= {*_WORDS, "readonly"}
        and isinstance(said.get("readonly", False), bool)
        and all(isinstance(value, str | int | float) for value in values)
    )


def _body(props: Mapping[str, Any]) -> str:
    settings = ", ".join(_clause(name, said) for name, said in sorted(props["settings"].items()))
    to = ", ".join(quoted(name) for name in props.get("to") or [])
    return f"SETTINGS {settings or 'NONE'} TO {to or 'NONE'}"


def _clause(name: str, said: Any) -> str:
    said = said if isinstance(said, Mapping) else {"value": said}
    parts = [f"{word} {sql_literal(said[key])}" for key, word in _WORDS.items() if key in said]
    return " ".join([quoted(name), *parts, *(["READONLY"] if said.get("readonly") else [])])
