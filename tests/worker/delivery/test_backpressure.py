"""If ClickHouse has too many parts or no memory, later batches adapt. Sealed batches do not."""

from __future__ import annotations

from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker, WorkerFactory

SPANS = 200
BODY_BYTES = len(export_bytes(SPANS, seed=0))


def sealed(worker: Worker) -> int:
    """Return the number of batches so far."""
    ((number,),) = worker.stored("SELECT value FROM meta WHERE key = 'next_batch'")
    return int(str(number).removesuffix(".0")) - 1


def assert_once(clickhouse: ClickHouse, worker: Worker, spans: int) -> None:
    """After the buffer has drained, every span is stored once."""
    wait_until("drained", worker.is_drained, log_of=worker.process)
    counts = clickhouse.query(f"SELECT count(), uniqExact(SpanId) FROM {DATABASE}.otel_traces")
    assert counts == f"{spans}\t{spans}"
    assert worker.stored("SELECT count(*) FROM dead_letters") == [(0,)]


def test_too_many_parts_make_later_batches_rarer_and_fuller(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """After some rejections, only full batches of five bodies are sealed before the usual time."""
    limits = {
        "BATCH_RAW_BYTES": 5 * BODY_BYTES + BODY_BYTES // 2,
        "BATCH_MAX_AGE_MS": 600_000,
        "RETRY_MAX_MS": 50,
    }
    worker = make_worker(clickhouse_url=clickhouse.url, limits=limits)
    table = f"{DATABASE}.otel_traces"
    assert worker.post_traces(export_bytes(SPANS, seed=0)).status == 200
    wait_until("the first part", worker.is_drained)
    clickhouse.query(
        f"ALTER TABLE {table} MODIFY SETTING parts_to_throw_insert = 1, parts_to_delay_insert = 1"
    )
    assert worker.post_traces(export_bytes(SPANS, seed=1)).status == 200
    refused = "SELECT max(attempts) >= 20 FROM batches"
    wait_until("refused often", lambda: worker.stored(refused) == [(1,)])
    clickhouse.query(
        f"ALTER TABLE {table} RESET SETTING parts_to_throw_insert, parts_to_delay_insert"
    )
    wait_until("the second batch", worker.is_drained)
    before = sealed(worker)
    for seed in range(2, 8):
        assert worker.post_traces(export_bytes(SPANS, seed=seed)).status == 200
    wait_until("the full batch", lambda: clickhouse.count("otel_traces") == 7 * SPANS)
    assert sealed(worker) == before + 1
    # After the restart, the object no longer has a record of the rejections.
    worker.restart()
    assert_once(clickhouse, worker, 8 * SPANS)


def restart_with_memory(clickhouse: ClickHouse, most_bytes: int) -> None:
    """Limit the memory of every query; 0 means no limit."""
    users = clickhouse.process.folder / "users.xml"
    _, _, rest = users.read_text().partition("</profiles>")
    profile = f"<default><max_memory_usage>{most_bytes}</max_memory_usage></default>"
    users.write_text(f"<clickhouse><profiles>{profile}</profiles>{rest}")
    clickhouse.process.kill()
    clickhouse.start()


def test_a_batch_without_memory_waits_whole_and_smaller_ones_pass_it(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """30 MB are enough for two bodies of 2,000 spans, but not for 8,000 spans in one batch."""
    limits = {"BATCH_MIN_RAW_BYTES": 10_000, "BATCH_AGE_MS": 500}
    worker = make_worker(clickhouse_url=clickhouse.url, limits=limits)
    restart_with_memory(clickhouse, 30_000_000)
    assert worker.post_traces(export_bytes(8_000, seed=0)).status == 200
    failed = "SELECT instr(last_error, 'MEMORY_LIMIT_EXCEEDED') > 0 FROM batches"
    wait_until("no memory", lambda: worker.stored(failed) == [(1,)])
    for seed in range(1, 9):
        assert worker.post_traces(export_bytes(2_000, seed=seed)).status == 200
    wait_until("the others", lambda: clickhouse.count("otel_traces") == 16_000)
    wait_until("only it is left", lambda: worker.stored("SELECT number FROM batches") == [(1,)])
    restart_with_memory(clickhouse, 0)
    assert_once(clickhouse, worker, 24_000)
