"""Product events from `POST /events` to the tables."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.worker.conftest import WorkerFactory
from tests.worker.engines import ClickHouse, Worker, wait_until

NOW_SECONDS = int(time.time()) - 600


def event(**fields: object) -> dict[str, object]:
    """A sign-up, with some fields changed."""
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


def stored_events(clickhouse: ClickHouse, worker: Worker) -> list[dict[str, object]]:
    wait_until("drained", worker.is_drained, log_of=worker.process)
    lines = clickhouse.query(
        "SELECT * FROM telemetry.events_once ORDER BY user_id, timestamp FORMAT JSONEachRow"
    )
    return [json.loads(line) for line in lines.splitlines()]


def test_event_arrives_whole(clickhouse: ClickHouse, worker: Worker) -> None:
    """Every field in its column, metadata as JSON that can be queried by path."""
    answer = worker.post_event(event())
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "stored"})
    (row,) = stored_events(clickhouse, worker)
    del row["received_at"]
    expected = event(timestamp=time.strftime("%Y-%m-%d %H:%M:%S.000", time.gmtime(NOW_SECONDS)))
    assert row == expected
    days = clickhouse.query("SELECT metadata.trial.days::UInt8 FROM telemetry.events_once")
    assert days == "14"


def test_unknown_fields_land_in_metadata(clickhouse: ClickHouse, worker: Worker) -> None:
    """Nothing a client sends is dropped."""
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
    ],
)
def test_timestamps_of_every_form_are_one_moment(
    clickhouse: ClickHouse, worker: Worker, timestamp: object
) -> None:
    """Unix seconds, Unix milliseconds, RFC 3339."""
    clickhouse.query("ALTER TABLE telemetry.events REMOVE TTL")
    assert worker.post_event(event(timestamp=timestamp)).status == 200
    (row,) = stored_events(clickhouse, worker)
    assert row["timestamp"] == "2026-11-21 07:26:40.000"


def test_equal_events_count_once(clickhouse: ClickHouse, worker: Worker) -> None:
    """Name, user, time and channel make an event, whatever else its repeats say and when."""
    for plan in ("free", "pro", "team"):
        assert worker.post_event(event(metadata={"plan": plan})).status == 200
        wait_until("delivered", worker.is_drained)
    assert worker.post_event(event(channel="mail")).status == 200
    assert worker.post_event(event(user_id="u2")).status == 200
    rows = stored_events(clickhouse, worker)
    assert [(row["user_id"], row["channel"]) for row in rows].count(("u1", "web")) == 1
    assert len(rows) == 3


def test_events_without_a_time_are_never_taken_for_repeats(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Two clicks a moment apart may be one body twice."""
    for _click in range(3):
        assert worker.post_event({"event_name": "click"}).status == 200
        time.sleep(0.002)  # another millisecond, so another timestamp
    assert len(stored_events(clickhouse, worker)) == 3


def test_event_sent_again_is_stored_once(clickhouse: ClickHouse, worker: Worker) -> None:
    """Its answer was lost; even the table without FINAL has it once."""
    for _again in range(3):
        assert worker.post_event(event()).status == 200
    stored_events(clickhouse, worker)
    assert clickhouse.count("events") == 1


def test_many_single_events_share_writes_and_inserts(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Group commit: far fewer rows in the buffer than events, and few parts in the table."""
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
        ({"event_name": ""}, 'event_name: ""; allowed: a text of 1 to 256'),
        ({"event_name": 5}, "event_name: 5; allowed: a text"),
        ({"event_name": "x" * 257}, "allowed: a text of 1 to 256 characters"),
        (event(user_id=["a"]), 'user_id: ["a"]; allowed: a text'),
        (event(timestamp="yesterday"), 'timestamp: "yesterday"; allowed: Unix seconds'),
        (event(timestamp=-1), "timestamp: -1; allowed"),
        (event(timestamp=10**15), "allowed: Unix seconds"),
        (event(timestamp="2026-13-45T00:00:00Z"), "allowed: Unix seconds"),
        (event(tags="new"), 'tags: "new"; allowed: at most 64 texts'),
        (event(tags=[1]), "tags[0]: 1; allowed: a text"),
        (event(metadata=[1]), "metadata: [1]; allowed: a JSON object"),
        (event(metadata=json.loads('{"a":' * 40 + "1" + "}" * 40)), "nested deeper than 32"),
    ],
)
def test_wrong_events_are_refused_with_one_line(
    make_worker: WorkerFactory, body: object, words: str
) -> None:
    """Field, value, what is allowed."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1")
    answer = worker.post_event(body)
    assert answer.status == 400
    assert words in json.loads(answer.body)["error"]
    assert worker.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


def test_oversized_event_and_wrong_type_are_refused(make_worker: WorkerFactory) -> None:
    """413 and 415 name the limit and the type."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1")
    answer = worker.post_event(event(metadata={"x": "y" * 70_000}))
    assert answer.status == 413
    assert "at most 65536 bytes" in json.loads(answer.body)["error"]
    answer = worker.post_event(event(), content_type="text/plain")
    assert answer.status == 415
    assert "allowed: application/json" in json.loads(answer.body)["error"]


ODD_METADATA = [
    r'{"half": "\ud800", "\udfff": 1}',
    '{"a": {"b": 1}, "a.b": 2}',
    '{"big": 123456789012345678901234567890, "huge": 1e400, "tiny": 1e-400}',
    '{"mixed": [1, "a", null, {"b": [true, [1.5]]}, []]}',
    '{"": "empty", " ": 1, "a\\u0000b": 2, "__proto__": {"x": 1}}',
    '{"a": 1}',
    '{"a": "text"}',
    '{"a": [{"b": 1}, {"b": "c"}]}',
    '{"a": null, "b": {}, "c": []}',
    '{"n": -9223372036854775808, "u": 18446744073709551615}',
    '{"date": "2026-01-01", "time": "2026-01-01 00:00:00", "uuid": "not one"}',
    '{"a": {"": {"": 1}}}',
    '{"x": ' + "[" * 30 + "]" * 30 + "}",
]


def test_odd_but_legal_metadata_never_poisons_a_batch(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Everything that is JSON is stored; ClickHouse refuses none of it."""
    for number, metadata in enumerate(ODD_METADATA):
        body = json.dumps(event(user_id=f"u{number}", metadata=0))
        sent = body.replace('"metadata": 0', f'"metadata": {metadata}').encode()
        assert worker.post_event(sent).status == 200, metadata
    assert len(stored_events(clickhouse, worker)) == len(ODD_METADATA)
    assert worker.stored("SELECT error FROM dead_letters") == []


def test_large_integers_keep_their_digits(clickhouse: ClickHouse, worker: Worker) -> None:
    """As long as 64 bits hold them; beyond, they are numbers with an exponent."""
    numbers = '{"a": 9007199254740993, "b": 18446744073709551615, "c": -9223372036854775809}'
    sent = json.dumps(event(metadata=0)).replace('"metadata": 0', f'"metadata": {numbers}')
    assert worker.post_event(sent.encode()).status == 200
    (row,) = stored_events(clickhouse, worker)
    metadata = row["metadata"]
    assert isinstance(metadata, dict)
    assert float(metadata.pop("c")) == -(2.0**63)
    assert metadata == {"a": 2**53 + 1, "b": 2**64 - 1}
