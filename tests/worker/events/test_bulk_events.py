"""Product events in bulk, and in the format of the service that this one replaces."""

from __future__ import annotations

import gzip
import json
import time

import pytest

from tests.support.clickhouse_server import ClickHouse
from tests.support.process import wait_until
from tests.support.product_events import NOW_SECONDS, event, post, stored_events
from tests.support.worker_runtime import Worker, WorkerFactory


def test_events_in_bulk_arrive_once_however_often_they_are_sent(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """The body is sent twice, has an equal event twice, and has an event that was sent before."""
    assert worker.post_event(event(user_id="u0")).status == 200
    events = [event(user_id=f"u{number}", device="phone") for number in range(100)]
    for _again in range(2):
        answer = post(worker, "/events/bulk", [*events, events[1]])
        assert (answer.status, json.loads(answer.body)) == (
            200,
            {
                "status": "stored",
                "events": 101,
                "rejected": 0,
                "errors": [],
                "errors_omitted": 0,
            },
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


LINES = b'{"event_name":"a","user_id":"u1"}\n\n{"event_name":"b","user_id":"u2"}\r\n'
OBJECTS = b'[{"event_name":"a","user_id":"u1"},{"event_name":"b","user_id":"u2"}]'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", OBJECTS),
        ("text/plain;charset=UTF-8", OBJECTS),
        ("application/json", b'{"events":' + OBJECTS + b"}"),
        ("application/json", json.dumps({"events": json.loads(OBJECTS)}, indent=2).encode()),
        ("application/json", LINES),
        ("text/plain", LINES),
        ("application/json", b"\n \r\n" + LINES),
        ("application/x-ndjson; charset=utf-8", LINES),
        ("application/jsonl", b"\xef\xbb\xbf" + LINES.strip()),
    ],
)
def test_bulk_bodies_of_every_form_are_the_same_events(
    clickhouse: ClickHouse, worker: Worker, content_type: str, body: bytes
) -> None:
    """The forms are an array, an object around it, and one event per line, for any content type."""
    answer = post(worker, "/events/bulk", body, content_type=content_type)
    assert answer.status == 200, answer.body
    assert json.loads(answer.body)["events"] == 2
    rows = stored_events(clickhouse, worker)
    assert [(row["event_name"], row["user_id"]) for row in rows] == [("a", "u1"), ("b", "u2")]


def test_one_event_in_bulk_is_a_bulk_of_one(clickhouse: ClickHouse, worker: Worker) -> None:
    """The body is one line of NDJSON, or an event with a field named like the object's list."""
    lone = {"event_name": "a", "user_id": "u0", "events": [1]}
    assert post(worker, "/events/bulk", lone).status == 200
    lines = post(worker, "/events/bulk", event(), content_type="application/x-ndjson")
    assert json.loads(lines.body)["events"] == 1
    first, _second = stored_events(clickhouse, worker)
    assert first["metadata_text"] == '{"events":[1]}'


INVALID: list[tuple[object, str]] = [
    (event(tags="new"), '.tags: "new"; allowed: at most 64'),
    ({}, ".event_name: missing"),
    (5, ": 5; allowed: a JSON object"),
    (event(timestamp="2026-02-31T05:00:00Z"), ".timestamp: "),
    (event(metadata={"x": "y" * 70_000}), ".metadata: over 65536 bytes"),
    (event(metadata=json.loads('{"a":' * 33 + "1" + "}" * 33)), "nested deeper than 32"),
    (event(timestamp=5), ".timestamp: 5; allowed: "),
]


