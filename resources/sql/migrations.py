"""`Migrations`: the schema of one database, from the numbered SQL files of a folder.

Statements: `CREATE DATABASE`, `DROP DATABASE` and those of the files. The package
clickhouse-migrations applies the files over the service's HTTPS interface. The server's table
`schema_versions` records the applied files.

    schema = Migrations(
        "schema",
        MigrationsArgs(
            directory="migrations",
            database="telemetry",
            variables={"TTL_DAYS": "30", "PARTITION_DAYS": "1"},
            connection=connection_of(warehouse),
        ),
    )

The preview lists the pending files. An applied file must not be changed or deleted; either is an
error that names the file. A file that fails is not recorded. After a correction, it runs again from
its first statement, so every statement must be idempotent. A change of the server or the database
replaces the resource and applies all files there. Deleting the resource keeps the data, unless
`drop_database_on_destroy` is set.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, Resource

from resources.base import pulumi_engine as engine
from resources.base.checker import Checker, is_known
from resources.base.errors import ResourceError, SqlError, one_line
from resources.base.urns import urn_of
from resources.sql.connection import Connection
from resources.sql.database_names import DATABASE, DATABASE_ALLOWED
from resources.sql.sql_resource import SqlResourceProvider, differs, flat
from resources.sql.sql_server import SqlServer, quoted

if TYPE_CHECKING:
    from clickhouse_migrations.clickhouse_cluster import (  # type: ignore[import-untyped]
        ClickhouseCluster,
    )

__all__ = ["Migrations", "MigrationsArgs", "MigrationsProvider"]

_FILE = re.compile(r"(\d+)_\w+\.sql")
_VARIABLE = re.compile(r"(?<!\$)\$\{([^}\n]*)\}")
_SERVER_MESSAGE = re.compile(r"Code: \d+\..*?(?= \(for url |$)")
_APPLIED_MUST_STAY = "restore the file, and put the change into a new one"


@dataclass(kw_only=True)
class MigrationsArgs:
    """Arguments of a schema.

    Attributes:
        connection: the server, and the user that runs the statements. A change of its `url`
            replaces.
        database: name of the database, which is created if it does not exist. Replaces.
        directory: folder of `NNNN_verb_noun.sql` files, relative to the program. In place.
        variables: values for `${NAME}` in the files. In place, but a new value has an effect only
            in pending files. `Retention` changes the days of existing tables.
        drop_database_on_destroy: whether deleting the resource drops the database. Default false.
            In place.
        oldest_server: the oldest ClickHouse version that the files run on, for example `26.2`. An
            older server is rejected before any file is applied. Default: any version.
    """

    connection: Connection
    database: pulumi.Input[str]
    directory: str = "migrations"
    variables: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    drop_database_on_destroy: pulumi.Input[bool] | None = None
    oldest_server: str | None = None


class MigrationsProvider(SqlResourceProvider):
    """Applies the files that the server has not recorded."""

    replaces = ("url", "database")
    in_place = ("files", "variables", "drop_database_on_destroy", "directory")
    watched = False

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Reject changes to applied files, and report the pending files."""
        checker = Checker(news)
        checker.required(*self.replaces)
        self.rules(checker)
        if not any(differs(name, olds, checker.inputs) for name in self.replaces if olds):
            _check_history(checker, olds.get("files") or {})
        return checker.result()

    def rules(self, checker: Checker) -> None:
        """Check the inputs, and the names, numbers and variables of the files."""
        checker.inputs.setdefault("drop_database_on_destroy", False)
        checker.inputs.setdefault("variables", {})
        checker.flag("drop_database_on_destroy")
        checker.text("oldest_server", pattern=r"\d+\.\d+", allowed="a version like 26.2")
        checker.text("database", pattern=DATABASE, allowed=DATABASE_ALLOWED)
        _check_files(checker)

    def id_of(self, props: Mapping[str, Any]) -> str:
        """Return server and database, because a database has one history."""
        return f"{props['url']}/{props['database']}"

    def ensure(self, server: SqlServer, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Create the database, and apply every file that the server has not recorded."""
        if not differs("files", olds, news):
            return
        _require_version(server, news)
        # ClickHouse Cloud replaces `Atomic` by its replicated engine. Elsewhere it is the default,
        # except in embedded servers, whose default engine does not store data. This statement
        # waits for an idle service to wake up, which the client of clickhouse-migrations does not.
        server.command(f"CREATE DATABASE IF NOT EXISTS {quoted(news['database'])} ENGINE = Atomic")
        _apply(server, news)

    def observe(self, server: SqlServer, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the files that the server's table `schema_versions` records as applied."""
        found = server.command(f"EXISTS DATABASE {quoted(props['database'])}")
        if found.strip() == "0":
            return None
        applied = _applied(server, props)
        return {"files": {n: md5 for n, md5 in props["files"].items() if _version(n) in applied}}

    def remove(self, server: SqlServer, props: Mapping[str, Any]) -> None:
        """Drop the database if `drop_database_on_destroy` is set; otherwise keep it."""
        if props.get("drop_database_on_destroy"):
            server.command(f"DROP DATABASE IF EXISTS {quoted(props['database'])}")


class Migrations(Resource, module="clickhouse", name="Migrations"):
    """A database with the schema of the files."""

    url: pulumi.Output[str]
    """Origin of the server's HTTPS interface."""
    database: pulumi.Output[str]
    """Name of the database. A resource that uses this output is created after the tables."""
    files: pulumi.Output[dict[str, str]]
    """Applied file -> its MD5, by which clickhouse-migrations detects changed files."""

    def __init__(
        self,
        resource_name: str,
        args: MigrationsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        urn = urn_of(type(self), resource_name, opts)
        props = {**flat(args), "resource_urn": urn, "files": _files(args.directory)}
        super().__init__(MigrationsProvider(), resource_name, props, opts)


def _files(directory: str) -> dict[str, str]:
    folder = Path(directory)
    if not folder.is_dir():
        raise pulumi.RunError(f"migrations: there is no folder {directory}")
    paths = [path for path in folder.glob("*.sql") if not path.name.endswith(".down.sql")]
    return {path.name: _md5(path) for path in sorted(paths)}


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _version(name: str) -> int:
    match = _FILE.fullmatch(name)
    return int(match[1]) if match else -1


def _check_files(checker: Checker) -> None:
    seen: dict[int, str] = {}
    variables = checker.inputs["variables"]
    for name in checker.inputs["files"]:
        version = _version(name)
        if version < 0:
            checker.failures.append(
                CheckFailure("files", f"{name} must be named like 0001_create_events.sql")
            )
        elif version in seen:
            checker.failures.append(
                CheckFailure("files", f"{seen[version]} and {name} have the same number")
            )
        seen[version] = name
        unset = _variables(checker.inputs["directory"], name) - set(variables)
        if is_known(variables) and unset:
            shown = ", ".join(f"${{{variable}}}" for variable in sorted(unset))
            failure = CheckFailure("variables", f"{name} uses {shown}, which is not in variables")
            checker.failures.append(failure)


def _variables(directory: str, name: str) -> set[str]:
    return set(_VARIABLE.findall((Path(directory) / name).read_text(encoding="utf8")))


def _require_version(server: SqlServer, props: Mapping[str, Any]) -> None:
    """Raise if the server is too old for the files. Their own errors would not show why."""
    oldest = props.get("oldest_server")
    version = server.command("SELECT version() FORMAT TSVRaw").strip() if oldest else ""
    if oldest and _year_and_month(version) < _year_and_month(oldest):
        raise ResourceError(
            f"the schema of {props['database']} needs ClickHouse {oldest} or newer, and "
            f"{props['url']} runs {version}: upgrade the service, and run `pulumi up` again"
        )


def _year_and_month(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split(".")[:2])


def _check_history(checker: Checker, applied: Mapping[str, str]) -> None:
    files = checker.inputs["files"]
    for name, md5 in applied.items():
        if name not in files:
            reason = f"{name} was applied and is missing: {_APPLIED_MUST_STAY}"
        elif files[name] != md5:
            reason = f"{name} was changed after it was applied: {_APPLIED_MUST_STAY}"
        else:
            continue
        checker.failures.append(CheckFailure("files", reason))
    pending = sorted(set(files) - set(applied), key=_version)
    if pending and not checker.failures:
        engine.info(str(checker.inputs.get("resource_urn", "")), f"pending: {', '.join(pending)}")


def _cluster(server: SqlServer) -> ClickhouseCluster:
    from urllib.parse import urlsplit

    from clickhouse_migrations.clickhouse_cluster import ClickhouseCluster

    address = urlsplit(server.url)
    return ClickhouseCluster(
        db_host=address.hostname or "",
        db_port=str(address.port or 443),
        db_user=server.user,
        db_password=server.password,
        secure=True,
        driver="clickhouse-connect",
        ca_cert=server.ca_file,
    )


def _applied(server: SqlServer, props: Mapping[str, Any]) -> set[int]:
    """Return the numbers of the applied files.

    Raises:
        ResourceError: an applied file was changed or is missing.
    """
    from clickhouse_migrations.exceptions import (  # type: ignore[import-untyped]
        MigrationException,
    )

    try:
        rows = _cluster(server).status(props["database"], props["directory"])
    except MigrationException as error:
        raise ResourceError(f"migrations: {one_line(error)}") from error
    names = {_version(name): name for name in props["files"]}
    for row in rows:
        name = names.get(row.version, f"number {row.version}")
        if row.state == "md5-mismatch":
            raise ResourceError(f"{name} was changed after it was applied: {_APPLIED_MUST_STAY}")
        if row.state == "unknown":
            raise ResourceError(f"{name} was applied and is missing: {_APPLIED_MUST_STAY}")
    return {row.version for row in rows if row.state == "applied"}


def _server_message(error: BaseException) -> str:
    """Return the server's message, without the words that the driver adds around it."""
    found = _SERVER_MESSAGE.search(one_line(error))
    return found[0] if found else one_line(error)


def _apply(server: SqlServer, props: Mapping[str, Any]) -> None:
    """Apply one file after the other, so that an error can name its file."""
    from clickhouse_connect.driver.exceptions import Error
    from clickhouse_migrations.exceptions import MigrationException

    applied = _applied(server, props)
    cluster = _cluster(server)
    for name in sorted(props["files"], key=_version):
        if _version(name) in applied:
            continue
        engine.report(str(props.get("resource_urn", "")), f"applying {name}")
        try:
            cluster.migrate(
                props["database"],
                props["directory"],
                create_db_if_no_exists=False,
                to_version=_version(name),
                variables=dict(props.get("variables") or {}),
            )
        except (Error, MigrationException) as error:
            raise SqlError(
                f"{name} failed: {_server_message(error)}; correct the file and run `pulumi up` "
                "again, which repeats the file from its first statement"
            ) from error
