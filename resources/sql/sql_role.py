"""`SqlRole`: a role inside a service, for SQL users. `Role` is a role of the organization.

Statements: `CREATE ROLE`, `GRANT … WITH REPLACE OPTION`, `SHOW GRANTS`, `DROP ROLE`, over the
service's HTTPS interface.

    analysts = SqlRole(
        "analysts",
        SqlRoleArgs(
            connection=connection_of(warehouse), name="analysts", grants=["SELECT ON telemetry.*"]
        ),
    )

A change of the name or the server replaces the role. One statement changes the grants in place to
exactly those listed. Without `grants`, use `Grant` resources. An existing role of that name is
adopted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from resources.base.checker import Checker
from resources.sql import privileges
from resources.sql.connection import Connection
from resources.sql.sql_resource import (
    NAME,
    SqlResourceProvider,
    deleted_with_service,
    flat,
    sql_literal,
)
from resources.sql.sql_server import SqlServer, quoted

__all__ = ["SqlRole", "SqlRoleArgs", "SqlRoleProvider"]


@dataclass(kw_only=True)
class SqlRoleArgs:
    """Arguments of a role.

    Attributes:
        connection: the server, and the user that runs the statements. A change of its `url`
            replaces.
        name: letters, digits and `_`. Replaces.
        grants: all privileges of the role, such as `SELECT ON telemetry.*`, one per string. A
            set, in place.
    """

    connection: Connection
    name: pulumi.Input[str]
    grants: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None


class SqlRoleProvider(SqlResourceProvider):
    """Creates, changes and deletes one role."""

    in_place = ("grants",)

    def rules(self, checker: Checker) -> None:
        """Check the name and the privileges."""
        checker.text("name", pattern=NAME, allowed="letters, digits and _")
        checker.texts("grants", pattern=privileges.GRANT, allowed=privileges.GRANTS_ALLOWED)

    def ensure(self, server: SqlServer, _olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Create the role if it does not exist, and set its privileges."""
        server.command(f"CREATE ROLE IF NOT EXISTS {quoted(news['name'])}")
        if "grants" in news:
            privileges.replace_grants(server, news["name"], news["grants"])

    def observe(self, server: SqlServer, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Read the privileges, if the program lists them."""
        # `SHOW GRANTS` would also succeed for a user of that name.
        found = server.command(
            f"SELECT count() FROM system.roles WHERE name = {sql_literal(props['name'])}"  # noqa: S608
        )
        if not int(found):
            return None
        lines = privileges.shown(server, props["name"]) or []
        return {"shown": [line for line in lines if " ON " in line]} if "grants" in props else {}

    def remove(self, server: SqlServer, props: Mapping[str, Any]) -> None:
        """Drop the role. Its holders lose it."""
        server.command(f"DROP ROLE IF EXISTS {quoted(props['name'])}")


class SqlRole(Resource, module="clickhouse", name="SqlRole"):
    """A role inside a service."""

    name: pulumi.Output[str]
    """Name of the role."""
    grants: pulumi.Output[list[str]]
    """All privileges of the role, if the program lists them."""

    def __init__(
        self,
        resource_name: str,
        args: SqlRoleArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            SqlRoleProvider(), resource_name, flat(args), deleted_with_service(args, opts)
        )
