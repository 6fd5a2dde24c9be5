"""The resources beside a service, on the real Pulumi CLI and the local control plane."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import add_fault, declare, service_result, service_stack

WEEK = {"name": "week", "weekdays": [1, 2, 3, 4, 5], "start_hour_utc": 6, "end_hour_utc": 18}
KEY = {"roles": ["query_endpoints"], "ip_access_list": ["127.0.0.1/32"]}

# What a first `up` makes, and a second changes in place: kind, name, arguments, other arguments.
PARTS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("ApiKey", "key", {**KEY, "expire_at": "2099-01-01T00:00:00Z"}, {**KEY, "name": "renamed"}),
    (
        "QueryEndpoint",
        "queries",
        {"open_api_keys": ["$key"], "roles": ["sql_console_read_only"]},
        {"open_api_keys": ["$key"], "roles": ["sql_console_admin", "sql_console_read_only"]},
    ),
    (
        "BackupConfiguration",
        "backups",
        {"backup_period_in_hours": 12, "backup_retention_period_in_hours": 48},
        {"backup_start_time": "03:00"},
    ),
    (
        "ScalingSchedule",
        "schedule",
        {"entries": [{**WEEK, "num_replicas": 5}]},
        {"entries": [{**WEEK, "num_replicas": 2}, {**WEEK, "name": "end", "weekdays": [6, 0]}]},
    ),
    (
        "UpgradeWindow",
        "window",
        {"weekday": 6, "start_hour_utc": 0},
        {"weekday": 0, "start_hour_utc": 12},
    ),
    (
        "PrivateEndpointAttachment",
        "private",
        {"private_endpoint_ids": ["vpce-b", "vpce-a"]},
        {"private_endpoint_ids": ["vpce-c", "vpce-a"]},
    ),
]


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """A stack of one service and whatever is asked for."""
    return service_stack(clouds, tmp_path)


def keys(stack: ProgramStack) -> dict[str, dict[str, Any]]:
    """The organization's keys by id, without the one that the tests use."""
    found = stack.control_plane.organization("GET", "keys")
    return {key["id"]: key for key in found if key["roles"] != ["admin"]}


