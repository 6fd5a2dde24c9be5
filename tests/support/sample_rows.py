"""`python -m tests.support.sample_rows` records `worker/src/manifest/sample_rows.json`.

Run it after a change of a sample or of a table's columns, and review the difference, because
`pulumi up` requires that every ClickHouse stores exactly these rows.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from base64 import b64decode
from pathlib import Path

from resources.sql.sql_server import SqlServer
from resources.telemetry.statement_proof import READ_SETTINGS, Manifest
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.paths import ROOT

ROWS = ROOT / "worker" / "src" / "manifest" / "sample_rows.json"
STATEMENTS = ROOT / "worker" / "dist" / "statements.json"


def columns_of(query: str) -> list[str]:
    """Return the columns that an INSERT names."""
    match = re.match(r"INSERT INTO \w+ \(([^)]+)\)", query)
    assert match
    return [column.strip() for column in match[1].split(",")]


def main() -> None:
    """Insert the first form of every sample and record the stored rows."""
    subprocess.run(["npm", "run", "--silent", "build"], cwd=ROOT / "worker", check=True)
    recorded = {}
    with tempfile.TemporaryDirectory() as folder:
        clickhouse = ClickHouse(Path(folder) / "clickhouse")
        clickhouse.start()
        try:
            clickhouse.migrate()
            server = SqlServer(clickhouse.url, "owner", "owner")
            for table, entry in Manifest.read(STATEMENTS).tables.items():
                recorded[table] = _recorded(server, table, next(iter(entry["forms"].values())))
        finally:
            clickhouse.process.kill()
    ROWS.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


def _recorded(server: SqlServer, table: str, insert: dict[str, dict[str, str]]) -> list[object]:
    found = server.command(f"SELECT count() FROM {DATABASE}.{table}").strip()
    assert found == "0", f"{table} has {found} rows: is this another server, on the same port?"
    server.command(f"ALTER TABLE {DATABASE}.{table} REMOVE TTL")
    body = b64decode(str(insert["body_base64"]))
    server.post({**insert["statement"], "database": DATABASE}, body)
    columns = ", ".join(f"`{column}`" for column in columns_of(insert["statement"]["query"]))
    query = f"SELECT {columns} FROM {DATABASE}.{table} ORDER BY ALL FORMAT JSONEachRow"
    return [json.loads(line) for line in server.post(READ_SETTINGS, query.encode()).splitlines()]


if __name__ == "__main__":
    main()
