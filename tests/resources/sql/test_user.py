"""`User`, on the real Pulumi CLI and a real ClickHouse."""

from __future__ import annotations

from pathlib import Path

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.running_service import RunningService
from tests.support.stack_sql import query


def test_a_user_has_the_listed_grants_and_no_others(clouds: StackPaths, tmp_path: Path) -> None:
    """Grants and password change in place. Manual grants are drift. A dropped user is created."""
    stack = ProgramStack(clouds, "schema", tmp_path)
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_create_events.sql").write_text(
        "CREATE TABLE IF NOT EXISTS events (a UInt8) ENGINE = MergeTree ORDER BY a;\n"
    )
    stack.configure(directory=str(folder))
    stack.up()
    first = stack.stack.outputs()["reader_password"]
    assert first not in stack.state()
    # The default database is that of the schema.
    assert query(stack, "SELECT count() FROM events", user="reader") == "0"
    assert "ACCESS_DENIED" in query(stack, "INSERT INTO events VALUES (1)", user="reader")

    stack.configure(
        directory=str(folder), grants=["INSERT ON telemetry.*", "SELECT ON telemetry.events"]
    )
    stack.up()
    stack.up("--expect-no-changes")
    assert query(stack, "INSERT INTO events VALUES (1)", user="reader") == ""
    assert stack.stack.outputs()["reader_password"] == first

    # With a new password, the user keeps all grants.
    stack.configure(
        directory=str(folder),
        grants=["INSERT ON telemetry.*", "SELECT ON telemetry.events"],
        password_version="2",
    )
    stack.up()
    assert stack.stack.outputs()["reader_password"] != first
    assert query(stack, "SELECT a FROM events", user="reader") == "1"

    query(stack, "GRANT SELECT ON system.* TO reader")
    stack.pulumi("refresh", "--yes")
    assert stack.stack.outputs()["reader_password"] not in stack.state()
    stack.up()
    assert "system" not in query(stack, "SHOW GRANTS FOR reader")

    query(stack, "DROP USER reader")
    stack.pulumi("refresh", "--yes")
    stack.up()
    assert query(stack, "SELECT a FROM events", user="reader") == "1"


def test_invalid_grants_are_rejected_at_preview(clouds: StackPaths, tmp_path: Path) -> None:
    """A grant becomes part of a statement."""
    stack = ProgramStack(clouds, "schema", tmp_path)
    folder = tmp_path / "migrations"
    folder.mkdir()
    stack.configure(directory=str(folder), grants=["SELECT ON telemetry.* TO other; DROP USER x"])
    shown = stack.pulumi("preview", succeeds=False)
    assert "allowed: privileges such as 'SELECT ON telemetry.*', one per string" in shown


def test_the_lifecycle_of_a_user_whose_rights_other_clients_grant(
    server: RunningService, tmp_path: Path
) -> None:
    """With a new password, the adopted user keeps privileges, roles, settings and database."""
    for statement in (
        "CREATE DATABASE user_home ENGINE = Atomic",
        "CREATE ROLE user_role",
        "CREATE USER user_life IDENTIFIED BY 'by hand'",
        "GRANT SELECT ON others.* TO user_life",
        "GRANT user_role TO user_life",
        "CREATE SETTINGS PROFILE user_small SETTINGS max_block_size = 700 TO user_life",
    ):
        assert server.query(statement) == ""
    stack = server.stack(tmp_path, "user")

    def seen(user: str = "user_life") -> str:
        return server.query(
            "SELECT currentDatabase(), currentRoles(), getSetting('max_block_size')",
            user=user,
            password=stack.stack.outputs()["password"],
        )

    wanted = {"name": "user_life", "default_database": "user_home"}
    stack.makes(user=wanted)
    first = stack.stack.outputs()["password"]
    before = server.query("SHOW GRANTS FOR user_life")
    assert "GRANT SELECT ON others.*" in before
    assert seen() == "user_home\t['user_role']\t700"

    stack.updates(user={**wanted, "password_version": "2"})
    assert stack.stack.outputs()["password"] != first
    assert server.query("SHOW GRANTS FOR user_life") == before
    assert seen() == "user_home\t['user_role']\t700"
    server.query("ALTER USER user_life DEFAULT DATABASE NONE")
    stack.refreshed()
    assert seen() == "user_home\t['user_role']\t700"

    stack.replaces(user={**wanted, "name": "user_new", "password_version": "2"})
    assert seen("user_new").startswith("user_home\t[]")
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert server.query("SELECT count() FROM system.users WHERE name LIKE 'user_%'") == "0"
    server.query("DROP SETTINGS PROFILE user_small")
