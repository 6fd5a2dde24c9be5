"""The admin API: the content of buffers, pauses and dead letters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from tests.support.access_binding import ADMIN, THEIRS, TOKEN, access_document
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import START_UNIX_NANO, export_bytes
from tests.support.process import wait_until
from tests.support.product_events import post
from tests.support.rejected_bodies import (
    DAY_NANO,
    FEW_DAYS,
    SPANS,
    damage_first,
    hold_back,
    many_days,
)
from tests.support.worker_runtime import Response, Worker, WorkerFactory


@pytest.fixture
def administered(clickhouse: ClickHouse, make_worker: WorkerFactory) -> Worker:
    """Start a worker with two teams and an administrator."""
    clickhouse.migrate(database="other")
    return make_worker(
        clickhouse_url=clickhouse.url,
        access=access_document(ADMIN, THEIRS),
        limits=FEW_DAYS,
    )


def get(worker: Worker, path: str, **parameters: str) -> Response:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return worker.request("GET", path + query, None, authorization="Bearer admin")


def act(worker: Worker, path: str, body: object) -> dict[str, Any]:
    answer = post(worker, path, body, authorization="Bearer admin")
    assert answer.status == 200, answer.body
    said: dict[str, Any] = json.loads(answer.body)
    return said


def status(worker: Worker, buffer: str = "default/0") -> dict[str, Any]:
    buffers = json.loads(get(worker, "/admin/buffers").body)["buffers"]
    (found,) = [each for each in buffers if each["buffer"] == buffer]
    one: dict[str, Any] = found
    return one


def letters(worker: Worker, **parameters: str) -> list[dict[str, Any]]:
    answer = get(worker, "/admin/dead-letters", buffer="default/0", **parameters)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = json.loads(answer.body)["dead_letters"]
    return found


def wait_for_letters(worker: Worker, count: int) -> list[dict[str, Any]]:
    wait_until(
        f"{count} dead letters",
        lambda: (
            (now := status(worker))["dead_letters"] == count
            and now["stored_bytes"] == now["dead_letter_bytes"]
        ),
        log_of=worker.process,
    )
    return letters(worker)


def repartition(clickhouse: ClickHouse, table: str, time: str, order: str) -> None:
    """Change a table to partitions of a year, as a team does for rows with distant times."""
    clickhouse.query(
        f"CREATE TABLE telemetry.wide AS telemetry.{table} ENGINE = MergeTree "
        f"PARTITION BY toYear({time}) ORDER BY ({order}) "
        "SETTINGS non_replicated_deduplication_window = 10000"
    )
    clickhouse.query(f"EXCHANGE TABLES telemetry.wide AND telemetry.{table}")


def test_buffers_show_what_waits_since_when_and_why(
    clickhouse: ClickHouse, administered: Worker
) -> None:
    """They show depth, age and the last error without ClickHouse, and then the delivery."""
    worker = administered
    empty = status(worker)
    assert (empty["team"], empty["paused"], empty["rows"], empty["stored_bytes"]) == (
        "default",
        False,
        0,
        0,
    )
    assert (empty["oldest_age_seconds"], empty["last_error"]) == (None, None)
    clickhouse.process.kill()
    assert worker.post_traces(export_bytes(30, seed=1)).status == 200
    wait_until("an attempt failed", lambda: status(worker)["last_error"] is not None)
    waiting = status(worker)
    assert (waiting["rows"], waiting["batches"], waiting["rows_delivered"]) == (30, 1, 0)
    assert waiting["stored_bytes"] > 0
    assert waiting["oldest_age_seconds"] >= 0
    assert "no response" in waiting["last_error"]
    assert status(worker, "other/0")["rows"] == 0
    clickhouse.start()
    wait_until("delivered", lambda: status(worker)["rows_delivered"] == 30)
    worker.restart()
    after = status(worker)
    assert (after["rows"], after["last_error"], after["rows_delivered"]) == (0, None, 30)


def test_a_pause_holds_back_one_team_and_outlives_a_restart(
    clickhouse: ClickHouse, administered: Worker
) -> None:
    """Bodies are accepted during the pause, and each arrives once after its end."""
    worker = administered
    (paused,) = act(worker, "/admin/pause", {"team": "default"})["buffers"]
    assert (paused["paused"], paused["inserts_in_flight"]) == (True, 0)
    assert worker.post_traces(export_bytes(30, seed=1)).status == 200
    worker.restart()
    assert worker.post_traces(export_bytes(30, seed=2)).status == 200
    theirs = {"event_name": "signup"}
    assert worker.post_event(theirs, authorization="Bearer theirs").status == 200
    wait_until(
        "the other team is not held back",
        lambda: clickhouse.query("SELECT count() FROM other.events") == "1",
    )
    held = status(worker)
    assert (held["paused"], held["rows"], held["batches"]) == (True, 60, 0)
    assert clickhouse.count("otel_traces") == 0
    act(worker, "/admin/resume", {})
    wait_until("delivered", lambda: status(worker)["rows_delivered"] == 60)
    assert clickhouse.count("otel_traces") == 60
    assert status(worker)["paused"] is False
    everybody = act(worker, "/admin/pause", {})["buffers"]
    assert [(each["buffer"], each["paused"]) for each in everybody] == [
        ("default/0", True),
        ("other/0", True),
    ]


def test_dead_letters_are_listed_inspected_sent_again_and_dropped(
    clickhouse: ClickHouse, administered: Worker
) -> None:
    """A body that is rejected again is a dead letter again, and an accepted one is stored once."""
    worker = administered
    for seed in (1, 2):
        assert worker.post_traces(many_days(seed)).status == 200
        wait_for_letters(worker, seed)  # in this order, because two inserts may be in flight
    first, second = letters(worker)
    assert (first["kind"], first["table"]) == ("traces", "otel_traces")
    assert "Too many partitions" in first["error"]
    assert letters(worker, after=first["id"]) == [second]
    body = get(worker, "/admin/dead-letters/body", buffer="default/0", id=first["id"])
    assert body.headers["content-type"] == "application/x-protobuf"
    assert body.body == many_days(1)

    ids = {"buffer": "default/0", "ids": [first["id"], "7-7"]}
    assert act(worker, "/admin/dead-letters/redrive", ids) == {
        "redriven": [first["id"]],
        "unknown": ["7-7"],
    }
    wait_until(
        "rejected again",
        lambda: (
            [each["id"] for each in letters(worker)][:1] == [second["id"]]
            and status(worker)["dead_letters"] == 2
        ),
    )
    again = letters(worker)[1]
    assert again["id"] != first["id"]

    clickhouse.query("DROP VIEW telemetry.otel_traces_trace_id_ts_mv")
    repartition(clickhouse, "otel_traces", "Timestamp", "ServiceName, SpanName")
    # Kill the worker right after its response, while ClickHouse does not run.
    clickhouse.process.kill()
    ids = {"buffer": "default/0", "ids": [again["id"]]}
    assert act(worker, "/admin/dead-letters/redrive", ids)["redriven"] == [again["id"]]
    assert act(worker, "/admin/dead-letters/redrive", ids)["unknown"] == [again["id"]]
    worker.restart()
    clickhouse.start()
    assert wait_for_letters(worker, 1) == [second]
    counts = clickhouse.query("SELECT count(), uniqExact(SpanId) FROM telemetry.otel_traces")
    assert counts == "150\t150"

    ids = {"buffer": "default/0", "ids": [second["id"]]}
    assert act(worker, "/admin/dead-letters/drop", ids)["dropped"] == [second["id"]]
    assert (status(worker)["dead_letters"], status(worker)["stored_bytes"]) == (0, 0)
    gone = get(worker, "/admin/dead-letters/body", buffer="default/0", id=second["id"])
    assert gone.status == 404


def test_a_dead_letter_is_sent_again_only_to_the_table_that_rejected_it(
    clickhouse: ClickHouse, administered: Worker
) -> None:
    """Metrics are stored in five tables; tables that accepted their rows do not get them twice."""
    worker = administered
    request = ExportMetricsServiceRequest()
    metrics = request.resource_metrics.add().scope_metrics.add().metrics
    gauge, total = metrics.add(name="gauge").gauge, metrics.add(name="sum").sum
    for day in range(150):
        gauge.data_points.add(time_unix_nano=START_UNIX_NANO - day * DAY_NANO, as_int=day)
    total.data_points.add(time_unix_nano=START_UNIX_NANO, as_int=1)
    headers = {"authorization": f"Bearer {TOKEN}", "content_type": "application/x-protobuf"}
    body = request.SerializeToString()
    assert worker.request("POST", "/v1/metrics", body, **headers).status == 200
    (letter,) = wait_for_letters(worker, 1)
    assert letter["table"] == "otel_metrics_gauge"
    assert clickhouse.count("otel_metrics_sum") == 1
    repartition(clickhouse, "otel_metrics_gauge", "TimeUnix", "ServiceName, MetricName")
    act(worker, "/admin/dead-letters/redrive", {"buffer": "default/0", "ids": [letter["id"]]})
    wait_for_letters(worker, 0)
    assert clickhouse.count("otel_metrics_gauge") == 150
    assert clickhouse.count("otel_metrics_sum") == 1


def letter_after(
    clickhouse: ClickHouse, worker: Worker, damage: Callable[[], None]
) -> dict[str, Any]:
    """Store two bodies, damage one before delivery, and return its dead letter."""
    hold_back(clickhouse)
    for seed in range(2):
        assert worker.post_traces(export_bytes(SPANS, seed=seed)).status == 200
    worker.process.kill()
    damage()
    worker.start()
    clickhouse.start()
    (letter,) = wait_for_letters(worker, 1)
    assert clickhouse.count("otel_traces") == SPANS
    return letter


def test_a_dead_letter_that_cannot_be_inflated_remains_one(
    clickhouse: ClickHouse, administered: Worker
) -> None:
    """A redrive is rejected again and is never counted as a body without rows."""
    worker = administered
    first = "SELECT seq, body FROM chunks ORDER BY seq LIMIT 1"
    letter = letter_after(clickhouse, worker, lambda: damage_first(worker, first))
    ids = {"buffer": "default/0", "ids": [letter["id"]]}
    assert act(worker, "/admin/dead-letters/redrive", ids)["redriven"] == [letter["id"]]
    wait_until("it was tried", lambda: letter["id"] not in [each["id"] for each in letters(worker)])
    (again,) = wait_for_letters(worker, 1)
    assert (again["table"], again["bytes"]) == ("otel_traces", letter["bytes"])
    assert clickhouse.count("otel_traces") == SPANS


@pytest.mark.parametrize("raw_bytes", ["0", "1", "raw_bytes - 1", "raw_bytes + 1"])
def test_a_body_whose_length_differs_from_the_recorded_one_is_not_cut(
    clickhouse: ClickHouse, administered: Worker, raw_bytes: str
) -> None:
    """An insert starts with its length: the batch is rejected whole, then sent correctly."""
    worker = administered
    update = f"UPDATE chunks SET raw_bytes = {raw_bytes} WHERE seq % 2 = 0"
    letter = letter_after(clickhouse, worker, lambda: worker.tamper(update))
    act(worker, "/admin/dead-letters/redrive", {"buffer": "default/0", "ids": [letter["id"]]})
    wait_for_letters(worker, 0)
    counts = clickhouse.query("SELECT count(), uniqExact(SpanId) FROM telemetry.otel_traces")
    assert counts == f"{2 * SPANS}\t{2 * SPANS}"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "/admin/dead-letters", None, 400, "buffer: missing; a buffer's name"),
        (
            "GET",
            "/admin/dead-letters?buffer=x",
            None,
            404,
            'buffer: "x" does not exist; allowed: default/0, other/0',
        ),
        ("GET", "/admin/dead-letters/body?buffer=default/0&id=1", None, 400, 'id: "1"; allowed'),
        (
            "POST",
            "/admin/pause",
            {"team": "x"},
            404,
            'team: "x" does not exist; allowed: default, other',
        ),
        ("POST", "/admin/pause", {"teams": []}, 400, "teams: []; allowed: the fields team"),
        ("POST", "/admin/resume", [], 400, "body: []; allowed: a JSON object"),
        (
            "POST",
            "/admin/dead-letters/drop",
            {"buffer": "default/0", "ids": []},
            400,
            "ids: []; allowed: a list of 1 to 50 strings like 1-1795246000000",
        ),
        (
            "POST",
            "/admin/dead-letters/redrive",
            {"buffer": "default/0", "ids": [1]},
            400,
            "ids[0]: 1; allowed: a string like 1-1795246000000",
        ),
    ],
)
def test_invalid_requests_are_rejected_with_one_line(
    make_worker: WorkerFactory, method: str, path: str, body: object, status: int, words: str
) -> None:
    """The line has field, value and what is allowed; without the scope, nothing is accepted."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", access=access_document(ADMIN))
    sent = None if body is None else json.dumps(body).encode()
    headers = {"content_type": "application/json"}
    answer = worker.request(method, path, sent, authorization="Bearer admin", **headers)
    assert answer.status == status
    assert words in json.loads(answer.body)["error"]
    answer = worker.request(method, path, sent, authorization=f"Bearer {TOKEN}", **headers)
    assert answer.status == 403
