"""Bodies that ClickHouse rejects, and how a test makes it read them."""

from __future__ import annotations

from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import START_UNIX_NANO, export_request
from tests.support.worker_runtime import Worker

SPANS = 200


DAY_NANO = 86_400 * 10**9


# A body that only ClickHouse can find fault with, now that the worker sets no such limit.
FEW_DAYS = {"MAX_PARTITIONS_PER_INSERT": 100}


def many_days(seed: int) -> bytes:
    """Valid OTLP that no insert limited by `FEW_DAYS` takes: a span on each of 150 days."""
    request = export_request(150, seed=seed)
    for day, span in enumerate(request.resource_spans[0].scope_spans[0].spans):
        span.start_time_unix_nano = START_UNIX_NANO - day * DAY_NANO
        span.end_time_unix_nano = span.start_time_unix_nano + 1000
    return request.SerializeToString()


def hold_back(clickhouse: ClickHouse) -> None:
    """Stop ClickHouse, so that what is sent meanwhile travels in one batch."""
    clickhouse.process.kill()


def damage_first(worker: Worker, select: str) -> None:
    """Break one stored body, as a disk or a bug might; the worker is not running."""
    ((seq, body),) = worker.stored(select)
    assert isinstance(body, bytes)
    damaged = body[:20] + b"\xff" * 20 + body[40:]
    worker.tamper("UPDATE chunks SET body = ? WHERE seq = ?", damaged, seq)
