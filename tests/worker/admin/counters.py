"""Counters of the worker, as a scrape returns them and as `ingest_health` stores them."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing

from tests.support.access_binding import ADMIN, access_document
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.otlp_spans import export_bytes, export_request
from tests.support.process import wait_until
from tests.support.prometheus import Samples, parse
from tests.support.worker_runtime import Worker

ACCESS = access_document(ADMIN, teams=[{"name": "default", "database": DATABASE}])


# Write rows to the table soon, and counts of requests even sooner.
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
    """Return the samples that buffers count, without those of isolates and without gauges."""
    return {
        name: series
        for name, series in samples.items()
        if not name.startswith((*OF_ISOLATES, "ingest_buffer_"))
    }


def alarms(worker: Worker) -> int:
    """Return how many objects have an alarm."""
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
    """Return the counters and histograms of `ingest_health`, added up as a scrape returns them."""
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
    """Round the values: in the table, sums of seconds are added in another order."""
    return {
        name: {labels: round(value, 6) for labels, value in series.items()}
        for name, series in samples.items()
    }


def send_a_little_of_everything(worker: Worker) -> None:
    body = export_bytes(30, seed=1)
    assert worker.post_traces(body).status == 200
    assert worker.post_traces(body).status == 200  # a repeat, as after a lost response
    assert worker.post_traces(export_bytes(12, seed=2)).status == 200
    partly = export_request(3, seed=3)
    partly.resource_spans[0].scope_spans[0].spans[1].span_id = b"short"
    assert worker.post_traces(partly.SerializeToString()).status == 200
    assert worker.post_event(EVENT).status == 200


def has_spans(clickhouse: ClickHouse, count: int) -> bool:
    return clickhouse.count("otel_traces") == count
