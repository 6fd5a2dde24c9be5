"""Product events in bulk, and in the form of the service that this one replaces."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.worker.conftest import WorkerFactory
from tests.worker.engines import TOKEN, Answer, ClickHouse, Worker, wait_until
from tests.worker.test_events import NOW_SECONDS, event, stored_events


def post(worker: Worker, path: str, body: object, **headers: str) -> Answer:
    """An authenticated request with JSON."""
    return worker.request(
        "POST",
        path,
        body if isinstance(body, bytes) else json.dumps(body).encode(),
        **{"authorization": f"Bearer {TOKEN}", "content_type": "application/json", **headers},
    )


def test_events_in_bulk_arrive_once_however_often_they_are_sent(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """A repeat of the body, an equal event in it, and one that was sent alone before."""
    assert worker.post_event(event(user_id="u0")).status == 200
    events = [event(user_id=f"u{number}", device="phone") for number in range(100)]
    for _again in range(2):
        answer = post(worker, "/events/bulk", [*events, events[1]])
        assert (answer.status, json.loads(answer.body)) == (
            200,
            {"status": "stored", "events": 101},
        )
    zipped = post(
        worker, "/events/bulk", gzip.compress(json.dumps(events).encode()), content_encoding="gzip"
    )
    assert zipped.status == 200
    rows = stored_events(clickhouse, worker)
    assert sorted(str(row["user_id"]) for row in rows) == sorted(f"u{n}" for n in range(100))
    assert [row["metadata"] for row in rows if row["user_id"] == "u7"] == [
        {"device": "phone", "plan": "pro", "seats": 3, "trial": {"days": 14}}
    ]


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([event(), event(tags="new"), event()], 'events[1].tags: "new"; allowed: at most 64'),
        ([event(), {}], "events[1].event_name: missing"),
        ([event(), 5], "events[1]: 5; allowed: a JSON object"),
        ([event(timestamp="2026-02-31T25:00:00Z")], "events[0].timestamp: "),
        ([event(metadata={"x": "y" * 70_000})], "events[0].metadata: over 65536 bytes"),
        ([], "body: []; allowed: a JSON array of 1 to 10000 events"),
        ([event()] * 10_001, "allowed: a JSON array of 1 to 10000 events"),
        (event(), "allowed: a JSON array of 1 to 10000 events"),
    ],
)
def test_one_wrong_event_refuses_them_all(
    make_worker: WorkerFactory, events: object, words: str
) -> None:
    """All are stored or none, and the line says which one is wrong."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1")
    answer = post(worker, "/events/bulk", events)
    assert answer.status == 400
    assert words in json.loads(answer.body)["error"]
    assert worker.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


def test_the_old_service_s_requests_are_taken(clickhouse: ClickHouse, worker: Worker) -> None:
    """Its path, its fields, its answer."""
    for body in (
        {"accountId": "a1", "event": "login", "timestamp": NOW_SECONDS, "plan": "pro"},
        {"accountId": 17, "event": event()},
        {"accountId": "a2", "event": {"event_name": "logout", "timestamp": NOW_SECONDS}},
    ):
        answer = post(worker, "/event", body)
        assert (answer.status, json.loads(answer.body)) == (200, {"message": "success"})
    wait_until("drained", worker.is_drained)
    rows = stored_events(clickhouse, worker)
    assert [(row["user_id"], row["event_name"]) for row in rows] == [
        ("a1", "login"),
        ("a2", "logout"),
        ("u1", "signup"),
    ]
    assert rows[0]["metadata"] == {"plan": "pro"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"event": "login"}, "accountId: missing"),
        ({"accountId": "a1"}, "event: missing"),
        ({"accountId": "a1", "event": 5}, "event: 5; allowed: the event's name, or an object"),
        ({"accountId": "a1", "event": {}}, "event.event_name: missing"),
        ({"accountId": True, "event": "login"}, "accountId: true; allowed"),
    ],
)
def test_what_the_old_service_s_requests_may_hold(
    make_worker: WorkerFactory, body: object, words: str
) -> None:
    """Refusals name the field of that form."""
    answer = post(make_worker(clickhouse_url="http://127.0.0.1:1"), "/event", body)
    assert answer.status == 400
    assert words in json.loads(answer.body)["error"]
