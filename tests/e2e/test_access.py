"""A second team and its tokens on the deployed stack: added, used, removed."""

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


def request_edge(
    deployment: Deployment, path: str, token: str, body: object = None
) -> tuple[int, Any]:
    """Send a request to the edge. Return the status and the JSON of the response."""
    request = urllib.request.Request(
        deployment.outputs_once()["ingest_url"] + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, context=deployment.tls(), timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def scrape(deployment: Deployment, token: str) -> Samples:
    """Read the metrics as Prometheus does."""
    request = urllib.request.Request(
        deployment.outputs_once()["ingest_url"] + "/admin/metrics",
        headers={"Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, context=deployment.tls(), timeout=60) as response:
        return parse(response.read().decode())


def configure_tokens(deployment: Deployment, tokens: list[dict[str, Any]]) -> None:
    """Set the tokens as plain text. Pulumi would treat a long value of this key as a secret."""
    deployment.pulumi("config", "set", "--plaintext", "tokens", json.dumps(tokens))


def test_a_team_has_a_separate_database_tokens_and_buffer(deployment: Deployment) -> None:
    """The team's token and the administrator can read, until the token is revoked."""
    deployment.outputs_once()
    deployment.configure("teams", json.dumps([TEAM]))
    try:
        configure_tokens(deployment, TOKENS)
        deployment.up()
        tokens = deployment.outputs()["tokens"]
        assert request_edge(deployment, "/events", tokens["shop"], EVENT) == (
            200,
            {"status": "stored"},
        )
        deployment.wait_for(
            "the event is counted",
            lambda: request_edge(deployment, QUESTION, tokens["shop"])[1].get("total") == 1,
        )
        assert request_edge(deployment, QUESTION, tokens["ingest"])[0] == 403
        status, buffers = request_edge(deployment, "/admin/buffers", tokens["operator"])
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
    assert request_edge(deployment, QUESTION, tokens["shop"])[0] == 401
