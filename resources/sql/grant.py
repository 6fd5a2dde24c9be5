"""`Grant`: privileges and roles of one user or role, in addition to its other rights.

Statements: `GRANT`, `REVOKE`, `SHOW GRANTS`, over the service's HTTPS interface.

    Grant(
        "analysts",
        GrantArgs(connection=connection_of(warehouse), to=reader.name, roles=[analysts.name]),
    )

A change of the grantee or the server replaces the grant. Rights change in place: new rights are
granted before old ones are revoked. A `Grant` revokes only rights that it granted. To list all
privileges of a user or role, use `grants` of `User` or `SqlRole`, and no `Grant` of privileges next
to it. Two `Grant` resources with the same right for the same grantee would revoke it from each
other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource

from resources.base.checker import Checker, is_known
from resources.base.errors import SqlError
from resources.sql import privileges
from resources.sql.connection import Connection
from resources.sql.privileges import Catalog, Privilege
from resources.sql.sql_resource import NAME, SqlResourceProvider, deleted_with_service, flat
from resources.sql.sql_server import SqlServer, quoted

__all__ = ["Grant", "GrantArgs", "GrantProvider"]


@dataclass(kw_only=True)
class GrantArgs:
    """Arguments of a grant: at least one privilege or role.

    Attributes:
        connection: the server, and the user that runs the statements. A change of its `url`
            replaces.
        to: name of a user or a role. Replaces.
        grants: privileges such as `SELECT ON telemetry.*`, one per string. A set, in place.
        roles: names of roles. A set, in place.
        may_pass_on: whether the grantee may grant the rights to others (`WITH GRANT OPTION`, `WITH
            ADMIN OPTION`). Default false. In place.
    """

    connection: Connection
    to: pulumi.Input[str]
    grants: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    roles: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    may_pass_on: pulumi.Input[bool] | None = None


class GrantProvider(SqlResourceProvider):
    """Grants and revokes some rights of one grantee."""

    replaces = ("url", "to")
    in_place = ("grants", "roles", "may_pass_on")

    def rules(self, checker: Checker) -> None:
        """Check names and privileges, of which there must be at least one."""
        checker.text("to", pattern=NAME, allowed="letters, digits and _")
        checker.texts("grants", pattern=privileges.GRANT, allowed=privileges.GRANTS_ALLOWED)
        checker.texts("roles", pattern=NAME, allowed="names of letters, digits and _")
        checker.flag("may_pass_on")
        given = [checker.inputs.get("grants"), checker.inputs.get("roles")]
        if is_known(given) and not any(given):
            checker.failures.append(
                CheckFailure("grants", "grants and roles are both empty, allowed: one or more")
            )

    def id_of(self, props: Mapping[str, Any]) -> str:
        """Return the grantee's name, because a grant has no name."""
        return str(props["to"])

    def ensure(self, server: SqlServer, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Grant the rights in `news`, then revoke the rights of `olds` that are not in `news`."""
        _grant(server, news)
        # After a refresh, `olds` has only the rights that were still in force.
        removed = {
            kind: [item for item in olds.get(kind) or [] if item not in (news.get(kind) or [])]
            for kind in ("grants", "roles")
        }
        option = bool(olds.get("may_pass_on") and not news.get("may_pass_on"))
        if option:
            _revoke(server, news, news, options_only=True)
        if any(removed.values()):
            _revoke(server, news, removed)
            # Revoking a right on all tables also revokes it on single tables.
            _grant(server, news)

    def observe(self, server: SqlServer, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the rights that are in force, or None if the grantee does not exist."""
        lines = privileges.shown(server, props["to"])
        if lines is None:
            return None
        given, option = privileges.rights(lines), bool(props.get("may_pass_on"))
        found: dict[str, Any] = {}
        if "grants" in props:
            catalog = Catalog.of(server)
            found["grants"] = [
                grant
                for grant in props["grants"]
                if catalog.is_in_force(Privilege.of(grant, passed_on=option), given)
            ]
        if "roles" in props:
            found["roles"] = [
                role
                for role in props["roles"]
                if role in given.roles and (given.roles[role] or not option)
            ]
        return found if any(found.values()) else None

    def remove(self, server: SqlServer, props: Mapping[str, Any]) -> None:
        """Revoke the rights. A grantee or role that does not exist has none."""
        _revoke(server, props, props)


class Grant(Resource, module="clickhouse", name="Grant"):
    """Rights of a user or a role."""

    to: pulumi.Output[str]
    """The user or role that has the rights."""
    grants: pulumi.Output[list[str]]
    """The granted privileges."""
    roles: pulumi.Output[list[str]]
    """The granted roles."""

    def __init__(
        self,
        resource_name: str,
        args: GrantArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            GrantProvider(), resource_name, flat(args), deleted_with_service(args, opts)
        )


def _grant(server: SqlServer, props: Mapping[str, Any]) -> None:
    to, option = quoted(props["to"]), bool(props.get("may_pass_on"))
    if grants := _listed(props.get("grants") or []):
        server.command(f"GRANT {grants} TO {to}{' WITH GRANT OPTION' if option else ''}")
    if props.get("roles"):
        roles = ", ".join(quoted(role) for role in props["roles"])
        server.command(f"GRANT {roles} TO {to}{' WITH ADMIN OPTION' if option else ''}")


def _revoke(
    server: SqlServer,
    props: Mapping[str, Any],
    rights: Mapping[str, Any],
    *,
    options_only: bool = False,
) -> None:
    to = quoted(props["to"])
    statements = []
    if grants := _listed(rights.get("grants") or []):
        statements.append(f"REVOKE {'GRANT OPTION FOR ' if options_only else ''}{grants} FROM {to}")
    # One statement per role: a dropped role would make a statement for several roles fail.
    statements += [
        f"REVOKE {'ADMIN OPTION FOR ' if options_only else ''}{quoted(role)} FROM {to}"
        for role in rights.get("roles") or []
    ]
    for statement in statements:
        try:
            server.command(statement)
        except SqlError as error:
            if error.code not in privileges.UNKNOWN:
                raise


def _listed(grants: Sequence[str]) -> str:
    return ", ".join(str(privilege) for privilege in sorted({Privilege.of(g) for g in grants}))
