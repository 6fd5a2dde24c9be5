"""`GET /health` reports whether the worker can store a body."""

from __future__ import annotations

import json

from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.worker_runtime import WorkerFactory
from tests.worker.admin.counters import (
    ACCESS,
)
from tests.worker.admin.damaged_storage import damage_storage, health_of


def test_health_is_a_503_when_the_buffer_does_not_respond(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """No body can be stored then; senders and scrapers also get a 503."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=ACCESS)
    assert json.loads(worker.request("GET", "/health").body) == {
        "status": "ok",
        "buffer": "ok",
        "clickhouse": "ok",
    }
    damage_storage(worker)
    worker.process.start()
    wait_until("somebody answers", lambda: health_of(worker) is not None)
    answer = health_of(worker)
    assert answer is not None
    assert answer.status == 503
    assert json.loads(answer.body) == {
        "status": "unavailable",
        "buffer": "unreachable",
        "clickhouse": "ok",
    }
    refused = worker.post_traces(export_bytes(1, seed=1))
    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    scraped = worker.request("GET", "/admin/metrics", None, authorization="Bearer admin")
    assert (scraped.status, scraped.headers["retry-after"]) == (503, "1")
