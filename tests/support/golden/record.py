"""Record requests (`*.pb`), the exporter's rows for them (`*.jsonl`), and its tables' shape.

    python -m tests.support.golden.record

Needs Go; downloads the exporter (version in `record/go.mod`) through the Go module proxy.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.clickhouse_server import ClickHouse
from tests.support.golden.edge_cases import (
    edge_case_log_requests,
    edge_case_metric_requests,
    edge_case_trace_requests,
)
from tests.support.golden.logs import log_request
from tests.support.golden.metrics import metric_request
from tests.support.golden.traces import trace_request

HERE = Path(__file__).parent
SCHEMA = HERE / "schema.tsv"
TABLES = {
    "traces": ("otel_traces",),
    "logs": ("otel_logs",),
    "metrics": (
        "otel_metrics_gauge",
        "otel_metrics_sum",
        "otel_metrics_histogram",
        "otel_metrics_exponential_histogram",
        "otel_metrics_summary",
    ),
}
# Rows are compared as strings, not as parsed JSON, because a map may contain a key twice.
_SELECT_ROWS = (
    "SELECT * FROM {table} FORMAT JSONEachRow SETTINGS output_format_json_quote_denormals = 1"
)
# All properties of the exporter's tables except their TTL and settings.
SELECT_SCHEMA = """
SELECT table, 'column', name, type || ' ' || compression_codec || ' ' || default_expression
  || ' ' || comment, toString(position)
FROM system.columns WHERE database = '{database}' AND table LIKE 'otel\\_%'
UNION ALL
SELECT table, 'index', name, expr || ' ' || type_full, toString(granularity)
FROM system.data_skipping_indices WHERE database = '{database}'
UNION ALL
SELECT name, engine, partition_key, sorting_key, replaceAll(as_select, '{database}', '')
FROM system.tables WHERE database = '{database}' AND name LIKE 'otel\\_%'
ORDER BY ALL FORMAT TSV"""


@dataclass(frozen=True)
class Recording:
    """One request and the rows that the exporter stored for it.

    Attributes:
        name: the common part of the file names.
        signal: `traces`, `logs` or `metrics`.
        build: returns the request's bytes, the same in every run.
    """

    name: str
    signal: str
    build: Callable[[], bytes]

    @property
    def request(self) -> Path:
        return HERE / f"{self.name}.pb"

    def rows(self, table: str) -> Path:
        """Return the path of the file with a table's rows."""
        return HERE / f"{self.name}.{table}.jsonl"


def _joined(requests: dict[str, bytes]) -> bytes:
    # Concatenated export requests are one export request.
    return b"".join(requests.values())


TRACES = Recording(
    "traces", "traces", lambda: trace_request().SerializeToString(deterministic=True)
)
LOGS = Recording("logs", "logs", lambda: log_request().SerializeToString(deterministic=True))
METRICS = Recording(
    "metrics", "metrics", lambda: metric_request().SerializeToString(deterministic=True)
)
EDGE_CASE_TRACES = Recording(
    "edge_case_traces", "traces", lambda: _joined(edge_case_trace_requests())
)
EDGE_CASE_LOGS = Recording("edge_case_logs", "logs", lambda: _joined(edge_case_log_requests()))
EDGE_CASE_METRICS = Recording(
    "edge_case_metrics", "metrics", lambda: _joined(edge_case_metric_requests())
)
RECORDINGS = (TRACES, LOGS, METRICS, EDGE_CASE_TRACES, EDGE_CASE_LOGS, EDGE_CASE_METRICS)


def rows_of(server: ClickHouse, table: str) -> list[str]:
    """Return a table's rows as strings, in an order that does not depend on their arrival."""
    return sorted(server.query(_SELECT_ROWS.format(table=table)).splitlines())


def main() -> None:
    """Write all files again."""
    argparse.ArgumentParser(
        prog="python -m tests.support.golden.record",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = ClickHouse(Path(folder) / "clickhouse")
        server.start()
        try:
            server.query("CREATE DATABASE recorded ENGINE = Atomic")
            for recording in RECORDINGS:
                recording.request.write_bytes(recording.build())
                _record(server, recording)
            SCHEMA.write_text(server.query(SELECT_SCHEMA.format(database="recorded")) + "\n")
        finally:
            server.process.kill()


def _record(server: ClickHouse, recording: Recording) -> None:
    tables = TABLES[recording.signal]
    for table in tables:
        server.query(f"TRUNCATE TABLE IF EXISTS recorded.{table}")
    endpoint = f"tcp://127.0.0.1:{server.tcp_port}"
    subprocess.run(
        ["go", "run", ".", endpoint, recording.signal, str(recording.request)],
        cwd=HERE / "record",
        check=True,
    )
    for table in tables:
        rows = rows_of(server, f"recorded.{table}")
        recording.rows(table).write_text("".join(f"{row}\n" for row in rows))


if __name__ == "__main__":
    main()
