"""`User`: a SQL user of a service, with a generated password and its grants.

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

A change of the name or the server replaces the user. One statement changes the grants in place to
exactly those listed. Without `grants`, use `Grant` resources. A new password (`password_version`)
is set with `ALTER USER`, so the user keeps all grants and roles. An existing user of that name is
adopted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from resources.base import passwords, with_secrets
from resources.base.checker import Checker
from resources.sql import privileges
from resources.sql.connection import Connection
from resources.sql.sql_resource import (
    NAME,
    SqlResourceProvider,
    deleted_with_service,
    differs,
    flat,
    sql_literal,
)
from resources.sql.sql_server import SqlServer, quoted

__all__ = ["User", "UserArgs", "UserProvider"]


@dataclass(kw_only=True)
class UserArgs:
    """Arguments of a user.

    Attributes:
        connection: the server, and the user that runs the statements. A change of its `url`
            replaces.
        name: the user's name: letters, digits and `_`. Replaces.
        grants: all privileges of the user, such as `SELECT ON telemetry.*`, one per string. A
            set, in place.
        default_database: database of a session that names none. In place.
        password_version: any string; a change generates a new password. In place.
    """

    connection: Connection
    name: pulumi.Input[str]
    grants: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    default_database: pulumi.Input[str] | None = None
    password_version: pulumi.Input[str] = "1"  # noqa: S105 - a version, not a password


class UserProvider(SqlResourceProvider):
    """Creates, changes and deletes one user."""

    in_place = ("grants", "default_database", "password_version")

    def rules(self, checker: Checker) -> None:
        """Check names and privileges."""
        for name in ("name", "default_database"):
            checker.text(name, pattern=NAME, allowed="letters, digits and _")
        checker.texts("grants", pattern=privileges.GRANT, allowed=privileges.GRANTS_ALLOWED)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Create the user, or adopt one that an interrupted run left, with a new password."""
        password = passwords.generate()
        created = super().create({**props, "password": password})
        return CreateResult(created.id, {**(created.outs or {}), "password": password})

    def update(self, user_id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Change only the properties that differ. The password stays unless its version changed."""
        current = None if differs("password_version", olds, news) else olds.get("password")
        password = current or passwords.generate()
        changed = super().update(user_id, olds, {**news, "password": password})
        return UpdateResult({**(changed.outs or {}), "password": password})

    def ensure(self, server: SqlServer, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Create the user if it does not exist, and set password, database and privileges."""
        user, database = quoted(news["name"]), _default_database(news)
        digest = passwords.sha256_hex(news["password"])
        identified = f"IDENTIFIED WITH sha256_hash BY '{digest}'"
        if not olds:
            server.command(f"CREATE USER IF NOT EXISTS {user} {identified}{database}")
        if news["password"] != olds.get("password"):
            # An adopted user has another password. It keeps its rights.
            server.command(f"ALTER USER {user} {identified}")
        if not olds or differs("default_database", olds, news):
            server.command(f"ALTER USER {user}{database or ' DEFAULT DATABASE NONE'}")
        if "grants" in news:
            privileges.replace_grants(server, news["name"], news["grants"])

    def observe(self, server: SqlServer, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Read privileges and database. Passwords cannot be read."""
        found = server.command(
            "SELECT default_database FROM system.users "  # noqa: S608 - a quoted string
            f"WHERE name = {sql_literal(props['name'])} FORMAT TSVRaw"
        )
        if not found:
            return None
        lines = privileges.shown(server, props["name"]) or []
        rights = [line for line in lines if " ON " in line] if "grants" in props else None
        return {"shown": rights, "default_database": found.strip() or None}

    def remove(self, server: SqlServer, props: Mapping[str, Any]) -> None:
        """Drop the user."""
        server.command(f"DROP USER IF EXISTS {quoted(props['name'])}")


class User(Resource, module="clickhouse", name="User"):
    """A SQL user."""

    name: pulumi.Output[str]
    """The user's name."""
    default_database: pulumi.Output[str]
    """Database of a session that names none."""
    grants: pulumi.Output[list[str]]
    """All privileges of the user, if the program lists them."""
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
            with_secrets(deleted_with_service(args, opts), "password"),
        )


def _default_database(props: Mapping[str, Any]) -> str:
    database = props.get("default_database")
    return f" DEFAULT DATABASE {quoted(database)}" if database else ""
