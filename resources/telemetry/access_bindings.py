"""The worker's secret bindings `ACCESS`, `ACCESS_1`, …, read by `worker/src/access/config.ts`.

Cloudflare allows 5 KB per variable, and 500 tokens need 150 KB or more. So each binding is a JSON
object with some of the teams, tokens and origins. The first binding has the number of bindings, and
a worker that lacks one of them rejects every request.

The assignment of entries to bindings depends only on the arguments, and reserves space for both
hashes of a token and for the longest layout of a team. So a preview shows the final number of
bindings, and a rotation changes only the token's own binding.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pulumi

from resources.sql.user import User
from resources.telemetry.access import Access, TeamArgs, TokenArgs
from resources.telemetry.access_rules import InvalidArgs, Problem
from resources.telemetry.shard_layouts import MAX_SHARDS, ShardLayout, ShardLayouts, layouts_from
from resources.telemetry.token import Token

__all__ = ["access_bindings", "require_variables"]

MAX_VARIABLE_BYTES = 5 * 1024
"""Limit of one variable or secret: https://developers.cloudflare.com/workers/platform/limits/"""
MAX_VARIABLES = 128
"""Variables and secrets of one Worker on the Workers Paid plan, 64 on the free one (same page)."""
# Size of the first binding's head, which is fixed.
_HEAD_BYTES = 512
# Brackets and names of the lists.
_FRAME_BYTES = 64
_SHA256_HEX = "0" * 64
# For a database name that is not known yet. Valid names have up to 63 characters.
_UNKNOWN_NAME = "?" * 64
_LONGEST_LAYOUT: ShardLayout = {
    "number": 10**10,
    "shards": MAX_SHARDS,
    "before": list(range(1, MAX_SHARDS + 1)),
}

# A reader's name ends in the name of the database. A password has 32 characters.
_LONGEST_READER = {"user": "?" * 80, "password": "?" * 32}

Entry = dict[str, Any]


@dataclass
class _Part:
    """The entries of one binding: indexes into the lists of `Access`."""

    bytes: int
    cors_origins: list[int]
    teams: list[int]
    tokens: list[int]


def access_bindings(
    access: Access,
    tokens: Sequence[Token],
    layouts: ShardLayouts,
    readers: Mapping[str, User],
) -> dict[str, pulumi.Output[str]]:
    """Return the bindings by name, each a secret.

    Args:
        access: teams and tokens.
        tokens: in the order of `access.tokens`.
        layouts: of the shards of `access.teams`.
        readers: the SQL user of each team, by the team's name.
    Raises:
        InvalidArgs: a team has no reader.
    """
    missing = [team.name for team in access.teams if team.name not in readers]
    if missing:
        raise InvalidArgs("TelemetryArgs", [Problem("readers", missing, "a reader for each team")])
    parts = list(_parts(access))
    teams = [_team_output(team, layouts, readers[team.name]) for team in access.teams]
    entries = [
        _token_output(args, token) for args, token in zip(access.tokens, tokens, strict=True)
    ]
    return {
        _name(number): pulumi.Output.secret(
            pulumi.Output.all(
                teams=pulumi.Output.all(*(teams[index] for index in part.teams)),
                tokens=pulumi.Output.all(*(entries[index] for index in part.tokens)),
            ).apply(_renderer(access, part, number, len(parts)))
        )
        for number, part in enumerate(parts)
    }


def require_variables(count: int) -> None:
    """Check that a Worker may have this many variables and secrets.

    Raises:
        InvalidArgs: the message names a remedy.
    """
    if count > MAX_VARIABLES:
        allowed = f"{MAX_VARIABLES} of Cloudflare; use fewer tokens and teams, or shorter names"
        raise InvalidArgs("TelemetryArgs", [Problem("access", f"{count} variables", allowed)])


def _parts(access: Access) -> Iterator[_Part]:
    """Fill one binding after the other, using the maximum size of each entry."""
    part = _Part(_HEAD_BYTES, [], [], [])
    for kind, index, size in _sizes(access):
        if part.bytes + size > MAX_VARIABLE_BYTES:
            yield part
            part = _Part(_FRAME_BYTES, [], [], [])
        part.bytes += size
        getattr(part, kind).append(index)
    yield part


