"""What the worker counts of itself: as Prometheus text, in `ingest_health`, and over restarts."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from contextlib import closing
from functools import partial

import pytest

from tests.support.access_binding import ADMIN, THEIRS, access_document
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.otlp_spans import export_bytes, export_request
from tests.support.process import wait_until
from tests.support.prometheus import Samples, parse, value_of
from tests.support.rejected_bodies import FEW_DAYS, many_days
from tests.support.tcp_proxy import Proxy
from tests.support.worker_runtime import Worker, WorkerFactory
from tests.worker.admin.damaged_storage import damage_storage, health_of

ACCESS = access_document(ADMIN, teams=[{"name": "default", "database": DATABASE}])
# Rows of the table soon, and the counts of requests sooner.
SOON = {"HEALTH_ROWS_MS": 500, "COUNTS_FLUSH_MS": 50}
EVENT = {"event_name": "signup", "user_id": "u1", "timestamp": int(time.time())}
SERVER = "http_server_request_duration_seconds"
RECEIVED = "ingest_received_bytes_total"
REJECTED = "ingest_rejected_rows_total"
OF_ISOLATES = (SERVER, RECEIVED, REJECTED)


def scrape(worker: Worker) -> Samples:
    answer = worker.request("GET", "/admin/metrics", None, authorization="Bearer admin")
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parse(answer.body.decode())


def of_the_pipeline(samples: Samples) -> Samples:
    """What buffers count: without what isolates do, and without what holds only now."""
    return {
        name: series
        for name, series in samples.items()
        if not name.startswith((*OF_ISOLATES, "ingest_buffer_"))
    }


def alarms(worker: Worker) -> int:
    """How many objects will be woken."""
    (file,) = (worker.folder / "objects").rglob("metadata.sqlite")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        ((count,),) = database.execute("SELECT count(*) FROM _cf_ALARM").fetchall()
    return int(count)


def wait_until_at_rest(worker: Worker) -> None:
    wait_until(
        "everything is delivered and no alarm set",
        lambda: worker.is_drained() and alarms(worker) == 0,
        log_of=worker.process,
    )


def table(clickhouse: ClickHouse, database: str = DATABASE) -> Samples:
    """Counters and histograms of `ingest_health`, added up, as a scrape would have them."""
    rows = clickhouse.query(
        "SELECT MetricName, any(MetricType) AS type, Attributes, sum(Value) AS value, "
        "sum(Count) AS count, sumForEach(BucketCounts) AS buckets, any(ExplicitBounds) AS bounds "
        f"FROM {database}.ingest_health WHERE MetricType != 'gauge' "
        "GROUP BY MetricName, Attributes "
        "FORMAT JSONEachRow SETTINGS output_format_json_quote_64bit_integers = 0"
    )
    samples: Samples = {}
    for row in map(json.loads, rows.splitlines()):
        name, labels = row["MetricName"], {"team": "default", **row["Attributes"]}

        def put(end: str, value: float, name: str = name, **labels: str) -> None:
            samples.setdefault(name + end, {})[tuple(sorted(labels.items()))] = value

        if row["type"] == "counter":
            put("", row["value"], **labels)
            continue
        put("_sum", row["value"], **labels)
        put("_count", row["count"], **labels)
        assert len(row["buckets"]) == len(row["bounds"]) + 1
        for index, bound in enumerate([*row["bounds"], float("inf")]):
            le = "+Inf" if bound == float("inf") else str(bound)
            put("_bucket", sum(row["buckets"][: index + 1]), **labels, le=le)
    return samples


def rounded(samples: Samples) -> Samples:
    """Sums of seconds come in another order in the table."""
    return {
        name: {labels: round(value, 6) for labels, value in series.items()}
        for name, series in samples.items()
    }


def send_a_little_of_everything(worker: Worker) -> None:
    body = export_bytes(30, seed=1)
    assert worker.post_traces(body).status == 200
    assert worker.post_traces(body).status == 200  # its sender did not hear of it
    assert worker.post_traces(export_bytes(12, seed=2)).status == 200
    partly = export_request(3, seed=3)
    partly.resource_spans[0].scope_spans[0].spans[1].span_id = b"short"
    assert worker.post_traces(partly.SerializeToString()).status == 200
    assert worker.post_event(EVENT).status == 200


def test_a_scrape_tells_what_came_and_what_became_of_it(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Requests, bytes, rows, the buffer's answers, batches: each as often as it happened."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS)
    send_a_little_of_everything(worker)
    assert worker.post_event({"event_name": 5}).status == 400
    assert worker.request("GET", "/nowhere/at/all").status == 404
    assert worker.request("PURGE", "/events").status == 405
    assert worker.request("GET", "/metrics").status == 401
    wait_until("drained", worker.is_drained)
    samples = scrape(worker)

    def requests(**labels: str) -> float:
        return value_of(samples, f"{SERVER}_count", **labels)

    assert requests(http_route="/v1/traces", http_response_status_code="200") == 4
    assert requests(http_route="/events", http_response_status_code="200") == 1
    assert requests(http_route="/events", http_response_status_code="400") == 1
    assert requests(http_route="", http_response_status_code="404") == 1
    assert requests(http_route="/events", http_request_method="_OTHER") == 1
    assert requests(http_route="/metrics", http_response_status_code="401") == 1
    assert not any("nowhere" in str(labels) for labels in samples[f"{SERVER}_count"])

    traces = {"team": "default", "signal": "traces"}
    sent = 2 * len(export_bytes(30, seed=1)) + len(export_bytes(12, seed=2))
    received = value_of(samples, "ingest_received_bytes_total", **traces)
    assert 0 < received - sent < len(export_bytes(4, seed=3))
    assert value_of(samples, "ingest_taken_rows_total", **traces) == 44
    assert value_of(samples, "ingest_rejected_rows_total", **traces, reason="invalid_id") == 1
    assert value_of(samples, "ingest_bodies_total", **traces, answer="stored") == 3
    assert value_of(samples, "ingest_bodies_total", **traces, answer="seen") == 1
    assert value_of(samples, "ingest_bodies_total", signal="events", answer="stored") == 1
    assert value_of(samples, "ingest_commit_bodies_sum", team="default") == 4
    batches = value_of(samples, "ingest_batches_total", table="otel_traces")
    for histogram in ("insert_rows", "insert_size_bytes", "insert_duration_seconds"):
        count = value_of(samples, f"ingest_{histogram}_count", table="otel_traces")
        assert count == batches > 0
    assert value_of(samples, "ingest_insert_rows_sum", table="otel_traces") == 44
    delay = value_of(samples, "ingest_delivery_delay_seconds_sum", table="otel_traces")
    assert delay >= batches * 0.2  # the age that a batch is sealed at in these tests
    assert value_of(samples, "ingest_insert_errors_total") == 0

    assert value_of(samples, "ingest_buffer_stored_bytes", buffer="default/0") == 0
    assert value_of(samples, "ingest_buffer_oldest_age_seconds") == 0
    assert samples["ingest_buffer_paused"].keys() == {
        (("buffer", "default/0"), ("team", "default"))
    }


def test_the_table_has_what_the_counters_have_and_then_all_sleeps(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """Rows are delivered once like any others, and are no reason for more of them."""
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
    # Asking wakes the object, and leaves it nothing to do.
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
    # The scrapes had what isolates counted sent, so that it was there to be told.
    for name in (RECEIVED, REJECTED):
        assert value_of(table(clickhouse), name) >= value_of(first, name) > 0
    assert rounded(of_the_pipeline(table(clickhouse))) == rounded(of_the_pipeline(scrape(worker)))
    gauges = clickhouse.query(
        "SELECT DISTINCT MetricName FROM telemetry.ingest_health "
        "WHERE MetricType = 'gauge' AND Buffer = 'default/0' ORDER BY ALL"
    ).splitlines()
    assert gauges == sorted(name for name in scrape(worker) if name.startswith("ingest_buffer_"))


@pytest.mark.parametrize("state", ["not JSON", "{}", '{"reported": 5, "unreported": null}'])
def test_sums_that_cannot_be_read_hold_up_nothing(
    clickhouse: ClickHouse, make_worker: WorkerFactory, state: str
) -> None:
    """A script of another time may have written them: counting begins anew."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS, limits=SOON)
    assert worker.post_traces(export_bytes(5, seed=1)).status == 200
    wait_until_at_rest(worker)
    worker.process.kill()
    worker.tamper("UPDATE meta SET value = ? WHERE key = 'health'", state)
    worker.start()
    assert worker.post_traces(export_bytes(7, seed=2)).status == 200
    wait_until("delivered", partial(has_spans, clickhouse, 12))
    assert value_of(scrape(worker), "ingest_taken_rows_total") == 7
    wait_until("both are told", lambda: taken_in_all(clickhouse) == 12)


