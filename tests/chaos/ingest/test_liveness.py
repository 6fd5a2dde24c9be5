"""Accepted telemetry is delivered without further requests, after every kind of fault.

After the fault these tests query ClickHouse only: a request to the worker would wake its buffers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.ingest.clock import build_shim
from tests.chaos.ingest.ingest_under_test import Stage
from tests.support.otlp_spans import export_request
from tests.support.process import wait_until

HOUR_SECONDS = 3_600
_UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Both engines, with clocks that can be moved."""
    shim = build_shim(tmp_path)
    if shim is None:
        pytest.skip("no C compiler here, so no process's clock can be moved: install cc")
    with Stage(tmp_path / "stage", shim=shim) as stage:
        yield stage


def send_body(stage: Stage, seed: int) -> None:
    """A span that the worker has on disk."""
    assert stage.worker.post_traces(export_request(1, seed=seed).SerializeToString()).status == 200


def wait_for_rows(stage: Stage, count: int) -> None:
    """Wait until ClickHouse has this many spans."""
    wait_until(
        f"{count} spans are there: {stage.worker.process.log[-2000:]}",
        lambda: stage.clickhouse.count("otel_traces") == count,
    )


def refuse_inserts(stage: Stage) -> None:
    stage.before_clickhouse.faults.answer_instead = _UNAVAILABLE


def hold_inserts(stage: Stage) -> None:
    stage.before_clickhouse.faults.hold = True


def mend_inserts(stage: Stage) -> None:
    stage.before_clickhouse.faults.answer_instead = b""
    stage.before_clickhouse.faults.hold = False


@pytest.mark.parametrize("break_inserts", [refuse_inserts, hold_inserts])
def test_a_batch_that_waits_goes_out_after_the_clock_was_set_back(
    stage: Stage, break_inserts: Callable[[Stage], None]
) -> None:
    """Its backoff was recorded and its timers were set by a time that comes again in an hour."""
    stage.worker_clock.set(HOUR_SECONDS)
    break_inserts(stage)
    send_body(stage, 1)
    wait_until("an insert failed", lambda: stage.before_clickhouse.faults.kept > 0)
    stage.worker_clock.set(0)
    wait_until("it is noticed", lambda: "the clock was set back" in stage.worker.process.log)
    mend_inserts(stage)
    wait_for_rows(stage, 1)


def test_a_body_that_comes_after_the_clock_was_set_back_goes_out(stage: Stage) -> None:
    """The object that accepts it still shows the later time, and sets its alarm by that."""
    stage.worker_clock.set(HOUR_SECONDS)
    send_body(stage, 1)
    wait_for_rows(stage, 1)
    stage.worker_clock.set(0)
    send_body(stage, 2)
    wait_for_rows(stage, 2)


def test_a_buffer_that_was_resumed_after_the_clock_was_set_back_delivers(stage: Stage) -> None:
    """Resuming sets the alarm, too."""
    stage.worker_clock.set(HOUR_SECONDS)
    stage.administer("pause")
    send_body(stage, 1)
    stage.worker_clock.set(0)
    stage.administer("resume")
    wait_for_rows(stage, 1)


def test_a_batch_that_waits_goes_out_after_the_clock_was_set_forward_and_back(
    stage: Stage,
) -> None:
    """The alarm that was set in between is an hour off."""
    refuse_inserts(stage)
    send_body(stage, 1)
    for offset_seconds in (HOUR_SECONDS, 0):
        stage.worker_clock.set(offset_seconds)
        stage.before_clickhouse.faults.kept = 0
        wait_until("it is tried", lambda: stage.before_clickhouse.faults.kept > 0)
    mend_inserts(stage)
    wait_for_rows(stage, 1)


def test_a_batch_that_waits_goes_out_after_the_disk_was_full(stage: Stage) -> None:
    """The runtime ends an object that cannot write, and its alarm could not be set."""
    refuse_inserts(stage)
    send_body(stage, 1)
    wait_until("an insert failed", lambda: stage.before_clickhouse.faults.kept > 0)
    stage.disk.fill()
    wait_until("it is felt", lambda: "SQLITE_FULL" in stage.worker.process.log)
    stage.disk.free()
    mend_inserts(stage)
    wait_for_rows(stage, 1)
