"""Teams and tokens: validation at construction, and the hashes after a rotation."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from resources.telemetry.access import Access, PublicArgs, TeamArgs, TokenArgs
from resources.telemetry.access_rules import InvalidArgs
from resources.telemetry.token import TokenProvider

PROVIDER = TokenProvider()
TEAM = TeamArgs(name="default", database="telemetry")
OTHER = TeamArgs(name="other", database="other")
TOKEN = TokenArgs(name="a", scopes=["events"])


def rotated(olds: dict[str, Any], version: str) -> dict[str, Any]:
    """Return the outputs after a change of version."""
    outputs: dict[str, Any] = PROVIDER.update("id", olds, {"version": version}).outs or {}
    return outputs


def test_a_changed_version_generates_a_token_and_keeps_the_previous_hash() -> None:
    """Only the hash is kept, and only until the next change."""
    first = PROVIDER.create({"version": "1"}).outs or {}
    assert not first["previous_sha256"]
    second = rotated(first, "2")
    assert second["value"] != first["value"]
    assert second["previous_sha256"] == first["sha256"]
    third = rotated(second, "3")
    assert third["previous_sha256"] == second["sha256"]
    assert first["sha256"] not in third.values()


def test_only_a_changed_version_generates_a_token() -> None:
    """The engine calls `diff` with every output among the inputs."""
    made = PROVIDER.create({"version": "1"}).outs or {}
    assert not PROVIDER.diff("id", made, {"version": "1", "value": None}).changes
    assert PROVIDER.diff("id", made, {"version": "2"}).changes


@pytest.mark.parametrize(
    ("spelling", "kept"),
    [
        ("2027-01-31T00:00:00Z", "2027-01-31T00:00:00.000Z"),
        ("2027-01-31T00:30:00+02:00", "2027-01-30T22:30:00.000Z"),
        # JavaScript's `Date.parse` rejects these, or its result depends on the engine.
        ("20270131T000000Z", "2027-01-31T00:00:00.000Z"),
        ("2027-W04-7T00:00:00Z", "2027-01-31T00:00:00.000Z"),
        ("2027-01-31T00:00:00,5Z", "2027-01-31T00:00:00.500Z"),
        ("2027-01-31T00Z", "2027-01-31T00:00:00.000Z"),
        ("2027-01-31T01:00:30+01:00:30", "2027-01-31T00:00:00.000Z"),
        ("2027-01-31 00:00:00+0000", "2027-01-31T00:00:00.000Z"),
        ("2027-01-31T00:00:00.1239999Z", "2027-01-31T00:00:00.123Z"),
        ("2027-01-31 01:00:00 +0100 CET", "2027-01-31T00:00:00.000Z"),
        ("2027-01-31 00:00:00 +0000 UTC", "2027-01-31T00:00:00.000Z"),
    ],
)
def test_times_are_kept_in_utc_with_milliseconds(spelling: str, kept: str) -> None:
    """The worker reads only this spelling, of all that are accepted."""
    token = TokenArgs(name="a", scopes=["read"], expires_at=spelling, previous_valid_until=spelling)
    assert (token.expires_at, token.previous_valid_until) == (kept, kept)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "a b"}, "TokenArgs.name is 'a b', allowed: 1 to 63 letters"),
        ({"scopes": []}, "TokenArgs.scopes is [], allowed: a list of traces, logs, metrics"),
        ({"scopes": "read"}, "TokenArgs.scopes is 'read', allowed: a list of traces"),
        ({"scopes": ["write"]}, "TokenArgs.scopes is ['write'], allowed: a list of traces"),
        ({"version": 2}, "TokenArgs.version is 2, allowed: a string"),
        ({"expires_at": "2027-01-31"}, "TokenArgs.expires_at is '2027-01-31', allowed: a time"),
        ({"expires_at": "2027-01-31T00:00:00"}, "allowed: a time in quotes like"),
        ({"expires_at": "2027-02-31T00:00:00Z"}, "allowed: a time in quotes like"),
        ({"expires_at": "0001-01-01T00:00:00+02:00"}, "allowed: a time in quotes like"),
        ({"expires_at": ""}, "TokenArgs.expires_at is '', allowed: a time in quotes like"),
        ({"expires_at": 1_800_000_000}, "TokenArgs.expires_at is 1800000000, allowed: a time"),
        ({"previous_valid_until": "soon"}, "TokenArgs.previous_valid_until is 'soon', allowed"),
        ({"requests_per_second": 0}, "TokenArgs.requests_per_second is 0, allowed: a number above"),
        ({"requests_per_second": float("nan")}, "TokenArgs.requests_per_second is nan, allowed"),
        ({"requests_per_second": float("inf")}, "TokenArgs.requests_per_second is inf, allowed"),
        ({"requests_per_second": True}, "TokenArgs.requests_per_second is True, allowed"),
    ],
)
def test_an_invalid_field_of_a_token_is_rejected_where_it_is_constructed(
    changes: dict[str, Any], said: str
) -> None:
    """The error has the field, its value and the allowed values."""
    with pytest.raises(InvalidArgs) as caught:
        TokenArgs(**{"name": "a", "scopes": ["read"], **changes})
    assert said in str(caught.value)


def test_no_field_can_be_set_without_the_checks() -> None:
    """A copy with another value is checked as well."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        TOKEN.expires_at = "soon"  # type: ignore[misc]
    with pytest.raises(InvalidArgs):
        dataclasses.replace(TOKEN, expires_at="soon")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"teams": []}, "Access.teams is [], allowed: at least one team"),
        ({"tokens": []}, "Access.tokens is [], allowed: at least one token"),
        ({"teams": [TEAM, TEAM]}, "Access.teams.name is 'default', allowed: a different value"),
        ({"tokens": [TOKEN, TOKEN]}, "Access.tokens.name is 'a', allowed: a different value"),
        ({"teams": [OTHER]}, "Access.tokens[0].team is 'default', allowed: other"),
        ({"cors_origins": ["shop.example.com"]}, "allowed: a list of origins like https://"),
        ({"cors_origins": "https://shop.example.com"}, "allowed: a list of origins like https://"),
        ({"cors_origins": ["null"]}, "allowed: a list of origins like https://"),
        ({"cors_origins": ["x" * 1000]}, f"Access.cors_origins is ['{'x' * 98}…, allowed: a list"),
        ({"honor_do_not_track": "no"}, "Access.honor_do_not_track is 'no', allowed: true or false"),
        (
            {"public": PublicArgs(team="default")},
            "Access.public.team is 'default', allowed: a team that no token may send to; every",
        ),
        ({"public": PublicArgs(team="nobody")}, "allowed: a team that no token may send to"),
    ],
)
def test_invalid_access_is_rejected_where_it_is_constructed(
    changes: dict[str, Any], said: str
) -> None:
    """A custom program that reads no config gets the same error."""
    with pytest.raises(InvalidArgs) as caught:
        Access(**{"teams": [TEAM], "tokens": [TOKEN], **changes})
    assert said in str(caught.value)


def test_public_events_have_a_separate_team_that_a_token_may_read() -> None:
    """A team is required, and no token may send to it."""
    reading = TokenArgs(name="reads", team="other", scopes=["read"])
    public = PublicArgs(team="other")
    access = Access(teams=[TEAM, OTHER], tokens=[TOKEN, reading], public=public)
    assert access.public == public
    sending = dataclasses.replace(reading, scopes=["read", "logs"])
    with pytest.raises(InvalidArgs, match=r"Access.public.team is 'other'"):
        Access(teams=[TEAM, OTHER], tokens=[TOKEN, sending], public=public)
    with pytest.raises(TypeError, match="team"):
        PublicArgs()  # type: ignore[call-arg]
    with pytest.raises(InvalidArgs, match="rows_per_second is 0"):
        PublicArgs(team="other", rows_per_second=0)
