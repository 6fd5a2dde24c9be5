"""The exactly-once argument of `worker/README.md`: each of its steps is attacked."""

from __future__ import annotations

import gzip
import signal
import threading
import time
from typing import get_args

import pytest

from resources.telemetry.statement_proof import DEDUPLICATION_SETTINGS
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_json import json_from
from tests.support.otlp_spans import export_bytes, export_request
from tests.support.process import wait_until
from tests.support.tcp_proxy import Proxy, RequestPart
from tests.support.worker_runtime import INSERT_FORMATS, Worker, WorkerFactory

pytestmark = pytest.mark.insert_formats(*INSERT_FORMATS)

SPANS = 200


def send(worker: Worker, seeds: range) -> None:
    """Send one body per seed, every other one gzipped; all must be accepted."""
    for seed in seeds:
        body = export_bytes(SPANS, seed=seed)
        if seed % 2:
            answer = worker.post_traces(gzip.compress(body), content_encoding="gzip")
        else:
            answer = worker.post_traces(body)
        assert answer.status == 200, answer


def assert_once(clickhouse: ClickHouse, worker: Worker, bodies: int) -> None:
    """After the buffer has drained, every span is stored once in both tables."""
    wait_until("drained", worker.is_drained, log_of=worker.process)
    for table, column in (("otel_traces", "SpanId"), ("otel_traces_trace_id_ts", "TraceId")):
        counts = clickhouse.query(f"SELECT count(), uniqExact({column}) FROM telemetry.{table}")
        assert counts == f"{bodies * SPANS}\t{bodies * SPANS}", table
    assert worker.stored("SELECT count(*) FROM dead_letters") == [(0,)]


def test_spans_sent_raw_and_gzipped_arrive_once(clickhouse: ClickHouse, worker: Worker) -> None:
    """No fault occurs."""
    send(worker, range(10))
    assert_once(clickhouse, worker, 10)


