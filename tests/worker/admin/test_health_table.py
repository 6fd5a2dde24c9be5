"""The table `ingest_health` has the same sums as the counters."""

from __future__ import annotations

import random
import time
from functools import partial

import pytest

from tests.support.access_binding import ADMIN, THEIRS, access_document
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.prometheus import value_of
from tests.support.tcp_proxy import Proxy
from tests.support.worker_runtime import Worker, WorkerFactory
from tests.worker.admin.counters import (
    ACCESS,
    EVENT,
    RECEIVED,
    REJECTED,
    SERVER,
    SOON,
    alarms,
    has_spans,
    of_the_pipeline,
    rounded,
    scrape,
    send_a_little_of_everything,
    table,
    wait_until_at_rest,
)


def test_the_table_equals_the_counters_and_then_no_alarm_is_set(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """The rows are delivered once like any others, and do not cause further rows."""
    proxy.faults.lose_answers_to = b"ingest_health"
    proxy.faults.lose_answers = 2
    worker = make_worker(clickhouse_url=proxy.url, access=ACCESS, limits=SOON)
    send_a_little_of_everything(worker)
    wait_until("rows of it", lambda: clickhouse.count("ingest_health") > 0)
    wait_until_at_rest(worker)
    assert proxy.faults.lost == 2
    first = scrape(worker)
    counted = of_the_pipeline(first)
    reported = of_the_pipeline(table(clickhouse))
    assert rounded(reported) == rounded(counted)
    assert value_of(reported, "ingest_taken_rows_total") == 45

    sets = "SELECT count(DISTINCT TimeUnix) FROM telemetry.ingest_health"
    before = clickhouse.query(sets)
    # A request wakes the object but leaves it no work.
    for _ in range(3):
        assert worker.request("GET", "/health").status == 200
        assert of_the_pipeline(scrape(worker)) == counted
    assert alarms(worker) == 0
    worker.restart()
    assert of_the_pipeline(scrape(worker)) == counted
    assert clickhouse.query(sets) == before

    assert worker.post_traces(export_bytes(5, seed=9)).status == 200
    wait_until("another set", lambda: clickhouse.query(sets) != before)
    wait_until_at_rest(worker)
    # The scrapes made the isolates report their counts, so these can be in the table.
    for name in (RECEIVED, REJECTED):
        assert value_of(table(clickhouse), name) >= value_of(first, name) > 0
    assert rounded(of_the_pipeline(table(clickhouse))) == rounded(of_the_pipeline(scrape(worker)))
    gauges = clickhouse.query(
        "SELECT DISTINCT MetricName FROM telemetry.ingest_health "
        "WHERE MetricType = 'gauge' AND Buffer = 'default/0' ORDER BY ALL"
    ).splitlines()
    assert gauges == sorted(name for name in scrape(worker) if name.startswith("ingest_buffer_"))


@pytest.mark.parametrize("state", ["not JSON", "{}", '{"reported": 5, "unreported": null}'])
def test_unreadable_counters_are_reset_and_delay_nothing(
    clickhouse: ClickHouse, make_worker: WorkerFactory, state: str
) -> None:
    """Another version of the script may have written the counters. Counting starts again at 0."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS, limits=SOON)
    assert worker.post_traces(export_bytes(5, seed=1)).status == 200
    wait_until_at_rest(worker)
    worker.process.kill()
    worker.tamper("UPDATE meta SET value = ? WHERE key = 'counters'", state)
    worker.start()
    assert worker.post_traces(export_bytes(7, seed=2)).status == 200
    wait_until("delivered", partial(has_spans, clickhouse, 12))
    assert value_of(scrape(worker), "ingest_taken_rows_total") == 7
    wait_until("both counts are in the table", lambda: taken_in_all(clickhouse) == 12)


def taken_in_all(clickhouse: ClickHouse) -> float:
    return value_of(table(clickhouse), "ingest_taken_rows_total")


def test_the_table_equals_the_counters_after_crashes(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """The worker is killed while rows are created, stored, inserted and deleted."""
    limits = {**SOON, "HEALTH_ROWS_MS": 150, "BATCH_AGE_MS": 50}
    proxy.faults.lose_answers_to = b"ingest_health"
    worker = make_worker(clickhouse_url=proxy.url, access=ACCESS, limits=limits)
    chance = random.Random(20261121)
    for seed in range(12):
        assert worker.post_traces(export_bytes(5, seed=seed)).status == 200
        sets = clickhouse.count("ingest_health")
        if seed % 3 == 0:
            proxy.faults.lose_answers += 1
            wait_until("more rows", partial(has_more_rows, clickhouse, sets))
        time.sleep(chance.random() / 4)  # kill at any moment
        worker.restart()
    assert worker.post_traces(export_bytes(5, seed=99)).status == 200
    wait_until_at_rest(worker)
    assert rounded(of_the_pipeline(table(clickhouse))) == rounded(of_the_pipeline(scrape(worker)))
    assert clickhouse.count("otel_traces") == 65
    taken = value_of(table(clickhouse), "ingest_taken_rows_total")
    assert 5 <= taken <= 65  # a crash loses unwritten counts in the table and the counters alike


def has_more_rows(clickhouse: ClickHouse, than: int) -> bool:
    return clickhouse.count("ingest_health") > than


def is_taken(worker: Worker, body: bytes) -> bool:
    return worker.post_traces(body).status == 200


def has_no_telemetry(worker: Worker) -> bool:
    return worker.stored("SELECT count(*) FROM chunks WHERE row_count > 0") == [(0,)]


def test_without_the_table_telemetry_is_delivered_and_its_rows_wait(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """A few sets of rows are stored, no telemetry is delayed, and finally the sums are equal."""
    clickhouse.query("RENAME TABLE telemetry.ingest_health TO telemetry.away")
    limits = {**SOON, "HEALTH_ROWS_MS": 100, "MAX_HEALTH_CHUNKS": 2, "BUFFER_MAX_AGE_MS": 1}
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS, limits=limits)
    waiting = "SELECT count(*) FROM chunks WHERE row_count = 0"
    for seed in range(1, 9):
        # The age of these rows does not matter: only telemetry that waits fills the buffer.
        wait_until("taken", partial(is_taken, worker, export_bytes(5, seed=seed)))
        wait_until("delivered", partial(has_spans, clickhouse, 5 * seed))
        wait_until("drained", partial(has_no_telemetry, worker))
    wait_until("only the allowed number waits", lambda: worker.stored(waiting) == [(2,)])
    clickhouse.query("RENAME TABLE telemetry.away TO telemetry.ingest_health")
    wait_until("the rows have left", lambda: worker.stored(waiting) == [(0,)])
    wait_until("taken", partial(is_taken, worker, export_bytes(5, seed=9)))
    wait_until(
        "all of it is in the table",
        lambda: (
            rounded(of_the_pipeline(table(clickhouse))) == rounded(of_the_pipeline(scrape(worker)))
            and value_of(table(clickhouse), "ingest_taken_rows_total") == 45
        ),
    )


def test_a_teams_requests_are_in_the_teams_own_table(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """A request belongs to the team of its token, and without a token to the first team."""
    clickhouse.migrate(database="other")
    access = access_document(ADMIN, THEIRS)
    worker = make_worker(clickhouse_url=clickhouse.url, access=access, limits=SOON)
    assert worker.post_event(EVENT, authorization="Bearer theirs").status == 200
    assert worker.post_event({}, authorization="Bearer theirs").status == 400
    assert worker.post_event(EVENT, authorization="Bearer nobody's").status == 401
    samples = scrape(worker)
    for status, team in (("200", "other"), ("400", "other"), ("401", "default")):
        labels = {"http_route": "/events", "http_response_status_code": status}
        assert value_of(samples, f"{SERVER}_count", **labels) == 1
        assert value_of(samples, f"{SERVER}_count", **labels, team=team) == 1
    events = "SELECT sum(Value) FROM other.ingest_health WHERE MetricName = 'ingest_bodies_total'"
    wait_until("their rows", lambda: clickhouse.query(events) == "1")
    assert clickhouse.count("ingest_health") == 0
