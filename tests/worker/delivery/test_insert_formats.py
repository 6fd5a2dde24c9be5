"""Two insert formats for the same stored bodies: a batch keeps the format it was sealed in."""

from __future__ import annotations

import gzip

import pytest

from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_json import json_from
from tests.support.otlp_spans import export_bytes, export_request
from tests.support.process import wait_until
from tests.support.protobuf_fields import varint
from tests.support.tcp_proxy import Proxy
from tests.support.worker_runtime import FAST, INSERT_FORMATS, Worker, WorkerFactory

SPANS = 200
ROW_FORMAT = {"protobuf": b"FORMAT+ProtobufList", "rowbinary": b"FORMAT+RowBinary"}


def send(worker: Worker, seeds: range) -> None:
    for seed in seeds:
        assert worker.post_traces(export_bytes(SPANS, seed=seed)).status == 200


def assert_once(clickhouse: ClickHouse, worker: Worker, spans: int) -> None:
    wait_until("drained", worker.is_drained, log_of=worker.process)
    counts = clickhouse.query("SELECT count(), uniqExact(SpanId) FROM telemetry.otel_traces")
    assert counts == f"{spans}\t{spans}"
    assert worker.stored("SELECT error FROM dead_letters") == []


@pytest.mark.insert_formats(*INSERT_FORMATS)
def test_a_batch_is_repeated_in_the_format_it_was_sealed_for(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory, insert_format: str
) -> None:
    """The insert is applied and its response lost. Then the deployment selects the other format."""
    worker = make_worker(clickhouse_url=proxy.url)
    proxy.faults.lose_answers = 1_000
    send(worker, range(1))
    wait_until("a response was lost", lambda: proxy.faults.lost >= 1)
    worker.process.kill()
    proxy.faults.lose_answers = 0
    proxy.faults.heads.clear()
    (worker.insert_format,) = set(INSERT_FORMATS) - {insert_format}
    worker.deploy(clickhouse_url=proxy.url, limits=FAST)
    worker.start()
    assert_once(clickhouse, worker, SPANS)
    assert proxy.faults.heads
    assert all(ROW_FORMAT[insert_format] in head for head in proxy.faults.heads)
    send(worker, range(1, 2))
    assert_once(clickhouse, worker, 2 * SPANS)
    assert ROW_FORMAT[worker.insert_format] in proxy.faults.heads[-1]


