"""The words of a canonical statement, taken from the left."""

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
    """The answer to what a service in the cloud has and this one has not."""
    return ClickHouseError(48, "NOT_IMPLEMENTED", f"Not available locally: {what}", status=501)


def checked_names(names: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The names, where the users file can have them.

    Raises:
        ClickHouseError: one of them cannot be an element of it.
    """
    for name in names:
        if not NAME.fullmatch(name) or (name.startswith("_") and name in RESERVED_NAMES):
            raise unsupported(f"a {what} named `{name}`; letters, digits, _ and - are")
    return names


class SqlTokens:
    """The tokens of a canonical line, taken from the left."""

    def __init__(self, line: str) -> None:
        self._tokens = list(_TOKEN.finditer(line.strip()))
        self._at = 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self._at == len(self._tokens)

    def next_word(self) -> str:
        """What comes next, for a message."""
        return "the end" if self.ended else self._tokens[self._at][0].strip()

    def word_after(self) -> str:
        """What comes after the next."""
        ahead = self._tokens[self._at + 1 : self._at + 2]
        return ahead[0][0].strip() if ahead else ""

    def takes(self, *words: str) -> bool:
        """Move past these tokens if they are next."""
        ahead = [token[0].strip() for token in self._tokens[self._at : self._at + len(words)]]
        if ahead != list(words):
            return False
        self._at += len(words)
        return True

    def names(self) -> tuple[str, ...]:
        """Users, roles or profiles, as the engine knows them."""
        found = [inner_name(self.name())]
        while self.takes(","):
            found.append(inner_name(self.name()))
        return tuple(found)

    def name(self) -> str:
        """A name, quoted or not."""
        token = self._take("quoted", "word")
        return _unquoted(token) if token[0] == "`" else token

    def string(self) -> str:
        """A text in quotes."""
        return _unquoted(self._take("string"))

    def value(self) -> str:
        """A text in quotes, or a number."""
        token = self._take("string", "word")
        return _unquoted(token) if token[0] == "'" else token

    def expect_end(self) -> None:
        """Refuse what is left."""
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