def test_valid_events_are_stored_and_the_response_names_the_others(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Errors have an index and a reason. A repeat gets the same response and adds nothing."""
    worker = make_worker(clickhouse_url=clickhouse.url, retention_days=30)
    events = [event(user_id="u1"), *(invalid for invalid, _words in INVALID), event(user_id="u2")]
    answers = [post(worker, "/events/bulk", events) for _again in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    first, second = (json.loads(answer.body) for answer in answers)
    for report in (first, second):
        assert (report["events"], report["rejected"]) == (2, len(INVALID))
        assert report["errors_omitted"] == 0
        for (index, (_invalid, words)), error in zip(
            enumerate(INVALID, start=1), report["errors"], strict=True
        ):
            assert error["index"] == index
            assert error["error"].startswith(f"events[{index}]")
            assert words in error["error"]
    assert [row["user_id"] for row in stored_events(clickhouse, worker)] == ["u1", "u2"]
    assert clickhouse.count("events") == 2


def test_a_line_that_is_not_utf_8_rejects_no_others(clickhouse: ClickHouse, worker: Worker) -> None:
    """Empty lines do not count in its index."""
    lines = [json.dumps(event(user_id=f"u{n}")).encode() for n in range(3)]
    body = b"\n\n".join([lines[0], b'{"event_name":"\xff"}', lines[1], lines[2]])
    for content_type in ("application/x-ndjson", "application/json"):
        answer = post(worker, "/events/bulk", body, content_type=content_type)
        report = json.loads(answer.body)
        assert (answer.status, report["events"], report["rejected"]) == (200, 3, 1)
        assert report["errors"] == [{"index": 1, "error": "line: not UTF-8; send valid UTF-8"}]
    rows = stored_events(clickhouse, worker)
    assert [row["user_id"] for row in rows] == ["u0", "u1", "u2"]


def test_an_event_that_is_inside_the_window_only_at_the_repeat_is_stored_then(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """The events that were stored before merge with their repeats."""
    soon = time.time() + 24 * 3600 + 8
    events = [event(event_id="a"), event(event_id="b", timestamp=soon)]
    first = json.loads(post(worker, "/events/bulk", events).body)
    assert (first["events"], first["rejected"]) == (1, 1)
    wait_until(
        "the event is inside the window",
        lambda: json.loads(post(worker, "/events/bulk", events).body)["rejected"] == 0,
    )
    rows = stored_events(clickhouse, worker)
    assert sorted(str(row["event_id"]) for row in rows) == ["a", "b"]


def test_damaged_lines_reject_no_others(clickhouse: ClickHouse, worker: Worker) -> None:
    """Lines with unclosed brackets are also rejected alone, although the whole body is scanned."""
    lines = [
        json.dumps(event(user_id="u1")),
        '{"event_name": "a',
        "[" * 100,
        json.dumps(event(metadata={"x": "y" * 70_000})),
        json.dumps(event(user_id="u2")),
    ]
    body = "\n".join(lines).encode()
    answer = post(worker, "/events/bulk", body, content_type="application/x-ndjson")
    report = json.loads(answer.body)
    assert (answer.status, report["events"], report["rejected"]) == (200, 2, 3)
    assert [error["index"] for error in report["errors"]] == [1, 2, 3]
    assert [row["user_id"] for row in stored_events(clickhouse, worker)] == ["u1", "u2"]


def test_the_list_of_rejected_events_is_bounded(worker: Worker) -> None:
    """The response has 100 events with their reasons, and the number of the others."""
    events = [event(), *({"event_name": 1} for _event in range(9_999))]
    answer = post(worker, "/events/bulk", events)
    report = json.loads(answer.body)
    assert (answer.status, report["events"], report["rejected"]) == (200, 1, 9_999)
    assert (len(report["errors"]), report["errors_omitted"]) == (100, 9_899)
    assert len(answer.body) < 40_000


@pytest.mark.parametrize("form", ["events", "lines"])
def test_atomic_bulks_are_stored_whole_or_not_at_all(
    clickhouse: ClickHouse, worker: Worker, form: str
) -> None:
    """With `?atomic=true`, one invalid event rejects the body."""
    events = [event(user_id="u1"), {}, event(user_id="u2")]
    as_lines = "\n".join(map(json.dumps, events)).encode()
    body: object = events if form == "events" else as_lines
    answer = post(worker, "/events/bulk?atomic=true", body)
    report = json.loads(answer.body)
    assert (answer.status, report["rejected"]) == (400, 1)
    assert report["errors"][0]["index"] == 1
    assert "events[1].event_name: missing" in report["error"]
    assert post(worker, "/events/bulk?atomic=true", [event(user_id="u3")]).status == 200
    assert post(worker, "/events/bulk?atomic=yes", body).status == 400
    assert [row["user_id"] for row in stored_events(clickhouse, worker)] == ["u3"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([{}, 5], "events[0].event_name: missing"),
        ([], "body: []; allowed: a JSON array of 1 to 10000 events"),
        ({"events": []}, "events: []; allowed: 1 to 10000 events"),
        ({"events": [event()], "more": 1}, "more: 1; allowed: the fields events"),
        ({"event": "a"}, "events: missing"),
        ([event()] * 10_001, "allowed: a JSON array of 1 to 10000 events"),
        (b"[", "body: not JSON in UTF-8"),
        (b'{"events":[\n{"event_name":"a"},\n{"event_name":"b"}\n', "body: not JSON in UTF-8"),
        (b"{}\n" * 10_001, "lines"),
        (b"\xff\n", "body: not JSON in UTF-8"),
    ],
)
def test_bulk_without_a_valid_event_is_rejected(
    make_worker: WorkerFactory, body: object, words: str
) -> None:
    """The response is 400 and nothing is stored, also for a list that ends between two lines."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1")
    answer = post(worker, "/events/bulk", body)
    assert answer.status == 400
    assert words in json.loads(answer.body)["error"]
    assert worker.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


