"""Damaged OTLP is rejected or stored, and never becomes a batch that ClickHouse rejects.

`FUZZ_SEED` and `FUZZ_BODIES` configure the run; without them it is short and always the same.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.access_binding import access_document, token_entry
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.golden.record import (
    EDGE_CASE_LOGS,
    EDGE_CASE_METRICS,
    EDGE_CASE_TRACES,
    LOGS,
    METRICS,
    TABLES,
    TRACES,
)
from tests.support.otlp_json import json_from
from tests.support.otlp_spans import export_bytes, export_request
from tests.support.process import wait_until
from tests.support.protobuf_fields import Field, count_at, fields_of
from tests.support.worker_runtime import INSERT_FORMATS, Response, Worker, WorkerFactory
from tests.worker.hostile.damaged_bytes import damage_bytes, splice
from tests.worker.hostile.damaged_compression import CODINGS, compressed, damage_compressed
from tests.worker.hostile.damaged_json import damage_json
from tests.worker.hostile.damaged_protobuf import damage_field

SEED = int(os.environ.get("FUZZ_SEED", "20261121"))
BODIES = int(os.environ.get("FUZZ_BODIES", "1500"))
# Fewer bodies for both formats, because each body is sent and stored twice.
COMPARED_BODIES = BODIES // 3
# A log record without a time gets its time of arrival, which differs between workers.
WITHOUT_TIMES_OF_ARRIVAL = (
    "* REPLACE (if(Timestamp > now() - 1800, toDateTime64(0, 9), Timestamp) AS Timestamp)"
)
SENDERS = 4
# One valid body among this many damaged ones.
NEIGHBOUR_EVERY = 25
NEIGHBOUR_SPANS = 10
REQUESTS: Mapping[str, type[Message]] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
# The numbers of the fields that lead to a table's rows.
ROW_PATHS = {
    "otel_traces": (1, 2, 2),
    "otel_logs": (1, 2, 2),
    "otel_metrics_gauge": (1, 2, 2, 5, 1),
    "otel_metrics_sum": (1, 2, 2, 7, 1),
    "otel_metrics_histogram": (1, 2, 2, 9, 1),
    "otel_metrics_exponential_histogram": (1, 2, 2, 10, 1),
    "otel_metrics_summary": (1, 2, 2, 11, 1),
}


@dataclass(frozen=True)
class Original:
    """A valid body as a sender sends it."""

    signal: str
    body: bytes
    fields: list[Field]


def original(signal: str, body: bytes) -> Original:
    return Original(signal, body, fields_of(body))


def parsed(signal: str, body: bytes) -> Any:
    """Parse a body. The result is `Any`: the generated messages have no common type."""
    return REQUESTS[signal].FromString(body)


SPANS = parsed("traces", TRACES.request.read_bytes())
POINTS = parsed("metrics", METRICS.request.read_bytes())
PROTOBUF = [
    original("traces", export_bytes(2, seed=1)),
    original("traces", export_bytes(30, seed=2)),
    # Use one small message of the recorded ones, so that damage affects numbers and lengths.
    original("traces", SPANS.resource_spans[1].SerializeToString()),
    original("metrics", POINTS.resource_metrics[1].SerializeToString()),
    *(
        original(recording.signal, recording.request.read_bytes())
        for recording in (
            TRACES,
            LOGS,
            METRICS,
            EDGE_CASE_TRACES,
            EDGE_CASE_LOGS,
            EDGE_CASE_METRICS,
        )
    ),
]
JSON = [
    ("traces", json_from(SPANS)),
    ("traces", json_from(export_request(3, seed=1))),
    ("logs", json_from(parsed("logs", LOGS.request.read_bytes()), ascii_only=True)),
    ("metrics", json_from(POINTS, enum_numbers=False)),
    ("metrics", json_from(POINTS)),
]


@dataclass(frozen=True)
class Damaged:
    """A damaged body and its headers."""

    signal: str
    body: bytes
    headers: Mapping[str, str]


def damaged(number: int) -> Damaged:
    """Return the body with this number under `SEED`, the same one in every run."""
    chance = Random(f"{SEED}/{number}")
    if chance.random() < 0.3:
        signal, body = chance.choice(JSON)
        body = damage_json(body, chance) if chance.random() < 0.6 else damage_bytes(body, chance)
        headers = {"content_type": "application/json"}
    else:
        signal, body = _damaged_protobuf(chance)
        headers = {}
    if chance.random() < 0.5:
        coding = chance.choice(CODINGS)
        length = len(body)
        body = compressed(body, coding, chance)
        if chance.random() < 0.25:
            body = damage_compressed(body, coding, length, chance)
        headers["content_encoding"] = coding
    return Damaged(signal, body, headers)


def _damaged_protobuf(chance: Random) -> tuple[str, bytes]:
    picked = chance.choice(PROTOBUF)
    kind = chance.random()
    if kind < 0.5:
        return picked.signal, damage_field(picked.body, picked.fields, chance)
    if kind < 0.8:
        return picked.signal, damage_bytes(picked.body, chance)
    if kind < 0.95:
        return picked.signal, splice(picked.body, chance.choice(PROTOBUF).body, chance)
    return chance.choice([*REQUESTS]), picked.body  # undamaged, perhaps for another signal


def keep_rows_of_any_time(clickhouse: ClickHouse, database: str) -> None:
    for table in clickhouse.query(
        f"SELECT name FROM system.tables WHERE database = '{database}' AND name LIKE 'otel%' "
        "AND engine LIKE '%MergeTree' AND create_table_query LIKE '% TTL %'"
    ).split():
        clickhouse.query(f"ALTER TABLE {database}.{table} REMOVE TTL")


@pytest.fixture
def operated_worker(clickhouse: ClickHouse, make_worker: WorkerFactory) -> Worker:
    """Start a worker with an admin token and tables that store rows of any time."""
    keep_rows_of_any_time(clickhouse, DATABASE)
    operator = token_entry("operator", name="operator", scopes=["admin"])
    return make_worker(clickhouse_url=clickhouse.url, access=access_document(operator))


@pytest.mark.insert_formats(*INSERT_FORMATS)
def test_damaged_bodies_never_fail_a_batch(
    clickhouse: ClickHouse, operated_worker: Worker, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows of a body with a 200 are in a table or a dead letter; valid bodies are stored once.

    The worker and ClickHouse count the same rows, whatever the damage.
    """
    worker = operated_worker
    pid = worker.process.pid
    with ThreadPoolExecutor(SENDERS) as senders:
        statuses = Counter(senders.map(lambda number: send(worker, number), range(BODIES)))
    with capsys.disabled():
        print(f"\nFUZZ_SEED={SEED} FUZZ_BODIES={BODIES}: {dict(statuses)}", end="", flush=True)
    assert statuses.keys() == {200, 400, 413} or statuses.keys() == {200, 400}
    wait_until(
        "drained",
        lambda: total(worker, "rows") == 0,
        seconds=60 + BODIES / 20,
        log_of=worker.process,
    )
    letters = dead_letters(worker)
    assert letters == []
    stored = sum(clickhouse.count(table) for tables in TABLES.values() for table in tables)
    assert stored == total(worker, "rows_delivered")
    neighbours = clickhouse.query(
        "SELECT count(), uniqExact(SpanId) FROM telemetry.otel_traces "
        "WHERE ServiceName = 'checkout' AND TraceState = 'neighbour'"
    )
    expected = len(range(0, BODIES, NEIGHBOUR_EVERY)) * NEIGHBOUR_SPANS
    assert neighbours == f"{expected}\t{expected}"
    assert worker.process.pid == pid
    assert worker.request("GET", "/health").status == 200


