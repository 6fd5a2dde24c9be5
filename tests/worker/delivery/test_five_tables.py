"""One body has rows for up to five tables: each row is stored once after any crash."""

from __future__ import annotations

import gzip

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.golden.record import TABLES
from tests.support.otlp_points import TIME_UNIX_NANO, log_bytes, metric_bytes
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.tcp_proxy import Proxy
from tests.support.worker_runtime import INSERT_FORMATS, Worker, WorkerFactory

pytestmark = pytest.mark.insert_formats(*INSERT_FORMATS)

POINTS = 40
METRIC_TABLES = TABLES["metrics"]


def send(worker: Worker, seeds: range) -> None:
    """Send one body per seed, every other one gzipped; all must be accepted."""
    for seed in seeds:
        body = metric_bytes(POINTS, seed=seed)
        if seed % 2:
            answer = worker.post_otlp("metrics", gzip.compress(body), content_encoding="gzip")
        else:
            answer = worker.post_otlp("metrics", body)
        assert (answer.status, answer.body) == (200, b"")


def open_tables(worker: Worker) -> set[object]:
    """Return the tables that still have an undelivered batch."""
    return {table for (table,) in worker.stored("SELECT DISTINCT table_name FROM batches")}


def assert_once(clickhouse: ClickHouse, worker: Worker, bodies: int) -> None:
    """After the buffer has drained, every data point is in its table once."""
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert worker.stored("SELECT error FROM dead_letters") == []
    for table in METRIC_TABLES:
        counts = clickhouse.query(
            f"SELECT count(), uniqExact(Attributes['id']) FROM {DATABASE}.{table}"
        )
        assert counts == f"{bodies * POINTS}\t{bodies * POINTS}", table