def taken_in_all(clickhouse: ClickHouse) -> float:
    return value_of(table(clickhouse), "ingest_taken_rows_total")


def test_a_counter_never_goes_back(clickhouse: ClickHouse, make_worker: WorkerFactory) -> None:
    """What a scraper has seen is on disk, whenever the worker is killed afterwards."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS)
    assert worker.request("POST", "/admin/pause", b"{}", **_operator()).status == 200
    for seed in range(3):
        assert worker.post_traces(export_bytes(10, seed=seed)).status == 200
        before = scrape(worker)
        worker.restart()
        after = scrape(worker)
        for name, series in before.items():
            if not name.startswith("ingest_buffer_"):
                assert all(after[name][labels] >= value for labels, value in series.items())
        assert value_of(after, "ingest_taken_rows_total", signal="traces") == 10 * (seed + 1)


def _operator() -> dict[str, str]:
    return {"authorization": "Bearer admin", "content_type": "application/json"}


def test_the_table_and_the_counters_agree_whatever_dies(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """Killed while rows are made, stored, inserted and deleted, with answers that are lost."""
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
        time.sleep(chance.random() / 4)  # the moment to die at, whichever it is
        worker.restart()
    assert worker.post_traces(export_bytes(5, seed=99)).status == 200
    wait_until_at_rest(worker)
    assert rounded(of_the_pipeline(table(clickhouse))) == rounded(of_the_pipeline(scrape(worker)))
    assert clickhouse.count("otel_traces") == 65
    taken = value_of(table(clickhouse), "ingest_taken_rows_total")
    assert 5 <= taken <= 65  # a crash forgets what was not written yet, here and there alike


def has_more_rows(clickhouse: ClickHouse, than: int) -> bool:
    return clickhouse.count("ingest_health") > than


def test_failed_inserts_count_by_code_and_refused_ones_by_what_became_of_them(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Waiting, halving and setting aside can be told apart, and why each came."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS, limits=FEW_DAYS)

    def errors(code: str) -> float:
        samples = scrape(worker)
        return value_of(samples, "ingest_insert_errors_total", table="otel_traces", code=code)

    clickhouse.process.kill()
    for seed in (1, 2):
        assert worker.post_traces(export_bytes(5, seed=seed)).status == 200
    assert worker.post_traces(many_days(3)).status == 200
    wait_until("nobody answers", lambda: errors("no_answer") > 0)
    assert value_of(scrape(worker), "ingest_buffer_oldest_age_seconds", buffer="default/0") > 0
    clickhouse.start()
    wait_until("drained", worker.is_drained)
    samples = scrape(worker)
    batches = {
        outcome: value_of(samples, "ingest_batches_total", table="otel_traces", outcome=outcome)
        for outcome in ("delivered", "retried", "split", "dead_letter")
    }
    assert batches["retried"] == value_of(samples, "ingest_insert_errors_total", code="no_answer")
    assert batches["dead_letter"] == 1
    # TOO_MANY_PARTS is its number, though here it means too many days in one batch.
    assert errors("252") == batches["split"] + batches["dead_letter"]
    assert value_of(samples, "ingest_buffer_dead_letters", buffer="default/0") == 1
    clickhouse.query("RENAME TABLE telemetry.otel_traces TO telemetry.away")
    assert worker.post_traces(export_bytes(5, seed=4)).status == 200
    wait_until("UNKNOWN_TABLE", lambda: errors("60") > 0)


def is_taken(worker: Worker, body: bytes) -> bool:
    return worker.post_traces(body).status == 200


def has_spans(clickhouse: ClickHouse, count: int) -> bool:
    return clickhouse.count("otel_traces") == count


def has_no_telemetry(worker: Worker) -> bool:
    return worker.stored("SELECT count(*) FROM chunks WHERE row_count > 0") == [(0,)]


def test_without_its_table_telemetry_goes_on_and_the_rows_wait(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """A few sets of rows are kept, nothing else is held up, and in the end the sums agree."""
    clickhouse.query("RENAME TABLE telemetry.ingest_health TO telemetry.away")
    limits = {**SOON, "HEALTH_ROWS_MS": 100, "MAX_HEALTH_CHUNKS": 2, "BUFFER_MAX_AGE_MS": 1}
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS, limits=limits)
    waiting = "SELECT count(*) FROM chunks WHERE row_count = 0"
    for seed in range(1, 9):
        # However old the rows are: only telemetry that waits fills the buffer.
        wait_until("taken", partial(is_taken, worker, export_bytes(5, seed=seed)))
        wait_until("delivered", partial(has_spans, clickhouse, 5 * seed))
        wait_until("drained", partial(has_no_telemetry, worker))
    wait_until("no more than are kept", lambda: worker.stored(waiting) == [(2,)])
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


def test_the_sums_of_shards_are_their_teams(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Each counts what it took; a scrape adds up, and tells what each of them holds."""
    layout = {"number": 1, "shards": 2, "before": [1]}
    teams = [{"name": "default", "database": DATABASE, "layout": layout}]
    access = access_document(ADMIN, teams=teams)
    worker = make_worker(clickhouse_url=clickhouse.url, access=access, limits=SOON)
    for seed in range(12):
        assert worker.post_traces(export_bytes(5, seed=seed)).status == 200
    wait_until("delivered", lambda: clickhouse.count("otel_traces") == 60)
    samples = scrape(worker)
    assert value_of(samples, "ingest_taken_rows_total") == 60
    assert len(samples["ingest_taken_rows_total"]) == 1
    assert [dict(labels)["buffer"] for labels in samples["ingest_buffer_rows"]] == [
        "default/0",
        "default/1",
    ]
    taken = (
        "SELECT Buffer, sum(Value) FROM telemetry.ingest_health "
        "WHERE MetricName = 'ingest_taken_rows_total' GROUP BY Buffer ORDER BY Buffer"
    )

    def rows() -> dict[str, int]:
        found = (line.split("\t") for line in clickhouse.query(taken).splitlines())
        return {buffer: int(count) for buffer, count in found}

    wait_until("all told", lambda: sum(rows().values()) == 60)
    assert rows().keys() == {"default/0", "default/1"}


