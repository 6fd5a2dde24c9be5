"""`SqlServer` on idle and stopped services of the local control plane, with a real ClickHouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.stack.paths import StackPaths
from resources.base import control_plane
from resources.base.errors import ResourceError
from resources.sql.sql_server import SqlServer
from tests.support.program_stack import ProgramStack
from tests.support.running_service import RunningService

DATABASE = {"name": "woken", "comment": "first"}


def test_a_service_that_is_not_awake_is_woken_or_started(
    server: RunningService, tmp_path: Path
) -> None:
    """A statement wakes an idle service. The control plane starts a stopped one."""
    stack = server.stack(tmp_path, "woken")
    stack.has(database=DATABASE)
    server.control_plane.request("POST", f"/local/services/{server.id}/idle")
    server.wait_for("idle")
    stack.up()
    server.wait_for("running")

    server.command("stop")
    server.wait_for("stopped")
    stopped = SqlServer(server.url, "default", server.password)
    with pytest.raises(ResourceError, match="started only if the connection has its `serv"):
        stopped.command("SELECT 1", deadline_seconds=0)
    stack.has(database={**DATABASE, "comment": "second"})
    stack.up()
    server.wait_for("running")
    comment = "SELECT comment FROM system.databases WHERE name = 'woken'"
    assert server.query(comment) == "second"
    stack.pulumi("destroy", "--yes", "--skip-preview")


def test_an_idle_service_that_does_not_respond_is_woken_by_command(
    server: RunningService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A running service is left alone."""
    cloud = server.control_plane.cloud
    settings = {
        "clickhouseApiUrl": cloud["url"],
        "clickhouseCloudApiKey": cloud["key_id"],
        "clickhouseCloudApiSecret": cloud["key_secret"],
    }
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(server.clouds.clouds / "certificates" / "bundle.pem"))
    access = control_plane.ControlPlane(settings.get)
    wakeable = SqlServer.of(server.connection(), control_plane=access, may_start=False)
    assert wakeable.wake is not None
    server.control_plane.request("POST", f"/local/services/{server.id}/idle")
    server.wait_for("idle")
    wakeable.wake()
    assert server.state == "running"
    wakeable.wake()
    assert server.state == "running"


def test_a_service_that_is_wanted_stopped_stays_so(server: RunningService, tmp_path: Path) -> None:
    """A refresh, a change and a delete do not start it, and report the reason."""
    stack = server.stack(tmp_path, "stays")
    declared = {"database": {"name": "stays"}, "role": {"name": "stays_role"}}
    stack.has(**declared)
    stack.up()
    server.command("stop")
    server.wait_for("stopped")
    shown = stack.pulumi("refresh", "--yes")
    assert "Database 'stays' was not read, its state is kept" in shown
    assert "SqlRole 'stays_role' was not read, its state is kept" in shown
    assert "is stopped, and only a change starts it" in shown
    stack.has(**declared)
    stack.up("--expect-no-changes")
    assert server.state == "stopped"

    wanted = {**server.connection(), "desired_state": "stopped"}
    changed = {**declared, "database": {"name": "stays", "comment": "changed"}}
    stack.configure(connection=wanted, **changed)
    shown = stack.failing_up()
    assert (
        "is stopped, and desired_state is 'stopped': nothing in it can be read or changed" in shown
    )
    assert "set desired_state='running' on the service first" in shown
    stack.has(database=declared["database"])
    assert "is stopped, and only a change starts it" in stack.failing_up()
    assert server.state == "stopped"
    server.command("start")
    server.wait_for("running")
    stack.pulumi("destroy", "--yes", "--skip-preview")


def test_a_stack_with_a_stopped_service_is_destroyed_without_starting_it(
    clouds: StackPaths, tmp_path: Path
) -> None:
    """Resources without data are not deleted before their service."""
    stack = ProgramStack(clouds, "schema", tmp_path)
    (tmp_path / "migrations").mkdir()
    args = {"directory": str(tmp_path / "migrations")}
    stack.configure(**args)
    stack.up()
    stack.configure(**args, desired_state="stopped")
    stack.up()
    assert [service["state"] for service in stack.services()] == ["stopped"]
    stack.up("--refresh", "--expect-no-changes")
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.services() == []
    counts = stack.control_plane.request("GET", "/local/counts")["responses"]
    commands = [it for it in counts if it["operation"].endswith("/state")]
    assert [(it["status"], it["count"]) for it in commands] == [(200, 1)]


def test_resources_in_a_deleted_service_count_as_deleted(
    clouds: StackPaths, tmp_path: Path
) -> None:
    """Neither a refresh nor a destroy waits for a server that no longer exists."""
    server = RunningService(clouds)
    stack = server.stack(tmp_path, "deleted")
    stack.has(role={"name": "deleted_role"}, user={"name": "deleted_user"})
    stack.up()
    stack.delete_by_hand(server.id)
    urns = stack.pulumi("stack", "--show-urns").split()
    user = next(urn for urn in urns if urn.endswith("::user"))
    stack.pulumi("destroy", "--yes", "--skip-preview", "--target", user)
    assert user not in stack.pulumi("stack", "--show-urns")
    stack.pulumi("refresh", "--yes")
    assert "::role" not in stack.pulumi("stack", "--show-urns")
