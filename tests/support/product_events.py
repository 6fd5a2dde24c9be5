"""Product events: a template, a way to send it, and the rows that it becomes."""

from __future__ import annotations

import json
import time

from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import ClickHouse
from tests.support.process import wait_until
from tests.support.worker_runtime import Response, Worker

NOW_SECONDS = int(time.time()) - 600
NOW_TEXT = time.strftime("%Y-%m-%d %H:%M:%S.000", time.gmtime(NOW_SECONDS))


def event(**fields: object) -> dict[str, object]:
    """Return a sign-up event with some fields changed."""
    return {
        "event_name": "signup",
        "channel": "web",
        "campaign_id": "spring",
        "user_id": "u1",
        "timestamp": NOW_SECONDS,
        "tags": ["new", "paid"],
        "metadata": {"plan": "pro", "seats": 3, "trial": {"days": 14}},
        **fields,
    }


def post(worker: Worker, path: str, body: object, **headers: str) -> Response:
    """Send an authenticated request with JSON."""
    return worker.request(
        "POST",
        path,
        body if isinstance(body, bytes) else json.dumps(body).encode(),
        **{"authorization": f"Bearer {TOKEN}", "content_type": "application/json", **headers},
    )


def stored_events(clickhouse: ClickHouse, worker: Worker) -> list[dict[str, object]]:
    """Return the rows of `events_once` after everything has been delivered."""
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert worker.stored("SELECT error FROM dead_letters") == []
    lines = clickhouse.query(
        "SELECT * FROM telemetry.events_once ORDER BY user_id, timestamp, event_id "
        "FORMAT JSONEachRow",
        output_format_json_quote_64bit_integers="0",
    )
    return [json.loads(line) for line in lines.splitlines()]
