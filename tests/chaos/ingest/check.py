"""Compares the rows in ClickHouse with the bodies that were acknowledged."""

from __future__ import annotations

from tests.chaos.ingest.load import Ledger
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.golden.record import TABLES

__all__ = ["check_tables"]

# The tables with rows of each signal, and the column with the id of a row.
_TABLES: dict[str, list[tuple[str, str]]] = {
    "traces": [
        ("otel_traces", "SpanId"),
        # The table behind the view, by trace. A trace's id is its span's id twice.
        ("otel_traces_trace_id_ts", "substring(TraceId, 1, 16)"),
    ],
    "logs": [("otel_logs", "Body")],
    "metrics": [(table, "Attributes['id']") for table in TABLES["metrics"]],
    # The table before merges, and the view that users read.
    "events": [("events", "user_id"), ("events_once", "user_id")],
}


def check_tables(clickhouse: ClickHouse, ledger: Ledger) -> list[str]:
    """Check all tables. Return a line with the counts of each.

    Raises:
        AssertionError: a row of an acknowledged body is missing, a row is stored twice, or only a
            part of a body that was never acknowledged is stored.
    """
    lines = []
    for signal, tables in _TABLES.items():
        for table, column in tables:
            lines.append(_check_table(clickhouse, ledger, signal, table, column))
    return lines


def _check_table(
    clickhouse: ClickHouse, ledger: Ledger, signal: str, table: str, column: str
) -> str:
    acknowledged, given_up = ledger.acknowledged[signal], ledger.given_up[signal]
    stored = _stored(clickhouse, signal, table, column)
    rows = sum(acknowledged.values())
    known = {**acknowledged, **given_up}
    lost = sum(
        max(0, expected - stored.get(body, (0, 0))[1]) for body, expected in acknowledged.items()
    )
    doubled = sum(count - distinct for count, distinct in stored.values())
    line = (
        f"{table}: {len(acknowledged)} bodies with {rows} rows acknowledged, "
        f"{lost} lost, {doubled} doubled; of {len(given_up)} given up "
        f"{len(given_up.keys() & stored.keys())} are stored"
    )
    assert (lost, doubled) == (0, 0), f"{line}: {_details(stored, known)}"
    assert stored.keys() <= known.keys(), f"{table}: bodies that no client sent"
    for body in stored:
        assert stored[body] == (known[body],) * 2, f"{table}: only a part of body {body}"
    return line


def _details(stored: dict[int, tuple[int, int]], known: dict[int, int]) -> str:
    """Return the bodies with a wrong count: ((rows, different rows), expected rows)."""
    wrong = {
        body: (stored.get(body, (0, 0)), expected)
        for body, expected in known.items()
        if stored.get(body, (0, 0)) != (expected, expected)
    }
    return str(wrong)[:2_000]


def _stored(
    clickhouse: ClickHouse, signal: str, table: str, column: str
) -> dict[int, tuple[int, int]]:
    """Return the number of rows and of different ids for each body."""
    body = (
        f"reinterpretAsUInt32(reverse(unhex(substring({column}, 1, 8))))"
        if signal == "traces"
        else f"toUInt32(splitByChar('-', {column})[1])"
    )
    text = clickhouse.query(
        f"SELECT {body} AS body, count(), uniqExact({column}) FROM {DATABASE}.{table} GROUP BY body"
    )
    rows = (line.split("\t") for line in text.splitlines())
    return {int(number): (int(count), int(distinct)) for number, count, distinct in rows}
