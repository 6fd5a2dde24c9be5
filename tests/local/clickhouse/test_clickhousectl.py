"""The vendor's command line works with the local cloud, if only its `--url` is changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.local.clickhouse.control_plane import DEADLINE_SECONDS, CloudProcess, wait_until
from tests.support.without_network import run_without_network

Json = Any
Run = Callable[..., Json]

PROGRAM = Path(sys.executable).parent / "clickhousectl"


def environment_of(home: Path, key_id: str, key_secret: str) -> dict[str, str]:
    """Return the environment of `clickhousectl`. It stores the keys that it creates in `home`."""
    # The time and the result of the last check for a newer version. `clickhousectl` repeats the
    # check only after some time.
    checked = home / ".clickhouse" / "last_update_check"
    checked.parent.mkdir(exist_ok=True)
    checked.write_text(f"{int(time.time())}\n{version('clickhousectl')}")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "DO_NOT_TRACK": "1",
        "CLICKHOUSE_CLOUD_API_KEY": key_id,
        "CLICKHOUSE_CLOUD_API_SECRET": key_secret,
    }


@pytest.fixture
def run(cloud: CloudProcess, tmp_path: Path) -> Run:
    """Return a function that runs `clickhousectl cloud …` and returns its JSON or its text."""
    description = cloud.description
    environment = environment_of(tmp_path, description["key_id"], description["key_secret"])

    def run(*arguments: str, fails: bool = False) -> Json:
        command = [str(PROGRAM), "cloud", "--url", description["url"].removesuffix("/v1")]
        done = subprocess.run(
            [*command, *arguments, "--json"],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout + done.stderr

    return run


def test_clickhousectl_sends_requests_only_to_the_cloud(tmp_path: Path) -> None:
    """The telemetry and the check for a newer version do not leave the machine."""
    shown, attempts = run_without_network(
        *(str(PROGRAM), "cloud", "--url", "http://127.0.0.1:1", "org", "list"),
        environment=environment_of(tmp_path, "id", "secret"),
    )
    assert "http://127.0.0.1:1" in shown
    assert attempts == 0


def test_clickhousectl_creates_changes_and_deletes_a_service(cloud: CloudProcess, run: Run) -> None:
    """The service is created, scaled, changed, stopped, started. Its parts are set and read."""
    created = run("service", "create", "--name", "ctl", "--ip-allow", "0.0.0.0/0")
    id = str(created["service"]["id"])
    wait_until(lambda: run("service", "get", id)["state"] == "running", "it runs")
    memory = ["--min-replica-memory-gb", "8", "--max-replica-memory-gb", "16"]
    run("service", "scale", id, *memory, "--num-replicas", "3")
    run("service", "update", id, "--new-name", "renamed", "--add-tag", "team=data")
    shown = run("service", "get", id)
    assert (shown["name"], shown["maxReplicaMemoryGb"], shown["numReplicas"]) == ("renamed", 16, 3)
    assert shown["tags"] == [{"key": "team", "value": "data"}]
    assert run("service", "reset-password", id)["password"]
    run("service", "backup-config", "update", id, "--backup-period-hours", "12")
    assert run("service", "backup-config", "get", id)["backupPeriodInHours"] == 12
    run("service", "upgrade-window", "set", id, "--weekday", "1", "--start-hour", "6")
    assert run("service", "upgrade-window", "get", id)
    assert run("backup", "list", id) == []
    cloud.send("POST", f"/local/services/{id}/backups").raise_for_status()
    (backup,) = run("backup", "list", id)
    assert run("backup", "get", id, backup["id"]) == backup
    created = ["--name", "restored", "--ip-allow", "0.0.0.0/0", "--backup-id", backup["id"]]
    restored = str(run("service", "create", *created)["service"]["id"])
    wait_until(lambda: run("service", "get", restored)["state"] == "running", "it is restored")
    run("service", "delete", restored, "--force")
    run("service", "stop", id)
    wait_until(lambda: run("service", "get", id)["state"] == "stopped", "the service is stopped")
    run("service", "start", id)
    wait_until(lambda: run("service", "get", id)["state"] == "running", "the service runs again")
    run("service", "delete", id, "--force")
    wait_until(lambda: run("service", "list") == [], "the service is deleted")
    run("service", "get", id, fails=True)


def test_keys_and_a_query_endpoint(cloud: CloudProcess, run: Run) -> None:
    """A key and a query endpoint are created, read and deleted."""
    service = cloud.create_service()
    created = run("key", "create", "--name", "ctl", "--ip-allow", "0.0.0.0/0")
    key = created["key"]["id"]
    run("key", "update", key, "--new-name", "other")
    assert run("key", "get", key)["name"] == "other"
    endpoint = ("service", "query-endpoint")
    may = ["--role", "sql_console_admin", "--allowed-origins", "*"]
    run(*endpoint, "create", service.id, *may)
    assert run(*endpoint, "get", service.id)["roles"] == ["sql_console_admin"]
    run(*endpoint, "delete", service.id)
    run(*endpoint, "get", service.id, fails=True)
    run("key", "delete", key)
    assert key not in json.dumps(run("key", "list"))
    service.remove()


def test_members_and_roles(run: Run) -> None:
    """The roles of a member are changed by id."""
    members = run("member", "list")
    developer = next(m for m in members if m["name"] == "Colleague")
    roles = {role["name"]: role["id"] for role in run("org", "role", "list")}
    run("member", "update", developer["userId"], "--role-id", roles["admin"])
    assert run("member", "get", developer["userId"])["assignedRoles"][0]["roleName"] == "admin"
    run("member", "update", developer["userId"], "--role-id", roles["developer"])
    assert run("org", "quota", "list")


def test_a_backup_bucket_from_a_file(cloud: CloudProcess, run: Run, tmp_path: Path) -> None:
    """The file has the form that the vendor accepts."""
    service = cloud.create_service()
    file = tmp_path / "bucket.json"
    bucket = {
        "bucketProvider": "AWS",
        "bucketPath": "s3://b",
        "iamRoleArn": "arn:aws:iam::1:role/r",
    }
    file.write_text(json.dumps({**bucket, "iamRoleSessionName": "s", "iamRoleExternalId": "e"}))
    run("backup", "bucket", "create", service.id, "--file", str(file))
    assert run("backup", "bucket", "get", service.id)["bucketPath"] == "s3://b"
    run("backup", "bucket", "delete", service.id)
    run("backup", "bucket", "get", service.id, fails=True)
    service.remove()
