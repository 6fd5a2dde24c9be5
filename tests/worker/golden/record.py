"""Record requests, the exporter's rows for them (`*.jsonl`), and its tables' shape.

    python -m tests.worker.golden.record

Needs Go; downloads the exporter (version in `record/go.mod`) through the Go module proxy.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.worker.engines import ClickHouse
from tests.worker.golden.odd import odd_requests
from tests.worker.golden.request import golden_request

HERE = Path(__file__).parent
REQUEST = HERE / "traces.pb"
ROWS = HERE / "otel_traces.jsonl"
ODD_REQUESTS = HERE / "odd.pb"
ODD_ROWS = HERE / "odd.jsonl"
SCHEMA = HERE / "schema.tsv"
# Text, not parsed JSON, is compared: a map may hold a key twice.
SELECT_ROWS = "SELECT * FROM {table} ORDER BY SpanId, SpanName FORMAT JSONEachRow"
# Everything the exporter says of its tables but their TTL and settings.
SELECT_SCHEMA = """
SELECT table, 'column', name, type || ' ' || compression_codec, toString(position)
FROM system.columns WHERE database = '{database}' AND table LIKE 'otel\\_traces%'
UNION ALL
SELECT table, 'index', name, expr || ' ' || type_full, toString(granularity)
FROM system.data_skipping_indices WHERE database = '{database}'
UNION ALL
SELECT name, engine, partition_key, sorting_key, replaceAll(as_select, '{database}', '')
FROM system.tables WHERE database = '{database}' AND name LIKE 'otel\\_traces%'
ORDER BY ALL FORMAT TSV"""


def main() -> None:
    """Write all files anew."""
    REQUEST.write_bytes(golden_request().SerializeToString(deterministic=True))
    # Export requests back to back are one request.
    ODD_REQUESTS.write_bytes(b"".join(odd_requests().values()))
    with tempfile.TemporaryDirectory() as folder:
        server = ClickHouse(Path(folder) / "clickhouse")
        server.start()
        try:
            server.query("CREATE DATABASE recorded ENGINE = Atomic")
            ROWS.write_text(_exported(server, REQUEST))
            SCHEMA.write_text(server.query(SELECT_SCHEMA.format(database="recorded")) + "\n")
            ODD_ROWS.write_text(_exported(server, ODD_REQUESTS))
        finally:
            server.process.kill()


def _exported(server: ClickHouse, request: Path) -> str:
    """The exporter's rows for one request."""
    server.query("TRUNCATE TABLE IF EXISTS recorded.otel_traces")
    subprocess.run(
        ["go", "run", ".", f"tcp://127.0.0.1:{server.tcp_port}", str(request)],
        cwd=HERE / "record",
        check=True,
    )
    return server.query(SELECT_ROWS.format(table="recorded.otel_traces")) + "\n"


if __name__ == "__main__":
    main()
