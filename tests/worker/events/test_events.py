"""Product events from `POST /events` to the tables."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import ClickHouse
from tests.support.product_events import NOW_TEXT, event, stored_events
from tests.support.worker_runtime import Worker, WorkerFactory


def test_event_arrives_whole(clickhouse: ClickHouse, worker: Worker) -> None:
    """Every field is in its column, and the metadata can be queried by path."""
    answer = worker.post_event(event())
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "stored"})
    (row,) = stored_events(clickhouse, worker)
    for column in ("received_at", "event_id"):
        del row[column]
    assert json.loads(str(row.pop("metadata_text"))) == row["metadata"]
    assert row == event(timestamp=NOW_TEXT)
    days = clickhouse.query("SELECT metadata.trial.days::UInt8 FROM telemetry.events_once")
    assert days == "14"


def test_unknown_fields_land_in_metadata(clickhouse: ClickHouse, worker: Worker) -> None:
    """No field of a client is dropped."""
    assert worker.post_event(event(device="phone", metadata={"plan": "pro"})).status == 200
    (row,) = stored_events(clickhouse, worker)
    assert row["metadata"] == {"plan": "pro", "device": "phone"}


@pytest.mark.parametrize(
    "timestamp",
    [
        1_795_246_000,
        1_795_246_000.0,
        1_795_246_000_000,
        "2026-11-21T08:26:40+01:00",
        "2026-11-21T07:26:40Z",
        "2026-11-21 07:26:40.000Z",
        "2026-11-21T07:26:40",
        "2026-11-21 07:26:40.0009",
        "2026-11-21t07:26:40z",
    ],
)
def test_timestamps_of_every_form_are_one_moment(
    clickhouse: ClickHouse, worker: Worker, timestamp: object
) -> None:
    """The forms are Unix seconds, Unix milliseconds and RFC 3339. A time without a zone is UTC."""
    clickhouse.query("ALTER TABLE telemetry.events REMOVE TTL")
    assert worker.post_event(event(timestamp=timestamp)).status == 200
    (row,) = stored_events(clickhouse, worker)
    assert row["timestamp"] == "2026-11-21 07:26:40.000"


def test_many_single_events_share_writes_and_inserts(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Group commit stores far fewer rows than events, and the table gets few parts."""
    clickhouse.process.kill()

    def post(number: int) -> int:
        return worker.post_event(event(user_id=f"u{number}")).status

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(post, range(2_000))) == {200}
    ((chunks, events),) = worker.stored(
        "SELECT count(*), sum(row_count) FROM chunks WHERE seq > 3 * (1 << 44) - 1"
    )
    assert events == 2_000
    assert isinstance(chunks, int)
    assert chunks < 1_500
    clickhouse.start()
    assert len(stored_events(clickhouse, worker)) == 2_000
    parts = clickhouse.query(
        "SELECT max(max_block_number) FROM system.parts WHERE table = 'events'"
    )
    assert int(parts) < 20


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "body: not JSON in UTF-8"),
        (b'"\xff"', "body: not JSON in UTF-8"),
        ([1], "body: [1] is not a JSON object"),
        ({}, "event_name: missing"),
        ({"event_name": ""}, 'event_name: ""; allowed: a string of 1 to 256'),
        ({"event_name": 5}, "event_name: 5; allowed: a string"),
        ({"event_name": "x" * 257}, "allowed: a string of 1 to 256 characters"),
        (event(user_id=["a"]), 'user_id: ["a"]; allowed: a string'),
        (event(timestamp="yesterday"), 'timestamp: "yesterday"; allowed: Unix seconds'),
        (event(timestamp=-1), "timestamp: -1; allowed"),
        (event(timestamp=10**15), "allowed: Unix seconds"),
        (event(timestamp="2026-13-45T00:00:00Z"), "allowed: Unix seconds"),
        (event(timestamp="2026-02-31T00:00:00Z"), "of a day that exists"),
        (event(timestamp="2025-02-29T00:00:00"), "of a day that exists"),
        (event(timestamp="2026-11-21T24:00:00Z"), "of a day that exists"),
        (event(timestamp="2026-11-21T07:60:00Z"), "of a day that exists"),
        (event(timestamp="2026-11-21T07:26:40+24:00"), "of a day that exists"),
        (event(timestamp="2026-11-21"), "RFC 3339 with a time of day"),
        (event(user_id=1.5), "user_id: 1.5; allowed: a string"),
        (b'{"event_name":"a","user_id":18446744073709551616}', "an integer of at most 64 bits"),
        (b'{"event_name":"a","event_id":-9223372036854775809}', "an integer of at most 64 bits"),
        (event(event_id=""), 'event_id: ""; allowed: a string of 1 to 256'),
        (event(plan="free"), "plan: present twice with different values"),
        (event(tags="new"), 'tags: "new"; allowed: at most 64 strings'),
        (event(tags=[1]), "tags[0]: 1; allowed: a string"),
        (event(metadata=[1]), "metadata: [1]; allowed: a JSON object"),
        (event(metadata=json.loads('{"a":' * 40 + "1" + "}" * 40)), "nested deeper than 32"),
    ],
)
def test_invalid_events_are_rejected_with_one_line(
    make_worker: WorkerFactory, body: object, words: str
) -> None:
    """The line has the field, the value and what is allowed."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1")
    answer = worker.post_event(body)
    assert answer.status == 400
    assert words in json.loads(answer.body)["error"]
    assert worker.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


def test_oversized_events_and_unknown_content_types_are_rejected(
    make_worker: WorkerFactory,
) -> None:
    """The 413 names the limit, and the 415 names the type."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1")
    answer = worker.post_event(event(metadata={"x": "y" * 70_000}))
    assert answer.status == 413
    assert "at most 65536 bytes" in json.loads(answer.body)["error"]
    answer = worker.post_event(event(), content_type="text/html")
    assert answer.status == 415
    assert "allowed: application/json" in json.loads(answer.body)["error"]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("17", "17"),
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("-0", "0"),
        ("1e3", "1000"),
        ('"0017"', "0017"),
        ("null", ""),
    ],
)
def test_user_ids_are_strings_or_integers_with_all_their_digits(
    clickhouse: ClickHouse, worker: Worker, sent: str, stored: str
) -> None:
    """Integers can have up to 64 bits."""
    body = f'{{"event_name":"login","user_id":{sent},"timestamp":null}}'
    assert worker.post_event(body.encode()).status == 200
    account = f'{{"accountId":{sent if sent != "null" else 0},"event":"visit"}}'
    answer = worker.request(
        "POST",
        "/event",
        account.encode(),
        authorization=f"Bearer {TOKEN}",
        content_type="application/json",
    )
    assert answer.status == 200
    rows = {str(row["event_name"]): row["user_id"] for row in stored_events(clickhouse, worker)}
    assert rows == {"login": stored, "visit": stored or "0"}


