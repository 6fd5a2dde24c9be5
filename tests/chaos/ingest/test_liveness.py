"""Accepted telemetry is delivered without further requests, after every kind of fault.

After the fault these tests query ClickHouse only: a request to the worker would wake its buffers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.ingest.ingest_under_test import IngestUnderTest
from tests.support.otlp_spans import export_request
from tests.support.process import wait_until
from tests.support.process_clock import build_shim

HOUR_SECONDS = 3_600
_UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def ingest(tmp_path: Path) -> Iterator[IngestUnderTest]:
    """Start both engines with clocks that can be moved."""
    shim = build_shim(tmp_path)
    if shim is None:
        pytest.skip("no C compiler here, so the clock of a process cannot be moved: install cc")
    with IngestUnderTest(tmp_path / "ingest", shim=shim) as ingest:
        yield ingest


def send_body(ingest: IngestUnderTest, seed: int) -> None:
    """Send a span that the worker stores on disk."""
    assert ingest.worker.post_traces(export_request(1, seed=seed).SerializeToString()).status == 200


def wait_for_rows(ingest: IngestUnderTest, count: int) -> None:
    """Wait until ClickHouse has this many spans."""
    wait_until(
        f"{count} spans are stored: {ingest.worker.process.log[-2000:]}",
        lambda: ingest.clickhouse.count("otel_traces") == count,
    )


def reject_inserts(ingest: IngestUnderTest) -> None:
    ingest.before_clickhouse.faults.answer_instead = _UNAVAILABLE


def hold_inserts(ingest: IngestUnderTest) -> None:
    ingest.before_clickhouse.faults.hold = True


def repair_inserts(ingest: IngestUnderTest) -> None:
    ingest.before_clickhouse.faults.answer_instead = b""
    ingest.before_clickhouse.faults.hold = False


@pytest.mark.parametrize("break_inserts", [reject_inserts, hold_inserts])
def test_a_waiting_batch_is_delivered_after_the_clock_was_set_back(
    ingest: IngestUnderTest, break_inserts: Callable[[IngestUnderTest], None]
) -> None:
    """The backoff and the timers end at a time that the clock reaches again in an hour."""
    ingest.worker_clock.set(HOUR_SECONDS)
    break_inserts(ingest)
    send_body(ingest, 1)
    wait_until("an insert failed", lambda: ingest.before_clickhouse.faults.kept > 0)
    ingest.worker_clock.set(0)
    wait_until(
        "the worker logs the step", lambda: "the clock was set back" in ingest.worker.process.log
    )
    repair_inserts(ingest)
    wait_for_rows(ingest, 1)


def test_a_body_after_the_clock_was_set_back_is_delivered(ingest: IngestUnderTest) -> None:
    """The object that accepts the body still sees the later time and sets its alarm by it."""
    ingest.worker_clock.set(HOUR_SECONDS)
    send_body(ingest, 1)
    wait_for_rows(ingest, 1)
    ingest.worker_clock.set(0)
    send_body(ingest, 2)
    wait_for_rows(ingest, 2)


def test_a_buffer_resumed_after_the_clock_was_set_back_delivers(
    ingest: IngestUnderTest,
) -> None:
    """Resuming sets the alarm as well."""
    ingest.worker_clock.set(HOUR_SECONDS)
    ingest.administer("pause")
    send_body(ingest, 1)
    ingest.worker_clock.set(0)
    ingest.administer("resume")
    wait_for_rows(ingest, 1)


def test_a_waiting_batch_is_delivered_after_the_clock_was_set_forward_and_back(
    ingest: IngestUnderTest,
) -> None:
    """The alarm that was set in between is an hour late."""
    reject_inserts(ingest)
    send_body(ingest, 1)
    for offset_seconds in (HOUR_SECONDS, 0):
        ingest.worker_clock.set(offset_seconds)
        ingest.before_clickhouse.faults.kept = 0
        wait_until("the insert is tried", lambda: ingest.before_clickhouse.faults.kept > 0)
    repair_inserts(ingest)
    wait_for_rows(ingest, 1)


def test_a_waiting_batch_is_delivered_after_the_disk_was_full(ingest: IngestUnderTest) -> None:
    """The runtime ends an object that cannot write, and its alarm cannot be set."""
    reject_inserts(ingest)
    send_body(ingest, 1)
    wait_until("an insert failed", lambda: ingest.before_clickhouse.faults.kept > 0)
    ingest.disk.fill()
    wait_until("the worker fails to write", lambda: "SQLITE_FULL" in ingest.worker.process.log)
    ingest.disk.free()
    repair_inserts(ingest)
    wait_for_rows(ingest, 1)
