"""Look-ups, on the real Pulumi CLI and the local control plane."""

from __future__ import annotations

import base64
import urllib.request
from pathlib import Path

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.running_service import RunningService


def test_what_is_there_is_found_and_what_is_not_is_said(clouds: StackPaths, tmp_path: Path) -> None:
    """By name, by tag; an unknown name is answered with those there are."""
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
    with urllib.request.urlopen(scrape) as answer:
        assert server.id in answer.read().decode()

    stack.pulumi("config", "set", "service", "nobody")
    shown = stack.pulumi("preview", succeeds=False)
    assert "0 services have name 'nobody' and tag ('team', 'a')" in shown
    assert "there are: 'warehouse'" in shown
    assert "Traceback" not in shown