def test_null_is_absent_in_every_optional_field(clickhouse: ClickHouse, worker: Worker) -> None:
    """Some clients send null for the unset fields of an object."""
    optional = ("event_id", "channel", "campaign_id", "user_id", "timestamp", "tags", "metadata")
    assert worker.post_event({"event_name": "a", **dict.fromkeys(optional)}).status == 200
    (row,) = stored_events(clickhouse, worker)
    assert (row["channel"], row["campaign_id"], row["user_id"], row["tags"]) == ("", "", "", [])
    assert row["metadata_text"] == "{}"


def test_a_byte_order_mark_is_not_part_of_a_body(clickhouse: ClickHouse, worker: Worker) -> None:
    """Every endpoint that accepts JSON ignores the mark."""
    mark = b"\xef\xbb\xbf"
    bodies = {
        "/events": b'{"event_name":"a"}',
        "/events/bulk": b'[{"event_name":"b"}]',
        "/event": b'{"accountId":1,"event":"c"}',
        "/v1/traces": b'{"resourceSpans":[]}',
        "/v1/logs": b'{"resourceLogs":[]}',
        "/v1/metrics": b'{"resourceMetrics":[]}',
    }
    for path, body in bodies.items():
        answer = worker.request(
            "POST",
            path,
            mark + body,
            authorization=f"Bearer {TOKEN}",
            content_type="application/json",
        )
        assert answer.status == 200, (path, answer.body)
    rows = stored_events(clickhouse, worker)
    assert {row["event_name"] for row in rows} == {"a", "b", "c"}