def _sizes(access: Access) -> Iterator[tuple[str, int, int]]:
    for index, origin in enumerate(access.cors_origins):
        yield "cors_origins", index, _size(origin)
    for index, team in enumerate(access.teams):
        database = team.database if isinstance(team.database, str) else _UNKNOWN_NAME
        yield (
            "teams",
            index,
            _size(_team_entry(team.name, database, _LONGEST_READER, _LONGEST_LAYOUT)),
        )
    for index, token in enumerate(access.tokens):
        yield "tokens", index, _size(_token_entries(token, _SHA256_HEX, _SHA256_HEX))


def _size(value: object) -> int:
    return len(_json(value)) + len(",")


def _name(number: int) -> str:
    return "ACCESS" if number == 0 else f"ACCESS_{number}"


def _renderer(access: Access, part: _Part, number: int, parts: int) -> Any:
    head: Entry = {
        "parts": parts,
        "public": None if access.public is None else _set(asdict(access.public)),
        "honor_do_not_track": access.honor_do_not_track,
    }
    origins = [access.cors_origins[index] for index in part.cors_origins]

    def render(lists: dict[str, Any]) -> str:
        entries = [entry for both in lists["tokens"] for entry in both]
        document = {
            **(head if number == 0 else {}),
            "cors_origins": origins,
            "teams": lists["teams"],
            "tokens": entries,
        }
        rendered = _json(document)
        if len(rendered) > MAX_VARIABLE_BYTES:
            allowed = f"{MAX_VARIABLE_BYTES} bytes of Cloudflare; use shorter names of databases"
            raise InvalidArgs("Access", [Problem(_name(number), f"{len(rendered)} bytes", allowed)])
        return rendered

    return render


def _json(value: object) -> str:
    """Return JSON in ASCII, so that it has as many bytes as characters."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _team_output(team: TeamArgs, layouts: ShardLayouts, reader: User) -> pulumi.Output[Entry]:
    """A team that always had one shard has no layout."""

    def entry(made: dict[str, Any]) -> Entry:
        user = {"user": made["user"], "password": made["password"]}
        layout = layouts_from(made["layouts"]).get(team.name)
        return _team_entry(team.name, made["database"], user, layout)

    return pulumi.Output.all(
        database=team.database,
        user=reader.name,
        password=reader.password,
        layouts=layouts.layouts,
    ).apply(entry)


def _team_entry(name: str, database: str, reader: Entry, layout: ShardLayout | None) -> Entry:
    entry = {"name": name, "database": database, "reader": reader}
    return entry | ({} if layout is None else {"layout": layout})


def _token_output(args: TokenArgs, token: Token) -> pulumi.Output[list[Entry]]:
    return pulumi.Output.all(token.sha256, token.previous_sha256).apply(
        lambda hashes: _token_entries(args, *hashes)
    )


def _token_entries(args: TokenArgs, sha256: str, previous_sha256: str) -> list[Entry]:
    """Return the entries of the token and of the previous token with its expiry."""
    entries = [_token_entry(args, sha256, args.expires_at)]
    if previous_sha256:
        end = earlier(args.expires_at, args.previous_valid_until)
        entries.append(_token_entry(args, previous_sha256, end))
    return entries


def _token_entry(args: TokenArgs, sha256: str, expires_at: str | None) -> Entry:
    entry = {
        "name": args.name,
        "team": args.team,
        "scopes": list(args.scopes),
        "requests_per_second": args.requests_per_second,
        "sha256": sha256,
        "expires_at": expires_at,
    }
    return _set(entry)


def _set(entry: Entry) -> Entry:
    """Return the fields that are set."""
    return {name: value for name, value in entry.items() if value is not None}


def earlier(one: str | None, other: str | None) -> str | None:
    """Return the earlier of two times as `access_rules.utc_time` writes them; None means never."""
    return min((time for time in (one, other) if time is not None), default=None)
