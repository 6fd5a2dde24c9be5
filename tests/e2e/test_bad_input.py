"""Invalid input gets one line of error, and nothing is created in part."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from local.stack.cloud_processes import CloudFailed, Ports, start_clouds
from local.stack.paths import StackPaths
from local.stack.pulumi_stack import Stack, local_settings
from tests.support.cloud_apis import Cloudflare, ControlPlane
from tests.support.deployment import Deployment

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
# Lines that Pulumi adds to the error that ended a command.
PULUMI_FAILED = (
    "error: preview failed",
    "error: update failed",
    "error: an unhandled error occurred: program exited with non-zero exit code: 1",
)


def error_of(
    clouds: StackPaths,
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    command: str = "preview",
) -> str:
    """Run a `pulumi` command on a new stack, which must fail. Return its only error line."""
    before = state_of(clouds)
    stack = Stack(
        clouds,
        "error_of",
        config_file=local_settings(clouds, folder / "Pulumi.refused.yaml"),
        environment=environment,
    )
    stack.ensure()
    for key, value in (settings or {}).items():
        assert stack.run("config", "set", key, value, capture=True).returncode == 0
    options = [] if command == "preview" else ["--yes", "--skip-preview"]
    result = stack.run(command, *options, capture=True)
    shown = result.stdout + result.stderr
    assert result.returncode != 0, shown
    assert "Traceback" not in shown
    # After the progress lines, each message occurs once, in addition to Pulumi's own.
    lines = [line.strip() for line in shown.partition("Diagnostics:")[2].splitlines()]
    errors = [line for line in lines if line.startswith("error:") and line not in PULUMI_FAILED]
    assert len(errors) == 1, shown
    Stack(clouds, "error_of", config_file=folder / "Pulumi.refused.yaml").destroy()
    assert state_of(clouds) == before
    return errors[0]


def state_of(clouds: StackPaths) -> tuple[list[str], list[str]]:
    """Return the ids of all services and the names of all scripts."""
    services = [service["id"] for service in ControlPlane(clouds).services()]
    return services, [script["id"] for script in Cloudflare(clouds).account("workers/scripts")]


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"CLICKHOUSE_CLOUD_API_SECRET": "wrong"}, ["401", "CLICKHOUSE_CLOUD_API_KEY"]),
        ({"CLICKHOUSE_CLOUD_API_KEY": ""}, ["CLICKHOUSE_CLOUD_API_KEY"]),
        ({"CLICKHOUSE_API_URL": "http://127.0.0.1:9/v1"}, ["http://127.0.0.1:9/v1"]),
        (
            {"CLICKHOUSE_ORG_ID": "00000000-0000-4000-8000-000000000000"},
            ["00000000-0000-4000-8000-000000000000"],
        ),
        ({"CLOUDFLARE_ACCOUNT_ID": ""}, ["CLOUDFLARE_ACCOUNT_ID"]),
    ],
    ids=["invalid API key", "no API key", "unreachable", "unknown organization id", "no account"],
)
def test_an_invalid_environment_is_rejected_at_preview(
    clouds: StackPaths, tmp_path: Path, environment: dict[str, str], says: list[str]
) -> None:
    """The preview of a new stack finds out whether it can be created."""
    error = error_of(clouds, tmp_path, environment=environment)
    assert all(word in error for word in says), error
    assert "wrong" not in error.partition("error:")[2]


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("organization", "Nope", ["'Nope'", "'Local'"]),
        ("numReplicas", "70", ["numReplicas", "70", "1 to 50"]),
        ("minReplicaMemoryGb", "10", ["minReplicaMemoryGb", "10", "multiple of 4"]),
        ("ttlDays", "soon", ["ttlDays", "'soon'", "whole number"]),
        ("cloudProvider", "ibm", ["cloudProvider", "'ibm'", "aws, gcp, azure"]),
        ("region", "mars-1", ["region", "'mars-1'"]),
        ("ingestDomain", "not a host", ["ingestDomain", "'not a host'", "hostname"]),
        ("ttlDay", "30", ["telemetry:ttlDay", "telemetry:ttlDays"]),
        ("sentryDsn", "https://o1.example.com/42", ["sentryDsn", "https://<key>@<host>/"]),
    ],
)
def test_an_invalid_config_is_rejected_at_preview(
    clouds: StackPaths, tmp_path: Path, key: str, value: str, says: list[str]
) -> None:
    """The line names the key, the value and what is allowed."""
    error = error_of(clouds, tmp_path, settings={key: value})
    assert all(word in error for word in says), error


def test_an_invalid_cloudflare_token_creates_no_script(clouds: StackPaths, tmp_path: Path) -> None:
    """The message is Cloudflare's, and destroy deletes the service that was created."""
    error = error_of(
        clouds, tmp_path, environment={"CLOUDFLARE_API_TOKEN": "nonsense"}, command="up"
    )
    assert "nonsense" not in error


def test_a_port_in_use_at_make_up_is_one_line(tmp_path: Path) -> None:
    """The line names the port; nothing keeps running."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CloudFailed) as refusal:
            list(start_clouds(tmp_path / "clouds", Ports(port, 0, 0, "0")))
    assert str(port) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_node_is_one_line(clouds: StackPaths, tmp_path: Path) -> None:
    """The installer names what to install before it installs anything."""
    for tool in ("python3", "sh", "env"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or sys.executable)
    result = subprocess.run(
        [sys.executable, str(clouds.root / "local" / "install.py")],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.strip() == "error: node is not on PATH: install Node.js 20 or newer"


@pytest.mark.parametrize(
    ("headers", "body", "status", "says"),
    [
        ({"Authorization": ""}, b"", 401, "token"),
        ({"Authorization": "Bearer nonsense"}, b"", 401, "token"),
        ({}, b"this is not OTLP", 400, "OTLP"),
        ({"Content-Encoding": "gzip"}, b"this is not gzip", 400, "gzip"),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"\0" * 100_000_000), 413, "bytes"),
        ({"Content-Type": "text/csv"}, b"a,b", 415, "application/x-protobuf"),
        ({}, b"\0" * 30_000_000, 413, "bytes"),
    ],
    ids=["no token", "wrong token", "no OTLP", "no gzip", "gzip bomb", "CSV", "30 MB"],
)
def test_a_rejected_body_gets_one_line(
    deployment: Deployment, headers: dict[str, str], body: bytes, status: int, says: str
) -> None:
    """The status stops the sender from repeating the body, and the line has the reason."""
    outputs = deployment.outputs_once()
    request = urllib.request.Request(
        f"{outputs['ingest_url']}/v1/traces",
        data=body,
        headers={
            "Authorization": f"Bearer {outputs['ingest_token']}",
            "Content-Type": "application/x-protobuf",
            **headers,
        },
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, context=deployment.tls(), timeout=60)
    assert refusal.value.code == status
    message = refusal.value.read().decode(errors="replace")
    assert says in message
    assert "\n" not in message.strip()
    assert "nonsense" not in message
