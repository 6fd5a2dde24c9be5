"""Clocks that jump while an engine runs. The faults of `test_ingest.py` include such jumps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.ingest.check import check_tables
from tests.chaos.ingest.ingest_under_test import IngestUnderTest
from tests.chaos.ingest.load import Load
from tests.support.process import wait_until
from tests.support.process_clock import build_shim

HOUR_SECONDS = 3_600


@pytest.fixture
def shim(tmp_path: Path) -> Path:
    """Build and return the preloaded library."""
    built = build_shim(tmp_path)
    if built is None:
        pytest.skip("no C compiler here, so the clock of a process cannot be moved: install cc")
    return built


def test_a_clock_set_back_under_a_buffer_that_is_awake_delays_nothing(
    tmp_path: Path, shim: Path
) -> None:
    """For an hour the runtime would return the later time, so the object has to start again."""
    with IngestUnderTest(tmp_path / "ingest", shim=shim) as ingest:
        with Load(ingest.before_worker.port, seed="1") as load:
            load.wait_for_progress()
            for seconds in (HOUR_SECONDS, 0):
                with load.lull():  # a repeat after an hour would be a new body
                    ingest.worker_clock.set(seconds)
                load.wait_for_progress()
            wait_until(
                "the worker logs the step",
                lambda: "the clock was set back" in ingest.worker.process.log,
            )
            load.wait_for_progress()
        ingest.wait_until_drained()
        check_tables(ingest.clickhouse, load.ledger)


def test_parts_are_dated_by_the_clock_that_was_moved(tmp_path: Path, shim: Path) -> None:
    """Only parts use the moved clock. `now()` uses ClickHouse's own `clock_gettime`."""
    with IngestUnderTest(tmp_path / "ingest", shim=shim) as ingest:
        ingest.clickhouse_clock.set(HOUR_SECONDS)
        ingest.clickhouse.query("INSERT INTO telemetry.events (event_name) VALUES ('order')")
        ahead = ingest.clickhouse.query(
            "SELECT max(modification_time) - now() FROM system.parts WHERE table = 'events'"
        )
        assert int(ahead) > HOUR_SECONDS / 2
