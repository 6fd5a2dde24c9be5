"""The OpenAPI spec matches the worker, and the page shows it."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.access_binding import access_document, token_entry
from tests.support.clickhouse_server import ClickHouse
from tests.support.product_events import post
from tests.support.worker_runtime import Worker, WorkerFactory

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
SCOPES = ["traces", "logs", "metrics", "events", "read", "admin"]
EVERYTHING = token_entry("everything", name="everything", scopes=SCOPES)
# Tokens that have another scope, exceed their rate, or are expired.
LESSER = (
    token_entry("logger", name="logger", scopes=["logs"]),
    token_entry("hasty", name="hasty", scopes=SCOPES, requests_per_second=0.001),
    token_entry("old", name="old", scopes=SCOPES, expires_at="2020-01-01T00:00:00Z"),
)
SEED = "20261121"
EXAMPLES = "5"
# NDJSON has four media types, none of which schemathesis supports; its lines are a string.
HOOKS = """
import schemathesis
names = ["x-ndjson", "ndjson", "jsonl", "x-jsonlines"]
schemathesis.serializer.alias([f"application/{name}" for name in names], "text/plain")
"""


@pytest.fixture
def worker_without_clickhouse(make_worker: WorkerFactory) -> Worker:
    """Start a worker whose ClickHouse does not run."""
    return make_worker(clickhouse_url="http://127.0.0.1:1", access=access_document(EVERYTHING))


def document_of(worker: Worker) -> dict[str, Any]:
    answer = worker.request("GET", "/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    document: dict[str, Any] = json.loads(answer.body)
    return document


def test_generated_requests_get_only_documented_responses(
    clickhouse: ClickHouse, make_worker: WorkerFactory, tmp_path: Path
) -> None:
    """No valid or invalid request gets a 5xx or an undocumented status, content type or body."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=access_document(EVERYTHING))
    assert "Tested: 16" in run_schemathesis(
        worker,
        tmp_path,
        {
            "--header": "Authorization: Bearer everything",
            "--phases": "examples,coverage,fuzzing",
            "--max-examples": EXAMPLES,
        },
    )
    # Bodies that were accepted meanwhile can still be delivered.
    assert post(worker, "/admin/resume", {}, authorization="Bearer everything").status == 200


@pytest.mark.parametrize("token", [None, "unknown", "old", "logger", "hasty"])
def test_unauthorized_requests_get_only_documented_responses(
    make_worker: WorkerFactory, tmp_path: Path, token: str | None
) -> None:
    """The token is missing, unknown, expired, out of scope or over its rate."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", access=access_document(*LESSER))
    # By default, schemathesis generates tokens.
    none = {"--generation-with-security-parameters": "false"}
    header = none if token is None else {"--header": f"Authorization: Bearer {token}"}
    run_schemathesis(worker, tmp_path, {**header, "--phases": "coverage"})


def run_schemathesis(worker: Worker, folder: Path, options: Mapping[str, str]) -> str:
    """Run schemathesis, which must find nothing, and return its output."""
    (folder / "hooks.py").write_text(HOOKS)
    document = folder / "openapi.json"
    document.write_text(json.dumps(document_of(worker)))
    options = {
        "--url": f"http://127.0.0.1:{worker.port}",
        # No schema can express that `from` is before `to`.
        "--exclude-checks": "positive_data_acceptance",
        "--seed": SEED,
        "--generation-database": "none",
        "--suppress-health-check": "all",
        **options,
    }
    command = [str(SCHEMATHESIS), "run", str(document)]
    done = subprocess.run(
        [*command, *(text for option in options.items() for text in option)],
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    return done.stdout


def test_the_openapi_spec_has_every_path_and_valid_schemas(
    worker_without_clickhouse: Worker,
) -> None:
    """The paths are those that a 404 lists, except pages. The schemas are JSON Schema 2020-12."""
    document = document_of(worker_without_clickhouse)
    line = json.loads(worker_without_clickhouse.request("GET", "/nowhere").body)["error"]
    served = set(line.split("; paths: ")[1].split(", "))
    assert served - document["paths"].keys() == {
        "/",
        "/openapi.json",
        "/swagger",
        "/swagger/index.html",
        "/swagger/start.js",
        "/swagger/swagger-ui.js",
        "/swagger/swagger-ui.css",
    }
    assert document["paths"].keys() <= served
    schemas = [found for found in contents(document) if "schema" in found]
    assert len(schemas) > 50
    for found in schemas:
        Draft202012Validator.check_schema(found["schema"])
    ids = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(ids) == len(set(ids))


def contents(value: Any) -> list[dict[str, Any]]:
    """Return every object of the spec."""
    if isinstance(value, dict):
        return [value, *(found for item in value.values() for found in contents(item))]
    return [found for item in value for found in contents(item)] if isinstance(value, list) else []


def test_events_are_accepted_exactly_if_the_schema_allows_them(
    worker_without_clickhouse: Worker,
) -> None:
    """The worker agrees with another validator that uses the spec's schema of events."""
    operation = document_of(worker_without_clickhouse)["paths"]["/events"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(schema)
    good: dict[str, Any] = {"event_name": "signup"}
    values: dict[str, list[Any]] = {
        "event_name": ["x" * 256, "x" * 257, "", None, 5],
        "channel": ["", "x" * 257, None, [], 1.5],
        "event_id": ["", "a", 7, 1.5, True, None, "x" * 257],
        "user_id": ["", 7, -7, 1.5, True, None, "x" * 257],
        "timestamp": [0, -1, 1e10, 4_102_444_800, 5e15, None, "2026-11-21T07:26:40Z", "now"],
        "tags": [[], ["a"] * 64, ["a"] * 65, [1], "a", None],
        "metadata": [{}, {"a": {"b": [1]}}, [], "a", None],
        "unknown": [{}, [], None, 1],
    }
    for name, candidates in values.items():
        for value in candidates:
            event = {**good, name: value}
            answer = post(
                worker_without_clickhouse, "/events", event, authorization="Bearer everything"
            )
            assert answer.status == (200 if validator.is_valid(event) else 400), (
                event,
                answer.body,
            )


@pytest.mark.parametrize("path", ["/", "/swagger", "/swagger/", "/swagger/index.html"])
def test_swagger_ui_needs_no_other_host(worker_without_clickhouse: Worker, path: str) -> None:
    """The worker serves all that the page loads, and the policy allows no other host."""
    page = worker_without_clickhouse.request("GET", path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'self';")
    named = re.findall(r'(?:href|src)="(/[^"]*)"', page.body.decode())
    assert len(named) == 3
    assert b"//" not in page.body
    for name in named:
        plain = worker_without_clickhouse.request("GET", name)
        assert plain.status == 200
        zipped = worker_without_clickhouse.request("GET", name, None, accept_encoding="gzip, br")
        if zipped.headers.get("content-encoding") == "gzip":
            assert gzip.decompress(zipped.body) == plain.body
    start = worker_without_clickhouse.request("GET", "/swagger/start.js").body
    assert b'url: "/openapi.json"' in start
    assert b"validatorUrl: null" in start
