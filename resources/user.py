"""`User`: a SQL user of a service, with a password made here and the grants it needs.

Statements: `CREATE USER`, `ALTER USER`, `SHOW GRANTS`, `GRANT`, `REVOKE`, `DROP USER`, over the
service's HTTPS interface. Only the SHA-256 of the password is sent.

    reader = User(
        "reader",
        UserArgs(
            name="telemetry_reader",
            grants=["SELECT ON telemetry.*"],
            connection=connection_of(warehouse),
        ),
    )

Another name or server replaces the user. Grants change in place, to exactly those listed; a new
password (`password_version`) is an `ALTER USER`, so it never costs a grant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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

from resources import engine, passwords
from resources.checking import Checker, is_known
from resources.errors import SqlError
from resources.warehouse import CONNECTION, Connection, Warehouse, quoted

__all__ = ["User", "UserArgs", "UserProvider"]

REPLACES = ("url", "name")
# What ClickHouse answers about a user that does not exist: as a user, and as user or role.
UNKNOWN = (192, 511)
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,62}"
# One privilege on one target: `SELECT ON telemetry.*`, `INSERT ON telemetry.events`.
_GRANT = r"[A-Za-z][A-Za-z ]*(\([\w, ]+\))? ON (\*|\w+)\.(\*|\w+)"


@dataclass(kw_only=True)
class UserArgs:
    """Who, and what they may do.

    Attributes:
        connection: the server, and who changes it. Another `url` replaces.
        name: the user's name: letters, digits and `_`. Replaces.
        grants: privileges like `SELECT ON telemetry.*`, one each. A set, in place.
        default_database: where the user's sessions begin. In place.
        password_version: any text; changing it makes a new password. In place.
    """

    connection: Connection
    name: pulumi.Input[str]
    grants: pulumi.Input[Sequence[pulumi.Input[str]]]
    default_database: pulumi.Input[str] | None = None
    password_version: pulumi.Input[str] = "1"  # noqa: S105 - a version, not a password


class UserProvider(ResourceProvider):
    """Brings one user to what the inputs say."""

    serialize_as_secret_always = False

    def configure(self, _req: ConfigureRequest) -> None:
        """Tie the process to the engine."""
        engine.attach()

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Names and grants become part of SQL, so they must be what they seem."""
        checker = Checker(news)
        checker.required("url", "name", "grants")
        for name in ("name", "default_database"):
            checker.text(name, pattern=_NAME, allowed="letters, digits and _")
        grants = checker.known("grants")
        if grants is not None:
            if all(isinstance(grant, str) and re.fullmatch(_GRANT, grant) for grant in grants):
                checker.inputs["grants"] = sorted(set(grants))
            else:
                checker.refuse("grants", "privileges like 'SELECT ON telemetry.*', one each")
        return checker.result()

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare with what was last seen; what is not known yet is taken to stay."""
        replaces = [name for name in REPLACES if _differs(name, olds, news)]
        names = ("grants", "default_database", "password_version", *CONNECTION)
        changes = bool(replaces) or any(_differs(name, olds, news) for name in names)
        return DiffResult(changes=changes, replaces=replaces, delete_before_replace=False)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the user, or take over what an interrupted run left."""
        server, user = Warehouse.of(props), quoted(props["name"])
        identified, password = _new_password()
        database = _default_database(props)
        server.command(f"CREATE USER IF NOT EXISTS {user} {identified}{database}")
        # One that was there already has another password.
        server.command(f"ALTER USER {user} {identified}{database}")
        _sync_grants(server, props)
        return CreateResult(props["name"], {**props, "password": password})

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        """The grants as they are; passwords cannot be read."""
        grants = _grants(Warehouse.of(props), props["name"])
        if grants is None:
            return ReadResult("", {})
        return ReadResult(resource_id, {**props, "grants": sorted(grants)})

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Change only what differs."""
        server, user = Warehouse.of(news), quoted(news["name"])
        password = olds.get("password")
        if _differs("password_version", olds, news) or password is None:
            identified, password = _new_password()
            server.command(f"ALTER USER {user} {identified}")
        if _differs("default_database", olds, news):
            server.command(
                f"ALTER USER {user}{_default_database(news) or ' DEFAULT DATABASE NONE'}"
            )
        if _differs("grants", olds, news):
            _sync_grants(server, news)
        return UpdateResult({**news, "password": password})

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Drop the user; one that is gone already is a success."""
        Warehouse.of(props).command(f"DROP USER IF EXISTS {quoted(props['name'])}")


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
        props = {**vars(args), **vars(args.connection), "password": None}
        del props["connection"]
        super().__init__(
            UserProvider(),
            resource_name,
            props,
            pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(additional_secret_outputs=["password"])
            ),
        )


def _differs(name: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    old, new = olds.get(name), news.get(name)
    if not is_known(new):
        return False
    if name == "grants":
        return _normal(old or []) != _normal(new or [])
    return bool(old != new)


def _new_password() -> tuple[str, str]:
    password = passwords.generate()
    return f"IDENTIFIED WITH sha256_hash BY '{passwords.sha256_hex(password)}'", password


def _default_database(props: Mapping[str, Any]) -> str:
    database = props.get("default_database")
    return f" DEFAULT DATABASE {quoted(database)}" if database else ""


def _sync_grants(server: Warehouse, props: Mapping[str, Any]) -> None:
    """Grant before revoking, so that nobody who keeps a right is without it for a moment."""
    wanted, user = _normal(props["grants"]), quoted(props["name"])
    _grant_missing(server, props["name"], wanted)
    surplus = (_grants(server, props["name"]) or set()) - wanted
    for grant in sorted(surplus):
        server.command(f"REVOKE {grant} FROM {user}")
    if surplus:
        # Revoking a right on all tables takes those on single tables with it.
        _grant_missing(server, props["name"], wanted)


def _grant_missing(server: Warehouse, name: str, wanted: set[str]) -> None:
    for grant in sorted(wanted - (_grants(server, name) or set())):
        server.command(f"GRANT {grant} TO {quoted(name)}")


def _grants(server: Warehouse, name: str) -> set[str] | None:
    """The user's grants, one privilege each; None where there is no such user."""
    try:
        # Raw: in the default format a quoted name would come back escaped.
        lines = server.command(f"SHOW GRANTS FOR {quoted(name)} FORMAT TSVRaw")
    except SqlError as error:
        if error.code in UNKNOWN:
            return None
        raise
    found: set[str] = set()
    for line in lines.splitlines():
        match = re.fullmatch(r"GRANT (.+) ON (\S+) TO .+", line.strip())
        if match:
            privileges = re.split(r",\s*(?![^(]*\))", match[1])
            found |= _normal(f"{privilege} ON {match[2]}" for privilege in privileges)
    return found


def _normal(grants: Iterable[str]) -> set[str]:
    """Grants in one spelling: privileges in capitals, names without quotes."""
    normal = set()
    for grant in grants:
        privilege, _, target = grant.partition(" ON ")
        word, bracket, columns = privilege.partition("(")
        normal.add(f"{word.upper()}{bracket}{columns} ON {target.replace('`', '')}")
    return normal