def test_a_worker_killed_after_its_response_loses_nothing(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Arrow 1, response: an acknowledged body is on disk, and a restarted object delivers it."""
    send(worker, range(4))
    worker.restart()
    assert_once(clickhouse, worker, 4)


def test_worker_killed_while_an_insert_runs_repeats_the_same_batch(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Arrow 2, insert: ClickHouse applies the insert after the worker was killed."""
    for round_number in range(4):
        clickhouse.process.signal(signal.SIGSTOP)
        send(worker, range(round_number * 4, round_number * 4 + 4))
        wait_until("sealed", lambda: worker.stored("SELECT count(*) FROM batches") != [(0,)])
        worker.process.kill()
        clickhouse.process.signal(signal.SIGCONT)
        worker.start()
        wait_until("drained", worker.is_drained)
    assert_once(clickhouse, worker, 16)


def test_lost_responses_do_not_double_rows(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """Arrow 3, delete: the insert is applied and its response is lost, three times in a row."""
    worker = make_worker(clickhouse_url=proxy.url)
    proxy.faults.lose_answers = 3
    send(worker, range(4))
    assert_once(clickhouse, worker, 4)
    assert proxy.faults.lost == 3


def test_a_profile_that_disables_deduplication_doubles_nothing(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """The batch sets the settings with which the profile would override `insert_deduplicate`."""
    users = clickhouse.process.folder / "users.xml"
    disabled = "".join(
        f"<{setting}>disable</{setting}>" for setting in sorted(DEDUPLICATION_SETTINGS)
    )
    users.write_text(users.read_text().replace("<default/>", f"<default>{disabled}</default>", 1))
    clickhouse.process.kill()
    clickhouse.start()
    assert clickhouse.query("SELECT getSetting('deduplicate_insert')") == "disable"
    worker = make_worker(clickhouse_url=proxy.url)
    proxy.faults.lose_answers = 3
    send(worker, range(4))
    assert_once(clickhouse, worker, 4)
    assert proxy.faults.lost == 3


@pytest.mark.parametrize("part", get_args(RequestPart))
def test_cut_inserts_are_sent_again(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory, part: RequestPart
) -> None:
    """The connection closes within the body. No row is applied, and the batch is retried."""
    worker = make_worker(clickhouse_url=proxy.url)
    proxy.faults.cut_requests_in = part
    proxy.faults.cut_requests = 3
    send(worker, range(4))
    assert_once(clickhouse, worker, 4)
    assert proxy.faults.cut == 3


def test_a_lost_response_and_a_killed_worker_do_not_double_rows(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """The token is on disk together with its range, not in the memory of the sealing object."""
    worker = make_worker(clickhouse_url=proxy.url)
    proxy.faults.lose_answers = 1_000
    send(worker, range(4))
    wait_until("an response was lost", lambda: proxy.faults.lost >= 2)
    worker.process.kill()
    proxy.faults.lose_answers = 0
    worker.start()
    assert_once(clickhouse, worker, 4)


def test_clickhouse_killed_under_load_loses_and_doubles_nothing(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Senders get responses while ClickHouse does not run, and its tokens survive the kill."""
    sender = threading.Thread(target=send, args=(worker, range(60)))
    sender.start()
    for _kill in range(3):
        rows = clickhouse.count("otel_traces")
        wait_until("more rows", lambda rows=rows: clickhouse.count("otel_traces") > rows)  # type: ignore[misc]
        clickhouse.process.kill()
        clickhouse.start()
        if not sender.is_alive():
            break
    sender.join()
    assert_once(clickhouse, worker, 60)


def test_a_body_sent_again_counts_once(clickhouse: ClickHouse, worker: Worker) -> None:
    """After a lost response, the client's repeat gets a 200 and is stored once."""
    for _again in range(3):
        send(worker, range(2))
    worker.restart()
    send(worker, range(2))
    assert_once(clickhouse, worker, 2)


def test_a_body_compressed_again_at_another_time_counts_once(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """SDKs compress for every attempt, and gzip's header contains the time of compression."""
    body = export_bytes(SPANS, seed=1)
    for second in range(1, 4):
        compressed = gzip.compress(body, mtime=second)
        assert worker.post_traces(compressed, content_encoding="gzip").status == 200
    assert_once(clickhouse, worker, 1)


def test_a_json_body_printed_in_another_way_counts_once(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Equal content is a repeat, because some SDKs print or compress it again for every attempt."""
    request = export_request(SPANS, seed=1)
    first, second = json_from(request), json_from(request, enum_numbers=False, ascii_only=True)
    assert first != second
    for body, headers in (
        (first, {}),
        (second, {}),
        (gzip.compress(first, mtime=1), {"content_encoding": "gzip"}),
        (gzip.compress(second, mtime=2), {"content_encoding": "gzip"}),
    ):
        answer = worker.post_traces(body, content_type="application/json", **headers)
        assert answer.status == 200
    assert_once(clickhouse, worker, 1)


def test_the_same_bodies_on_many_connections_count_once(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """A repeat that arrives while the first body waits to be written waits for the same write."""
    rounds, kinds = 40, 4
    bodies = [export_bytes(SPANS, seed=seed) for seed in range(rounds * kinds)]
    start = threading.Barrier(16)

    def send_all(sender: int) -> None:
        for number in range(rounds):
            start.wait()  # all at once: while one body is written, others wait for the next group
            body = bodies[number * kinds + sender % kinds]
            assert worker.post_traces(body).status == 200

    senders = [threading.Thread(target=send_all, args=(number,)) for number in range(16)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert_once(clickhouse, worker, len(bodies))


def test_a_new_storage_does_not_reuse_the_tokens_of_the_old(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Same object id, same batch numbers, empty storage: ClickHouse must not drop its rows."""
    first = make_worker(clickhouse_url=clickhouse.url)
    send(first, range(2))
    assert_once(clickhouse, first, 2)
    first.process.kill()
    second = make_worker(clickhouse_url=clickhouse.url)
    send(second, range(2, 4))
    assert_once(clickhouse, second, 4)


def test_a_redeploy_with_another_statement_repeats_the_sealed_one(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """The retry's bytes and statement are the recorded ones, whatever the new script would send."""
    worker = make_worker(clickhouse_url=proxy.url)
    proxy.faults.cut_requests = 1_000
    send(worker, range(2))
    wait_until("an insert was tried", lambda: proxy.faults.cut >= 2)
    sealed = "SELECT count(*) FROM batches"
    wait_until("both are sealed", lambda: worker.stored(sealed) == [(2,)])
    worker.process.kill()
    script = worker.folder / "index.js"
    changed = script.read_text().replace('["ScopeName", "scope.name"]', '["ScopeName", "\'new\'"]')
    assert changed != script.read_text()
    script.write_text(changed)
    proxy.faults.cut_requests = 0
    worker.start()
    assert_once(clickhouse, worker, 2)
    names = clickhouse.query("SELECT DISTINCT ScopeName FROM telemetry.otel_traces")
    assert names == "shop"


def test_a_batch_over_several_days_arrives_once(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """Each day is a separate part with a separate token entry. ClickHouse drops all of a repeat."""
    days = 3
    worker = make_worker(clickhouse_url=proxy.url)
    proxy.faults.lose_answers = 2
    for day in range(days):
        start = export_start(day)
        assert (
            worker.post_traces(export_bytes(SPANS, seed=day, start_unix_nano=start)).status == 200
        )
    assert_once(clickhouse, worker, days)
    parts = clickhouse.query("SELECT uniqExact(toDate(Timestamp)) FROM telemetry.otel_traces")
    assert int(parts) == days


def export_start(days_ago: int) -> int:
    """Return noon some days ago, in nanoseconds."""
    return (int(time.time()) // 86400 - days_ago - 1) * 86400 * 10**9 + 43_200 * 10**9


def test_each_token_covers_one_part(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """This holds in both tables. With more parts, a repeat might drop other rows."""
    bodies = 12
    worker = make_worker(clickhouse_url=proxy.url, limits={"INSERT_BLOCK_BYTES": 1})
    proxy.faults.cut_requests = 1_000
    send(worker, range(bodies))
    proxy.faults.cut_requests = 0
    proxy.faults.lose_answers = 2
    assert_once(clickhouse, worker, bodies)
    ((batches,),) = worker.stored(
        "SELECT CAST(value AS INTEGER) - 1 FROM meta WHERE key = 'next_batch'"
    )
    assert int(str(batches)) < bodies
    for table in ("otel_traces", "otel_traces_trace_id_ts"):
        inserted = clickhouse.query(
            "SELECT count() FROM system.parts WHERE database = 'telemetry' "
            f"AND table = '{table}' AND level = 0"
        )
        assert inserted == str(batches), table


def test_a_batch_without_a_response_holds_back_newer_batches(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """ClickHouse stores a limited number of tokens: newer batches must not evict an open one."""
    worker = make_worker(clickhouse_url=proxy.url, limits={"MAX_BLOCKS_AHEAD": 3})
    proxy.faults.lose_answers_to = b"%3A1 "  # the token of batch 1 ends the request line
    proxy.faults.lose_answers = 1_000_000
    send(worker, range(1))
    wait_until("its response was lost", lambda: proxy.faults.lost >= 1)
    for seed in range(1, 9):
        send(worker, range(seed, seed + 1))
        wait_until("another try", lambda lost=proxy.faults.lost: proxy.faults.lost > lost)  # type: ignore[misc]
    assert worker.stored("SELECT value FROM meta WHERE key = 'next_block:otel_traces'") == [(3,)]
    proxy.faults.lose_answers = 0
    assert_once(clickhouse, worker, 9)


def test_a_batch_over_several_days_counts_as_so_many_blocks(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """The next batch waits for its response, because a table stores a block for each day."""
    worker = make_worker(clickhouse_url=proxy.url, limits={"MAX_BLOCKS_AHEAD": 3})
    proxy.faults.lose_answers_to = b"%3A1 "
    proxy.faults.lose_answers = 1_000_000
    request = export_request(3, seed=0)
    for day, span in enumerate(request.resource_spans[0].scope_spans[0].spans):
        span.start_time_unix_nano -= day * 86_400 * 10**9
    assert worker.post_traces(request.SerializeToString()).status == 200
    wait_until("its response was lost", lambda: proxy.faults.lost >= 1)
    send(worker, range(1, 2))
    for _try in range(3):
        wait_until("another try", lambda lost=proxy.faults.lost: proxy.faults.lost > lost)  # type: ignore[misc]
    assert worker.stored("SELECT block, blocks FROM batches") == [(0, 3), (None, 1)]
    proxy.faults.lose_answers = 0
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("otel_traces") == 3 + SPANS


def test_inserts_declare_their_length(
    clickhouse: ClickHouse, proxy: Proxy, make_worker: WorkerFactory
) -> None:
    """With a length, a proxy cannot pass on the first half of a batch as a whole batch."""
    worker = make_worker(clickhouse_url=proxy.url)
    send(worker, range(4))
    assert_once(clickhouse, worker, 4)
    assert proxy.faults.heads
    for head in proxy.faults.heads:
        assert b"\r\ncontent-length: " in head.lower()
        assert b"transfer-encoding" not in head.lower()


def test_a_clock_set_back_delays_nothing(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Work that was written under a later time does not wait until that time comes again."""
    worker = make_worker(clickhouse_url=clickhouse.url)
    clickhouse.process.kill()
    send(worker, range(4))
    wait_until("tried", lambda: worker.stored("SELECT max(attempts) > 0 FROM batches") == [(1,)])
    send(worker, range(4, 8))
    worker.process.kill()
    worker.tamper("UPDATE chunks SET at_ms = at_ms + 86400000")
    worker.tamper("UPDATE batches SET not_before_ms = not_before_ms + 86400000")
    worker.tamper("UPDATE recent_keys SET at_ms = at_ms + 86400000")
    clickhouse.start()
    worker.start()
    send(worker, range(9))
    assert_once(clickhouse, worker, 9)


def test_a_clock_set_back_loses_no_key_of_a_body(clickhouse: ClickHouse, worker: Worker) -> None:
    """Older keys then have later times. The newest keys must not be deleted in their place."""
    send(worker, range(2))
    worker.process.kill()
    worker.tamper("UPDATE recent_keys SET at_ms = at_ms + 86400000")
    worker.start()
    send(worker, range(2, 4))
    worker.restart()
    send(worker, range(4))
    assert_once(clickhouse, worker, 4)
