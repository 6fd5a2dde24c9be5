"""Executes statements about users, roles and profiles, which the engine reads from a file.

The engine checks the password and parses the statement (`formatQuerySingleLine`), so that errors
and syntax are the engine's. This module only parses the canonical line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from local.clickhouse.engine import EngineFailed
from local.clickhouse.proxy.account_changes import apply, unknown_profile
from local.clickhouse.proxy.account_grammar import parse_statement
from local.clickhouse.proxy.credentials import Identified
from local.clickhouse.proxy.data_plane import DataPlane
from local.clickhouse.proxy.protocol_errors import ClickHouseError, error_from_text
from local.clickhouse.proxy.sql_tokens import SqlTokens
from local.clickhouse.proxy.statements import (
    AlterProfile,
    AlterUser,
    CreateProfile,
    CreateUser,
    Statement,
)
from local.clickhouse.sql_accounts import ADMIN, Profile, Setting, inner_name

__all__ = ["AccountStatements", "is_account_statement"]

_COMMENTS = rb"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
_ACCOUNT_STATEMENT = re.compile(
    _COMMENTS
    + rb"(?:(?:CREATE|ALTER|DROP)\s+(?:USER|ROLE|(?:SETTINGS\s+)?PROFILE)|GRANT|REVOKE"
    + rb"|SET\s+DEFAULT\s+ROLE"
    + rb"|SHOW\s+(?:CREATE\s+(?:USERS?|(?:SETTINGS\s+)?PROFILES?)|USERS|GRANTS"
    + rb"|(?:SETTINGS\s+)?PROFILES))\b",
    re.IGNORECASE | re.DOTALL,
)
_TOO_MANY_SIMULTANEOUS_QUERIES = 202
_FORMAT = re.compile(r"\s+FORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
# Omits the users of the engine and of the proxy.
_SHOW_USERS = (
    "SELECT name FROM system.users WHERE name NOT IN ('default', '_monitor_') ORDER BY name"
)
_SHOW_PROFILES = (
    "SELECT name FROM system.settings_profiles WHERE name NOT IN ('default', 'engine') "
    "AND NOT startsWith(name, 'of_') ORDER BY name"
)
_PROFILE = re.compile(r"\s*SHOW\s+CREATE\s+(?:SETTINGS\s+)?PROFILES?\b", re.IGNORECASE)


def is_account_statement(query: bytes) -> bool:
    """Return whether a query with this beginning is about users, roles or profiles."""
    return _ACCOUNT_STATEMENT.match(query) is not None


class AccountStatements:
    """Executes statements about accounts for one service. Only the admin may send them."""

    def __init__(self, plane: DataPlane) -> None:
        self._plane = plane

    async def execute(self, text: str, identified: Identified, *, database: str | None) -> bytes:
        """Execute a statement. Its effect is durable and in force when this returns.

        Args:
            text: the statement of the client.
            identified: the client's credentials; the engine checks the password.
            database: database of the session, for grants that name none.
        Returns:
            The body of the response, which is empty except for SHOW.
        Raises:
            ClickHouseError: the engine or this module rejects the statement.
        """
        text = text.strip().rstrip(";")
        async with self._plane.entered():
            if re.match(r"\s*SHOW\b", text, re.IGNORECASE):
                return await self._show(text, identified)
            line = await self._canonical(text, identified)
            statement = parse_statement(line)
            _require_admin(identified)
            # The engine would not start with an unknown setting.
            for settings in _settings(statement):
                await self._check(settings)
        try:
            await self._plane.change_directory(
                lambda found: apply(statement, found, database=database)
            )
        except EngineFailed as error:
            raise ClickHouseError(
                36, "BAD_ARGUMENTS", "the engine does not start with these users; nothing changed"
            ) from error
        return b""

    async def _check(self, settings: str) -> None:
        """Raise the engine's error if it rejects the setting."""
        try:
            await self._plane.query(f"SELECT 1 SETTINGS {settings}")
        except ClickHouseError as error:
            # The setting limits this query as well, while other queries of this user run.
            if error.code != _TOO_MANY_SIMULTANEOUS_QUERIES:
                raise

    async def _canonical(self, text: str, identified: Identified) -> str:
        quoted = text.replace("\\", "\\\\").replace("'", "\\'")
        query = f"SELECT formatQuerySingleLine('{quoted}') FORMAT TSVRaw"
        credentials = _only(identified.query, "user", "password")
        try:
            response = await self._query_engine(query, identified, credentials)
        except ClickHouseError as error:
            # The engine's message contains the whole query, and with it the password.
            message = str(error).partition(": In scope SELECT")[0]
            raise ClickHouseError(error.code, error.name, message, status=error.status) from None
        return response.decode().rstrip("\n")

    async def _show(self, text: str, identified: Identified) -> bytes:
        found = _FORMAT.search(text)
        form = found[0] if found else ""
        if re.match(r"\s*SHOW\s+USERS", text, re.IGNORECASE):
            text = _SHOW_USERS + form
        elif re.match(r"\s*SHOW\s+(SETTINGS\s+)?PROFILES", text, re.IGNORECASE):
            text = _SHOW_PROFILES + form
        elif profile := _PROFILE.match(text):
            _require_admin(identified)
            names = text[profile.end() :].removesuffix(form)
            text = self._show_create_profiles(names) + form
        else:
            text = re.sub(r"\bdefault\b|`default`", f"`{ADMIN}`", text)
        # All parameters except the statement: formats, protocol version, database.
        parameters = _without(identified.query, "query", "compress")
        response = await self._query_engine(text, identified, parameters)
        # This is safe in binary formats as well, because both names have the same length.
        return response.replace(ADMIN.encode(), b"default")

    def _show_create_profiles(self, names: str) -> str:
        # The engine does not return the users and roles of a profile.
        profiles = self._plane.directory.profiles
        wanted = SqlTokens(names).names() if names.strip() else tuple(profiles)
        for name in wanted:
            if name not in profiles:
                raise unknown_profile(name)
        lines = ", ".join(_text(_create_statement(profiles[name])) for name in wanted)
        return f"SELECT arrayJoin([{lines}]::Array(String)) AS `CREATE SETTINGS PROFILE`"

    async def _query_engine(self, query: str, identified: Identified, parameters: str) -> bytes:
        path = f"/?{parameters}"
        async with self._plane.send("POST", path, identified.headers, query.encode()) as response:
            body = await response.read()
            if response.status == 200:
                return body
        raise error_from_text(body.decode(), status=response.status)


