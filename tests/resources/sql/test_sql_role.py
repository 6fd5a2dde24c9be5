"""`SqlRole`, on the real Pulumi CLI and a real ClickHouse."""

from __future__ import annotations

from pathlib import Path

from tests.support.running_service import RunningService

READ = "GRANT SELECT ON telemetry.* TO {}"


def test_the_lifecycle_of_a_role(server: RunningService, tmp_path: Path) -> None:
    """The role is adopted, changed in place, repaired, replaced and deleted."""
    stack = server.stack(tmp_path, "role")

    def grants(role: str = "role_life") -> list[str]:
        return server.query(f"SHOW GRANTS FOR {role} FORMAT TSVRaw").splitlines()

    # An interrupted run or another client created the role. It gets exactly the listed rights.
    server.query("CREATE ROLE role_life")
    server.query("GRANT INSERT ON telemetry.* TO role_life")
    stack.makes(role={"name": "role_life", "grants": ["SELECT ON telemetry.*"]})
    assert grants() == [READ.format("role_life")]

    two = ["select ON telemetry.*", "UPDATE ON telemetry.events"]
    stack.updates(role={"name": "role_life", "grants": two})
    now = [READ.format("role_life"), "GRANT ALTER UPDATE ON telemetry.events TO role_life"]
    assert grants() == now
    # The server's spelling of an alias is not drift.
    stack.up("--refresh", "--expect-no-changes")
    server.query("GRANT INSERT ON telemetry.* TO role_life")
    stack.refreshed()
    assert grants() == now
    server.query("DROP ROLE role_life")
    stack.refreshed()
    assert grants() == now

    # Without `grants`, the rights are not compared.
    stack.replaces(role={"name": "role_other"})
    assert "UNKNOWN_ROLE" in grants()[0]
    server.query(READ.format("role_other"))
    stack.up("--refresh", "--expect-no-changes")
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert server.query("SELECT count() FROM system.roles WHERE name LIKE 'role_%'") == "0"
