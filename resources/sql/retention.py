"""`Retention`: the number of days that the tables of a database keep their rows.

Statements: `SELECT` from `system.tables`, `ALTER TABLE … MODIFY TTL`, over the service's HTTPS
interface. An applied migration never changes, so this resource changes the number of days in each
table's TTL. Tables without a TTL in days stay as they are.

    Retention(
        "retention",
        RetentionArgs(connection=connection_of(warehouse), database=schema.database, days=90),
    )

A change of the server or the database replaces the resource. The days change in place. Fewer days
delete older rows. Deleting the resource does not change the tables.
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
from resources.sql.connection import Connection
from resources.sql.sql_resource import SqlResourceProvider, differs, flat, sql_literal
from resources.sql.sql_server import SqlServer, quoted

__all__ = ["Retention", "RetentionArgs", "RetentionProvider", "partition_days"]

MAX_DAYS = 3650
# Partitions of a table: one per day of the default 30 days, and some for rows of senders whose
# clocks are ahead.
_PARTITIONS = 35
# ClickHouse prints a TTL in days like this, whatever its spelling in the migration is.
_TTL = re.compile(r" TTL (?P<column>[^,]+?) \+ toIntervalDay\((?P<days>\d+)\)")


def partition_days(ttl_days: int) -> int:
    """Return the days per partition of a new table, so that it has at most 38 partitions."""
    return math.ceil(ttl_days / _PARTITIONS)


@dataclass(kw_only=True)
class RetentionArgs:
    """Arguments of a retention.

    Attributes:
        connection: the server, and the user that runs the statements. A change of its `url`
            replaces.
        database: the database of the tables. Replaces.
        days: number of days, 1 to 3650. In place.
    """

    connection: Connection
    database: pulumi.Input[str]
    days: pulumi.Input[int]


class RetentionProvider(SqlResourceProvider):
    """Sets the same number of days in the TTL of every table that has a TTL."""

    replaces = ("url", "database")
    in_place = ("days",)
    watched = False

    def rules(self, checker: Checker) -> None:
        """Check the number, which becomes part of a statement."""
        checker.required("days")
        checker.number("days", minimum=1, maximum=MAX_DAYS)

    def id_of(self, props: Mapping[str, Any]) -> str:
        """Return server and database, because a database has one retention."""
        return f"{props['url']}/{props['database']}"

    def ensure(self, server: SqlServer, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Change the tables whose days differ. Directly after the migrations, no table differs."""
        if differs("days", olds, news):
            _apply(server, news)

    def observe(self, server: SqlServer, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return the days of the tables. If the tables have different days, return a value that
        differs from the program's, so that the next `up` changes them.
        """
        found = {days for _, days in _ttls(server, props).values()}
        others = sorted(found - {props["days"]})
        return {"days": others[0] if others else props["days"]}

    def remove(self, server: SqlServer, props: Mapping[str, Any]) -> None:
        """Do nothing: removing the TTL would keep rows indefinitely."""


class Retention(Resource, module="clickhouse", name="Retention"):
    """The TTL of a database's tables."""

    days: pulumi.Output[int]
    """Number of days that rows are kept."""

    def __init__(
        self,
        resource_name: str,
        args: RetentionArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(RetentionProvider(), resource_name, flat(args), opts)


def _apply(server: SqlServer, props: Mapping[str, Any]) -> None:
    database = quoted(props["database"])
    for table, (column, days) in _ttls(server, props).items():
        if days != props["days"]:
            # The next merges delete old rows. Otherwise ClickHouse would rewrite every part now.
            server.command(
                f"ALTER TABLE {database}.{quoted(table)} "
                f"MODIFY TTL {column} + toIntervalDay({int(props['days'])}) "
                "SETTINGS materialize_ttl_after_modify = 0"
            )


def _ttls(server: SqlServer, props: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """Return table -> (expression to which the days are added, days), of tables with such a TTL."""
    tables = server.command(
        f"SELECT name, create_table_query FROM system.tables "  # noqa: S608 - checked by `check`
        f"WHERE database = {sql_literal(props['database'])} ORDER BY name FORMAT JSONEachRow"
    )
    found = {}
    for line in tables.splitlines():
        row = json.loads(line)
        match = _TTL.search(row["create_table_query"])
        if match:
            found[row["name"]] = (match["column"], int(match["days"]))
    return found
