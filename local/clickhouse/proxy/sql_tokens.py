"""Reads the tokens of a canonical statement from the left."""

from __future__ import annotations

import re

from local.clickhouse.proxy.protocol_errors import ClickHouseError
from local.clickhouse.sql_accounts import NAME, RESERVED_NAMES, inner_name

__all__ = ["SqlTokens", "checked_names", "unsupported"]

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.|'')*')|(?P<quoted>`(?:[^`\\]|\\.)*`)"
    r"|(?P<word>-?[\w.]+)|(?P<sign>\S))",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"}


def unsupported(what: str) -> ClickHouseError:
    """Return the error for a feature that only a service in the cloud has."""
    return ClickHouseError(48, "NOT_IMPLEMENTED", f"Not available locally: {what}", status=501)


def checked_names(names: tuple[str, ...], what: str) -> tuple[str, ...]:
    """Return the names, if the users file can contain them.

    Raises:
        ClickHouseError: a name cannot be an element of the file.
    """
    for name in names:
        if not NAME.fullmatch(name) or (name.startswith("_") and name in RESERVED_NAMES):
            raise unsupported(f"a {what} named `{name}`; use letters, digits, _ and -")
    return names


class SqlTokens:
    """The tokens of a canonical line that are not read yet."""

    def __init__(self, line: str) -> None:
        self._tokens = list(_TOKEN.finditer(line.strip()))
        self._at = 0

    @property
    def ended(self) -> bool:
        """Return whether all tokens are read."""
        return self._at == len(self._tokens)

    def next_word(self) -> str:
        """Return the next token without skipping it, for a message."""
        return "the end" if self.ended else self._tokens[self._at][0].strip()

    def word_after(self) -> str:
        """Return the token after the next."""
        ahead = self._tokens[self._at + 1 : self._at + 2]
        return ahead[0][0].strip() if ahead else ""

    def takes(self, *words: str) -> bool:
        """Skip these tokens if they are next. Return whether they were."""
        ahead = [token[0].strip() for token in self._tokens[self._at : self._at + len(words)]]
        if ahead != list(words):
            return False
        self._at += len(words)
        return True

    def names(self) -> tuple[str, ...]:
        """Read the names of users, roles or profiles. Return their names in the engine."""
        found = [inner_name(self.name())]
        while self.takes(","):
            found.append(inner_name(self.name()))
        return tuple(found)

    def name(self) -> str:
        """Read a name, quoted or not."""
        token = self._take("quoted", "word")
        return _unquoted(token) if token[0] == "`" else token

    def string(self) -> str:
        """Read a string in quotes."""
        return _unquoted(self._take("string"))

    def value(self) -> str:
        """Read a string in quotes, or a number."""
        token = self._take("string", "word")
        return _unquoted(token) if token[0] == "'" else token

    def expect_end(self) -> None:
        """Reject the tokens that remain."""
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
