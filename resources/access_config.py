"""The config keys `teams` and `tokens`: plain values from the stack's config to `Access`.

    telemetry:teams:
      - {name: shop, database: shop_telemetry, shards: 4}
    telemetry:tokens:
      - name: shop-backend
        team: shop
        scopes: [traces, logs, metrics, events]
        version: "2"                                  # changed: a new token, and the one before it
        previousValidUntil: "2027-01-31T00:00:00Z"    # goes on until then
        requestsPerSecond: 500
        expiresAt: "2028-01-01T00:00:00Z"

    telemetry:corsOrigins: ["https://shop.example.com"]
    telemetry:publicEvents: {team: shop, requestsPerSecond: 1}

Put them into the settings file, or `pulumi config set --plaintext tokens '[…]'`: Pulumi takes a
long value of a key with that name for a secret, and there is none in it.

Without `tokens` there are three for the team `default`: `ingest`, `read` and `admin`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from resources.access import DEFAULT_TEAM, SCOPES, Access, PublicArgs, TeamArgs, TokenArgs
from resources.checking import whole_number
from resources.shard_layouts import MAX_SHARDS

__all__ = ["IDENTIFIER", "IDENTIFIER_ALLOWED", "read_access"]

# Names that stand unquoted in SQL and in URLs everywhere.
IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_]{0,62}"
IDENTIFIER_ALLOWED = "letters, digits and _, not beginning with a digit"
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
_NAME_ALLOWED = "1 to 63 letters, digits, _ and -, beginning with a letter or digit"
_DEFAULT_TOKENS = (
    TokenArgs(name="ingest", scopes=("traces", "logs", "metrics", "events")),
    TokenArgs(name="read", scopes=("read",)),
    TokenArgs(name="admin", scopes=("admin",)),
)
# As browsers send it: lower case, no path, the port only where it is not the scheme's own.
_ORIGIN = r"\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?"
_PUBLIC_KEYS = ("team", "requestsPerSecond")
_TEAM_KEYS = ("name", "database", "shards")
_TOKEN_KEYS = (
    "name",
    "scopes",
    "team",
    "version",
    "previousValidUntil",
    "requestsPerSecond",
    "expiresAt",
)

Refuse = Callable[[str, object, str], None]
"""Told of a key, its value, and what is allowed."""


def read_access(
    *,
    database: str,
    shards: int,
    teams: object,
    tokens: object,
    cors_origins: object,
    public: object,
    refuse: Refuse,
) -> Access:
    """Teams and tokens, as far as they are legal; `refuse` hears of everything that is not.

    Args:
        database: of the team `default`, which is always there and comes first.
        shards: of its buffer.
        teams: the value of the config key, None where it is not set.
        tokens: likewise, as the two below.
    """
    made_teams = [TeamArgs(name=DEFAULT_TEAM, database=database, shards=shards)]
    made_teams += [_team(item) for item in _items("teams", teams or [], _TEAM_KEYS, refuse)]
    _unique("teams", "name", [team.name for team in made_teams], refuse)
    # Two teams in one database would read each other's events.
    _unique("teams", "database", [str(team.database) for team in made_teams], refuse)
    names = [team.name for team in made_teams]
    return Access(
        teams=made_teams,
        tokens=_DEFAULT_TOKENS if tokens is None else _tokens(tokens, names, refuse),
        cors_origins=[] if cors_origins is None else _origins(cors_origins, refuse),
        public=None if public is None else _public(public, names, refuse),
    )


def _tokens(value: object, teams: Collection[str], refuse: Refuse) -> list[TokenArgs]:
    tokens = [_token(item, teams) for item in _items("tokens", value, _TOKEN_KEYS, refuse)]
    _unique("tokens", "name", [token.name for token in tokens], refuse)
    if value == []:
        refuse("tokens", value, "at least one token")
    return tokens


def _origins(value: object, refuse: Refuse) -> list[str]:
    origins = value if isinstance(value, list) else [value]
    for origin in origins:
        if not isinstance(origin, str) or not re.fullmatch(_ORIGIN, origin):
            refuse("corsOrigins", origin, "a list of origins like https://shop.example.com, or *")
    return [str(origin) for origin in origins]


def _public(value: object, teams: Collection[str], refuse: Refuse) -> PublicArgs:
    if not isinstance(value, dict) or not value.keys() <= set(_PUBLIC_KEYS):
        refuse("publicEvents", value, f"an object with {', '.join(_PUBLIC_KEYS)}")
        return PublicArgs()
    item = _Item("publicEvents", value, refuse)
    return PublicArgs(
        team=item.choice("team", teams, default=DEFAULT_TEAM),
        requests_per_second=item.positive("requestsPerSecond") or 1.0,
    )


def _team(item: _Item) -> TeamArgs:
    return TeamArgs(
        name=item.text("name", _NAME, _NAME_ALLOWED),
        database=item.text("database", IDENTIFIER, IDENTIFIER_ALLOWED),
        shards=item.whole("shards", 1, MAX_SHARDS, default=1),
    )


def _token(item: _Item, teams: Collection[str]) -> TokenArgs:
    return TokenArgs(
        name=item.text("name", _NAME, _NAME_ALLOWED),
        scopes=item.scopes(),
        team=item.choice("team", teams, default=DEFAULT_TEAM),
        version=item.text("version", r"[\s\S]{1,100}", "a text", default="1"),
        previous_valid_until=item.time("previousValidUntil"),
        requests_per_second=item.positive("requestsPerSecond"),
        expires_at=item.time("expiresAt"),
    )


class _Item:
    """One object of a list, at `path`."""

    def __init__(self, path: str, values: dict[str, Any], refuse: Refuse) -> None:
        self._path = path
        self._values = values
        self._refuse = refuse

    def _wrong(self, key: str, allowed: str) -> None:
        self._refuse(f"{self._path}.{key}", self._values.get(key), allowed)

    def text(self, key: str, pattern: str, allowed: str, *, default: str | None = None) -> str:
        value = self._values.get(key, default)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            self._wrong(key, allowed)
        return str(value)

    def choice(self, key: str, allowed: Collection[str], *, default: str) -> str:
        value = self._values.get(key, default)
        if value not in allowed:
            self._wrong(key, ", ".join(allowed))
        return str(value)

    def scopes(self) -> list[str]:
        value = self._values.get("scopes")
        if not isinstance(value, list) or not value or not set(map(str, value)) <= set(SCOPES):
            self._wrong("scopes", f"a list of {', '.join(SCOPES)}")
            return []
        return [str(scope) for scope in value]

    def positive(self, key: str) -> float | None:
        value = self._values.get(key)
        if value is None:
            return None
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = 0.0
        if not 0 < number < float("inf"):
            self._wrong(key, "a number above 0")
        return number

    def whole(self, key: str, minimum: int, maximum: int, *, default: int) -> int:
        value = whole_number(self._values.get(key, default))
        if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
            self._wrong(key, f"a whole number from {minimum} to {maximum}")
            return default
        return value

    def time(self, key: str) -> str | None:
        value = self._values.get(key)
        if value is None:
            return None
        try:
            # Without a zone it would be a different moment on each machine.
            aware = datetime.fromisoformat(str(value)).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            self._wrong(key, "a time like 2027-01-31T00:00:00Z")
        return str(value)


def _items(key: str, value: object, known: Collection[str], refuse: Refuse) -> list[_Item]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        refuse(key, value, "a list of objects")
        return []
    for index, item in enumerate(value):
        for name in item.keys() - set(known):
            refuse(f"{key}[{index}].{name}", item[name], f"the keys {', '.join(known)}")
    return [_Item(f"{key}[{index}]", item, refuse) for index, item in enumerate(value)]


def _unique(key: str, field: str, values: list[str], refuse: Refuse) -> None:
    for value in sorted({value for value in values if values.count(value) > 1}):
        refuse(f"{key}.{field}", value, "a value of its own for each")