def opens(stack: ProgramStack, key_id: str, secret: str) -> bool:
    """Whether a key is one: 403 says that it is known, and may not do this."""
    token = base64.b64encode(f"{key_id}:{secret}".encode()).decode()
    request = urllib.request.Request(
        f"{stack.control_plane.cloud['url']}/organizations",
        headers={"Authorization": f"Basic {token}"},
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    return refusal.value.code == 403


def test_all_of_them_live_from_create_to_destroy(stack: ProgramStack) -> None:
    """Create; no change; drift; change in place; gone behind our back; destroy."""
    declare(stack, *[(kind, name, args) for kind, name, args, _ in PARTS])
    stack.up()
    outputs = stack.stack.outputs()
    ((key_id, key),) = keys(stack).items()
    assert (outputs["key.id"], key["name"]) == (key_id, "key")
    assert opens(stack, outputs["key.key_id"], outputs["key.key_secret"])
    assert outputs["key.key_secret"] not in stack.state()
    assert service_result(stack, "/serviceQueryEndpoint")["openApiKeys"] == [key_id]
    backups = service_result(stack, "/backupConfiguration")
    assert (backups["backupPeriodInHours"], backups["backupRetentionPeriodInHours"]) == (12, 48)
    (entry,) = service_result(stack, "/scalingSchedule")["entries"]
    assert (entry["name"], entry["maxReplicas"]) == ("week", 5)
    assert service_result(stack, "/upgradeWindow")["weekday"] == 6
    assert stack.services()[0]["privateEndpointIds"] == ["vpce-a", "vpce-b"]
    stack.up("--expect-no-changes")

    # Changed by somebody else: refresh shows it, and the next up takes nothing for granted.
    service_result(stack, "/upgradeWindow", "PUT", {"weekday": 0, "startHourUtc": 18})
    service_result(stack, "", "PATCH", {"privateEndpointIds": {"remove": ["vpce-a"]}})
    service_result(stack, "/scalingSchedule", "DELETE")
    drift = stack.pulumi("refresh", "--yes", "--diff")
    assert "weekday" in drift
    assert "private_endpoint_ids" in drift

    # Other values, in place; what the program no longer sets goes back to its default.
    declare(stack, *[(kind, name, args) for kind, name, _, args in PARTS])
    planned = stack.preview()
    ops = {name: planned[f"clickhouse:{kind}::{name}"] for kind, name, _, _ in PARTS}
    assert ops.pop("schedule") == "create"
    assert set(ops.values()) == {"update"}
    stack.up()
    ((same_id, key),) = keys(stack).items()
    assert (same_id, key["name"], key["expireAt"]) == (key_id, "renamed", None)
    assert stack.stack.outputs()["key.key_secret"] == outputs["key.key_secret"]
    assert len(service_result(stack, "/serviceQueryEndpoint")["roles"]) == 2
    backups = service_result(stack, "/backupConfiguration")
    assert backups == {
        "backupPeriodInHours": 24,
        "backupRetentionPeriodInHours": 24,
        "backupStartTime": "03:00",
    }
    assert len(service_result(stack, "/scalingSchedule")["entries"]) == 2
    assert service_result(stack, "/upgradeWindow")["startHourUtc"] == 12
    assert sorted(stack.services()[0]["privateEndpointIds"]) == ["vpce-a", "vpce-c"]
    stack.up("--expect-no-changes")

    # Nothing beside the service any more.
    declare(stack)
    stack.up()
    assert keys(stack) == {}
    for path in ("/serviceQueryEndpoint", "/scalingSchedule", "/upgradeWindow"):
        assert service_result(stack, path) is None
    assert "backupStartTime" not in service_result(stack, "/backupConfiguration")
    assert stack.services()[0]["privateEndpointIds"] == []


def test_a_key_rotates_and_leaves_the_keys_of_others_alone(stack: ProgramStack) -> None:
    """Killed after the POST; rotated beside somebody else's key; gone behind our back; alone."""
    endpoint: dict[str, Any] = {"open_api_keys": ["$key"], "roles": ["sql_console_read_only"]}
    declare(stack, ("ApiKey", "key", KEY), ("QueryEndpoint", "queries", endpoint))
    add_fault(stack, "openapiKeyCreate", "slow", delay_seconds=20)
    stack.up_killed_when(lambda: keys(stack))
    ((left_id, left),) = keys(stack).items()
    assert left["name"].startswith("key-pulumi-")
    stack.up()
    ((first_id, first),) = keys(stack).items()
    assert (first_id != left_id, first["name"]) == (True, "key")

    # The new key's answer is lost, and its secret with it: what it made goes, another is made.
    theirs = stack.control_plane.organization(
        "POST", "keys", {"name": "theirs", "roles": ["query_endpoints"]}
    )["key"]["id"]
    shared = {"openApiKeys": [theirs, first_id], "roles": ["sql_console_read_only"]}
    service_result(stack, "/serviceQueryEndpoint", "POST", shared)
    add_fault(stack, "openapiKeyCreate", "lost")
    rotated = ("ApiKey", "key", {**KEY, "rotation": "2"})
    declare(stack, rotated, ("QueryEndpoint", "queries", endpoint))
    stack.up()
    (second_id,) = set(keys(stack)) - {theirs}
    assert (second_id != first_id, keys(stack)[second_id]["name"]) == (True, "key")
    assert set(service_result(stack, "/serviceQueryEndpoint")["openApiKeys"]) == {theirs, second_id}
    outputs = stack.stack.outputs()
    assert opens(stack, outputs["key.key_id"], outputs["key.key_secret"])

    # Refresh notices that ours is gone; another is made, and it is to be the only one.
    stack.control_plane.organization("DELETE", f"keys/{second_id}")
    stack.pulumi("refresh", "--yes")
    declare(stack, rotated, ("QueryEndpoint", "queries", {**endpoint, "exclusive": True}))
    stack.up()
    (third_id,) = set(keys(stack)) - {theirs}
    assert service_result(stack, "/serviceQueryEndpoint")["openApiKeys"] == [third_id]


def test_the_old_key_works_until_the_new_one_does(clouds: StackPaths, tmp_path: Path) -> None:
    """Killed in between, when the new key is saved and not yet handed on: both work."""
    stack = service_stack(clouds, tmp_path, alone=True)
    declare(stack, ("ApiKey", "key", KEY))
    stack.up()
    old = stack.stack.outputs()
    ((old_id, _),) = keys(stack).items()
    # The receipt of the new key takes its time, so the old one's turn does not come.
    add_fault(stack, "openapiKeyUpdate", "slow", delay_seconds=20)
    declare(stack, ("ApiKey", "key", {**KEY, "rotation": "2"}))
    stack.up_killed_when(lambda: [key["name"] for key in keys(stack).values()] == ["key", "key"])
    assert opens(stack, old["key.key_id"], old["key.key_secret"])
    (new_id,) = set(keys(stack)) - {old_id}

    stack.up()
    assert set(keys(stack)) == {new_id}
    new = stack.stack.outputs()
    assert opens(stack, new["key.key_id"], new["key.key_secret"])
    stack.up("--expect-no-changes")


def test_what_somebody_else_scheduled_is_not_overwritten_unasked(stack: ProgramStack) -> None:
    """A schedule and private endpoints that are there already: an error, until told to adopt."""
    declare(stack)
    stack.up()
    entry = {"name": "theirs", "weekdays": [1], "startHourUtc": 1, "endHourUtc": 2}
    service_result(stack, "/scalingSchedule", "POST", {"entries": [entry]})
    service_result(stack, "", "PATCH", {"privateEndpointIds": {"add": ["vpce-theirs"]}})
    schedule: dict[str, Any] = {"entries": [{**WEEK, "num_replicas": 5}]}
    private: dict[str, Any] = {"private_endpoint_ids": ["vpce-a"]}
    declare(
        stack,
        ("ScalingSchedule", "schedule", schedule),
        ("PrivateEndpointAttachment", "private", private),
    )
    shown = stack.failing_up("--continue-on-error")
    assert "has a scaling schedule already" in shown
    assert "Exception calling application" not in shown
    assert "has a list of private endpoints already" in shown
    assert service_result(stack, "/scalingSchedule")["entries"][0]["name"] == "theirs"
    declare(
        stack,
        ("ScalingSchedule", "schedule", {**schedule, "adopt": True}),
        ("PrivateEndpointAttachment", "private", {**private, "adopt": True}),
    )
    stack.up()
    (entry,) = service_result(stack, "/scalingSchedule")["entries"]
    assert entry["name"] == "week"
    assert stack.services()[0]["privateEndpointIds"] == ["vpce-a"]
    stack.up("--expect-no-changes")


def test_a_backup_bucket_is_made_once_changed_and_removed(stack: ProgramStack) -> None:
    """The create's answer is lost; its secret is in no state; another secret changes in place."""
    bucket = {"bucket_provider": "GCP", "bucket_path": "gs://b/a", "access_key_id": "k"}
    add_fault(stack, "backupBucketCreate", "lost")
    first = {**bucket, "secret_access_key": "never-in-plain-text"}
    declare(stack, ("BackupBucket", "bucket", first))
    stack.up()
    made = service_result(stack, "/backupBucket")
    assert (made["bucketPath"], made["accessKeyId"]) == ("gs://b/a", "k")
    saved = json.loads(stack.state())["checkpoint"]["latest"]["resources"]
    (kept,) = [entry for entry in saved if entry["type"].endswith(":BackupBucket")]
    assert kept["inputs"]["secret_access_key"]
    assert "never-in-plain-text" not in json.dumps(kept)
    stack.up("--expect-no-changes")
    second = {**bucket, "bucket_path": "gs://b/c", "secret_access_key": "another"}
    declare(stack, ("BackupBucket", "bucket", second))
    assert stack.preview()["clickhouse:BackupBucket::bucket"] == "update"
    stack.up()
    changed = service_result(stack, "/backupBucket")
    assert (changed["id"], changed["bucketPath"]) == (made["id"], "gs://b/c")
    declare(stack)
    stack.up()
    assert service_result(stack, "/backupBucket") is None
