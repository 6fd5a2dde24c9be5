"""Rows compared with the Collector exporter's own, and the shapes that reach them."""

from __future__ import annotations

import gzip

import pytest

from tests.worker.engines import ClickHouse, Worker, wait_until
from tests.worker.golden.odd import odd_requests
from tests.worker.golden.record import ODD_REQUESTS, ODD_ROWS, REQUEST, ROWS, SELECT_ROWS
from tests.worker.golden.request import golden_request


def rows_of(clickhouse: ClickHouse) -> list[str]:
    return clickhouse.query(SELECT_ROWS.format(table="telemetry.otel_traces")).splitlines()


@pytest.fixture
def keeping_worker(clickhouse: ClickHouse, worker: Worker) -> Worker:
    """A worker before tables that keep spans of any time, as the recorded ones have."""
    for table in ("otel_traces", "otel_traces_trace_id_ts"):
        clickhouse.query(f"ALTER TABLE telemetry.{table} REMOVE TTL")
    return worker


def test_recorded_request_is_the_one_the_code_builds() -> None:
    """`python -m tests.worker.golden.record` after a change of either."""
    assert REQUEST.read_bytes() == golden_request().SerializeToString(deterministic=True)
    assert ODD_REQUESTS.read_bytes() == b"".join(odd_requests().values())


@pytest.mark.parametrize("compressed", [False, True])
def test_every_row_equals_the_exporters(
    clickhouse: ClickHouse, keeping_worker: Worker, compressed: bool
) -> None:
    """Every attribute type, kind, code, event and link, byte for byte."""
    body = REQUEST.read_bytes()
    if compressed:
        answer = keeping_worker.post_traces(gzip.compress(body), content_encoding="gzip")
    else:
        answer = keeping_worker.post_traces(body)
    assert answer.status == 200, answer
    wait_until("drained", keeping_worker.is_drained)
    found = rows_of(clickhouse)
    recorded = ROWS.read_text().splitlines()
    assert len(found) == len(recorded)
    for row, expected in zip(found, recorded, strict=True):
        assert row == expected


def test_odd_but_legal_bodies_become_the_exporters_rows(
    clickhouse: ClickHouse, keeping_worker: Worker
) -> None:
    """What ClickHouse would refuse or read otherwise is rewritten on the way in."""
    for name, body in odd_requests().items():
        assert keeping_worker.post_traces(body).status == 200, name
    wait_until("drained", keeping_worker.is_drained)
    assert keeping_worker.stored("SELECT error FROM dead_letters") == []
    assert rows_of(clickhouse) == ODD_ROWS.read_text().splitlines()
