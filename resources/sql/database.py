"""`Database`: an empty database of a service, for tables that somebody else makes.

Statements: `CREATE DATABASE`, `ALTER DATABASE … MODIFY COMMENT`, `DROP DATABASE`, over the
service's HTTPS interface. For a database with a schema see `Migrations`, which makes its own.

    scratch = Database(
        "scratch",
        DatabaseArgs(
            connection=connection_of(warehouse),
            name="scratch",
            comment="emptied on Mondays",
        ),
    )

Another name or server replaces it; the comment changes in place. One that is there already is taken
over. Deleting it is refused as long as it has tables, unless `drop_tables_on_destroy` is set; so is
another name, in the preview.
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
from resources.sql.connection import Connection, Warehouse, quoted
from resources.sql.database_names import DATABASE, DATABASE_ALLOWED
from resources.sql.sql_resource import SqlResourceProvider, flat, sql_literal

__all__ = ["Database", "DatabaseArgs", "DatabaseProvider"]


@dataclass(kw_only=True)
class DatabaseArgs:
    """Which one.

    Attributes:
        connection: the server, and who changes it. Another `url` replaces.
        name: letters, digits and `_`. Replaces.
        comment: what it is for. In place.
        drop_tables_on_destroy: whether deleting this deletes tables, too. Default false. In
            place.
    """

    connection: Connection
    name: pulumi.Input[str]
    comment: pulumi.Input[str] | None = None
    drop_tables_on_destroy: pulumi.Input[bool] | None = None


class DatabaseProvider(SqlResourceProvider):
    """Brings one database to what the inputs say."""

    in_place = ("comment", "drop_tables_on_destroy")

    def rules(self, checker: Checker) -> None:
        """A name, a text, a flag."""
        checker.text("name", pattern=DATABASE, allowed=DATABASE_ALLOWED)
        checker.text("comment", pattern=r"[\s\S]*")
        checker.flag("drop_tables_on_destroy")

    def diff(self, database_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Refuse another name where that would cost tables.

        With another server, the old one's service may be on its way out: there the deletion is
        refused, which keeps both until the tables are gone.
        """
        result = super().diff(database_id, olds, news)
        if result.replaces and list(result.replaces) == ["name"]:
            # Of a server that does not answer, the deletion still says the same.
            with contextlib.suppress(ServiceGone, ServiceStopped):
                server = self.server(olds, may_start=False)
                _refuse_loss(server, olds, f"replaced by {news['name']}")
        return result

    def ensure(self, server: Warehouse, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Make it if it is not there; give it its comment."""
        name = quoted(news["name"])
        # As `Migrations` has it: an embedded server's default engine keeps nothing.
        server.command(f"CREATE DATABASE IF NOT EXISTS {name} ENGINE = Atomic")
        live = _comment(server, news)
        # Without one in the program, one that the program never set stays.
        comment = news.get("comment", "" if "comment" in olds else live)
        if comment != live:
            server.command(f"ALTER DATABASE {name} MODIFY COMMENT {sql_literal(comment)}")

    def observe(self, server: Warehouse, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Its comment, where the program has one."""
        comment = _comment(server, props)
        if comment is None:
            return None
        return {"comment": comment} if "comment" in props else {}

    def remove(self, server: Warehouse, props: Mapping[str, Any]) -> None:
        """Drop it, if that costs no table, or may."""
        _refuse_loss(server, props, "dropped")
        server.command(f"DROP DATABASE IF EXISTS {quoted(props['name'])}")


class Database(Resource, module="clickhouse", name="Database"):
    """A database."""

    name: pulumi.Output[str]
    """Its name."""
    comment: pulumi.Output[str]
    """What it is for."""

    def __init__(
        self,
        resource_name: str,
        args: DatabaseArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(DatabaseProvider(), resource_name, flat(args), opts)


def _refuse_loss(server: Warehouse, props: Mapping[str, Any], what: str) -> None:
    if props.get("drop_tables_on_destroy"):
        return
    tables = server.command(
        f"SELECT count() FROM system.tables WHERE database = {sql_literal(props['name'])}"  # noqa: S608
    )
    if int(tables):
        raise ResourceError(
            f"database {props['name']} has {tables.strip()} tables and is not {what}: drop them, "
            "or set drop_tables_on_destroy=True in a `pulumi up` of its own first"
        )


def _comment(server: Warehouse, props: Mapping[str, Any]) -> str | None:
    """The database's comment; None where there is no such database."""
    answer = server.command(
        f"SELECT comment FROM system.databases WHERE name = {sql_literal(props['name'])} "  # noqa: S608
        "FORMAT JSONEachRow"
    )
    return str(json.loads(answer)["comment"]) if answer.strip() else None