def test_a_team_finds_its_own_requests_in_its_own_table(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Whose a request was is told by its token; the rest is the first team's."""
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


def test_scrapers_need_an_operators_token(make_worker: WorkerFactory) -> None:
    """Names of tables and teams are nobody else's business."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", access=ACCESS)
    assert worker.request("GET", "/admin/metrics").status == 401
    answer = worker.request("GET", "/admin/metrics", None, authorization="Bearer a-test-token")
    assert answer.status == 403


def test_health_is_a_503_when_the_buffer_does_not_answer(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Nothing can be taken then, and senders and scrapers hear the same."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS)
    assert json.loads(worker.request("GET", "/health").body) == {
        "status": "ok",
        "buffer": "ok",
        "clickhouse": "ok",
    }
    damage_storage(worker)
    worker.process.start()
    wait_until("somebody answers", lambda: health_of(worker) is not None)
    answer = health_of(worker)
    assert answer is not None
    assert answer.status == 503
    assert json.loads(answer.body) == {
        "status": "unavailable",
        "buffer": "unreachable",
        "clickhouse": "ok",
    }
    refused = worker.post_traces(export_bytes(1, seed=1))
    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    scraped = worker.request("GET", "/admin/metrics", None, authorization="Bearer admin")
    assert (scraped.status, scraped.headers["retry-after"]) == (503, "1")
