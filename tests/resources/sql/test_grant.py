"""`Grant`, on the real Pulumi CLI and a real ClickHouse."""

from __future__ import annotations

from pathlib import Path

from tests.support.running_service import RunningService


def test_the_lifecycle_of_a_grant(server: RunningService, tmp_path: Path) -> None:
    """The grant is changed, repaired, replaced and deleted. Rights from other clients stay."""
    for name in ("grant_a", "grant_b"):
        server.query(f"CREATE USER {name} IDENTIFIED BY 'x'")
        server.query(f"GRANT INSERT ON others.* TO {name}")
    server.query("CREATE ROLE grant_role, grant_role_2")
    others = "GRANT INSERT ON others.* TO {}"
    stack = server.stack(tmp_path, "grant")

    def rights(user: str = "grant_a") -> set[str]:
        return set(server.query(f"SHOW GRANTS FOR {user} FORMAT TSVRaw").splitlines())

    # One of the two rights exists already, as after an interrupted run.
    server.query("GRANT grant_role TO grant_a")
    wanted = {"grants": ["SELECT ON telemetry.*", "ALL ON mine.*"], "roles": ["grant_role"]}
    stack.makes(grant={"to": "grant_a", **wanted})
    assert "GRANT grant_role TO grant_a" in rights()
    assert "GRANT SELECT ON telemetry.* TO grant_a" in rights()
    # `SHOW GRANTS` shows a group on a database as a list of its members, which is not drift.
    # A right that another client granted is not drift either, even if it includes this grant's.
    server.query("GRANT SELECT, INSERT ON *.* TO grant_a")
    stack.up("--refresh", "--expect-no-changes")
    server.query("REVOKE SELECT, INSERT ON *.* FROM grant_a")
    assert rights() != {others.format("grant_a")}
    stack.refreshed()
    assert "GRANT SELECT ON telemetry.* TO grant_a" in rights()
    server.query(others.format("grant_a"))

    wanted = {"grants": ["SELECT ON telemetry.*"], "roles": ["grant_role_2"]}
    stack.updates(grant={"to": "grant_a", **wanted, "may_pass_on": True})
    now = {
        others.format("grant_a"),
        "GRANT SELECT ON telemetry.* TO grant_a WITH GRANT OPTION",
        "GRANT grant_role_2 TO grant_a WITH ADMIN OPTION",
    }
    assert rights() == now
    stack.updates(grant={"to": "grant_a", **wanted})
    assert rights() == {line.partition(" WITH ")[0] for line in now}

    # The grantee was dropped with its rights.
    server.query("DROP USER grant_a")
    server.query("CREATE USER grant_a IDENTIFIED BY 'x'")
    stack.refreshed()
    assert rights() == {line.partition(" WITH ")[0] for line in now - {others.format("grant_a")}}
    stack.replaces(grant={"to": "grant_b", **wanted})
    assert rights() == {""} or rights() == set()
    assert len(rights("grant_b")) == 3
    server.query("DROP ROLE grant_role_2")
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert rights("grant_b") == {others.format("grant_b")}
