"""The worker's own metrics at `GET /admin/metrics`."""

from __future__ import annotations

from tests.support.access_binding import ADMIN, access_document
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.prometheus import value_of
from tests.support.rejected_bodies import FEW_DAYS, many_days
from tests.support.worker_runtime import WorkerFactory
from tests.worker.admin.counters import (
    ACCESS,
    SERVER,
    SOON,
    scrape,
    send_a_little_of_everything,
)


def test_a_scrape_counts_requests_and_their_outcomes(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Requests, bytes, rows, the buffer's decisions and batches are each counted once."""
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
    assert value_of(samples, "ingest_bodies_total", **traces, result="stored") == 3
    assert value_of(samples, "ingest_bodies_total", **traces, result="seen") == 1
    assert value_of(samples, "ingest_bodies_total", signal="events", result="stored") == 1
    assert value_of(samples, "ingest_commit_bodies_sum", team="default") == 4
    batches = value_of(samples, "ingest_batches_total", table="otel_traces")
    for histogram in ("insert_rows", "insert_size_bytes", "insert_duration_seconds"):
        count = value_of(samples, f"ingest_{histogram}_count", table="otel_traces")
        assert count == batches > 0
    assert value_of(samples, "ingest_insert_rows_sum", table="otel_traces") == 44
    delay = value_of(samples, "ingest_delivery_delay_seconds_sum", table="otel_traces")
    assert delay >= batches * 0.2  # in these tests a batch is sealed at this age
    assert value_of(samples, "ingest_insert_errors_total") == 0

    assert value_of(samples, "ingest_buffer_stored_bytes", buffer="default/0") == 0
    assert value_of(samples, "ingest_buffer_oldest_age_seconds") == 0
    assert samples["ingest_buffer_paused"].keys() == {
        (("buffer", "default/0"), ("team", "default"))
    }


def test_a_counter_never_decreases(clickhouse: ClickHouse, make_worker: WorkerFactory) -> None:
    """A value that a scraper has seen is on disk, whenever the worker is killed afterwards."""
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


def test_failed_inserts_are_counted_by_code_and_by_outcome(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Retries, splits and dead letters have separate counts, each with ClickHouse's code."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS, limits=FEW_DAYS)

    def errors(code: str) -> float:
        samples = scrape(worker)
        return value_of(samples, "ingest_insert_errors_total", table="otel_traces", code=code)

    clickhouse.process.kill()
    for seed in (1, 2):
        assert worker.post_traces(export_bytes(5, seed=seed)).status == 200
    assert worker.post_traces(many_days(3)).status == 200
    wait_until("nobody answers", lambda: errors("no_response") > 0)
    assert value_of(scrape(worker), "ingest_buffer_oldest_age_seconds", buffer="default/0") > 0
    clickhouse.start()
    wait_until("drained", worker.is_drained)
    samples = scrape(worker)
    batches = {
        outcome: value_of(samples, "ingest_batches_total", table="otel_traces", outcome=outcome)
        for outcome in ("delivered", "retried", "split", "dead_letter")
    }
    assert batches["retried"] == value_of(samples, "ingest_insert_errors_total", code="no_response")
    assert batches["dead_letter"] == 1
    # The code is that of TOO_MANY_PARTS; here it means too many days in one batch.
    assert errors("252") == batches["split"] + batches["dead_letter"]
    assert value_of(samples, "ingest_buffer_dead_letters", buffer="default/0") == 1
    clickhouse.query("RENAME TABLE telemetry.otel_traces TO telemetry.away")
    assert worker.post_traces(export_bytes(5, seed=4)).status == 200
    wait_until("UNKNOWN_TABLE", lambda: errors("60") > 0)


def test_the_counters_of_shards_add_up_to_those_of_the_team(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Each shard counts the bodies that it accepted. A scrape adds up the counts of all shards."""
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


def test_scrapers_need_an_operators_token(make_worker: WorkerFactory) -> None:
    """The metrics contain the names of tables and teams."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", access=ACCESS)
    assert worker.request("GET", "/admin/metrics").status == 401
    answer = worker.request("GET", "/admin/metrics", None, authorization="Bearer a-test-token")
    assert answer.status == 403
