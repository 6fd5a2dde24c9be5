"""Bodies that ClickHouse rejects are dead-lettered alone; other bodies of the batch arrive once."""

from __future__ import annotations

import gzip
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.rejected_bodies import (
    FEW_DAYS,
    SPANS,
    damage_first,
    hold_back,
    many_days,
)
from tests.support.tcp_proxy import Proxy
from tests.support.worker_runtime import INSERT_FORMATS, Worker, WorkerFactory

pytestmark = pytest.mark.insert_formats(*INSERT_FORMATS)


@pytest.fixture
def worker(clickhouse: ClickHouse, make_worker: WorkerFactory) -> Worker:
    """Start a worker whose inserts may have rows of fewer days than `many_days` has."""
    return make_worker(clickhouse_url=clickhouse.url, limits=FEW_DAYS)


def assert_only_rejected_bodies_are_dead_letters(
    clickhouse: ClickHouse, worker: Worker, *, bodies: int, poison: int
) -> None:
    wait_until("drained", worker.is_drained, log_of=worker.process)
    counts = clickhouse.query("SELECT count(), uniqExact(SpanId) FROM telemetry.otel_traces")
    assert counts == f"{bodies * SPANS}\t{bodies * SPANS}"
    assert worker.stored("SELECT count(*) FROM dead_letters") == [(poison,)]


@pytest.mark.parametrize("compressed", [True, False])
def test_a_rejected_body_is_dead_lettered_alone(
    clickhouse: ClickHouse, worker: Worker, compressed: bool
) -> None:
    """Splits find the body; the dead letter has the error and the body's bytes."""
    hold_back(clickhouse)
    for seed in range(9):
        body = many_days(seed) if seed == 5 else export_bytes(SPANS, seed=seed)
        if compressed:
            assert worker.post_traces(gzip.compress(body), content_encoding="gzip").status == 200
        else:
            assert worker.post_traces(body).status == 200
    clickhouse.start()
    assert_only_rejected_bodies_are_dead_letters(clickhouse, worker, bodies=8, poison=1)
    ((error, kept),) = worker.stored("SELECT error, body FROM dead_letters")
    assert "Too many partitions" in str(error)
    assert isinstance(kept, bytes)
    if compressed:
        assert gzip.decompress(kept) == many_days(5)


