"""Clocks that jump while an engine runs; the faults of a run do so, too, among others."""

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
    """The preloaded library."""
    built = build_shim(tmp_path)
    if built is None:
        pytest.skip("no C compiler here, so no process's clock can be moved: install cc")
    return built


def test_a_clock_set_back_under_a_buffer_that_is_awake_delays_nothing(
    tmp_path: Path, shim: Path
) -> None:
    """The runtime goes on showing the later time, for an hour: the object has to begin anew."""
    with IngestUnderTest(tmp_path / "ingest", shim=shim) as ingest:
        with Load(ingest.before_worker.port, seed="1") as load:
            load.wait_for_progress()
            for seconds in (HOUR_SECONDS, 0):
                with load.lull():  # a repeat after an hour would rightly be a new body
                    ingest.worker_clock.set(seconds)
                load.wait_for_progress()
            wait_until(
                "it is noticed", lambda: "the clock was set back" in ingest.worker.process.log
            )
            load.wait_for_progress()
        ingest.wait_until_drained()
        check_tables(ingest.clickhouse, load.ledger)


def test_parts_are_dated_by_the_clock_that_was_moved(tmp_path: Path, shim: Path) -> None:
    """What of ClickHouse goes by it: its own `clock_gettime`, hence `now()`, does not."""
    with IngestUnderTest(tmp_path / "ingest", shim=shim) as ingest:
        ingest.clickhouse_clock.set(HOUR_SECONDS)
        ingest.clickhouse.query("INSERT INTO telemetry.events (event_name) VALUES ('order')")
        ahead = ingest.clickhouse.query(
            "SELECT max(modification_time) - now() FROM system.parts WHERE table = 'events'"
        )
        assert int(ahead) > HOUR_SECONDS / 2
