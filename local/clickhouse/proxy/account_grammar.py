"""Parses statements about users, roles and profiles, in the engine's canonical form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import TypedDict

from local.clickhouse.proxy.protocol_errors import ClickHouseError
from local.clickhouse.proxy.sql_tokens import SqlTokens, checked_names, unsupported
from local.clickhouse.proxy.statements import (
    AlterProfile,
    AlterUser,
    CreateProfile,
    CreateRole,
    CreateUser,
    DropProfile,
    DropRole,
    DropUser,
    GrantRoles,
    GrantStatement,
    Revoke,
    RevokeRoles,
    SettingsChange,
    Statement,
)
from local.clickhouse.sql_accounts import Setting, sha256_hex

__all__ = ["parse_statement"]

_HEX_DIGITS = {"sha256": 64, "double_sha1": 40}
_WRITABILITIES = ("CONST", "WRITABLE", "CHANGEABLE_IN_READONLY")


class _Clauses(TypedDict, total=False):
    password: tuple[str, str]
    database: str
    settings: SettingsChange


def parse_statement(line: str) -> Statement:
    """Parse one statement.

    Args:
        line: result of `formatQuerySingleLine`: keywords in capitals, separated by one space.
    Raises:
        ClickHouseError: the statement or one of its clauses is not available locally.
    """
    if line.startswith("GRANT "):
        return _grant(line)
    if line.startswith("REVOKE "):
        return _revoke(line)
    words = SqlTokens(line)
    for start, read in _READERS.items():
        if words.takes(*start):
            statement = read(words)
            words.expect_end()
            return statement
    raise unsupported(" ".join(line.split()[:2]))


def _create_user(words: SqlTokens) -> CreateUser:
    if_not_exists, or_replace = _create_options(words)
    names = checked_names(words.names(), "user")
    return CreateUser(
        names=names, if_not_exists=if_not_exists, or_replace=or_replace, **_clauses(words)
    )


def _alter_user(words: SqlTokens) -> AlterUser:
    if_exists = words.takes("IF", "EXISTS")
    return AlterUser(names=words.names(), if_exists=if_exists, **_clauses(words))


def _create_role(words: SqlTokens) -> CreateRole:
    if_not_exists, or_replace = _create_options(words)
    names = checked_names(words.names(), "role")
    if words.takes("SETTINGS") and not words.takes("NONE"):
        raise unsupported("settings of a role; use a settings profile `TO` the role")
    return CreateRole(names=names, if_not_exists=if_not_exists, or_replace=or_replace)


def _create_profile(words: SqlTokens) -> CreateProfile:
    if_not_exists, or_replace = _create_options(words)
    return CreateProfile(
        names=checked_names(words.names(), "settings profile"),
        if_not_exists=if_not_exists,
        or_replace=or_replace,
        settings=_settings_change(words),
        to=_to(words) or (),
    )


def _alter_profile(words: SqlTokens) -> AlterProfile:
    if_exists = words.takes("IF", "EXISTS")
    names = words.names()
    return AlterProfile(
        names=names, if_exists=if_exists, settings=_settings_change(words), to=_to(words)
    )


def _create_options(words: SqlTokens) -> tuple[bool, bool]:
    return words.takes("IF", "NOT", "EXISTS"), words.takes("OR", "REPLACE")


def _to(words: SqlTokens) -> tuple[str, ...] | None:
    if not words.takes("TO"):
        return None
    if words.takes("NONE"):
        return ()
    if words.next_word() in ("ALL", "CURRENT_USER"):
        raise unsupported(
            f"a settings profile TO {words.next_word()}; use names of users and roles"
        )
    return words.names()


def _grant(line: str) -> GrantStatement | GrantRoles:
    # Privileges and tables are before the last TO. After it, only names are quoted.
    head, _, tail = line.rpartition(" TO ")
    if "CURRENT GRANTS" in head:
        raise unsupported("GRANT CURRENT GRANTS")
    words = SqlTokens(tail)
    names = words.names()
    if " ON " not in head:
        statement = GrantRoles(
            roles=SqlTokens(head.removeprefix("GRANT ")).names(),
            names=names,
            admin_option=words.takes("WITH", "ADMIN", "OPTION"),
            replace=words.takes("WITH", "REPLACE", "OPTION"),
        )
        words.expect_end()
        return statement
    option = " WITH GRANT OPTION" if words.takes("WITH", "GRANT", "OPTION") else ""
    replace = words.takes("WITH", "REPLACE", "OPTION")
    words.expect_end()
    return GrantStatement(clause=head + option, names=names, replace=replace)


def _revoke(line: str) -> Revoke | RevokeRoles:
    head, _, tail = line.rpartition(" FROM ")
    words = SqlTokens(tail)
    names = words.names()
    words.expect_end()
    if " ON " in head:
        return Revoke(clause=head, names=names)
    roles = SqlTokens(head.removeprefix("REVOKE "))
    admin_option_only = roles.takes("ADMIN", "OPTION", "FOR")
    if roles.next_word() == "ALL":
        raise unsupported("REVOKE ALL without ON; use ALL ON *.* and names of roles")
    return RevokeRoles(roles=roles.names(), names=names, admin_option_only=admin_option_only)


_READERS: dict[tuple[str, ...], Callable[[SqlTokens], Statement]] = {
    ("CREATE", "USER"): _create_user,
    ("ALTER", "USER"): _alter_user,
    ("DROP", "USER"): lambda words: DropUser(
        if_exists=words.takes("IF", "EXISTS"), names=words.names()
    ),
    ("CREATE", "ROLE"): _create_role,
    ("DROP", "ROLE"): lambda words: DropRole(
        if_exists=words.takes("IF", "EXISTS"), names=words.names()
    ),
    ("CREATE", "SETTINGS", "PROFILE"): _create_profile,
    ("ALTER", "SETTINGS", "PROFILE"): _alter_profile,
    ("DROP", "SETTINGS", "PROFILE"): lambda words: DropProfile(
        if_exists=words.takes("IF", "EXISTS"), names=words.names()
    ),
}


def _clauses(words: SqlTokens) -> _Clauses:
    found: _Clauses = {}
    while not words.ended:
        if words.takes("IDENTIFIED"):
            found["password"] = _password(words)
        elif words.takes("DEFAULT", "DATABASE"):
            found["database"] = "" if words.takes("NONE") else words.name()
        elif words.next_word() in ("SETTINGS", "ADD", "MODIFY", "DROP"):
            found["settings"] = change = _settings_change(words)
            for name, setting in change.put.items():
                if setting != Setting(setting.value) or setting.value is None:
                    raise unsupported(f"a constraint of {name} on a user; use a settings profile")
        elif words.takes("HOST", "ANY") or words.takes("DEFAULT", "ROLE", "ALL"):
            continue
        else:
            raise unsupported(f"{words.next_word()} in a statement about a user")
    return found


def _settings_change(words: SqlTokens) -> SettingsChange:
    """Parse `SETTINGS …` of a CREATE, or the engine's form of it in an ALTER."""
    afresh, drop, put = False, list[str](), dict[str, Setting]()
    while True:
        if words.takes("SETTINGS"):
            afresh = True
            put.update({} if words.takes("NONE") else _settings(words))
        elif words.takes("DROP", "ALL", "SETTINGS"):
            afresh = True
        elif words.takes("DROP", "ALL", "PROFILES"):
            pass  # the statement has no settings: profiles are assigned with TO
        elif words.takes("DROP", "SETTINGS") or words.takes("DROP", "SETTING"):
            drop += words.names()
        elif any(words.takes(v, n) for v in ("ADD", "MODIFY") for n in ("SETTINGS", "SETTING")):
            put.update(_settings(words))
        elif words.next_word() in ("ADD", "MODIFY", "DROP"):
            raise unsupported("a profile in another profile; use `TO` users and roles")
        else:
            return SettingsChange(afresh=afresh, drop=tuple(drop), put=put)
        words.takes(",")


