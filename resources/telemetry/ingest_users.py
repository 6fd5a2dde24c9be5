"""The SQL users of ingest: a writer for all teams, and a reader for each.

    writer = ingest_writer(
        connection_of(warehouse),
        databases=[schema.database],
        tables=worker.tables,
    )
    readers = team_readers(connection_of(warehouse), {"default": schema.database})

The writer may insert into the worker's tables and into the scratch database of `IngestProbe`, and
nothing else. It cannot read, and cannot write to `schema_versions`, because a row in that table
could block migrations.

A reader may select from its team's database, within limits of time, memory, rows and concurrency
that it cannot raise. ClickHouse itself rejects another team's database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from resources.sql.connection import Connection
from resources.sql.database_names import probe_database
from resources.sql.settings_profile import SettingsProfile, SettingsProfileArgs
from resources.sql.user import User, UserArgs
from resources.telemetry.access import DEFAULT_TEAM

__all__ = ["READER_LIMITS", "ingest_writer", "team_readers"]

_WRITER = "ingest_writer"
_READER = "telemetry_reader"
_LIMITS = "telemetry_reader_limits"


def _at_most(value: int) -> dict[str, int]:
    """Return a limit that a session may only lower. The minimum is 1, because 0 means no limit."""
    return {"value": value, "min": 1, "max": value}


READER_LIMITS = {
    "max_execution_time": _at_most(60),
    # The smallest service has 8 GiB, and inserts need some of it.
    "max_memory_usage": _at_most(2 * 1024**3),
    "max_memory_usage_for_user": _at_most(4 * 1024**3),
    "max_rows_to_read": _at_most(10_000_000_000),
    "max_concurrent_queries_for_user": _at_most(30),
    # 2: other settings can be changed, as Grafana and HyperDX do, and this setting cannot.
    # https://clickhouse.com/docs/operations/settings/permissions-for-queries#readonly
    "readonly": {"value": 2},
}
"""Limits of each reader, in seconds, bytes, bytes, rows of one query, and queries."""


def ingest_writer(
    connection: Connection,
    *,
    databases: Sequence[pulumi.Input[str]],
    tables: Sequence[str],
    opts: pulumi.ResourceOptions | None = None,
) -> User:
    """Create the SQL user that the worker inserts as.

    Args:
        connection: the server.
        databases: names of the teams' databases, at least one.
        tables: the tables that the worker writes, `BuiltWorker.tables`.
        opts: options of the user.
    """
    scratch = probe_database()
    grants = pulumi.Output.all(*databases).apply(
        lambda known: [
            *(f"INSERT ON {database}.{table}" for database in known for table in tables),
            f"INSERT ON {scratch}.*",
        ]
    )
    return User(
        "writer",
        UserArgs(connection=connection, name=_WRITER, grants=grants, default_database=databases[0]),
        opts,
    )


def team_readers(
    connection: Connection,
    databases: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions | None = None,
) -> dict[str, User]:
    """Create a SQL user for each team and their limits. Return the users by team.

    The default team's user is `telemetry_reader`; the names of the others contain their database.
    """
    readers = {
        team: _reader(connection, team, database, opts) for team, database in databases.items()
    }
    SettingsProfile(
        "reader-limits",
        SettingsProfileArgs(
            connection=connection,
            name=_LIMITS,
            settings=READER_LIMITS,
            to=[reader.name for reader in readers.values()],
        ),
        opts,
    )
    return readers


def _reader(
    connection: Connection,
    team: str,
    database: pulumi.Input[str],
    opts: pulumi.ResourceOptions | None,
) -> User:
    is_default = team == DEFAULT_TEAM
    name = _READER if is_default else pulumi.Output.concat(_READER, "_", database)
    return User(
        "reader" if is_default else f"reader-{team}",
        UserArgs(
            connection=connection,
            name=name,
            grants=[pulumi.Output.concat("SELECT ON ", database, ".*")],
            default_database=database,
        ),
        opts,
    )