@pytest.mark.insert_formats("rowbinary")
def test_every_stored_encoding_becomes_rows(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """Protobuf, gzipped protobuf, and JSON converted to protobuf are all sent compressed."""
    worker = make_worker(clickhouse_url=proxy.url)
    json_body = json_from(export_request(SPANS, seed=2))
    assert worker.post_traces(export_bytes(SPANS, seed=0)).status == 200
    packed = gzip.compress(export_bytes(SPANS, seed=1))
    assert worker.post_traces(packed, content_encoding="gzip").status == 200
    assert worker.post_traces(json_body, content_type="application/json").status == 200
    assert_once(clickhouse, worker, 3 * SPANS)
    for head in proxy.faults.heads:
        assert ROW_FORMAT["rowbinary"] in head
        assert b"content-encoding: zstd" in head.lower()


@pytest.mark.insert_formats("rowbinary")
def test_a_batch_longer_than_what_is_held_declares_its_length(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """The batch is encoded twice to the same bytes: to measure it, and for the socket."""
    limits = {"WHOLE_INSERT_BYTES": 1, "ENCODED_PIECE_BYTES": 4_000}
    worker = make_worker(clickhouse_url=proxy.url, limits=limits)
    proxy.faults.lose_answers = 2
    send(worker, range(3))
    assert_once(clickhouse, worker, 3 * SPANS)
    for head in proxy.faults.heads:
        assert b"\r\ncontent-length: " in head.lower()
        assert b"transfer-encoding" not in head.lower()


@pytest.mark.insert_formats("rowbinary")
def test_an_alarm_that_has_encoded_enough_leaves_the_rest_to_the_next(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """One invocation may not encode a whole backlog. Here each encodes one or two batches."""
    limits = {"ALARM_ENCODED_BYTES": 1, "BATCH_ROWS": SPANS}
    worker = make_worker(clickhouse_url=clickhouse.url, limits=limits)
    clickhouse.process.kill()
    send(worker, range(12))
    clickhouse.start()
    assert_once(clickhouse, worker, 12 * SPANS)


@pytest.mark.insert_formats("rowbinary")
def test_rows_that_come_to_too_many_bytes_are_a_dead_letter(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Every row repeats its resource, so a small body can be large in the table."""
    worker = make_worker(clickhouse_url=clickhouse.url, limits={"MAX_ENCODED_BYTES": 300_000})
    request = export_request(SPANS, seed=0)
    request.resource_spans[0].resource.attributes.add(key="k").value.string_value = "v" * 2_000
    clickhouse.process.kill()
    assert worker.post_traces(request.SerializeToString()).status == 200
    send(worker, range(1, 4))
    clickhouse.start()
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert clickhouse.count("otel_traces") == 3 * SPANS
    ((error,),) = worker.stored("SELECT error FROM dead_letters")
    assert "over 300000 bytes" in str(error)


@pytest.mark.insert_formats("rowbinary")
def test_a_batch_with_columns_of_another_script_waits_for_it(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """The batch may have been applied already, so it must not be split or lose a column."""
    worker = make_worker(clickhouse_url=proxy.url)
    proxy.faults.cut_requests = 1_000
    send(worker, range(1))
    wait_until("an insert was tried", lambda: proxy.faults.cut >= 1)
    worker.process.kill()
    proxy.faults.cut_requests = 0
    worker.tamper("UPDATE batches SET statement = replace(statement, 'ScopeName', 'Newer')")
    worker.start()
    wait_until(
        "the reason is recorded",
        lambda: (
            worker.stored("SELECT count(*) FROM batches WHERE last_error LIKE '%write Newer%'")
            == [(1,)]
        ),
    )
    worker.process.kill()
    worker.tamper("UPDATE batches SET statement = replace(statement, 'Newer', 'ScopeName')")
    worker.start()
    assert_once(clickhouse, worker, SPANS)


@pytest.mark.insert_formats(*INSERT_FORMATS)
def test_a_full_batch_of_small_rows_is_one_part(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """The maximum number of rows of a batch is one block, so its token covers one part."""
    bodies, spans = 4, 50_000
    clickhouse.query("ALTER TABLE telemetry.otel_traces REMOVE TTL")
    # No batch is sealed before it is full.
    limits = {"BATCH_AGE_MS": 60_000, "FLOOD_SHARE": 1_000}
    worker = make_worker(clickhouse_url=clickhouse.url, limits=limits)
    for body in range(bodies):
        assert worker.post_traces(tiny_spans(spans, seed=body)).status == 200
    assert_once(clickhouse, worker, bodies * spans)
    parts = clickhouse.query(
        "SELECT groupArray(rows) FROM system.parts "
        "WHERE database = 'telemetry' AND table = 'otel_traces' AND level = 0"
    )
    assert parts == f"[{bodies * spans}]"


def tiny_spans(count: int, *, seed: int) -> bytes:
    """Write spans with an id and a start by hand; the protobuf library would take a minute."""
    start = export_request(1, seed=0).resource_spans[0].scope_spans[0].spans[0].start_time_unix_nano
    time = b"\x39" + start.to_bytes(8, "little")
    ids = (seed * count + index + 1 for index in range(count))
    spans = b"".join(b"\x12\x13\x12\x08" + each.to_bytes(8, "big") + time for each in ids)
    scope = b"\x12" + varint(len(spans)) + spans
    return b"\x0a" + varint(len(scope)) + scope