def test_damaged_bodies_become_the_same_rows_in_both_formats(
    clickhouse: ClickHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """ClickHouse and the worker decode a stored body to the same columns."""
    clickhouse.migrate(database="other")
    databases = dict(zip(INSERT_FORMATS, (DATABASE, "other"), strict=True))
    for insert_format, database in databases.items():
        keep_rows_of_any_time(clickhouse, database)
        worker = Worker(
            tmp_path / insert_format,
            clickhouse_url=clickhouse.url,
            access=access_document(teams=[{"name": "default", "database": database}]),
            insert_format=insert_format,
        )
        worker.start()
        try:
            with ThreadPoolExecutor(SENDERS) as senders:
                list(
                    senders.map(lambda number, to=worker: send(to, number), range(COMPARED_BODIES))
                )
            wait_until("drained", worker.is_drained, seconds=60 + COMPARED_BODIES / 10)
        finally:
            worker.process.kill()
    for table in (table for tables in TABLES.values() for table in tables):
        columns = WITHOUT_TIMES_OF_ARRIVAL if table == "otel_logs" else "*"
        rows = {
            database: f"SELECT formatRowNoNewline('JSONEachRow', {columns}) AS row, count() "
            f"FROM {database}.{table} GROUP BY row"
            for database in databases.values()
        }
        one, other = rows.values()
        assert clickhouse.query(f"SELECT count() > 0 FROM {DATABASE}.{table}") == "1", table
        for only_here in (f"{one} EXCEPT {other}", f"{other} EXCEPT {one}"):
            sql = f"SELECT toValidUTF8(row) FROM ({only_here}) LIMIT 2"
            assert clickhouse.query(sql) == "", table
        with capsys.disabled():
            print(f"\n{table}: {clickhouse.count(table)} rows", end="", flush=True)


def send(worker: Worker, number: int) -> int:
    """Send one body and return the status, which must be one that a damaged body may get."""
    if number % NEIGHBOUR_EVERY == 0:
        assert worker.post_traces(neighbour(number)).status == 200
    sent = damaged(number)
    answer = worker.post_otlp(sent.signal, sent.body, **sent.headers)
    assert answer.status in (200, 400, 413), f"FUZZ_SEED={SEED}, body {number}: {answer}"
    return answer.status


def neighbour(number: int) -> bytes:
    """Return a valid body with its own spans."""
    request = export_request(NEIGHBOUR_SPANS, seed=1_000_000 + number)
    for span in request.resource_spans[0].scope_spans[0].spans:
        span.trace_state = "neighbour"
    return request.SerializeToString()


def operator_asks(worker: Worker, path: str) -> Response:
    answer = worker.request("GET", path, authorization="Bearer operator")
    assert answer.status == 200, answer
    return answer


def buffers(worker: Worker) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(operator_asks(worker, "/admin/buffers").body)[
        "buffers"
    ]
    return found


def total(worker: Worker, field: str) -> int:
    """Return the sum of one field over all buffers."""
    return sum(buffer[field] for buffer in buffers(worker))


def dead_letters(worker: Worker) -> list[tuple[str, int]]:
    """Return error and number of rows of each dead letter in all buffers."""
    found = []
    for buffer in buffers(worker):
        name = quote(buffer["buffer"], safe="")
        after = ""
        while True:
            path = f"/admin/dead-letters?buffer={name}{after}"
            page = json.loads(operator_asks(worker, path).body)["dead_letters"]
            if not page:
                break
            found += [(letter["error"], rows_of(worker, name, letter)) for letter in page]
            after = f"&after={page[-1]['id']}"
    return found


def rows_of(worker: Worker, buffer: str, letter: Mapping[str, str]) -> int:
    """Return how many rows a dead letter has for the table that rejected it."""
    path = f"/admin/dead-letters/body?buffer={buffer}&id={letter['id']}"
    answer = operator_asks(worker, path)
    is_gzip = answer.headers["content-type"] == "application/gzip"
    body = gzip.decompress(answer.body) if is_gzip else answer.body
    return count_at(body, ROW_PATHS[letter["table"]])
