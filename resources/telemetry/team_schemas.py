"""`team_schemas`: the database, the schema and the retention of each team.

    team_schemas(
        [TeamArgs(name="shop", database="shop_telemetry")],
        connection=connection_of(warehouse),
        ttl_days=30,
        drop_database_on_destroy=False,
    )

It creates one `Migrations` and one `Retention` for each team, with the files of `migrations/`. A
resource that needs the tables or their retention uses an output of the `TeamSchema`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from resources.sql.connection import Connection
from resources.sql.migrations import Migrations, MigrationsArgs
from resources.sql.retention import Retention, RetentionArgs, partition_days
from resources.telemetry.access import DEFAULT_TEAM, TeamArgs

__all__ = ["OLDEST_CLICKHOUSE", "TeamSchema", "team_schemas"]

OLDEST_CLICKHOUSE = "26.2"
"""Oldest version for the files in `migrations/`. File 0005 needs the setting of `events_once`, and
0006 needs text indexes that no setting has to allow. `min_level_for_wide_part` (0013) exists since
25.10."""


@dataclass(frozen=True, kw_only=True)
class TeamSchema:
    """A team's database and tables.

    Attributes:
        database: name of the database, known after the migrations ran.
        files: `Migrations.files`, which changes whenever the tables may have changed.
        retention_days: number of days that the tables keep rows, known after it is set.
    """

    database: pulumi.Output[str]
    files: pulumi.Output[dict[str, str]]
    retention_days: pulumi.Output[int]


def team_schemas(
    teams: Sequence[TeamArgs],
    *,
    connection: Connection,
    ttl_days: int,
    drop_database_on_destroy: bool,
    opts: pulumi.ResourceOptions | None = None,
) -> list[TeamSchema]:
    """Create `Migrations` and `Retention` for each team's database, in the order of the teams.

    The resources of the default team are named `schema` and `retention`. Other names end in the
    team's name.
    """
    return [
        _schema(team, connection, ttl_days, drop=drop_database_on_destroy, opts=opts)
        for team in teams
    ]


def _schema(
    team: TeamArgs,
    connection: Connection,
    ttl_days: int,
    *,
    drop: bool,
    opts: pulumi.ResourceOptions | None,
) -> TeamSchema:
    suffix = "" if team.name == DEFAULT_TEAM else f"-{team.name}"
    schema = Migrations(
        f"schema{suffix}",
        MigrationsArgs(
            connection=connection,
            database=team.database,
            variables={
                "TTL_DAYS": str(ttl_days),
                "PARTITION_DAYS": str(partition_days(ttl_days)),
            },
            drop_database_on_destroy=drop,
            oldest_server=OLDEST_CLICKHOUSE,
        ),
        opts,
    )
    retention = Retention(
        f"retention{suffix}",
        RetentionArgs(connection=connection, database=schema.database, days=ttl_days),
        opts,
    )
    return TeamSchema(database=schema.database, files=schema.files, retention_days=retention.days)
