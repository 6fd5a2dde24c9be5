"""`Telemetry`, on the real Pulumi CLI, the local Cloudflare API and the real Workers runtime."""

from __future__ import annotations

import hashlib
import json
import ssl
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.cloud_apis import Cloudflare
from tests.support.program_stack import ProgramStack

CODE = """
import { DurableObject } from "cloudflare:workers";
export class IngestBuffer extends DurableObject {
  count() {
    const seen = (this.ctx.storage.kv.get("count") ?? 0) + 1;
    this.ctx.storage.kv.put("count", seen);
    return seen;
  }
}
export default {
  async fetch(request, env) {
    const count = await env.BUFFER.getByName("one").count();
    return Response.json({ version: VERSION, count, access: JSON.parse(env.ACCESS),
      sentry: env.SENTRY_DSN ?? null, retention: JSON.parse(env.RETENTION_DAYS),
      users: [env.CLICKHOUSE_USER, JSON.parse(env.ACCESS).teams[0].reader.user],
      inserts: [env.INSERT_FORMAT, env.INSERT_SETTINGS] });
  },
};
"""


INGEST = {"name": "ingest", "scopes": ["traces", "events"], "requests_per_second": 100}
DSN = "https://0a1b2c3d@o1.ingest.example.com/42"
READ = {"name": "read", "scopes": ["read"]}
SETTINGS = {"deduplicate_insert": "enable"}


def code(version: int) -> str:
    return CODE.replace("VERSION", str(version))


def entry(
    token: Mapping[str, object], value: str, expires_at: str | None = None
) -> dict[str, object]:
    """Return the entry of a token in the worker's bindings."""
    known = {
        "name": token["name"],
        "team": "default",
        "scopes": token["scopes"],
        "requests_per_second": token.get("requests_per_second"),
        "sha256": hashlib.sha256(value.encode()).hexdigest(),
        "expires_at": expires_at,
    }
    return {name: value for name, value in known.items() if value is not None}


def reported_bindings(stack: ProgramStack) -> dict[str, object]:
    """Return the bindings that the deployed worker reports."""
    ca = stack.stack.layout.clouds / "certificates" / "ca.pem"
    context = ssl.create_default_context(cafile=str(ca))
    with urllib.request.urlopen(stack.stack.outputs()["url"], context=context) as response:
        return dict(json.loads(response.read()))


def resharded(stack: ProgramStack, shards: int, args: Mapping[str, object]) -> dict[str, Any]:
    """Run `up` with another number of shards. Return the layout that the worker has then."""
    stack.configure(shards=shards, **args)
    stack.up()
    stack.up("--expect-no-changes")
    access: Any = reported_bindings(stack)["access"]
    layout: dict[str, Any] = access["teams"][0]["layout"]
    return layout


