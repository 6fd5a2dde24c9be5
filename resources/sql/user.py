"""`User`: a SQL user of a service, with a password made here and the grants it needs.

Statements: `CREATE USER`, `ALTER USER`, `SHOW GRANTS`, `GRANT … WITH REPLACE OPTION`, `DROP USER`,
over the service's HTTPS interface. Only the SHA-256 of the password is sent.

    reader = User(
        "analyst",
        UserArgs(
            name="analyst",
            grants=["SELECT ON telemetry.*"],
            connection=connection_of(warehouse),
        ),
    )

Another name or server replaces the user. Grants change in place, in one statement, to exactly those
listed; without `grants` they are left to `Grant`. A new password (`password_version`) is an
`ALTER USER`, so it never costs a grant or a role. A user that is there already is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from resources.base import passwords
from resources.base.checker import Checker
from resources.sql import privileges
from resources.sql.connection import Connection, Warehouse, quoted
from resources.sql.sql_resource import (
    NAME,
    SqlResourceProvider,
    deleted_with_service,
    differs,
    flat,
    sql_literal,
)

__all__ = ["User", "UserArgs", "UserProvider"]


@dataclass(kw_only=True)
class UserArgs:
    """Who, and what they may do.

    Attributes:
        connection: the server, and who changes it. Another `url` replaces.
        name: the user's name: letters, digits and `_`. Replaces.
        grants: privileges like `SELECT ON telemetry.*`, one each, and no others. A set, in place.
        default_database: where the user's sessions begin. In place.
        password_version: any text; changing it makes a new password. In place.
    """

    connection: Connection
    name: pulumi.Input[str]
    grants: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    default_database: pulumi.Input[str] | None = None
    password_version: pulumi.Input[str] = "1"  # noqa: S105 - a version, not a password


class UserProvider(SqlResourceProvider):
    """Brings one user to what the inputs say."""

    in_place = ("grants", "default_database", "password_version")

    def rules(self, checker: Checker) -> None:
        """Names, and privileges."""
        for name in ("name", "default_database"):
            checker.text(name, pattern=NAME, allowed="letters, digits and _")
        checker.texts("grants", pattern=privileges.GRANT, allowed=privileges.GRANTS_ALLOWED)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the user, or take over what an interrupted run left, with a new password."""
        password = passwords.generate()
        made = super().create({**props, "password": password})
        return CreateResult(made.id, {**(made.outs or {}), "password": password})

    def update(self, user_id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Change only what differs; the password stays unless its version changed."""
        kept = None if differs("password_version", olds, news) else olds.get("password")
        password = kept or passwords.generate()
        changed = super().update(user_id, olds, {**news, "password": password})
        return UpdateResult({**(changed.outs or {}), "password": password})

    def ensure(self, server: Warehouse, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Make it if it is not there; give it its password, its database, its privileges."""
        user, database = quoted(news["name"]), _default_database(news)
        digest = passwords.sha256_hex(news["password"])
        identified = f"IDENTIFIED WITH sha256_hash BY '{digest}'"
        if not olds:
            server.command(f"CREATE USER IF NOT EXISTS {user} {identified}{database}")
        if news["password"] != olds.get("password"):
            # One that was there already has another password. It keeps its rights.
            server.command(f"ALTER USER {user} {identified}")
        if not olds or differs("default_database", olds, news):
            server.command(f"ALTER USER {user}{database or ' DEFAULT DATABASE NONE'}")
        if "grants" in news:
            privileges.replace_grants(server, news["name"], news["grants"])

    def observe(self, server: Warehouse, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Privileges and database as they are; passwords cannot be read."""
        found = server.command(
            "SELECT default_database FROM system.users "  # noqa: S608 - a text in quotes
            f"WHERE name = {sql_literal(props['name'])} FORMAT TSVRaw"
        )
        if not found:
            return None
        lines = privileges.shown(server, props["name"]) or []
        rights = [line for line in lines if " ON " in line] if "grants" in props else None
        return {"shown": rights, "default_database": found.strip() or None}

    def remove(self, server: Warehouse, props: Mapping[str, Any]) -> None:
        """Drop the user."""
        server.command(f"DROP USER IF EXISTS {quoted(props['name'])}")


class User(Resource, module="clickhouse", name="User"):
    """A SQL user."""

    name: pulumi.Output[str]
    """The user's name."""
    default_database: pulumi.Output[str]
    """Where the user's sessions begin."""
    grants: pulumi.Output[list[str]]
    """What the user may do."""
    password: pulumi.Output[str]
    """The user's password, a secret."""

    def __init__(
        self,
        resource_name: str,
        args: UserArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            UserProvider(),
            resource_name,
            {**flat(args), "password": None},
            pulumi.ResourceOptions.merge(
                deleted_with_service(args, opts),
                pulumi.ResourceOptions(additional_secret_outputs=["password"]),
            ),
        )


def _default_database(props: Mapping[str, Any]) -> str:
    database = props.get("default_database")
    return f" DEFAULT DATABASE {quoted(database)}" if database else ""
