"""`Database`, on the real Pulumi CLI and a real ClickHouse."""

from __future__ import annotations

from pathlib import Path

from tests.support.running_service import RunningService


def test_the_lifecycle_of_a_database(server: RunningService, tmp_path: Path) -> None:
    """The database is adopted, changed, repaired, replaced, deleted, and no table is lost."""
    shown = "SELECT groupArray((name, comment)) FROM system.databases WHERE name LIKE 'life%'"
    server.query("CREATE DATABASE life ENGINE = Atomic COMMENT 'by hand'")
    server.query("CREATE TABLE life.kept (a UInt8) ENGINE = MergeTree ORDER BY a")
    stack = server.stack(tmp_path, "database")
    stack.makes(database={"name": "life"})
    assert server.query(shown) == "[('life','by hand')]"

    stack.updates(database={"name": "life", "comment": "it's ours"})
    assert server.query(shown) == "[('life','it\\'s ours')]"
    assert server.query("EXISTS TABLE life.kept") == "1"
    server.query("ALTER DATABASE life MODIFY COMMENT 'another client'")
    stack.refreshed()
    assert server.query(shown) == "[('life','it\\'s ours')]"

    # Neither deleting the resource nor changing its name by mistake deletes tables.
    assert "has 1 tables and is not dropped" in stack.pulumi("destroy", "--yes", succeeds=False)
    stack.has(database={"name": "life2"})
    shown_error = stack.pulumi("preview", succeeds=False)
    assert "database life has 1 tables and is not replaced by life2: drop them, or " in shown_error
    assert "drop_tables_on_destroy=True" in shown_error
    server.query("DROP DATABASE life")
    stack.has(database={"name": "life", "comment": "it's ours"})
    stack.refreshed()
    assert server.query(shown) == "[('life','it\\'s ours')]"
    stack.replaces(database={"name": "life2"})
    assert server.query(shown) == "[('life2','')]"
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert server.query(shown) == "[]"