def test_requests_of_the_old_service_are_accepted(clickhouse: ClickHouse, worker: Worker) -> None:
    """The path, fields and response equal those of the replaced service."""
    for body in (
        {"accountId": "a1", "event": "login", "timestamp": NOW_SECONDS, "plan": "pro"},
        {"accountId": 17, "event": event()},
        {"accountId": "a2", "event": {"event_name": "logout", "timestamp": NOW_SECONDS}},
    ):
        answer = post(worker, "/event", body)
        assert (answer.status, json.loads(answer.body)) == (200, {"message": "success"})
    rows = stored_events(clickhouse, worker)
    assert [(row["user_id"], row["event_name"]) for row in rows] == [
        ("a1", "login"),
        ("a2", "logout"),
        ("u1", "signup"),
    ]
    assert rows[0]["metadata"] == {"plan": "pro"}
    # If the event names another user, the account is stored in the metadata.
    assert json.loads(str(rows[2]["metadata_text"]))["accountId"] == "17"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"event": "login"}, "accountId: missing"),
        ({"accountId": "a1"}, "event: missing"),
        ({"accountId": "a1", "event": 5}, "event: 5; allowed: the event's name, or an object"),
        ({"accountId": "a1", "event": {}}, "event.event_name: missing"),
        ({"accountId": True, "event": "login"}, "accountId: true; allowed"),
        ({"accountId": "a", "event": {"event_name": "b", "user_id": 2**64}}, "event.user_id: "),
        (
            {"accountId": "a", "event": {"event_name": "b", "c": 1}, "c": 2},
            "event.c: present twice",
        ),
    ],
)
def test_invalid_requests_of_the_old_service_are_rejected(
    make_worker: WorkerFactory, body: object, words: str
) -> None:
    """Rejections name the field of the old format."""
    answer = post(make_worker(clickhouse_url="http://127.0.0.1:1"), "/event", body)
    assert answer.status == 400
    assert words in json.loads(answer.body)["error"]


def test_a_batch_of_events_counts_the_days_of_its_events(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """A table stores a block for each day; an event that counted for more would be sent alone."""
    clickhouse.process.kill()

    def is_sealed(*blocks: int) -> bool:
        return worker.stored("SELECT blocks FROM batches") == [(each,) for each in blocks]

    assert worker.post_event({"event_name": "e"}).status == 200
    wait_until("the event is sealed", lambda: is_sealed(1))
    now = int(time.time())
    events = [{"event_name": "e", "timestamp": now - day * 86_400} for day in (0, 2)]
    assert post(worker, "/events/bulk", events).status == 200
    wait_until("the bulk is sealed", lambda: is_sealed(1, 3))
