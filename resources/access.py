"""`Access`: who may send and read: teams, tokens, and the document of them for the worker.

    access = Access(
        teams=[TeamArgs(name="default", database=schema.database)],
        tokens=[
            TokenArgs(name="shop", scopes=["traces", "events"]),
            TokenArgs(name="dashboard", scopes=["read"]),
        ],
    )

Each token is a `Token` of its own, made on this machine. The document (the worker's secret binding
`ACCESS`) has their SHA-256 and no token. A token leaves it, and with the next `pulumi up` stops
working, when it is taken off the list.

To rotate without downtime, change `version`: the new token works at once, and the one before it
goes on until `previous_valid_until`, or without one until `version` changes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pulumi

from resources.shard_layouts import ShardLayouts, layouts_from
from resources.token import Token

__all__ = ["SCOPES", "Access", "PublicArgs", "TeamArgs", "TokenArgs"]

SCOPES = ("traces", "logs", "metrics", "events", "read", "admin")
"""What a token may be for: the signals it may send, reading, and the admin API."""
DEFAULT_TEAM = "default"


@dataclass(kw_only=True)
class TeamArgs:
    """Whose data it is.

    Before a team is taken away or renamed, wait until `GET /admin/buffers` shows its buffers empty:
    they go on delivering, to a database that the worker's user may no longer write to.

    Attributes:
        name: letters, digits, `_` and `-`; part of the buffers' names.
        database: with the team's tables.
        shards: of its buffer, 1 to 100; more take more requests at once, and each batch is smaller.
            In place, up or down; what the others hold is delivered all the same.
    """

    name: str
    database: pulumi.Input[str]
    shards: int = 1


@dataclass(kw_only=True)
class TokenArgs:
    """One token.

    Attributes:
        name: for people, limits and refusals; another name is another token.
        scopes: some of `SCOPES`. In place.
        team: name of the team it sends and reads for. In place.
        version: any text; changing it makes a new token.
        previous_valid_until: RFC 3339; when the token before the last change of `version` ends.
            Default: with the next change.
        requests_per_second: more are answered 429. Default: no limit.
        expires_at: RFC 3339. Default: when it is taken off the list.
    """

    name: str
    scopes: Sequence[str]
    team: str = DEFAULT_TEAM
    version: pulumi.Input[str] = "1"
    previous_valid_until: str | None = None
    requests_per_second: float | None = None
    expires_at: str | None = None


@dataclass(kw_only=True)
class PublicArgs:
    """Events from senders that can hold no token, such as command-line tools: they may only write.

    Attributes:
        team: whose events they are; give them a team of their own, anybody can write there.
        requests_per_second: of one address.
    """

    team: str = DEFAULT_TEAM
    requests_per_second: float = 1.0


@dataclass(kw_only=True)
class Access:
    """Teams and tokens.

    Attributes:
        teams: whom tokens can be for.
        tokens: the first is the one that examples send with.
        cors_origins: origins like `https://shop.example.com` whose pages may send and read
            answers; `*` is any. Default: none.
        public: events without a token. Default: refused.
    """

    teams: Sequence[TeamArgs] = field(default_factory=list)
    tokens: Sequence[TokenArgs] = field(default_factory=list)
    cors_origins: Sequence[str] = ()
    public: PublicArgs | None = None

    def document(self, tokens: Sequence[Token], layouts: ShardLayouts) -> pulumi.Output[str]:
        """The worker's binding, a secret.

        Args:
            tokens: in the order of `self.tokens`.
            layouts: of the shards of `self.teams`.
        """
        return pulumi.Output.secret(
            pulumi.Output.json_dumps(
                {
                    "cors_origins": list(self.cors_origins),
                    "public": None if self.public is None else asdict(self.public),
                    "teams": pulumi.Output.all(
                        layouts.layouts, *(team.database for team in self.teams)
                    ).apply(lambda made: self._team_entries(*made)),
                    "tokens": pulumi.Output.all(
                        *(
                            _entries(args, made)
                            for args, made in zip(self.tokens, tokens, strict=True)
                        )
                    ).apply(lambda each: [entry for entries in each for entry in entries]),
                }
            )
        )

    def _team_entries(self, made: dict[str, Any], *databases: str) -> list[dict[str, Any]]:
        """A team that always had one shard has no layout."""
        layouts = layouts_from(made)
        return [
            {"name": team.name, "database": database}
            | ({"layout": layouts[team.name]} if team.name in layouts else {})
            for team, database in zip(self.teams, databases, strict=True)
        ]


def _entries(args: TokenArgs, token: Token) -> pulumi.Output[list[dict[str, Any]]]:
    """The token, and while it is valid the one before it."""
    common = {
        "name": args.name,
        "team": args.team,
        "scopes": list(args.scopes),
        "requests_per_second": args.requests_per_second,
    }
    hashes = pulumi.Output.all(token.sha256, token.previous_sha256)

    def made(pair: list[str | None]) -> list[dict[str, Any]]:
        ends = (args.expires_at, earlier(args.expires_at, args.previous_valid_until))
        return [
            {**common, "sha256": sha256, "expires_at": end}
            for sha256, end in zip(pair, ends, strict=True)
            if sha256
        ]

    return hashes.apply(made)


def earlier(one: str | None, other: str | None) -> str | None:
    """Of two times in RFC 3339; None is never."""
    times = [time for time in (one, other) if time is not None]
    return min(times, key=datetime.fromisoformat, default=None)
