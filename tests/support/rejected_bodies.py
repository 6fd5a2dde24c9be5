"""Bodies that ClickHouse rejects, and ways to store them in the worker's buffer."""

from __future__ import annotations

from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import START_UNIX_NANO, export_request
from tests.support.worker_runtime import Worker

SPANS = 200


DAY_NANO = 86_400 * 10**9


# Only ClickHouse rejects a body for its number of days. The worker has no such limit.
FEW_DAYS = {"MAX_PARTITIONS_PER_INSERT": 100}


def many_days(seed: int) -> bytes:
    """Return valid OTLP that no insert limited by `FEW_DAYS` accepts: spans on 150 days."""
    request = export_request(150, seed=seed)
    for day, span in enumerate(request.resource_spans[0].scope_spans[0].spans):
        span.start_time_unix_nano = START_UNIX_NANO - day * DAY_NANO
        span.end_time_unix_nano = span.start_time_unix_nano + 1000
    return request.SerializeToString()


def hold_back(clickhouse: ClickHouse) -> None:
    """Stop ClickHouse, so that all bodies until its next start are sent in one batch."""
    clickhouse.process.kill()


def damage_first(worker: Worker, select: str) -> None:
    """Damage one stored body, as a disk or a bug might; the worker must not be running."""
    ((seq, body),) = worker.stored(select)
    assert isinstance(body, bytes)
    damaged = body[:20] + b"\xff" * 20 + body[40:]
    worker.tamper("UPDATE chunks SET body = ? WHERE seq = ?", damaged, seq)
