"""Rights of the SQL users of ingest, as ClickHouse enforces them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resources.telemetry.ingest_users import READER_LIMITS
from tests.support.program_stack import ProgramStack
from tests.support.running_service import RunningService

TEAMS = {"default": "telemetry", "shop": "shop_telemetry"}
VIOLATION = "SETTING_CONSTRAINT_VIOLATION"


class Users:
    """Start a server with two teams' databases and the users of the program `ingest_users`."""

    def __init__(self, server: RunningService, folder: Path) -> None:
        self.server = server
        for database in TEAMS.values():
            server.query(f"CREATE DATABASE {database}")
            for table in ("events", "schema_versions"):
                server.query(
                    f"CREATE TABLE {database}.{table} (a Int64) ENGINE = MergeTree ORDER BY a"
                )
            server.query(f"INSERT INTO {database}.events VALUES (1), (2), (3)")
        stack = ProgramStack(server.clouds, "ingest_users", folder, name="users")
        stack.configure(connection=server.connection(), teams=TEAMS, tables=["events"])
        stack.up()
        stack.up("--expect-no-changes")
        self.stack = stack
        self.passwords: dict[str, str] = stack.stack.outputs()["passwords"]

    def ask(self, user: str, sql: str) -> str:
        return self.server.query(sql, user=user, password=self.passwords[user])


@pytest.fixture(scope="module")
def users(server: RunningService, tmp_path_factory: pytest.TempPathFactory) -> Users:
    return Users(server, tmp_path_factory.mktemp("users"))


def test_the_writer_inserts_into_the_tables_of_the_worker_and_nowhere_else(users: Users) -> None:
    for database in TEAMS.values():
        assert users.ask("ingest_writer", f"INSERT INTO {database}.events VALUES (4)") == ""
        blocked = f"INSERT INTO {database}.schema_versions VALUES (1)"
        assert "ACCESS_DENIED" in users.ask("ingest_writer", blocked)
        for query in (f"SELECT * FROM {database}.events", f"TRUNCATE TABLE {database}.events"):
            assert "ACCESS_DENIED" in users.ask("ingest_writer", query)


def test_clickhouse_rejects_one_teams_reader_in_anothers_database(users: Users) -> None:
    readers = {"telemetry_reader": "telemetry", "telemetry_reader_shop_telemetry": "shop_telemetry"}
    for user, own in readers.items():
        assert int(users.ask(user, "SELECT count() FROM events")) >= 3
        for database in TEAMS.values():
            found = users.ask(user, f"SELECT a FROM {database}.events WHERE a = 1")
            assert (found == "1") is (database == own), found
            assert ("ACCESS_DENIED" in found) is (database != own)
        seen = users.ask(user, "SELECT DISTINCT database FROM system.tables")
        assert set(seen.split()) & set(TEAMS.values()) == {own}


@pytest.mark.parametrize("statement", ["INSERT INTO events VALUES (9)", "DROP TABLE events"])
def test_a_reader_changes_nothing(users: Users, statement: str) -> None:
    refused = users.ask("telemetry_reader", statement)
    assert "ACCESS_DENIED" in refused or "READONLY" in refused


@pytest.mark.parametrize("limit", [name for name in READER_LIMITS if name != "readonly"])
def test_a_reader_can_lower_a_limit_but_not_raise_or_disable_it(users: Users, limit: str) -> None:
    most = READER_LIMITS[limit]["max"]

    def with_limit(value: int) -> str:
        query = f"SELECT getSetting('{limit}') SETTINGS {limit} = {value}"
        return users.ask("telemetry_reader", query)

    assert users.ask("telemetry_reader", f"SELECT getSetting('{limit}')") == str(most)
    assert with_limit(most - 1) == str(most - 1)
    assert VIOLATION in with_limit(most + 1)
    assert VIOLATION in with_limit(0)


def test_a_reader_cannot_leave_readonly_and_can_change_other_settings(users: Users) -> None:
    """Grafana and HyperDX set some settings with every query."""
    assert users.ask("telemetry_reader", "SELECT getSetting('readonly')") == "2"
    assert "READONLY" in users.ask("telemetry_reader", "SELECT 1 SETTINGS readonly = 0")
    changed = "SELECT getSetting('max_block_size') SETTINGS max_block_size = 77"
    assert users.ask("telemetry_reader", changed) == "77"


def test_a_query_over_a_limit_ends_with_an_error(users: Users) -> None:
    """ClickHouse enforces the limits of rows and memory."""
    rows = "SELECT sum(number) FROM numbers(1000) SETTINGS max_rows_to_read = 10"
    assert "TOO_MANY_ROWS" in users.ask("telemetry_reader", rows)
    memory = "SELECT groupArray(toString(number)) FROM numbers(300000000) FORMAT Null"
    assert "MEMORY_LIMIT_EXCEEDED" in users.ask("telemetry_reader", memory)


def test_no_password_is_in_the_state(users: Users) -> None:
    state = json.dumps(users.stack.state())
    assert not [user for user, password in users.passwords.items() if password in state]
