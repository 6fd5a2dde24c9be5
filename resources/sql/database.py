"""`Database`: an empty database of a service, for tables that another program creates.

Statements: `CREATE DATABASE`, `ALTER DATABASE … MODIFY COMMENT`, `DROP DATABASE`, over the
service's HTTPS interface. For a database with a schema use `Migrations`, which creates it.

    scratch = Database(
        "scratch",
        DatabaseArgs(
            connection=connection_of(warehouse),
            name="scratch",
            comment="emptied on Mondays",
        ),
    )

A change of the name or the server replaces the database. The comment changes in place. An existing
database of that name is adopted. As long as the database has tables, it is not deleted, and a
preview rejects a change of its name, unless `drop_tables_on_destroy` is set.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import DiffResult, Resource

from resources.base.checker import Checker
from resources.base.errors import ResourceError, ServiceGone, ServiceStopped
from resources.sql.connection import Connection
from resources.sql.database_names import DATABASE, DATABASE_ALLOWED
from resources.sql.sql_resource import SqlResourceProvider, flat, sql_literal
from resources.sql.sql_server import SqlServer, quoted

__all__ = ["Database", "DatabaseArgs", "DatabaseProvider"]


@dataclass(kw_only=True)
class DatabaseArgs:
    """Arguments of a database.

    Attributes:
        connection: the server, and the user that runs the statements. A change of its `url`
            replaces.
        name: letters, digits and `_`. Replaces.
        comment: purpose of the database, for readers of `system.databases`. In place.
        drop_tables_on_destroy: whether deleting the database deletes its tables, too. Default
            false. In place.
    """

    connection: Connection
    name: pulumi.Input[str]
    comment: pulumi.Input[str] | None = None
    drop_tables_on_destroy: pulumi.Input[bool] | None = None


class DatabaseProvider(SqlResourceProvider):
    """Creates, changes and deletes one database."""

    in_place = ("comment", "drop_tables_on_destroy")

    def rules(self, checker: Checker) -> None:
        """Check each property."""
        checker.text("name", pattern=DATABASE, allowed=DATABASE_ALLOWED)
        checker.text("comment", pattern=r"[\s\S]*")
        checker.flag("drop_tables_on_destroy")

    def diff(self, database_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Reject another name if the replacement would delete tables.

        With another server this does not apply: the old server's service may be deleted in the
        same run. There the delete itself fails as long as the database has tables.
        """
        result = super().diff(database_id, olds, news)
        if result.replaces and list(result.replaces) == ["name"]:
            # Without a response from the server, the delete still makes the same check.
            with contextlib.suppress(ServiceGone, ServiceStopped):
                server = self.server(olds, may_start=False)
                _reject_data_loss(server, olds, f"replaced by {news['name']}")
        return result

    def ensure(self, server: SqlServer, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Create the database if it does not exist, and set its comment."""
        name = quoted(news["name"])
        # As in `Migrations`: the default engine of an embedded server does not store data.
        server.command(f"CREATE DATABASE IF NOT EXISTS {name} ENGINE = Atomic")
        live = _comment(server, news)
        # If the program has no comment and never set one, an existing comment stays.
        comment = news.get("comment", "" if "comment" in olds else live)
        if comment != live:
            server.command(f"ALTER DATABASE {name} MODIFY COMMENT {sql_literal(comment)}")

    def observe(self, server: SqlServer, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Read the comment, if the program sets one."""
        comment = _comment(server, props)
        if comment is None:
            return None
        return {"comment": comment} if "comment" in props else {}

    def remove(self, server: SqlServer, props: Mapping[str, Any]) -> None:
        """Drop the database. Reject that if it has tables that must not be deleted."""
        _reject_data_loss(server, props, "dropped")
        server.command(f"DROP DATABASE IF EXISTS {quoted(props['name'])}")


class Database(Resource, module="clickhouse", name="Database"):
    """A database."""

    name: pulumi.Output[str]
    """Name of the database."""
    comment: pulumi.Output[str]
    """Purpose of the database, for readers of `system.databases`."""

    def __init__(
        self,
        resource_name: str,
        args: DatabaseArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(DatabaseProvider(), resource_name, flat(args), opts)


def _reject_data_loss(server: SqlServer, props: Mapping[str, Any], change: str) -> None:
    if props.get("drop_tables_on_destroy"):
        return
    tables = server.command(
        f"SELECT count() FROM system.tables WHERE database = {sql_literal(props['name'])}"  # noqa: S608
    )
    if int(tables):
        raise ResourceError(
            f"database {props['name']} has {tables.strip()} tables and is not {change}: drop them, "
            "or set drop_tables_on_destroy=True in a separate `pulumi up` first"
        )


def _comment(server: SqlServer, props: Mapping[str, Any]) -> str | None:
    """Return the database's comment, or None if the database does not exist."""
    rows = server.command(
        f"SELECT comment FROM system.databases WHERE name = {sql_literal(props['name'])} "  # noqa: S608
        "FORMAT JSONEachRow"
    )
    return str(json.loads(rows)["comment"]) if rows.strip() else None