def test_a_worker_from_deploy_to_destroy(clouds: StackPaths, tmp_path: Path) -> None:
    """Deploy, no change, new code with the same storage, lost state, rotation, destroy."""
    file = {"WORKER_FILE": str(tmp_path / "worker.js")}
    stack = ProgramStack(clouds, "ingest", tmp_path, environment=file)
    cloudflare = Cloudflare(clouds)
    stack.configure(code=code(1), tokens=[INGEST, READ], insert_settings=SETTINGS)
    stack.up()
    stack.up("--expect-no-changes")
    stack.pulumi("preview", "--expect-no-changes")
    outputs = stack.stack.outputs()
    tokens = outputs["tokens"]
    assert tokens["ingest"] == outputs["token"]
    assert reported_bindings(stack) == {
        "version": 1,
        "count": 1,
        "access": {
            "parts": 1,
            "cors_origins": [],
            "public": None,
            "honor_do_not_track": True,
            "teams": [
                {
                    "name": "default",
                    "database": "default",
                    "reader": {
                        "user": "telemetry_reader",
                        "password": outputs["reader_password"],
                    },
                }
            ],
            "tokens": [entry(INGEST, tokens["ingest"]), entry(READ, tokens["read"])],
        },
        "sentry": None,
        "retention": {"traces": 30, "logs": 30, "metrics": 30, "events": 30},
        "users": ["ingest_writer", "telemetry_reader"],
        "inserts": ["protobuf", '{"deduplicate_insert": "enable"}'],
    }
    passwords = (outputs["writer_password"], outputs["reader_password"])
    hashes = [hashlib.sha256(token.encode()).hexdigest() for token in tokens.values()]
    for secret in (*tokens.values(), *hashes, *passwords, cloudflare.cloud["api_token"]):
        assert secret not in stack.state()

    # A second version of the script. Its Durable Object class is declared only once.
    stack.configure(code=code(2), tokens=[INGEST, READ])
    stack.pulumi("config", "set", "--secret", "sentry_dsn", DSN)
    stack.up()
    assert (reported_bindings(stack)["version"], reported_bindings(stack)["count"]) == (2, 3)
    assert reported_bindings(stack)["sentry"] == DSN
    assert DSN not in stack.state()

    # The state of a `pulumi` that was killed after an upload, before it saved the upload.
    for kind in ("WorkersCustomDomain", "WorkersScript", "DurableObjectClass"):
        (urn,) = [
            line for line in stack.pulumi("stack", "--show-urns").split() if f":{kind}::" in line
        ]
        stack.pulumi("state", "delete", urn, "--yes")
    stack.up()
    assert (reported_bindings(stack)["version"], reported_bindings(stack)["count"]) == (2, 6)

    # A rotation: both tokens are accepted until `previous_valid_until`. The other one is revoked.
    until = "2099-01-31T00:00:00.000Z"
    rotated = {**INGEST, "version": "2", "previous_valid_until": "20990131T000000Z"}
    stack.configure(code=code(2), tokens=[rotated])
    stack.up()
    token = stack.stack.outputs()["token"]
    assert token != outputs["token"]
    access = reported_bindings(stack)["access"]
    assert isinstance(access, dict)
    assert access["tokens"] == [entry(INGEST, token), entry(INGEST, outputs["token"], until)]

    # A revocation: `previous_valid_until` has passed. The token that replaced it stays.
    revoked = {**rotated, "previous_valid_until": "2020-01-01T00:00:00Z"}
    stack.configure(code=code(2), tokens=[revoked])
    stack.up()
    access = reported_bindings(stack)["access"]
    assert isinstance(access, dict)
    ended = "2020-01-01T00:00:00.000Z"
    assert access["tokens"] == [entry(INGEST, token), entry(INGEST, outputs["token"], ended)]
    assert stack.stack.outputs()["token"] == token

    # The state keeps the previous numbers of shards. The worker receives each change in order.
    first, second = [
        resharded(stack, shards, {"code": code(2), "tokens": [rotated]}) for shards in (4, 1)
    ]
    assert (first["shards"], first["before"]) == (4, [1])
    assert (second["shards"], second["before"]) == (1, [4])
    assert second["number"] > first["number"]

    # Another name is another script. The hostname moves to it, and the first script is deleted.
    stack.configure(code=code(3), tokens=[rotated], script_name="renamed")
    stack.up()
    stack.up("--expect-no-changes")
    assert (reported_bindings(stack)["version"], reported_bindings(stack)["count"]) == (3, 2)
    assert [each["id"] for each in cloudflare.account("workers/scripts")] == ["renamed"]
    (domain,) = cloudflare.account("workers/domains")
    assert domain["service"] == "renamed"

    stack.stack.destroy()
    assert cloudflare.account("workers/scripts") == []
    assert cloudflare.account("workers/domains") == []
    assert stack.services() == []


def test_a_refresh_leaves_nothing_to_upload(clouds: StackPaths, tmp_path: Path) -> None:
    """The API fills in every missing field of `observability`, so the program sends all of them."""
    file = {"WORKER_FILE": str(tmp_path / "worker.js")}
    stack = ProgramStack(clouds, "ingest", tmp_path, name="refreshed", environment=file)
    cloudflare = Cloudflare(clouds)
    stack.configure(code=code(1), tokens=[INGEST])
    stack.up()
    path = "workers/scripts/ingest-test/settings"
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    stack.pulumi("preview", "--expect-no-changes")
    stored = cloudflare.account(path)["observability"]
    assert (stored["head_sampling_rate"], stored["logs"]["head_sampling_rate"]) == (1, 1)
    assert stored["logs"]["invocation_logs"] is False
    assert stored["traces"]["enabled"] is False

    logs = {"sampling_rate": 0.25, "invocation_logs": True}
    stack.configure(code=code(1), tokens=[INGEST], logs=logs)
    stack.up()
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    stack.pulumi("preview", "--expect-no-changes")
    stored = cloudflare.account(path)["observability"]
    assert (stored["head_sampling_rate"], stored["logs"]["head_sampling_rate"]) == (0.25, 0.25)
    assert stored["logs"]["invocation_logs"] is True
    stack.stack.destroy()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CLOUDFLARE_API_TOKEN", "wrong"),
        ("CLOUDFLARE_API_BASE_URL", "http://127.0.0.1:9/client/v4"),
    ],
)
def test_a_rejection_by_cloudflare_is_one_line_in_the_preview(
    clouds: StackPaths, tmp_path: Path, variable: str, value: str
) -> None:
    """The preview fails before `up` would create a service without a worker."""
    file = str(tmp_path / "worker.js")
    environment = {"WORKER_FILE": file, variable: value}
    stack = ProgramStack(clouds, "ingest", tmp_path, environment=environment)
    stack.configure(code=code(1), tokens=[INGEST])
    shown = stack.pulumi("preview", succeeds=False)
    _, _, diagnostics = shown.partition("Diagnostics:")
    assert "Cloudflare: GET /accounts/" in diagnostics
    assert diagnostics.count("error: ") == 1
    assert "Traceback" not in shown
