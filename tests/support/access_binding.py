"""The worker's bindings for teams and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from tests.support.clickhouse_server import DATABASE

TOKEN = "a-test-token"


SIGNALS = ("traces", "logs", "metrics", "events")


def token_entry(token: str, **changes: object) -> dict[str, object]:
    """Return a token's entry in the `ACCESS` binding; by default with the scopes of all signals."""
    digest = sha256(token.encode()).hexdigest()
    return {"name": "test", "team": "default", "scopes": SIGNALS, "sha256": digest, **changes}


ADMIN = token_entry("admin", name="operator", scopes=["admin"])
THEIRS = token_entry("theirs", name="theirs", team="other")


def access_document(*entries: Mapping[str, object], **changes: object) -> dict[str, object]:
    """Return an `ACCESS` binding with two teams, `TOKEN` for the first team, and `entries`."""
    teams = [{"name": "default", "database": DATABASE}, {"name": "other", "database": "other"}]
    document: dict[str, Any] = {
        "teams": teams,
        "tokens": [token_entry(TOKEN), *entries],
        **changes,
    }
    return {**document, "teams": [with_reader(team) for team in document["teams"]]}


def with_reader(team: Mapping[str, Any]) -> dict[str, Any]:
    """Add the team's SQL user, which can read only the team's own database."""
    user = "other_reader" if team["database"] == "other" else "reader"
    return {"reader": {"user": user, "password": user}, **team}
