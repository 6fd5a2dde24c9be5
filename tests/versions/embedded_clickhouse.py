"""One version of ClickHouse in a separate process, because a process can load one library.

`python embedded_clickhouse.py LIBRARY` reads a request from standard input and writes the
outcome, both as JSON.

The library has no server, so the parts of an HTTP request are sent as SQL: a profile's
settings with `SET`, a statement's settings in its `SETTINGS` clause, and a body as a file.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import re
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# Parameters of the HTTP interface that are not settings.
_PARAMETERS = ("wait_end_of_query", "query", "database")


class Library:
    """Runs SQL in the library's process.

    The package around the library would import pyarrow, which nothing here needs.
    """

    def __init__(self, path: str) -> None:
        loader = importlib.machinery.ExtensionFileLoader("_chdb", path)
        spec = importlib.util.spec_from_loader("_chdb", loader)
        assert spec
        module = importlib.util.module_from_spec(spec)
        loader.exec_module(module)
        self.folder = Path(tempfile.mkdtemp())
        os.chdir(self.folder)
        self._connection = module.connect(str(self.folder / "data"))

    def query(self, sql: str) -> str:
        """Return the rows, tab-separated; raise RuntimeError with ClickHouse's error message."""
        return str(self._connection.query(sql, "TSVRaw").bytes().decode())


def main() -> None:
    """Serve one request."""
    # Redirects the library's own output, which must not mix with the JSON.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    request = json.load(sys.stdin)
    library = Library(sys.argv[1])
    known = set(library.query("SELECT name FROM system.settings").split())
    _set(library, {name: value for name, value in request["before"].items() if name in known})
    outcome: dict[str, Any] = {"version": library.query("SELECT version()").strip()}
    try:
        _migrate(library, request["migrations"], request["replaced"])
        outcome["schema"] = "applied"
    except RuntimeError as error:
        outcome["schema"] = str(error)
    if outcome["schema"] == "applied":
        _set(library, {n: value for n, value in request["profile"].items() if n in known})
        settings = {n: value for n, value in request["settings"].items() if n in known}
        outcome["settings"] = sorted(settings)
        outcome["tables"] = dict(_proved(library, request["tables"], settings))
    json.dump(outcome, output)


def _set(library: Library, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        library.query(f"SET {name} = {_text(value)}")


def _migrate(library: Library, files: Iterable[str], replaced: Mapping[str, str]) -> None:
    library.query("CREATE DATABASE telemetry ENGINE = Atomic")
    library.query("USE telemetry")
    for file in files:
        sql = re.sub(r"--.*", "", Path(file).read_text())
        for old, new in replaced.items():
            sql = sql.replace(old, new)
        for statement in filter(str.strip, sql.split(";")):
            library.query(statement)
    for table in library.query(
        "SELECT name FROM system.tables WHERE database = 'telemetry' AND "
        "create_table_query LIKE '% TTL %'"
    ).split():
        library.query(f"ALTER TABLE {table} REMOVE TTL")  # the bodies' times are fixed


def _proved(
    library: Library, tables: Mapping[str, Any], settings: Mapping[str, str]
) -> Iterable[tuple[str, Any]]:
    """Return the rows of each statement after one insert and after its repeat, or the error."""
    for table, entry in tables.items():
        for form, insert in entry["forms"].items():
            where = f"{table} {form}"
            library.query(f"TRUNCATE TABLE {table}")
            sql = _statement(library, where, insert, settings)
            try:
                library.query(sql)
                once = _rows(library, table, entry["rows"][0])
                library.query(sql)
                yield where, {"once": once, "twice": _rows(library, table, entry["rows"][0])}
            except RuntimeError as error:
                yield where, {"error": str(error)}
    yield (
        "behind the view",
        int(library.query("SELECT count() FROM otel_traces_trace_id_ts").strip()),
    )


def _statement(
    library: Library, where: str, insert: Mapping[str, Any], settings: Mapping[str, str]
) -> str:
    """Return the worker's statement with its settings, which reads the body from a file."""
    statement = {**settings, **insert["statement"], "insert_deduplication_token": where}
    body = library.folder / where.replace(" ", "-")
    body.write_bytes(b64decode(insert["body_base64"]))
    values = ", ".join(f"{n} = {_text(v)}" for n, v in statement.items() if n not in _PARAMETERS)
    query = insert["statement"]["query"]
    match = re.fullmatch(r"(INSERT INTO \w+ \([^)]+\))\s(.*)", query, re.DOTALL)
    assert match
    columns, rest = match.groups()
    if "input('" not in rest:
        return f"{columns} FROM INFILE '{body}' SETTINGS {values} {rest}"
    rest = rest.replace("input('", f"file('{body}', 'ProtobufList', '")
    return f"{columns} SETTINGS {values} {rest.removesuffix('FORMAT ProtobufList')}"


def _rows(library: Library, table: str, columns: Iterable[str]) -> list[Any]:
    listed = ", ".join(f"`{column}`" for column in columns)
    found = library.query(
        f"SELECT {listed} FROM {table} ORDER BY ALL SETTINGS session_timezone = 'UTC', "
        "output_format_json_quote_64bit_integers = 1 FORMAT JSONEachRow"
    )
    return [json.loads(line) for line in found.splitlines()]


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


if __name__ == "__main__":
    main()
