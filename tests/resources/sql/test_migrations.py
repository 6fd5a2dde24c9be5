"""`Migrations`, on the real Pulumi CLI and a real ClickHouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.stack_sql import query

EVENTS = "CREATE TABLE IF NOT EXISTS events (a UInt8) ENGINE = MergeTree ORDER BY a;\n"
# The first statement is valid, the second is not.
HALF_VALID = (
    "CREATE TABLE IF NOT EXISTS more (b UInt8) ENGINE = MergeTree ORDER BY b;\nCREATE TABLE )(;\n"
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with one migration."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_create_events.sql").write_text(EVENTS)
    (folder / "0001_create_events.down.sql").write_text("DROP TABLE events;\n")
    return folder


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path, files: Path) -> ProgramStack:
    """A stack with a service and the schema of the files, before its first `up`."""
    stack = ProgramStack(clouds, "schema", tmp_path)
    stack.configure(directory=str(files))
    return stack


def test_a_schema_from_the_first_file_to_the_end(stack: ProgramStack, files: Path) -> None:
    """A preview lists pending files. Applied files must not change or be deleted."""
    assert "pending: 0001_create_events.sql" in stack.pulumi("preview")
    stack.up()
    stack.up("--expect-no-changes")
    (files / "0002_add_device.sql").write_text(
        "ALTER TABLE events ADD COLUMN IF NOT EXISTS device String DEFAULT '${DEVICE}';\n"
    )
    assert "0002_add_device.sql uses ${DEVICE}, which is not in variables" in stack.failing_up()
    stack.configure(directory=str(files), variables={"DEVICE": "unknown"})
    assert "pending: 0002_add_device.sql" in stack.pulumi("preview")
    stack.up()
    assert query(stack, "INSERT INTO telemetry.events (a) VALUES (1)") == ""
    assert query(stack, "SELECT a, device FROM telemetry.events") == "1\tunknown"

    # An applied file must not change or be deleted.
    (files / "0001_create_events.sql").write_text(EVENTS + "-- harmless?\n")
    shown = stack.pulumi("preview", succeeds=False)
    assert "0001_create_events.sql was changed after it was applied: restore the file" in shown
    (files / "0001_create_events.sql").unlink()
    shown = stack.pulumi("preview", succeeds=False)
    assert "0001_create_events.sql was applied and is missing: restore the file" in shown
    (files / "0001_create_events.sql").write_text(EVENTS)
    stack.up("--expect-no-changes")

    # A database that another client dropped is created again.
    query(stack, "DROP DATABASE telemetry")
    stack.pulumi("refresh", "--yes")
    stack.up()
    assert query(stack, "SELECT count() FROM telemetry.events") == "0"


def test_a_failed_file_is_named_and_a_corrected_one_repairs(
    stack: ProgramStack, files: Path
) -> None:
    """One line has the file and the server's message. The next `up` runs the corrected file."""
    broken = files / "0002_create_more.sql"
    broken.write_text(HALF_VALID)
    shown = stack.failing_up()
    _, _, diagnostics = shown.rpartition("Diagnostics:")
    (line,) = [line for line in diagnostics.splitlines() if "Syntax error" in line]
    assert "0002_create_more.sql failed: " in line
    assert "Stack trace" not in shown
    broken.write_text(HALF_VALID.replace("CREATE TABLE )(", "SELECT 1"))
    stack.up()
    assert query(stack, "SHOW TABLES FROM telemetry").split() == [
        "events",
        "more",
        "schema_versions",
    ]
    # The same in an update, after which the state still has the applied files.
    (files / "0003_wrong.sql").write_text("SELECT nothing;\n")
    assert "0003_wrong.sql failed: " in stack.failing_up()
    (files / "0003_wrong.sql").write_text("SELECT 1;\n")
    stack.up()
    stack.up("--expect-no-changes")


def test_a_stack_that_lost_its_state_rejects_a_changed_file(
    stack: ProgramStack, files: Path
) -> None:
    """Without a state, the comparison uses the server's table `schema_versions`."""
    stack.up()
    urn = next(
        urn for urn in stack.pulumi("stack", "--show-urns").split() if urn.endswith("::schema")
    )
    stack.pulumi("state", "delete", urn, "--target-dependents", "--yes")
    (files / "0001_create_events.sql").write_text(EVENTS + "-- harmless?\n")
    assert "0001_create_events.sql was changed after it was applied" in stack.failing_up()


def test_scaling_the_service_leaves_schema_and_users_alone(
    stack: ProgramStack, files: Path
) -> None:
    """The preview of an update in place shows no other change, although outputs are unknown."""
    stack.up()
    stack.configure(directory=str(files), num_replicas=2)
    steps = stack.preview()
    changed = {urn for urn, operation in steps.items() if operation != "same"}
    assert {urn for urn in changed if "clickhouse" in urn} == {"clickhouse:Service::one"}


def test_the_database_is_dropped_only_on_request(stack: ProgramStack, files: Path) -> None:
    """Deleting the resource keeps the data, unless `drop_database_on_destroy` is set."""
    stack.up()
    urn = next(
        urn for urn in stack.pulumi("stack", "--show-urns").split() if urn.endswith("::schema")
    )
    stack.pulumi("destroy", "--yes", "--target", urn, "--target-dependents")
    assert query(stack, "EXISTS DATABASE telemetry") == "1"
    stack.configure(directory=str(files), drop=True)
    stack.up()
    stack.pulumi("destroy", "--yes", "--target", urn, "--target-dependents")
    assert query(stack, "EXISTS DATABASE telemetry") == "0"
