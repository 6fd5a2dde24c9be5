"""Answers statements about users, which the engine does not have: its users are in a file.

The engine itself checks who asks and parses the statement (`formatQuerySingleLine`), so that
errors and spelling are its own; what is left to read here is one canonical line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from local.clickhouse.accounts import ADMIN, Account
from local.clickhouse.engine import EngineFailed
from local.clickhouse.front.answers import ClickHouseError, error_from_text
from local.clickhouse.front.credentials import Identified
from local.clickhouse.front.grammar import (
    AlterUser,
    CreateUser,
    DropUser,
    Grant,
    Revoke,
    Statement,
    parse_statement,
    unsupported,
)
from local.clickhouse.front.plane import DataPlane

__all__ = ["StatementDesk", "is_for_the_desk"]

_COMMENTS = rb"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
_DESK = re.compile(
    _COMMENTS
    + rb"(?:(?:CREATE|ALTER|DROP)\s+(?:USER|ROLE)|GRANT|REVOKE|SET\s+DEFAULT\s+ROLE"
    + rb"|SHOW\s+(?:CREATE\s+USERS?|USERS|GRANTS))\b",
    re.IGNORECASE | re.DOTALL,
)
_FORMAT = re.compile(r"\s+FORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
# All but the engine's own and the front's own.
_SHOW_USERS = (
    "SELECT name FROM system.users WHERE name NOT IN ('default', '_monitor_') ORDER BY name"
)

Accounts = Mapping[str, Account]


def is_for_the_desk(query: bytes) -> bool:
    """Whether a query that begins like this is about users."""
    return _DESK.match(query) is not None


class StatementDesk:
    """Answers user statements of one service, for its admin alone."""

    def __init__(self, plane: DataPlane) -> None:
        self._plane = plane

    async def answer(self, text: str, identified: Identified, *, database: str | None) -> bytes:
        """Do what the statement says; durable and in force when this returns.

        Args:
            text: the statement as it came.
            identified: whose it is; the engine checks the password.
            database: the session's, for grants that name none.
        Returns:
            The answer's body: empty but for SHOW.
        Raises:
            ClickHouseError: refused, by the engine or here.
        """
        text = text.strip().rstrip(";")
        async with self._plane.entered():
            if re.match(r"\s*SHOW\b", text, re.IGNORECASE):
                return await self._show(text, identified)
            line = await self._canonical(text, identified)
        statement = parse_statement(line)
        if identified.user != ADMIN:
            raise ClickHouseError(
                497,
                "ACCESS_DENIED",
                f"{identified.user}: Not enough privileges. Locally only the user `default` may "
                "manage users",
                status=403,
            )
        try:
            await self._plane.change_accounts(
                lambda accounts: apply(statement, accounts, database=database)
            )
        except EngineFailed as error:
            raise ClickHouseError(
                36, "BAD_ARGUMENTS", "the engine does not start with these users; nothing changed"
            ) from error
        return b""

    async def _canonical(self, text: str, identified: Identified) -> str:
        quoted = text.replace("\\", "\\\\").replace("'", "\\'")
        query = f"SELECT formatQuerySingleLine('{quoted}') FORMAT TSVRaw"
        credentials = _only(identified.query, "user", "password")
        try:
            answer = await self._ask_engine(query, identified, credentials)
        except ClickHouseError as error:
            # The engine repeats the statement, and with it the password, as part of ours.
            message = str(error).partition(": In scope SELECT")[0]
            raise ClickHouseError(error.code, error.name, message, status=error.status) from None
        return answer.decode().rstrip("\n")

    async def _show(self, text: str, identified: Identified) -> bytes:
        found = _FORMAT.search(text)
        if re.match(r"\s*SHOW\s+USERS", text, re.IGNORECASE):
            text = _SHOW_USERS + (found[0] if found else "")
        else:
            text = re.sub(r"\bdefault\b|`default`", f"`{ADMIN}`", text)
        # All but the statement itself: formats, protocol version, database.
        parameters = _without(identified.query, "query", "compress")
        answer = await self._ask_engine(text, identified, parameters)
        # Binary formats, too: both names are of one length.
        return answer.replace(ADMIN.encode(), b"default")

    async def _ask_engine(self, query: str, identified: Identified, parameters: str) -> bytes:
        path = f"/?{parameters}"
        async with self._plane.sent("POST", path, identified.headers, query.encode()) as answer:
            body = await answer.read()
            if answer.status == 200:
                return body
        raise error_from_text(body.decode(), status=answer.status)


def _only(query: str, *names: str) -> str:
    """Those parts of a raw query string that have one of these names."""
    return "&".join(part for part in query.split("&") if part.partition("=")[0] in names)


def _without(query: str, *names: str) -> str:
    return "&".join(part for part in query.split("&") if part.partition("=")[0] not in names)


def apply(statement: Statement, accounts: Accounts, *, database: str | None = None) -> Accounts:
    """The accounts after a statement.

    Raises:
        ClickHouseError: a user exists already, or does not.
    """
    match statement:
        case CreateUser():
            return _create(statement, accounts)
        case AlterUser():
            return _alter(statement, accounts)
        case DropUser():
            return _drop(statement, accounts)
        case Grant():
            return _grant(statement, accounts, database)
        case Revoke():
            return _revoke(statement, accounts, database)


def _create(statement: CreateUser, accounts: Accounts) -> Accounts:
    after = dict(accounts)
    for name in statement.names:
        if name in after:
            if statement.if_not_exists:
                continue
            if not statement.or_replace:
                raise ClickHouseError(
                    493,
                    "ACCESS_ENTITY_ALREADY_EXISTS",
                    f"user `{name}`: cannot insert because user `{name}` already exists",
                )
            if name == ADMIN:
                raise ClickHouseError(
                    495, "ACCESS_STORAGE_READONLY", "The user `default` cannot be replaced"
                )
        if statement.password is None:
            raise ClickHouseError(
                36, "BAD_ARGUMENTS", f"user `{name}` needs a password: IDENTIFIED BY is missing"
            )
        kind, digest = statement.password
        after[name] = Account(
            name,
            digest,
            hash_kind=kind,
            database=statement.database or None,
            settings=statement.settings or {},
        )
    return after


def _alter(statement: AlterUser, accounts: Accounts) -> Accounts:
    after = dict(accounts)
    for name in _present(statement.names, accounts, if_exists=statement.if_exists):
        account = after[name]
        if statement.password is not None:
            kind, digest = statement.password
            account = replace(account, password_hash=digest, hash_kind=kind)
        if statement.database is not None:
            account = replace(account, database=statement.database or None)
        if statement.settings is not None:
            account = replace(account, settings=statement.settings)
        after[name] = account
    return after


def _drop(statement: DropUser, accounts: Accounts) -> Accounts:
    gone = set(_present(statement.names, accounts, if_exists=statement.if_exists))
    if ADMIN in gone:
        raise ClickHouseError(
            495, "ACCESS_STORAGE_READONLY", "The user `default` cannot be dropped"
        )
    return {name: account for name, account in accounts.items() if name not in gone}


def _grant(statement: Grant, accounts: Accounts, database: str | None) -> Accounts:
    after = dict(accounts)
    clause = _with_database(statement.clause, database)
    for name in _present(statement.names, accounts):
        account = after[name]
        held = () if statement.replace else account.grants
        if clause not in held:
            after[name] = replace(account, grants=(*held, clause))
    return after


def _revoke(statement: Revoke, accounts: Accounts, database: str | None) -> Accounts:
    after = dict(accounts)
    clause = _with_database(statement.clause, database)
    for name in _present(statement.names, accounts):
        # Nothing granted, nothing to take: and no need to exchange the engine.
        if after[name].grants:
            after[name] = replace(after[name], grants=(*after[name].grants, clause))
    return after


def _present(
    names: tuple[str, ...], accounts: Accounts, *, if_exists: bool = False
) -> tuple[str, ...]:
    for name in names:
        if name not in accounts and not if_exists:
            raise ClickHouseError(
                192, "UNKNOWN_USER", f"There is no user `{name}` in user directories"
            )
    return tuple(name for name in names if name in accounts)


def _with_database(clause: str, database: str | None) -> str:
    """A grant `ON table` is on the session's database; in the users file there is no session."""
    found = re.search(r"^(.*) ON (`(?:[^`\\]|\\.)*`|\w+|\*)( WITH GRANT OPTION)?$", clause)
    if found is None or re.search(r"\b(READ|WRITE|DEFINER|ENGINE|COLLECTION|USER)\b", found[1]):
        return clause
    if not re.fullmatch(r"\w+", database or "default"):
        raise unsupported(f"a grant without a database in a session on {database!r}")
    return f"{found[1]} ON {database or 'default'}.{found[2]}{found[3] or ''}"
