"""`Warehouse` on services that sleep or are stopped, on a real control plane and ClickHouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.environment import Layout
from resources.errors import ResourceError
from resources.warehouse import Warehouse
from tests.resources.servers import Server

DATABASE = {"name": "woken", "comment": "first"}


def test_a_service_that_is_not_awake_is_woken_or_started(server: Server, tmp_path: Path) -> None:
    """An idle one by the statement itself, a stopped one through the control plane."""
    stack = server.stack(tmp_path, "woken")
    stack.has(database=DATABASE)
    server.control_plane.request("POST", f"/local/services/{server.id}/idle")
    server.wait_for("idle")
    stack.up()
    server.wait_for("running")

    server.command("stop")
    server.wait_for("stopped")
    stopped = Warehouse(server.url, "default", server.password)
    with pytest.raises(ResourceError, match="started only where the connection has its `serv"):
        stopped.command("SELECT 1", deadline_seconds=0)
    stack.has(database={**DATABASE, "comment": "second"})
    stack.up()
    server.wait_for("running")
    comment = "SELECT comment FROM system.databases WHERE name = 'woken'"
    assert server.query(comment) == "second"
    stack.pulumi("destroy", "--yes", "--skip-preview")


def test_what_was_in_a_deleted_service_is_gone_with_it(clouds: Layout, tmp_path: Path) -> None:
    """Neither a refresh nor a destroy waits for a server that will never answer."""
    server = Server(clouds)
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
