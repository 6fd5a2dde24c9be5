"""Convert the config keys `teams`, `tokens`, `corsOrigins` and `publicEvents` to `Access`.

    telemetry:teams:
      - {name: shop, database: shop_telemetry, shards: 4}
    telemetry:tokens:
      - name: shop-backend
        team: shop
        scopes: [traces, logs, metrics, events]
        version: "2"                                # another value generates a new token
        previousValidUntil: "2027-01-31T00:00:00Z"  # until then the previous token works
        requestsPerSecond: 500
        expiresAt: "2028-01-01T00:00:00Z"

    telemetry:corsOrigins: ["https://shop.example.com"]
    telemetry:publicEvents: {team: public, requestsPerSecond: 1, rowsPerSecond: 10}
    telemetry:honorDoNotTrack: true

Write them in the settings file, or run `pulumi config set --plaintext tokens '[…]'`. Without
`--plaintext`, Pulumi treats a long value of a key with that name as a secret.

The default of `tokens` is `ingest`, `read` and `admin` for the team `default`. A time is ISO 8601
with a zone, with or without quotes. A `previousValidUntil` that has passed revokes the previous
token with the next `pulumi up`. Together with another `version` it replaces a leaked token.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from resources.telemetry.access import DEFAULT_TEAM, Access, PublicArgs, TeamArgs, TokenArgs
from resources.telemetry.access_rules import InvalidArgs

__all__ = ["PUBLIC_KEYS", "TEAM_KEYS", "TOKEN_KEYS", "read_access"]

_DEFAULT_TOKENS = (
    TokenArgs(name="ingest", scopes=("traces", "logs", "metrics", "events")),
    TokenArgs(name="read", scopes=("read",)),
    TokenArgs(name="admin", scopes=("admin",)),
)
# Config key → argument.
TEAM_KEYS = {"name": "name", "database": "database", "shards": "shards"}
TOKEN_KEYS = {
    "name": "name",
    "scopes": "scopes",
    "team": "team",
    "version": "version",
    "previousValidUntil": "previous_valid_until",
    "requestsPerSecond": "requests_per_second",
    "expiresAt": "expires_at",
}
PUBLIC_KEYS = {
    "team": "team",
    "requestsPerSecond": "requests_per_second",
    "rowsPerSecond": "rows_per_second",
    "totalRequestsPerSecond": "total_requests_per_second",
    "totalRowsPerSecond": "total_rows_per_second",
}
# `Access` names its fields; the config has other names for two of them.
_ACCESS_KEYS = {"cors_origins": "corsOrigins", "public.team": "publicEvents.team"}

Reject = Callable[[str, object, str], None]
"""Called with a key, its value, and the allowed values."""
_Args = TypeVar("_Args")


def read_access(
    *,
    database: str,
    shards: int,
    teams: object,
    tokens: object,
    cors_origins: object,
    public: object,
    honor_do_not_track: bool,
    reject: Reject,
) -> Access | None:
    """Return teams and tokens, or None after `reject` was called with each invalid value.

    Args:
        database: database of the team `default`, which always exists and is the first.
        shards: number of shards of that team's buffer.
        teams: the value of the config key, None if it is not set.
        tokens: the value of its config key, like the two arguments below.
        honor_do_not_track: the value of the config key.
        reject: called for each invalid value.
    """
    reader = _AccessReader(reject)
    own = {"name": DEFAULT_TEAM, "database": database, "shards": shards}
    first = reader.build(TeamArgs, own, lambda name: name)
    others = reader.items("teams", _list_of(teams), TeamArgs, TEAM_KEYS)
    listed = reader.items("tokens", _list_of(tokens), TokenArgs, TOKEN_KEYS)
    open_to = reader.item("publicEvents", public, PublicArgs, PUBLIC_KEYS)
    if reader.has_rejected:
        return None
    arguments = {
        "teams": [first, *others],
        "tokens": _DEFAULT_TOKENS if tokens is None else listed,
        "cors_origins": _list_of(cors_origins),
        "public": open_to,
        "honor_do_not_track": honor_do_not_track,
    }
    return reader.build(Access, arguments, lambda name: _ACCESS_KEYS.get(name, name))


def _list_of(value: object) -> object:
    """Return an empty list for a key that is not set. Another value stays, to be checked."""
    return [] if value is None else value


class _AccessReader:
    """Builds arguments, and reports what is invalid by its place in the config."""

    def __init__(self, reject: Reject) -> None:
        self.has_rejected = False
        self._report = reject

    def items(
        self, key: str, value: object, cls: type[_Args], names: Mapping[str, str]
    ) -> list[_Args]:
        """Return the objects of a list, without those that are invalid."""
        if not isinstance(value, list):
            self._reject(key, value, "a list of maps")
            return []
        built = [
            self.item(f"{key}[{index}]", item, cls, names, "a list of maps")
            for index, item in enumerate(value)
        ]
        return [each for each in built if each is not None]

    def item(
        self,
        key: str,
        value: object,
        cls: type[_Args],
        names: Mapping[str, str],
        allowed: str | None = None,
    ) -> _Args | None:
        """Return one object, or None if it is absent or invalid."""
        if value is None and allowed is None:
            return None
        if not isinstance(value, dict):
            self._reject(key, value, allowed or f"a map with the keys {', '.join(names)}")
            return None
        for unknown in value.keys() - names.keys():
            self._reject(f"{key}.{unknown}", value[unknown], f"the keys {', '.join(names)}")
        # A null is a field that is not set.
        known = {names[name]: value[name] for name in names if value.get(name) is not None}
        places = {field: f"{key}.{name}" for name, field in names.items()}
        return self.build(cls, known, places.__getitem__)

    def build(
        self, cls: type[_Args], arguments: Mapping[str, Any], place_of: Callable[[str], str]
    ) -> _Args | None:
        """Construct the object, or reject each of its fields that is invalid."""
        required = {
            each.name: None
            for each in dataclasses.fields(cls)  # type: ignore[arg-type]
            if each.default is each.default_factory is dataclasses.MISSING
        }
        try:
            return cls(**{**required, **arguments})
        except InvalidArgs as error:
            for problem in error.problems:
                self._reject(place_of(problem.field), problem.value, problem.allowed)
            return None

    def _reject(self, key: str, value: object, allowed: str) -> None:
        self.has_rejected = True
        self._report(key, value, allowed)
