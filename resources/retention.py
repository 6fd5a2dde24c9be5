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
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

from resources import engine
from resources.checking import Checker
from resources.control_plane import ControlPlane
from resources.sql import differs, text
from resources.warehouse import CONNECTION, Connection, Warehouse, quoted

__all__ = ["Retention", "RetentionArgs", "RetentionProvider"]

REPLACES = ("url", "database")
MAX_DAYS = 3650
# As ClickHouse prints a TTL that was given in days, whatever its spelling in the migration was.
_TTL = re.compile(r" TTL (?P<column>[^,]+?) \+ toIntervalDay\((?P<days>\d+)\)")


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


class RetentionProvider(ResourceProvider):
    """Brings the TTL of every table that has one to the same number of days."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Tie the process to the engine; remember where a stopped service could be started."""
        engine.attach()
        self._control_plane = ControlPlane(req.config.get)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """The number becomes part of SQL, so it must be one."""
        checker = Checker(news)
        checker.required("url", "database", "days")
        checker.number("days", minimum=1, maximum=MAX_DAYS)
        return checker.result()

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare with what was last seen; what is not known yet is taken to stay."""
        replaces = [name for name in REPLACES if differs(name, olds, news)]
        changes = bool(replaces) or any(differs(name, olds, news) for name in ("days", *CONNECTION))
        return DiffResult(changes=changes, replaces=replaces, delete_before_replace=False)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Change the tables that differ; right after their migration none does."""
        _apply(self._server(props), props)
        return CreateResult(f"{props['url']}/{props['database']}", props)

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        """The days that the tables have; where they differ, one that is not what was asked for."""
        found = {days for _, days in _ttls(self._server(props), props).values()}
        others = sorted(found - {props["days"]})
        return ReadResult(resource_id, {**props, "days": others[0] if others else props["days"]})

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Change the tables that differ."""
        if differs("days", olds, news):
            _apply(self._server(news), news)
        return UpdateResult(news)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Leave the tables as they are: no retention would keep rows for ever."""

    def _server(self, props: Mapping[str, Any]) -> Warehouse:
        return Warehouse.of(props, control_plane=self._control_plane)


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
        props = {**vars(args), **vars(args.connection)}
        del props["connection"]
        super().__init__(RetentionProvider(), resource_name, props, opts)


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
        f"WHERE database = {text(props['database'])} ORDER BY name FORMAT JSONEachRow"
    )
    found = {}
    for line in answer.splitlines():
        row = json.loads(line)
        match = _TTL.search(row["create_table_query"])
        if match:
            found[row["name"]] = (match["column"], int(match["days"]))
    return found
