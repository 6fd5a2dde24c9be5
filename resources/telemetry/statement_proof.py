"""Proves the worker's statements on a ClickHouse server: rows, values, and one copy per token.

The proof runs in a scratch database, with copies of the tables and of the views between them. Each
statement inserts its sample body from `npm run build` twice under one token. The rows must then
equal those that the build expects. The scratch database is dropped afterwards, also after a
failure.
"""

from __future__ import annotations

import json
import re
import secrets
from base64 import b64decode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resources.base.errors import ResourceError, SqlError
from resources.base.polling import Intervals, Poller
from resources.sql.sql_resource import sql_literal
from resources.sql.sql_server import SqlServer, quoted
from resources.telemetry.scratch_database import ScratchDatabase

__all__ = [
    "AUTOMATIC",
    "DEDUPLICATION_SETTINGS",
    "FORMATS",
    "READ_SETTINGS",
    "VERSIONED_SETTINGS",
    "Manifest",
    "known_settings",
    "prove",
    "server_version",
]

FORMATS = ("protobuf", "rowbinary")
"""Formats of OTLP, the preferred one first; tables without OTLP have the form `json`."""
AUTOMATIC = "auto"
"""The first of `FORMATS` that works."""
DEDUPLICATION_SETTINGS = {
    # Since 26.2. `disable` in a profile would override `insert_deduplicate`.
    "deduplicate_insert": "enable",
    # Since 25.12. Its default switched deduplication off on 26.1, since no SELECT without
    # `ORDER BY ALL` counts as repeatable there, with or without a token (ClickHouse#99206).
    # `force_enable` rejects such inserts on 26.1 (code 764); this value deduplicates on every
    # version.
    "deduplicate_insert_select": "enable_even_for_bad_queries",
}
"""Settings that enforce deduplication by token under any settings profile."""
VERSIONED_SETTINGS = {
    **DEDUPLICATION_SETTINGS,
    # These are the server's defaults. A settings profile could change them and so cut a batch into
    # several blocks. The second exists since 26.3, the third since 26.9 at the latest.
    "max_insert_block_size_bytes": "0",
    "input_format_max_block_wait_ms": "0",
    "use_strict_insert_block_limits": "0",
}
"""Settings that some versions lack, and reject (code 115). The worker's constant settings are in
`worker/src/tables/index.ts`."""

# A replica may receive a new table or user later than the replica that created it: UNKNOWN_TABLE,
# UNKNOWN_DATABASE, ACCESS_DENIED, AUTHENTICATION_FAILED.
_UNKNOWN_TABLE = 60
_NOT_YET = frozenset({_UNKNOWN_TABLE, 81, 497, 516})
_NOT_YET_SECONDS = 20.0
_RETRY = Intervals.of(1.0)
# Fixes the format of printed rows, independent of the user's settings profile.
READ_SETTINGS = {
    "select_sequential_consistency": "1",  # a replica may see an insert later than another
    "session_timezone": "UTC",
    "date_time_output_format": "simple",
    "output_format_json_quote_64bit_integers": "1",
    "output_format_json_quote_64bit_floats": "0",
    "output_format_json_quote_denormals": "1",
    "output_format_json_map_as_array_of_tuples": "0",
}


@dataclass(frozen=True)
class Manifest:
    """`dist/statements.json` of the worker.

    Attributes:
        tables: by name: `rows`, and `forms` with `statement` and `body_base64`.
    """

    tables: Mapping[str, Any]

    @classmethod
    def read(cls, file: str | Path) -> Manifest:
        """Read the manifest from a file."""
        return cls(json.loads(Path(file).read_text(encoding="utf8")))

    def formats(self) -> list[str]:
        """Return the formats that every OTLP table has."""
        otlp = [entry for entry in self.tables.values() if "json" not in entry["forms"]]
        return [form for form in FORMATS if all(form in entry["forms"] for entry in otlp)]


@dataclass(frozen=True)
class _Table:
    name: str
    engine: str
    create_query: str


def server_version(server: SqlServer) -> str:
    """Return the version, like `26.7.2.1`."""
    return server.command("SELECT version() FORMAT TSVRaw").strip()


def known_settings(server: SqlServer) -> dict[str, str]:
    """Return those of `VERSIONED_SETTINGS` that the server has."""
    names = ", ".join(sql_literal(name) for name in VERSIONED_SETTINGS)
    response = server.command(
        f"SELECT name FROM system.settings WHERE name IN ({names}) FORMAT TSVRaw"  # noqa: S608
    )
    return {name: VERSIONED_SETTINGS[name] for name in sorted(response.split())}


def prove(
    scratch: ScratchDatabase,
    writer: SqlServer,
    database: str,
    manifest: Manifest,
    *,
    form: str,
    settings: Mapping[str, str],
) -> None:
    """Raise if a statement of this form does not apply its rows exactly once on the server.

    Args:
        scratch: contains the copies; its user creates and reads them.
        writer: inserts, as the worker does.
        database: database with the tables that are copied.
        form: `json` or one of `FORMATS`.
        settings: in addition to those in the statements.
    Raises:
        ResourceError: names the table and the difference.
    """
    tables = {name: entry for name, entry in manifest.tables.items() if form in entry["forms"]}
    with scratch.created():
        filled_by_views = _Copies(scratch, database).create(tables)
        proof = _Proof(scratch, writer, settings, filled_by_views)
        for name, entry in tables.items():
            try:
                proof.prove(name, entry["forms"][form], entry["rows"])
            except SqlError as error:
                raise ResourceError(f"{name}: {error}") from error


