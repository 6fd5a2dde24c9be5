"""Reads the canonical line that the engine makes of a statement about users."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from local.clickhouse.accounts import NAME, RESERVED_NAMES, inner_name, sha256_hex
from local.clickhouse.front.answers import ClickHouseError

__all__ = [
    "AlterUser",
    "CreateUser",
    "DropUser",
    "Grant",
    "Revoke",
    "Statement",
    "parse_statement",
    "unsupported",
]

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.|'')*')|(?P<quoted>`(?:[^`\\]|\\.)*`)"
    r"|(?P<word>[\w.]+)|(?P<sign>\S))",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"}
_HEX_DIGITS = {"sha256": 64, "double_sha1": 40}


class _Clauses(TypedDict, total=False):
    password: tuple[str, str]
    database: str
    settings: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class UserClauses:
    """What CREATE USER and ALTER USER may say of a user; None where nothing is said.

    Attributes:
        password: kind of hash and its hex.
        database: empty for none.
    """

    password: tuple[str, str] | None = None
    database: str | None = None
    settings: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class CreateUser(UserClauses):
    """`CREATE USER`."""

    names: tuple[str, ...]
    if_not_exists: bool
    or_replace: bool


@dataclass(frozen=True, kw_only=True)
class AlterUser(UserClauses):
    """`ALTER USER`."""

    names: tuple[str, ...]
    if_exists: bool


@dataclass(frozen=True, kw_only=True)
class DropUser:
    """`DROP USER`."""

    names: tuple[str, ...]
    if_exists: bool


@dataclass(frozen=True, kw_only=True)
class Grant:
    """`GRANT`; the clause is the statement without its `TO`."""

    clause: str
    names: tuple[str, ...]
    replace: bool


@dataclass(frozen=True, kw_only=True)
class Revoke:
    """`REVOKE`; the clause is the statement without its `FROM`."""

    clause: str
    names: tuple[str, ...]


Statement = CreateUser | AlterUser | DropUser | Grant | Revoke


def unsupported(what: str) -> ClickHouseError:
    """The answer to what a service in the cloud has and this one has not."""
    return ClickHouseError(48, "NOT_IMPLEMENTED", f"Not available locally: {what}", status=501)


def parse_statement(line: str) -> Statement:
    """Read one statement.

    Args:
        line: as `formatQuerySingleLine` writes it: keywords in capitals, one space between.
    Raises:
        ClickHouseError: it is of a kind, or has a clause, that is not available locally.
    """
    if line.startswith("GRANT "):
        return _grant(line)
    if line.startswith("REVOKE "):
        return _revoke(line)
    words = _Words(line)
    if words.takes("CREATE", "USER"):
        return _create(words)
    if words.takes("ALTER", "USER"):
        if_exists = words.takes("IF", "EXISTS")
        return AlterUser(names=_names(words), if_exists=if_exists, **_clauses(words))
    if words.takes("DROP", "USER"):
        if_exists = words.takes("IF", "EXISTS")
        statement = DropUser(names=_names(words), if_exists=if_exists)
        words.expect_end()
        return statement
    raise unsupported(" ".join(line.split()[:2]))


def _create(words: _Words) -> CreateUser:
    if_not_exists = words.takes("IF", "NOT", "EXISTS")
    or_replace = words.takes("OR", "REPLACE")
    names = _names(words)
    for name in names:
        if not NAME.fullmatch(name) or (name.startswith("_") and name in RESERVED_NAMES):
            raise unsupported(f"a user named `{name}`; letters, digits, _ and - are")
    return CreateUser(
        names=names, if_not_exists=if_not_exists, or_replace=or_replace, **_clauses(words)
    )


def _grant(line: str) -> Grant:
    # Privileges and tables stand before the last TO, and nothing after it is quoted but names.
    head, _, tail = line.rpartition(" TO ")
    if " ON " not in head or "CURRENT GRANTS" in head:
        raise unsupported("GRANT of a role, or of CURRENT GRANTS")
    words = _Words(tail)
    names = _names(words)
    option = " WITH GRANT OPTION" if words.takes("WITH", "GRANT", "OPTION") else ""
    replace = words.takes("WITH", "REPLACE", "OPTION")
    words.expect_end()
    return Grant(clause=head + option, names=names, replace=replace)


def _revoke(line: str) -> Revoke:
    head, _, tail = line.rpartition(" FROM ")
    if " ON " not in head:
        raise unsupported("REVOKE of a role")
    words = _Words(tail)
    names = _names(words)
    words.expect_end()
    return Revoke(clause=head, names=names)


def _names(words: _Words) -> tuple[str, ...]:
    names = [inner_name(words.name())]
    while words.takes(","):
        names.append(inner_name(words.name()))
    return tuple(names)


def _clauses(words: _Words) -> _Clauses:
    found: _Clauses = {}
    while not words.ended:
        if words.takes("IDENTIFIED"):
            found["password"] = _password(words)
        elif words.takes("DEFAULT", "DATABASE"):
            found["database"] = "" if words.takes("NONE") else words.name()
        elif words.takes("SETTINGS"):
            found["settings"] = _settings(words)
        elif words.takes("HOST", "ANY") or words.takes("DEFAULT", "ROLE", "ALL"):
            continue
        else:
            raise unsupported(f"{words.next_word()} in a statement about a user")
    return found


def _password(words: _Words) -> tuple[str, str]:
    kind = words.name() if words.takes("WITH") else "sha256_password"
    if kind not in _PASSWORDS:
        raise unsupported(f"IDENTIFIED WITH {kind}; sha256_password is")
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
    # MySQL's own scheme, which is what the user asked for.
    return hashlib.sha1(hashlib.sha1(value.encode()).digest()).hexdigest()  # noqa: S324


_PASSWORDS: dict[str, Callable[[str], tuple[str, str]]] = {
    "sha256_password": lambda value: ("sha256", sha256_hex(value)),
    "plaintext_password": lambda value: ("sha256", sha256_hex(value)),
    "sha256_hash": lambda value: _hash("sha256", value),
    "double_sha1_password": lambda value: ("double_sha1", _double_sha1(value)),
    "double_sha1_hash": lambda value: _hash("double_sha1", value),
}


def _settings(words: _Words) -> dict[str, str]:
    found = {}
    while True:
        name = words.name()
        if not words.takes("="):
            raise unsupported(f"the setting clause {name}; `name = value` is")
        found[name] = words.value()
        if not words.takes(","):
            return found


class _Words:
    """The tokens of a canonical line, taken from the left."""

    def __init__(self, line: str) -> None:
        self._tokens = list(_TOKEN.finditer(line.strip()))
        self._at = 0

    @property
    def ended(self) -> bool:
        return self._at == len(self._tokens)

    def next_word(self) -> str:
        return "the end" if self.ended else self._tokens[self._at][0].strip()

    def takes(self, *words: str) -> bool:
        """Move past these tokens if they are next."""
        ahead = [token[0].strip() for token in self._tokens[self._at : self._at + len(words)]]
        if ahead != list(words):
            return False
        self._at += len(words)
        return True

    def name(self) -> str:
        token = self._take("quoted", "word")
        return _unquoted(token) if token[0] == "`" else token

    def string(self) -> str:
        return _unquoted(self._take("string"))

    def value(self) -> str:
        token = self._take("string", "word")
        return _unquoted(token) if token[0] == "'" else token

    def expect_end(self) -> None:
        if not self.ended:
            raise unsupported(f"{self.next_word()} in this place")

    def _take(self, *kinds: str) -> str:
        if self.ended or self._tokens[self._at].lastgroup not in kinds:
            raise unsupported(f"{self.next_word()} in this place")
        self._at += 1
        return self._tokens[self._at - 1][0].strip()


def _unquoted(token: str) -> str:
    body = token[1:-1]
    if token[0] == "'":
        body = body.replace("''", "'")
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), body, flags=re.DOTALL)
