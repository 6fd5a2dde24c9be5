"""`Retention`: for how many days the tables of a database keep their rows.

Statements: `SELECT` from `system.tables`, `ALTER TABLE … MODIFY TTL`, over the service's HTTPS
interface. Migrations give each table its TTL once and never change; this changes the number of
days of every table that has one, and of no other.

    Retention(
        "retention",
        RetentionArgs(connection=connection_of(warehouse), database=schema.database, days=90),
    )

Another server or database replaces it; the days change in place. Fewer days delete older rows.
Deleting it leaves the tables as they are.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from resources.base.checker import Checker
from resources.sql.connection import Connection, Warehouse, quoted
from resources.sql.sql_resource import SqlResourceProvider, differs, flat, sql_literal

__all__ = ["Retention", "RetentionArgs", "RetentionProvider", "partition_days"]

MAX_DAYS = 3650
# Partitions of one retention: those of the default 30 days, and some for senders' clocks that are
# ahead.
_PARTITIONS = 35
# As ClickHouse prints a TTL that was given in days, whatever its spelling in the migration was.
_TTL = re.compile(r" TTL (?P<column>[^,]+?) \+ toIntervalDay\((?P<days>\d+)\)")


def partition_days(ttl_days: int) -> int:
    """Return the days per partition of a new table, so that it has at most 38 partitions."""
    return math.ceil(ttl_days / _PARTITIONS)


@dataclass(kw_only=True)
class RetentionArgs:
    """How long.

    Attributes:
        connection: the server, and who changes it. Another `url` replaces.
        database: whose tables. Replaces.
        days: 1 to 3650. In place.
    """

    connection: Connection
    database: pulumi.Input[str]
    days: pulumi.Input[int]


class RetentionProvider(SqlResourceProvider):
    """Brings the TTL of every table that has one to the same number of days."""

    replaces = ("url", "database")
    in_place = ("days",)
    watched = False

    def rules(self, checker: Checker) -> None:
        """The number becomes part of SQL, so it must be one."""
        checker.required("days")
        checker.number("days", minimum=1, maximum=MAX_DAYS)

    def id_of(self, props: Mapping[str, Any]) -> str:
        """A database has one."""
        return f"{props['url']}/{props['database']}"

    def ensure(self, server: Warehouse, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Change the tables that differ; right after their migration none does."""
        if differs("days", olds, news):
            _apply(server, news)

    def observe(self, server: Warehouse, props: Mapping[str, Any]) -> dict[str, Any]:
        """The days that the tables have; where they differ, one that is not what was asked for."""
        found = {days for _, days in _ttls(server, props).values()}
        others = sorted(found - {props["days"]})
        return {"days": others[0] if others else props["days"]}

    def remove(self, server: Warehouse, props: Mapping[str, Any]) -> None:
        """Leave the tables as they are: no retention would keep rows for ever."""


class Retention(Resource, module="clickhouse", name="Retention"):
    """The TTL of a database's tables."""

    days: pulumi.Output[int]
    """For how many days rows are kept."""

    def __init__(
        self,
        resource_name: str,
        args: RetentionArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(RetentionProvider(), resource_name, flat(args), opts)


def _apply(server: Warehouse, props: Mapping[str, Any]) -> None:
    database = quoted(props["database"])
    for table, (column, days) in _ttls(server, props).items():
        if days != props["days"]:
            # Old rows go with the next merges, not with a rewrite of every part now.
            server.command(
                f"ALTER TABLE {database}.{quoted(table)} "
                f"MODIFY TTL {column} + toIntervalDay({int(props['days'])}) "
                "SETTINGS materialize_ttl_after_modify = 0"
            )


def _ttls(server: Warehouse, props: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """Table -> (expression the days are added to, days), for the tables that have such a TTL."""
    answer = server.command(
        f"SELECT name, create_table_query FROM system.tables "  # noqa: S608 - checked by `check`
        f"WHERE database = {sql_literal(props['database'])} ORDER BY name FORMAT JSONEachRow"
    )
    found = {}
    for line in answer.splitlines():
        row = json.loads(line)
        match = _TTL.search(row["create_table_query"])
        if match:
            found[row["name"]] = (match["column"], int(match["days"]))
    return found
