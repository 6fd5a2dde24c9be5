"""A second team and its tokens on the deployed stack: added, used, taken away."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

from tests.support.deployment import Deployment
from tests.support.prometheus import Samples, parse, value_of

TEAM = {"name": "shop", "database": "shop_telemetry"}
TOKENS: list[dict[str, Any]] = [
    {"name": "ingest", "scopes": ["traces", "logs", "metrics", "events"]},
    {"name": "operator", "scopes": ["admin"]},
    {"name": "shop", "team": "shop", "scopes": ["events", "read"]},
]
EVENT = {"event_name": "sold", "user_id": "u1", "timestamp": int(time.time())}
QUESTION = "/metrics?event_name=sold"


def ask(deployment: Deployment, path: str, token: str, body: object = None) -> tuple[int, Any]:
    """Status and JSON of an answer at the edge."""
    request = urllib.request.Request(
        deployment.outputs_once()["ingest_url"] + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, context=deployment.tls(), timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def scrape(deployment: Deployment, token: str) -> Samples:
    """As Prometheus does."""
    request = urllib.request.Request(
        deployment.outputs_once()["ingest_url"] + "/admin/metrics",
        headers={"Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, context=deployment.tls(), timeout=60) as answer:
        return parse(answer.read().decode())


def configure_tokens(deployment: Deployment, tokens: list[dict[str, Any]]) -> None:
    """Pulumi takes a long value of a key with this name for a secret, which it is not."""
    deployment.pulumi("config", "set", "--plaintext", "tokens", json.dumps(tokens))


def test_a_team_has_its_own_database_tokens_and_buffer(deployment: Deployment) -> None:
    """Sent with its token, read with its token, seen by the administrator; then revoked."""
    deployment.outputs_once()
    deployment.configure("teams", json.dumps([TEAM]))
    try:
        configure_tokens(deployment, TOKENS)
        deployment.up()
        tokens = deployment.outputs()["tokens"]
        assert ask(deployment, "/events", tokens["shop"], EVENT) == (200, {"status": "stored"})
        deployment.wait_for(
            "the event is counted",
            lambda: ask(deployment, QUESTION, tokens["shop"])[1].get("total") == 1,
        )
        assert ask(deployment, QUESTION, tokens["ingest"])[0] == 403
        status, buffers = ask(deployment, "/admin/buffers", tokens["operator"])
        assert status == 200
        delivered = {each["buffer"]: each["rows_delivered"] for each in buffers["buffers"]}
        assert delivered["shop/0"] == 1
        samples = scrape(deployment, tokens["operator"])
        assert value_of(samples, "ingest_taken_rows_total", team="shop") == 1
        assert value_of(samples, "ingest_buffer_rows", buffer="shop/0") == 0
    finally:
        deployment.pulumi("config", "rm", "teams")
        deployment.pulumi("config", "rm", "tokens")
        deployment.up()
    assert ask(deployment, QUESTION, tokens["shop"])[0] == 401
