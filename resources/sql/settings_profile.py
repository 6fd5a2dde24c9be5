"""`SettingsProfile`: settings and their limits, for users and roles of a service.

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

A change of the name or the server replaces the profile. The settings, and the users and roles that
they apply to, change in place to exactly those listed. An existing profile of that name is adopted.
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
from resources.sql.connection import Connection
from resources.sql.sql_resource import (
    NAME,
    SqlResourceProvider,
    deleted_with_service,
    flat,
    sql_literal,
)
from resources.sql.sql_server import SqlServer, quoted

__all__ = ["SettingsProfile", "SettingsProfileArgs", "SettingsProfileProvider"]

# THERE_IS_NO_PROFILE.
_UNKNOWN = 180
# Keys of a setting -> their spelling in the statement, in its order.
_KEYWORDS = {"value": "=", "min": "MIN", "max": "MAX"}


@dataclass(kw_only=True)
class SettingsProfileArgs:
    """Arguments of a profile.

    Attributes:
        connection: the server, and the user that runs the statements. A change of its `url`
            replaces.
        name: letters, digits and `_`. Replaces.
        settings: name of a setting -> its value, or a mapping with any of `value`, `min`, `max` and
            `readonly` (a query cannot change the setting). In place.
        to: names of the users and roles that the profile applies to. Default: none. A set, in
            place.
    """

    connection: Connection
    name: pulumi.Input[str]
    settings: pulumi.Input[Mapping[str, Any]]
    to: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None


class SettingsProfileProvider(SqlResourceProvider):
    """Creates, changes and deletes one profile."""

    in_place = ("settings", "to")

    def rules(self, checker: Checker) -> None:
        """Check names and values."""
        checker.required("settings")
        checker.text("name", pattern=NAME, allowed="letters, digits and _")
        checker.texts("to", pattern=NAME, allowed="names of letters, digits and _")
        settings = checker.known("settings")
        if settings is None:
            return
        if not isinstance(settings, Mapping):
            checker.reject("settings", "values by the names of settings")
            return
        for name, setting in settings.items():
            if not re.fullmatch(NAME, name) or not _is_valid(setting):
                shown = f"settings: {name!r} is {setting!r}"
                allowed = "a value, or any of value, min, max, readonly"
                checker.failures.append(CheckFailure("settings", f"{shown}, allowed: {allowed}"))

    def ensure(self, server: SqlServer, _olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Create the profile, or change an existing one to the same content."""
        name, body = quoted(news["name"]), _body(news)
        server.command(f"CREATE SETTINGS PROFILE IF NOT EXISTS {name} {body}")
        server.command(f"ALTER SETTINGS PROFILE {name} {body}")

    def observe(self, server: SqlServer, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Read the statement that would create the profile, as the server spells it."""
        try:
            shown = server.command(
                f"SHOW CREATE SETTINGS PROFILE {quoted(props['name'])} FORMAT TSVRaw"
            )
        except SqlError as error:
            if error.code == _UNKNOWN:
                return None
            raise
        return {"shown": shown.strip()}

    def remove(self, server: SqlServer, props: Mapping[str, Any]) -> None:
        """Drop the profile. Its users and roles lose its settings."""
        server.command(f"DROP SETTINGS PROFILE IF EXISTS {quoted(props['name'])}")


class SettingsProfile(Resource, module="clickhouse", name="SettingsProfile"):
    """A settings profile."""

    name: pulumi.Output[str]
    """Name of the profile."""
    shown: pulumi.Output[str]
    """The statement that would create the profile, as the server spells it."""

    def __init__(
        self,
        resource_name: str,
        args: SettingsProfileArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            SettingsProfileProvider(), resource_name, flat(args), deleted_with_service(args, opts)
        )


def _is_valid(setting: Any) -> bool:
    if not isinstance(setting, Mapping):
        return isinstance(setting, str | int | float)
    values = [setting[key] for key in _KEYWORDS if key in setting]
    return (
        bool(setting)
        and set(setting) <= {*_KEYWORDS, "readonly"}
        and isinstance(setting.get("readonly", False), bool)
        and all(isinstance(value, str | int | float) for value in values)
    )


def _body(props: Mapping[str, Any]) -> str:
    settings = ", ".join(_clause(name, value) for name, value in sorted(props["settings"].items()))
    to = ", ".join(quoted(name) for name in props.get("to") or [])
    return f"SETTINGS {settings or 'NONE'} TO {to or 'NONE'}"


def _clause(name: str, setting: Any) -> str:
    setting = setting if isinstance(setting, Mapping) else {"value": setting}
    parts = [
        f"{word} {sql_literal(setting[key])}" for key, word in _KEYWORDS.items() if key in setting
    ]
    return " ".join([quoted(name), *parts, *(["READONLY"] if setting.get("readonly") else [])])
