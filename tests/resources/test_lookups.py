"""Look-up functions, through the Pulumi CLI and the local control plane."""

from __future__ import annotations

import base64
import threading
import urllib.request
from pathlib import Path

import pulumi
import pytest

from local.stack.paths import StackPaths
from resources import get_organization, lookups
from resources.base import pulumi_engine
from tests.support.program_stack import ProgramStack
from tests.support.running_service import RunningService


def test_existing_objects_are_found_and_unknown_names_are_errors(
    clouds: StackPaths, tmp_path: Path
) -> None:
    """The error for an unknown name lists the existing names."""
    stack = ProgramStack(
        clouds,
        "lookups",
        tmp_path,
        environment={"CLICKHOUSE_API_REQUESTS_PER_WINDOW": "100000"},
    )
    server = RunningService(clouds)
    tags = {"add": [{"key": "team", "value": "a"}]}
    stack.control_plane.patch_service(server.id, "", {"name": "warehouse", "tags": tags})
    backup = stack.control_plane.request("POST", f"/local/services/{server.id}/backups")
    stack.pulumi("config", "set", "team", "a")
    stack.up()
    outputs = stack.stack.outputs()
    assert (outputs["service"]["id"], outputs["service"]["name"]) == (server.id, "warehouse")
    (listed,) = outputs["backups"]
    assert (listed["id"], listed["status"]) == (backup["id"], "done")
    assert outputs["private"]["endpoint_service_id"]
    assert "grand_total_chc" in outputs["cost"]
    cloud = stack.control_plane.cloud
    token = base64.b64encode(f"{cloud['key_id']}:{cloud['key_secret']}".encode()).decode()
    scrape = urllib.request.Request(
        outputs["prometheus"], headers={"Authorization": f"Basic {token}"}
    )
    with urllib.request.urlopen(scrape) as response:
        assert server.id in response.read().decode()

    stack.pulumi("config", "set", "service", "unknown")
    shown = stack.pulumi("preview", succeeds=False)
    assert "0 services have name 'unknown' and tag ('team', 'a')" in shown
    assert "existing services: 'warehouse'" in shown
    assert "Traceback" not in shown


@pytest.fixture
def environment(server: RunningService, monkeypatch: pytest.MonkeyPatch) -> RunningService:
    """Settings of the control plane in the environment of this process."""
    cloud = server.control_plane.cloud
    for name, value in {
        "CLICKHOUSE_API_URL": cloud["url"],
        "CLICKHOUSE_CLOUD_API_KEY": cloud["key_id"],
        "CLICKHOUSE_CLOUD_API_SECRET": cloud["key_secret"],
        "CLICKHOUSE_API_REQUESTS_PER_WINDOW": "100000",
    }.items():
        monkeypatch.setenv(name, value)
    return server


def test_an_interrupted_lookup_ends_the_program_with_one_line(
    environment: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `ResourceError` would reach the user as a traceback; Pulumi prints a `RunError`."""
    interrupted = threading.Event()
    interrupted.set()
    monkeypatch.setattr(pulumi_engine, "_interrupted", interrupted)
    rule = {"operation": "backupGetList", "fault": "rate_limit", "reset_seconds": 60}
    faults = {"requests_per_window": 0, "rules": [rule]}
    environment.control_plane.request("PUT", "/local/faults", faults)
    organization = environment.control_plane.cloud["organization_id"]
    with pytest.raises(pulumi.RunError, match="listing the backups: interrupted"):
        lookups.list_backups(organization, environment.id)


def test_an_organization_on_a_later_page_is_found(environment: RunningService) -> None:
    """The key has access to three organizations, and a page of the list has one."""
    request = environment.control_plane.request
    path = f"/v1/organizations/{environment.control_plane.cloud['organization_id']}"
    organization = request("GET", path)["result"]
    request("PUT", "/local/faults", {"requests_per_window": 0, "other_organizations": 2})
    assert get_organization(organization["name"]).id == organization["id"]
    request("PUT", "/local/faults", {"requests_per_window": 0})
