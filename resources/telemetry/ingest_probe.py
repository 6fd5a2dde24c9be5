"""`IngestProbe`: proof that a ClickHouse service applies the worker's inserts exactly once.

    probe = IngestProbe(
        "probe",
        IngestProbeArgs(
            connection=connection_of(warehouse),
            database=schema.database,
            schema=schema.files,
            writer=writer.name,
            writer_password=writer.password,
            statements=worker.statements,
            statements_sha256=worker.statements_sha256,
        ),
    )

Statements: `CREATE DATABASE`, `CREATE TABLE … AS`, `INSERT`, `SELECT` and `DROP DATABASE`, of a
scratch database, over the service's HTTPS interface.

`pulumi up` inserts a generated body with each statement of the worker into a copy of its table,
twice under one deduplication token, as the SQL user that the worker uses, and compares the rows.
If the rows differ or are doubled, `pulumi up` fails, and the worker is not deployed. The
copies are in a scratch database, which is dropped afterwards. Its name is `telemetry_probe_` and a
hash of the stack (`probe_database`), and its comment proves that the probe created it: a database
of that name with another comment is left as it is, and `pulumi up` ends with an error.

The outputs are for the worker: the insert format of OTLP, and the settings that this server's
version has and others lack. `protobuf` is the preferred format; if it does not work and the worker
supports `rowbinary`, the output is `rowbinary`.

The proof runs again when the statements, the schema, the writer, `format` or the server change, and
after a `pulumi refresh` that finds another version of the server. The proof leaves nothing on the
server, so `delete` has no effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from resources.base import pulumi_engine as engine
from resources.base.checker import Checker
from resources.base.errors import ResourceError, one_line
from resources.base.urns import urn_of
from resources.sql.connection import Connection
from resources.sql.database_names import (
    DATABASE,
    DATABASE_ALLOWED,
    PROBE_DATABASE,
    probe_database,
)
from resources.sql.sql_resource import NAME, SqlResourceProvider, deleted_with_service, flat
from resources.sql.sql_server import SqlServer
from resources.telemetry.scratch_database import ScratchDatabase
from resources.telemetry.statement_proof import (
    AUTOMATIC,
    Manifest,
    known_settings,
    prove,
    server_version,
)

__all__ = ["IngestProbe", "IngestProbeArgs", "IngestProbeProvider"]


@dataclass(kw_only=True)
class IngestProbeArgs:
    """The statements to prove, and the server.

    Attributes:
        connection: the server, and the user that creates the copies. A change of its `url`
            replaces.
        database: database with the tables that are copied. In place.
        schema: a value that changes with the tables: `Migrations.files`. In place.
        writer: the SQL user that the worker inserts as; needs `INSERT` on the tables of
            `probe_database()`. In place.
        writer_password: the user's password, a secret.
        statements: `dist/statements.json` of the worker, relative to the program.
        statements_sha256: SHA-256 of that file. In place.
        format: `auto`, `protobuf` or `rowbinary`. In place.
    """

    connection: Connection
    database: pulumi.Input[str]
    schema: pulumi.Input[Mapping[str, str]]
    writer: pulumi.Input[str]
    writer_password: pulumi.Input[str]
    statements: str
    statements_sha256: str
    format: str = AUTOMATIC


class IngestProbeProvider(SqlResourceProvider):
    """Proves on create and update; `shown` is the server's version."""

    replaces = ("url",)
    in_place = ("database", "schema", "writer", "statements_sha256", "format")

    def rules(self, checker: Checker) -> None:
        """Check names that are used in SQL, and the format."""
        checker.text("database", pattern=DATABASE, allowed=DATABASE_ALLOWED)
        checker.text("writer", pattern=NAME, allowed="letters, digits and _")
        checker.text("scratch_database", pattern=PROBE_DATABASE, allowed="a reserved name")
        if not Path(checker.inputs["statements"]).is_file():
            checker.reject("statements", "the file statements.json that `npm run build` writes")
            return
        offered = Manifest.read(checker.inputs["statements"]).formats()
        checker.one_of("format", (AUTOMATIC, *offered))

    def id_of(self, props: Mapping[str, Any]) -> str:
        """Return the URL, because a server needs only one proof."""
        return str(props["url"])

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Run the proof."""
        return CreateResult(self.id_of(props), self._proved(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Run the proof again."""
        return UpdateResult(self._proved(news))

    def ensure(self, server: SqlServer, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Do nothing: `create` and `update` run the proof, because they return outputs."""

    def observe(self, server: SqlServer, _props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the server's version: another version needs another proof."""
        return {"shown": server_version(server)}

    def remove(self, server: SqlServer, props: Mapping[str, Any]) -> None:
        """Do nothing: the proof leaves nothing on the server."""

    def _proved(self, props: dict[str, Any]) -> dict[str, Any]:
        server = self.server(props)
        version = server_version(server)
        settings = known_settings(server)
        chosen = _chosen_format(server, version, props, settings)
        outputs = {"insert_format": chosen, "insert_settings": settings}
        return {**props, **outputs, "shown": version, "applied": version}


class IngestProbe(Resource, module="clickhouse", name="IngestProbe"):
    """A server that is proved to apply the worker's inserts."""

    insert_format: pulumi.Output[str]
    """`protobuf` or `rowbinary`: the format of the worker's OTLP inserts."""
    insert_settings: pulumi.Output[dict[str, str]]
    """Settings for every insert. Only some versions of ClickHouse have them."""

    def __init__(
        self,
        resource_name: str,
        args: IngestProbeArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            **flat(args),
            "insert_format": None,
            "insert_settings": None,
            "resource_urn": urn_of(type(self), resource_name, opts),
            "scratch_database": probe_database(),
        }
        super().__init__(
            IngestProbeProvider(),
            resource_name,
            props,
            deleted_with_service(args, opts),
        )


def _chosen_format(
    server: SqlServer, version: str, props: Mapping[str, Any], settings: Mapping[str, str]
) -> str:
    """Return the first format that works; tables without OTLP must work in any case."""
    manifest = Manifest.read(props["statements"])
    scratch = ScratchDatabase(server, props["scratch_database"])
    writer = SqlServer(props["url"], props["writer"], props["writer_password"])
    wanted = props["format"]
    formats = manifest.formats() if wanted == AUTOMATIC else [wanted]
    urn = str(props.get("resource_urn", ""))

    def problem_with(form: str) -> str | None:
        engine.report(urn, f"proving the worker's {form} inserts")
        try:
            prove(scratch, writer, props["database"], manifest, form=form, settings=settings)
        except ResourceError as error:
            return f"{form}: {one_line(error)}"
        return None

    problems = [problem for problem in [problem_with("json")] if problem]
    for form in formats if not problems else ():
        problem = problem_with(form)
        if problem is None:
            for earlier in problems:
                engine.info(urn, f"OTLP is inserted as {form}, for {earlier}")
            return form
        problems.append(problem)
    raise ResourceError(_rejection(version, props, problems))


def _rejection(version: str, props: Mapping[str, Any], problems: list[str]) -> str:
    return (
        f"ClickHouse {version} at {props['url']} does not apply the worker's inserts exactly once, "
        f"so the worker is not deployed: {'; '.join(problems)}. Look for settings that a profile "
        f"forces on the user {props['writer']} (deduplicate_insert, deduplicate_insert_select, "
        "constraints), or have the service upgraded"
    )
