"""`Access`: the teams, and the tokens that may send and read.

    access = Access(
        teams=[TeamArgs(name="default", database=schema.database)],
        tokens=[
            TokenArgs(name="shop", scopes=["traces", "events"]),
            TokenArgs(name="dashboard", scopes=["read"]),
        ],
    )

Each token is a separate `Token`, generated on this machine. The worker's secret bindings
(see `access_bindings`) hold their SHA-256 and no token. Every value is checked where the object is
constructed, so an invalid one ends the preview.

- **Rotate without downtime**: change `version`. The new token works immediately. The previous
  token works until `previous_valid_until`. If that is not set, it works until `version` changes
  again.
- **Revoke now**: change `version` and set `previous_valid_until` to a time that has passed, such as
  `2020-01-01T00:00:00Z`: after the `pulumi up` only the new token is valid. To revoke a token
  without a replacement, remove it from the list, which deletes its current and its previous hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pulumi

from resources.sql.database_names import DATABASE, DATABASE_ALLOWED
from resources.telemetry.access_rules import (
    InvalidArgs,
    Problem,
    checked,
    flag,
    list_of,
    optional,
    origin,
    positive,
    text,
    utc_time,
    whole,
)
from resources.telemetry.shard_layouts import MAX_SHARDS

__all__ = ["SCOPES", "SENDING_SCOPES", "Access", "PublicArgs", "TeamArgs", "TokenArgs"]

SENDING_SCOPES = ("traces", "logs", "metrics", "events")
SCOPES = (*SENDING_SCOPES, "read", "admin")
"""Scopes of a token: the signals it may send, reading, and the admin API."""
DEFAULT_TEAM = "default"

_NAME = text(
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}",
    "1 to 63 letters, digits, _ and -, beginning with a letter or digit",
)
_TEAM_RULES = {
    "name": _NAME,
    "database": text(DATABASE, DATABASE_ALLOWED),
    "shards": whole(1, MAX_SHARDS),
}
_TOKEN_RULES = {
    "name": _NAME,
    "scopes": list_of(SCOPES),
    "team": _NAME,
    "version": text(r"[\s\S]{1,100}", "a string of 1 to 100 characters"),
    "previous_valid_until": optional(utc_time()),
    "requests_per_second": optional(positive()),
    "expires_at": optional(utc_time()),
}
_PUBLIC_RULES = {
    "team": _NAME,
    "requests_per_second": optional(positive()),
    "rows_per_second": optional(positive()),
    "total_requests_per_second": optional(positive()),
    "total_rows_per_second": optional(positive()),
}
_ACCESS_RULES = {"cors_origins": origin(), "honor_do_not_track": flag()}


@dataclass(kw_only=True, frozen=True)
class TeamArgs:
    """A team: the owner of a database.

    Before a team is removed or renamed, wait until `GET /admin/buffers` shows that its buffers are
    empty. Otherwise they continue to deliver rows to a database that the worker's user may no
    longer write to.

    Attributes:
        name: letters, digits, `_` and `-`; part of the buffers' names.
        database: name of the database with the team's tables.
        shards: number of shards of the team's buffer, 1 to 100. More shards accept more requests at
            once, in smaller batches. In place, up or down. Removed shards deliver their rows.
    """

    name: str
    database: pulumi.Input[str]
    shards: int = 1

    def __post_init__(self) -> None:
        checked(self, _TEAM_RULES)


@dataclass(kw_only=True, frozen=True)
class TokenArgs:
    """One token.

    Attributes:
        name: used by people, limits and error messages; another name is another token.
        scopes: some of `SCOPES`. In place.
        team: name of the team it sends and reads for. In place.
        version: any string; changing it generates a new token.
        previous_valid_until: ISO 8601 with a zone; when the token from before the last change of
            `version` expires. A time that has passed revokes it. Default: with the next change.
        requests_per_second: requests over this rate get a 429. Default: no limit.
        expires_at: ISO 8601 with a zone; when the token expires. Default: never.
    """

    name: str
    scopes: Sequence[str]
    team: str = DEFAULT_TEAM
    version: pulumi.Input[str] = "1"
    previous_valid_until: str | None = None
    requests_per_second: float | None = None
    expires_at: str | None = None

    def __post_init__(self) -> None:
        checked(self, _TOKEN_RULES)


@dataclass(kw_only=True, frozen=True)
class PublicArgs:
    """Events from senders that cannot keep a token secret, such as command-line tools.

    These senders may only write.

    An address is an IPv4 address or the /64 network of an IPv6 address, of which one household or
    one machine has all the addresses (https://www.rfc-editor.org/rfc/rfc6177).

    Attributes:
        team: owner of the events. Anyone can write to it, so no token may send to this team; a
            token with only the scope `read` is allowed.
        requests_per_second: limit of one address. All defaults are in `worker/src/limits.ts`.
        rows_per_second: limit of one address, in events.
        total_requests_per_second: limit of all public senders together.
        total_rows_per_second: limit of all public senders together, in events.
    """

    team: str
    requests_per_second: float | None = None
    rows_per_second: float | None = None
    total_requests_per_second: float | None = None
    total_rows_per_second: float | None = None

    def __post_init__(self) -> None:
        checked(self, _PUBLIC_RULES)


@dataclass(kw_only=True, frozen=True)
class Access:
    """Teams and tokens.

    Attributes:
        teams: at least one.
        tokens: at least one; the output `token` is the first.
        cors_origins: origins like `https://shop.example.com` whose pages may send and read
            responses; `*` is any. Default: none.
        public: events without a token. Default: rejected.
        honor_do_not_track: whether a request with `DNT: 1`, `Sec-GPC: 1` or `Do-Not-Track: 1` is
            accepted and not stored.
    """

    teams: Sequence[TeamArgs] = field(default_factory=list)
    tokens: Sequence[TokenArgs] = field(default_factory=list)
    cors_origins: Sequence[str] = ()
    public: PublicArgs | None = None
    honor_do_not_track: bool = True

    def __post_init__(self) -> None:
        checked(self, _ACCESS_RULES)
        problems = [*_repeated(self), *_unknown_teams(self)]
        problems += [
            Problem(name, [], f"at least one {name.removesuffix('s')}")
            for name in ("teams", "tokens")
            if not getattr(self, name)
        ]
        if problems:
            raise InvalidArgs("Access", problems)


def _repeated(access: Access) -> Iterator[Problem]:
    """Yield repeated names and databases: teams in one database would read each other's events."""
    values = {
        "teams.name": [team.name for team in access.teams],
        "teams.database": [
            each.database for each in access.teams if isinstance(each.database, str)
        ],
        "tokens.name": [token.name for token in access.tokens],
    }
    for place, all_of_them in values.items():
        for value in sorted({each for each in all_of_them if all_of_them.count(each) > 1}):
            yield Problem(place, value, "a different value for each")


def _unknown_teams(access: Access) -> Iterator[Problem]:
    teams = [team.name for team in access.teams]
    for index, token in enumerate(access.tokens):
        if token.team not in teams:
            yield Problem(f"tokens[{index}].team", token.team, ", ".join(teams))
    if access.public is None:
        return
    # Otherwise a public event could pass for a token's event, or replace one.
    sent_for = {each.team for each in access.tokens if set(each.scopes) & set(SENDING_SCOPES)}
    free = [name for name in teams if name not in sent_for]
    if access.public.team not in free:
        listed = f": {', '.join(free)}" if free else "; every team has such a token, so add a team"
        allowed = f"a team that no token may send to{listed}"
        yield Problem("public.team", access.public.team, allowed)