@dataclass(frozen=True)
class _Proof:
    """The users and settings of one proof; `filled_by_views` are tables in the scratch database."""

    scratch: ScratchDatabase
    writer: SqlServer
    settings: Mapping[str, str]
    filled_by_views: Collection[str]

    def prove(self, table: str, insert: Mapping[str, Any], rows: Sequence[Any]) -> None:
        """Insert the rows and compare them. Insert them again under the same token, and compare
        again."""
        token = f"{self.scratch.name}:{table}:{secrets.token_hex(8)}"
        self._insert(insert, token)
        self._compare(table, rows, "after one insert")
        behind = self._behind_views()
        self._insert(insert, token)
        self._compare(table, rows, "after the insert was repeated under its token")
        if self._behind_views() != behind:
            raise ResourceError(f"{table}: a repeat under the same token doubled rows of a view")

    def _insert(self, insert: Mapping[str, Any], token: str) -> None:
        parameters = {
            **self.settings,
            **insert["statement"],
            "database": self.scratch.name,
            "insert_deduplication_token": token,
        }
        Poller(f"insert into {self.scratch.name}", _NOT_YET_SECONDS, intervals=_RETRY).retry(
            lambda: self.writer.post(parameters, b64decode(insert["body_base64"])),
            SqlError,
            lambda error: _NOT_YET_SECONDS if error.code in _NOT_YET else 0.0,
        )

    def _compare(self, table: str, rows: Sequence[Any], when: str) -> None:
        found, wanted = _sorted(self._rows(table, rows[0])), _sorted(rows)
        if len(found) != len(wanted):
            raise ResourceError(f"{table}: {len(found)} rows instead of {len(wanted)} {when}")
        for row, expected in zip(found, wanted, strict=True):
            for column, value in expected.items():
                if row[column] != value:
                    raise ResourceError(
                        f"{table}: {column} is {row[column]!r} instead of {value!r} {when}"
                    )

    def _behind_views(self) -> list[list[Any]]:
        return [_sorted(self._rows(table, "*")) for table in self.filled_by_views]

    def _rows(self, table: str, columns: Iterable[str]) -> list[dict[str, Any]]:
        listed = "*" if columns == "*" else ", ".join(quoted(column) for column in columns)
        query = f"SELECT {listed} FROM {quoted(table)} FORMAT JSONEachRow"  # noqa: S608
        parameters = {**READ_SETTINGS, "database": self.scratch.name}
        response = self.scratch.admin.post(parameters, query.encode())
        return [json.loads(line) for line in response.splitlines()]


def _sorted(rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


@dataclass(frozen=True)
class _Copies:
    """Empty copies, in the scratch database, of tables and views of `database`."""

    scratch: ScratchDatabase
    database: str

    def create(self, tables: Collection[str]) -> list[str]:
        """Create them; return the names of the tables that views fill."""
        found = _tables(self.scratch.admin, self.database)
        views = _views(found, self.database)
        missing = sorted(set(tables) - {table.name for table in found})
        if missing:
            raise ResourceError(f"{self.database} has no table {', '.join(missing)}")
        for table in found:
            if table.name in {*tables, *views.values()}:
                self._table(table)
        return sorted({views[view] for view in views if self._view(view)})

    def _table(self, table: _Table) -> None:
        copy = f"{quoted(self.scratch.name)}.{quoted(table.name)}"
        source = f"{quoted(self.database)}.{quoted(table.name)}"
        self.scratch.admin.command(f"CREATE TABLE {copy} AS {source}")
        if " TTL " in table.create_query:
            # The bodies have fixed times, so one day they are older than any retention.
            self.scratch.admin.command(f"ALTER TABLE {copy} REMOVE TTL")

    def _view(self, view: _Table) -> bool:
        """Create the copy; return False for a view of a table that has no copy."""
        try:
            self.scratch.admin.command(self._moved(view.create_query))
        except SqlError as error:
            if error.code != _UNKNOWN_TABLE:
                raise
            return False
        return True

    def _moved(self, create_query: str) -> str:
        """Return the query with the database replaced by the scratch database."""
        name = re.escape(self.database)
        return re.sub(rf"(?<![\w`.])(`{name}`|{name})\.", f"{self.scratch.name}.", create_query)


def _tables(admin: SqlServer, database: str) -> list[_Table]:
    response = admin.command(
        "SELECT name, engine, create_table_query FROM system.tables "  # noqa: S608
        f"WHERE database = {sql_literal(database)} ORDER BY name FORMAT JSONEachRow"
    )
    rows = [json.loads(line) for line in response.splitlines()]
    return [_Table(row["name"], row["engine"], row["create_table_query"]) for row in rows]


def _views(found: Collection[_Table], database: str) -> dict[_Table, str]:
    """Return materialized views with the table of the same database that each fills.

    A view that fills a table in another database is skipped: its copy would fill that very table.
    """
    target = re.compile(rf" TO `?{re.escape(database)}`?\.`?(\w+)`?")
    views = {}
    for table in found:
        match = target.search(table.create_query) if table.engine == "MaterializedView" else None
        if match:
            views[table] = match[1]
    return views