def _only(query: str, *names: str) -> str:
    """Return the parameters with one of these names from a raw query string."""
    return "&".join(part for part in query.split("&") if part.partition("=")[0] in names)


def _without(query: str, *names: str) -> str:
    return "&".join(part for part in query.split("&") if part.partition("=")[0] not in names)


def _require_admin(identified: Identified) -> None:
    if identified.user != ADMIN:
        raise ClickHouseError(
            497,
            "ACCESS_DENIED",
            f"{identified.user}: Not enough privileges. Locally only the user `default` may "
            "manage users",
            status=403,
        )


def _settings(statement: Statement) -> Iterable[str]:
    """Yield `name = value` of each setting, and of each of its bounds, in a statement."""
    if isinstance(statement, CreateUser | AlterUser | CreateProfile | AlterProfile):
        for name, setting in statement.settings.put.items():
            for value in (setting.value, setting.minimum, setting.maximum):
                if value is not None:
                    yield f"`{name}` = {_text(value)}"


def _create_statement(profile: Profile) -> str:
    settings = ", ".join(_clause(name, setting) for name, setting in profile.settings.items())
    to = ", ".join("default" if name == inner_name("default") else name for name in profile.to)
    return (
        f"CREATE SETTINGS PROFILE `{profile.name}`"
        f"{f' SETTINGS {settings}' if settings else ''}{f' TO {to}' if to else ''}"
    )


def _clause(name: str, setting: Setting) -> str:
    parts = (("=", setting.value), ("MIN", setting.minimum), ("MAX", setting.maximum))
    shown = "".join(f" {word} {_value(value)}" for word, value in parts if value is not None)
    return f"{name}{shown}{f' {setting.writability}' if setting.writability else ''}"


def _value(text: str) -> str:
    return text if re.fullmatch(r"-?\d+(\.\d+)?|true|false", text) else _text(text)


def _text(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"