def _settings(words: SqlTokens) -> dict[str, Setting]:
    found = {}
    while True:
        name = words.name()
        if name in ("INHERIT", "PROFILE"):
            raise unsupported("a profile in another profile; use `TO` users and roles")
        found[name] = _setting(words)
        # In an ALTER, the comma can be followed by another clause.
        if words.next_word() != "," or words.word_after() in ("ADD", "MODIFY", "DROP"):
            return found
        words.takes(",")


def _setting(words: SqlTokens) -> Setting:
    value = words.value() if words.takes("=") else None
    minimum = words.value() if words.takes("MIN") else None
    maximum = words.value() if words.takes("MAX") else None
    writability = next((w for w in _WRITABILITIES if words.takes(w)), None)
    return Setting(value, minimum, maximum, writability)


def _password(words: SqlTokens) -> tuple[str, str]:
    kind = words.name() if words.takes("WITH") else "sha256_password"
    if kind not in _PASSWORDS:
        raise unsupported(f"IDENTIFIED WITH {kind}; use sha256_password")
    if not words.takes("BY"):
        raise unsupported(f"IDENTIFIED WITH {kind} without BY")
    value = words.string()
    if words.takes("SALT"):
        raise unsupported("a salted password hash")
    return _PASSWORDS[kind](value)


def _hash(kind: str, value: str) -> tuple[str, str]:
    if not re.fullmatch(f"[0-9a-fA-F]{{{_HEX_DIGITS[kind]}}}", value):
        raise ClickHouseError(
            36, "BAD_ARGUMENTS", f"A {kind} hash is {_HEX_DIGITS[kind]} hexadecimal digits"
        )
    return kind, value.lower()


def _double_sha1(value: str) -> str:
    # The statement requests MySQL's scheme.
    return hashlib.sha1(hashlib.sha1(value.encode()).digest()).hexdigest()  # noqa: S324


_PASSWORDS: dict[str, Callable[[str], tuple[str, str]]] = {
    "sha256_password": lambda value: ("sha256", sha256_hex(value)),
    "plaintext_password": lambda value: ("sha256", sha256_hex(value)),
    "sha256_hash": lambda value: _hash("sha256", value),
    "double_sha1_password": lambda value: ("double_sha1", _double_sha1(value)),
    "double_sha1_hash": lambda value: _hash("double_sha1", value),
}