def test_a_rejected_body_among_small_ones_of_one_row_is_dead_lettered_alone(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Bodies that were committed together are separated by their lengths."""
    hold_back(clickhouse)

    def post(seed: int) -> int:
        return worker.post_traces(export_bytes(4, seed=seed)).status

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(post, range(64))) == {200}
    worker.process.kill()
    damage_first(worker, "SELECT seq, body FROM chunks ORDER BY length(sizes) DESC LIMIT 1")
    worker.start()
    clickhouse.start()
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert clickhouse.count("otel_traces") == 63 * 4
    assert worker.stored("SELECT count(*) FROM dead_letters") == [(1,)]


def test_a_rejection_at_the_front_of_a_large_batch_is_received(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """ClickHouse rejects the batch while megabytes are still to be sent; the error must not be
    lost.
    """
    worker = make_worker(clickhouse_url=clickhouse.url)
    hold_back(clickhouse)
    for seed in range(20):
        answer = worker.post_traces(export_bytes(2_000, seed=seed))
        assert answer.status == 200
    worker.process.kill()
    damage_first(worker, "SELECT seq, body FROM chunks ORDER BY seq LIMIT 1")
    worker.start()
    clickhouse.start()
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert clickhouse.count("otel_traces") == 19 * 2_000
    assert worker.stored("SELECT count(*) FROM dead_letters") == [(1,)]


def test_lost_responses_while_a_batch_is_split_do_not_double_rows(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """Halves are separate batches with separate tokens, which are repeated like any other."""
    worker = make_worker(clickhouse_url=proxy.url, limits=FEW_DAYS)
    hold_back(clickhouse)
    for seed in range(9):
        body = many_days(seed) if seed == 2 else export_bytes(SPANS, seed=seed)
        assert worker.post_traces(body).status == 200
    proxy.faults.lose_answers = 6
    clickhouse.start()
    assert_only_rejected_bodies_are_dead_letters(clickhouse, worker, bodies=8, poison=1)


def test_a_worker_killed_while_a_batch_is_split_loses_and_doubles_nothing(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """A split is one transaction: either the whole batch is stored or both halves."""
    hold_back(clickhouse)
    for seed in range(9):
        body = many_days(seed) if seed in (2, 7) else export_bytes(SPANS, seed=seed)
        assert worker.post_traces(body).status == 200
    clickhouse.start()
    for _kill in range(6):
        time.sleep(0.05)  # the kill may come at any moment
        worker.restart()
    assert_only_rejected_bodies_are_dead_letters(clickhouse, worker, bodies=7, poison=2)


@pytest.mark.parametrize(
    ("break_it", "mend_it"),
    [
        (
            "RENAME TABLE telemetry.otel_traces TO telemetry.away",
            "RENAME TABLE telemetry.away TO telemetry.otel_traces",
        ),
        (
            "ALTER TABLE telemetry.otel_traces MODIFY SETTING parts_to_throw_insert = 1, "
            "parts_to_delay_insert = 1",
            "ALTER TABLE telemetry.otel_traces RESET SETTING parts_to_throw_insert, "
            "parts_to_delay_insert",
        ),
        (
            "ALTER TABLE telemetry.otel_traces_trace_id_ts MODIFY SETTING "
            "parts_to_throw_insert = 1, parts_to_delay_insert = 1",
            "ALTER TABLE telemetry.otel_traces_trace_id_ts RESET SETTING "
            "parts_to_throw_insert, parts_to_delay_insert",
        ),
    ],
    ids=["no table", "too many parts", "too many parts behind the view"],
)
def test_a_batch_waits_for_repairable_faults_of_the_server(
    clickhouse: ClickHouse, worker: Worker, break_it: str, mend_it: str
) -> None:
    """A batch waits for faults that an operator or time can repair; nothing is dead-lettered."""
    assert worker.post_traces(export_bytes(SPANS, seed=100)).status == 200
    wait_until("the first batch", worker.is_drained)
    clickhouse.query(break_it)
    assert worker.post_traces(export_bytes(SPANS, seed=1)).status == 200
    wait_until(
        "refused twice",
        lambda: worker.stored("SELECT max(attempts) >= 2 FROM batches") == [(1,)],
    )
    clickhouse.query(mend_it)
    assert_only_rejected_bodies_are_dead_letters(clickhouse, worker, bodies=2, poison=0)
    assert clickhouse.count("otel_traces_trace_id_ts") == 2 * SPANS


@pytest.mark.insert_formats("protobuf")
def test_delivery_recovers_from_a_schema_that_clickhouse_misread(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """ClickHouse caches a schema in files, and in memory as read, even from a half-written file.

    Two simultaneous first inserts can cause this; here the test empties the files. Later batches
    contain the schema that was read correctly.
    """
    assert worker.post_traces(export_bytes(SPANS, seed=100)).status == 200
    wait_until("the first batch", worker.is_drained)
    clickhouse.process.kill()
    schemas = list(clickhouse.process.folder.rglob("__cache__/*.proto"))
    assert schemas
    for schema in schemas:
        schema.write_bytes(b"")
    clickhouse.start()
    assert worker.post_traces(export_bytes(SPANS, seed=1)).status == 200
    assert_only_rejected_bodies_are_dead_letters(clickhouse, worker, bodies=2, poison=0)
    assert worker.post_traces(export_bytes(SPANS, seed=2)).status == 200
    assert_only_rejected_bodies_are_dead_letters(clickhouse, worker, bodies=3, poison=0)
    assert worker.process.log.count("Could not find a message named") == 1
