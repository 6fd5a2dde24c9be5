"""The allowed times of an event: from its table's retention to a day ahead."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta

from tests.support.access_binding import access_document, token_entry
from tests.support.clickhouse_server import ClickHouse
from tests.support.product_events import event, post, stored_events
from tests.support.worker_runtime import Response, WorkerFactory

RETENTION_DAYS = 30
# Far longer than a request takes, and than the difference between the two clocks.
MARGIN_SECONDS = 120
DAY_SECONDS = 24 * 3600


def test_events_outside_the_window_are_rejected_and_counted(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """The times are random, near both ends. Rejected events are in the response's list."""
    admin = token_entry("admin", name="operator", scopes=["admin"])
    worker = make_worker(
        clickhouse_url=clickhouse.url,
        access=access_document(admin),
        retention_days=RETENTION_DAYS,
    )
    # The table would delete rows at the very edge of its retention.
    clickhouse.query("ALTER TABLE telemetry.events REMOVE TTL")
    rng, now = random.Random(20261129), time.time()
    ends = (now - RETENTION_DAYS * DAY_SECONDS, now + DAY_SECONDS)
    offsets = [rng.uniform(MARGIN_SECONDS, 10 ** rng.uniform(3, 6)) for _event in range(100)]
    times = [end + sign * offset for end in ends for sign in (1, -1) for offset in offsets]
    times = [seconds for seconds in times if seconds >= 0]
    allowed = [ends[0] <= seconds <= ends[1] for seconds in times]
    events = [event(user_id=str(n), timestamp=seconds) for n, seconds in enumerate(times)]
    report = json.loads(post(worker, "/events/bulk", events).body)
    assert (report["events"], report["rejected"]) == (sum(allowed), len(times) - sum(allowed))
    for error in report["errors"]:
        assert not allowed[error["index"]]
        assert ".timestamp: " in error["error"]
    rows = stored_events(clickhouse, worker)
    found = {int(str(row["user_id"])) for row in rows}
    assert found == {n for n, is_allowed in enumerate(allowed) if is_allowed}
    counts = worker.request("GET", "/admin/metrics", authorization="Bearer admin").body.decode()
    for reason, rejected in (
        ("too_old", sum(seconds < ends[0] for seconds in times)),
        ("too_far_ahead", sum(seconds > ends[1] for seconds in times)),
    ):
        assert f'reason="{reason}"' in counts
        (line,) = [line for line in counts.splitlines() if f'reason="{reason}"' in line]
        assert line.startswith("ingest_rejected_rows_total{")
        assert line.endswith(f" {rejected}")


def error_of(answer: Response) -> str:
    return str(json.loads(answer.body)["error"])


def test_one_event_outside_the_window_is_a_400(make_worker: WorkerFactory) -> None:
    """The message has the allowed times. One of the times is the replaced service's example."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", retention_days=RETENTION_DAYS)
    for timestamp in ("2024-01-15T10:30:00Z", "2098-01-01T00:00:00Z", 0, 4_000_000_000_000):
        for path, body in (
            ("/events", event(timestamp=timestamp)),
            ("/event", {"accountId": "a", "event": "b", "timestamp": timestamp}),
        ):
            answer = post(worker, path, body)
            assert answer.status == 400
            assert f"timestamp: {json.dumps(timestamp)}; allowed: 20" in error_of(answer)
    assert worker.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


def test_a_bulk_of_every_day_of_a_long_retention_is_delivered(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """One body has 400 days, like an import. Days in the future are rejected."""
    worker = make_worker(clickhouse_url=clickhouse.url, retention_days=400)
    clickhouse.query("ALTER TABLE telemetry.events REMOVE TTL")
    now = datetime.now(UTC)
    days = [now + timedelta(days=day) for day in range(-399, 150)]
    events = [
        {"event_name": "imported", "user_id": f"u{n}", "timestamp": day.isoformat()}
        for n, day in enumerate(days)
    ]
    report = json.loads(post(worker, "/events/bulk", events).body)
    assert (report["events"], report["rejected"]) == (401, 148)
    rows = stored_events(clickhouse, worker)
    assert len(rows) == 401