def test_only_tables_with_rows_get_an_insert(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """An insert without rows would cost as much as one with rows."""
    worker = make_worker(clickhouse_url=proxy.url)
    body = metric_bytes(POINTS, seed=1, types=("gauge", "summary"))
    assert worker.post_otlp("metrics", body).status == 200
    wait_until("drained", worker.is_drained)
    heads = b"".join(proxy.faults.heads)
    inserts = {table: heads.count(f"INTO+{table}+".encode()) for table in METRIC_TABLES}
    assert {table for table, count in inserts.items() if count} == {
        "otel_metrics_gauge",
        "otel_metrics_summary",
    }
    assert clickhouse.count("otel_metrics_gauge") == POINTS


def test_a_crash_between_five_inserts_repeats_only_the_open_ones(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """Four batches are deleted, and the fifth is applied. Its response is lost before a kill."""
    worker = make_worker(clickhouse_url=proxy.url)
    for number, table in enumerate(METRIC_TABLES):
        lost = proxy.faults.lost
        proxy.faults.lose_answers_to = f"INTO+{table}+".encode()
        proxy.faults.lose_answers = 1_000
        send(worker, range(number * 2, number * 2 + 2))
        wait_until("only that one is open", lambda table=table: open_tables(worker) == {table})  # type: ignore[misc]
        wait_until("its response was lost", lambda lost=lost: proxy.faults.lost > lost)  # type: ignore[misc]
        assert worker.stored("SELECT count(*) > 0 FROM chunks") == [(1,)]
        worker.process.kill()
        proxy.faults.lose_answers = 0
        worker.start()
        wait_until("drained", worker.is_drained)
    assert_once(clickhouse, worker, 2 * len(METRIC_TABLES))


def test_lost_responses_of_every_table_do_not_double_rows(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """Each insert has a separate token, so a repeat for one table does not affect another."""
    worker = make_worker(clickhouse_url=proxy.url)
    proxy.faults.lose_answers = 12
    send(worker, range(4))
    assert_once(clickhouse, worker, 4)
    assert proxy.faults.lost == 12


def test_a_missing_table_gets_its_rows_later(clickhouse: ClickHouse, worker: Worker) -> None:
    """Other tables get their rows meanwhile, and the chunks wait for the last table."""
    clickhouse.query(f"RENAME TABLE {DATABASE}.otel_metrics_sum TO {DATABASE}.away")
    send(worker, range(2))
    wait_until("only it is open", lambda: open_tables(worker) == {"otel_metrics_sum"})
    wait_until("tried", lambda: worker.stored("SELECT max(attempts) > 1 FROM batches") == [(1,)])
    assert clickhouse.count("otel_metrics_gauge") == 2 * POINTS
    clickhouse.query(f"RENAME TABLE {DATABASE}.away TO {DATABASE}.otel_metrics_sum")
    assert_once(clickhouse, worker, 2)


def many_days(seed: int) -> bytes:
    """Return gauges on each of 150 days, more than an insert may have, and sums on one day."""
    request = ExportMetricsServiceRequest.FromString(
        metric_bytes(150, seed=seed, types=("gauge", "sum"))
    )
    gauge, _sum = request.resource_metrics[0].scope_metrics[0].metrics
    for day, point in enumerate(gauge.gauge.data_points):
        point.time_unix_nano = TIME_UNIX_NANO - day * 86_400 * 10**9
    return request.SerializeToString()


def test_a_body_that_one_table_rejects_is_a_dead_letter_of_that_table(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """The body's rows for other tables arrive, and other bodies' rows for this table too."""
    worker = make_worker(clickhouse_url=clickhouse.url, limits={"MAX_PARTITIONS_PER_INSERT": 100})
    clickhouse.process.kill()
    send(worker, range(3))
    assert (
        worker.post_otlp("metrics", gzip.compress(many_days(77)), content_encoding="gzip").status
        == 200
    )
    send(worker, range(3, 6))
    clickhouse.start()
    wait_until("drained", worker.is_drained, log_of=worker.process)
    letters = worker.stored("SELECT table_name, error, body FROM dead_letters")
    ((table, error, kept),) = letters
    assert table == "otel_metrics_gauge"
    assert "Too many partitions" in str(error)
    assert isinstance(kept, bytes)
    assert gzip.decompress(kept) == many_days(77)
    assert clickhouse.count("otel_metrics_gauge") == 6 * POINTS
    assert clickhouse.count("otel_metrics_sum") == 6 * POINTS + 150


@pytest.mark.parametrize("killed", ["worker", "clickhouse"])
def test_all_signals_survive_kills(clickhouse: ClickHouse, worker: Worker, killed: str) -> None:
    """One buffer has spans, log records and data points when it gets a SIGKILL."""
    for seed in range(12):
        assert worker.post_traces(export_bytes(POINTS, seed=seed)).status == 200
        assert worker.post_otlp("logs", log_bytes(POINTS, seed=seed)).status == 200
        send(worker, range(seed, seed + 1))
        if seed == 6 and killed == "worker":
            worker.restart()
        elif seed == 6:
            clickhouse.process.kill()
            clickhouse.start()
    assert_once(clickhouse, worker, 12)
    for table, column in (("otel_traces", "SpanId"), ("otel_logs", "Body")):
        counts = clickhouse.query(f"SELECT count(), uniqExact({column}) FROM {DATABASE}.{table}")
        assert counts == f"{12 * POINTS}\t{12 * POINTS}", table


def test_equal_bytes_of_two_signals_are_two_bodies(clickhouse: ClickHouse, worker: Worker) -> None:
    """A gauge with a data point and a log record with a string can have the same bytes."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add()
    metric.gauge.data_points.add(time_unix_nano=TIME_UNIX_NANO, as_int=1)
    body = request.SerializeToString()
    for signal in ("metrics", "logs"):
        assert worker.post_otlp(signal, body).status == 200
    wait_until("drained", worker.is_drained)
    assert (clickhouse.count("otel_metrics_gauge"), clickhouse.count("otel_logs")) == (1, 1)
