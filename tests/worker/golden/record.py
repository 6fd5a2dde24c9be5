"""Record `traces.pb` and `otel_traces.jsonl`: the request, and the exporter's rows for it.

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
# Text, not parsed JSON, is compared: a map may hold a key twice.
SELECT_ROWS = "SELECT * FROM {table} ORDER BY SpanId, SpanName FORMAT JSONEachRow"


def main() -> None:
    """Write both files anew."""
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
        finally:
            server.process.kill()


if __name__ == "__main__":
    main()
