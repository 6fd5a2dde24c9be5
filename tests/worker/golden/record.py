"""Record a request, the exporter's rows for it (`otel_traces.jsonl`), and its tables' shape.

    python -m tests.worker.golden.record

Needs Go; downloads the exporter (version in `record/go.mod`) through the Go module proxy.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.worker.engines import ClickHouse
from tests.worker.golden.request import golden_request

HERE = Path(__file__).parent
REQUEST = HERE / "traces.pb"
ROWS = HERE / "otel_traces.jsonl"
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
    """Write the three files anew."""
    REQUEST.write_bytes(golden_request().SerializeToString(deterministic=True))
    with tempfile.TemporaryDirectory() as folder:
        server = ClickHouse(Path(folder) / "clickhouse")
        server.start()
        try:
            server.query("CREATE DATABASE recorded ENGINE = Atomic")
            subprocess.run(
                ["go", "run", ".", f"tcp://127.0.0.1:{server.tcp_port}", str(REQUEST)],
                cwd=HERE / "record",
                check=True,
            )
            ROWS.write_text(server.query(SELECT_ROWS.format(table="recorded.otel_traces")) + "\n")
            SCHEMA.write_text(server.query(SELECT_SCHEMA.format(database="recorded")) + "\n")
        finally:
            server.process.kill()


if __name__ == "__main__":
    main()
