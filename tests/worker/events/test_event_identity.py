"""Deduplication of product events, and the repeat that is kept."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.access_binding import access_document, token_entry
from tests.support.clickhouse_server import ClickHouse
from tests.support.process import wait_until
from tests.support.product_events import NOW_SECONDS, event, post, stored_events
from tests.support.worker_runtime import Worker, WorkerFactory


def test_events_without_a_time_never_merge(clickhouse: ClickHouse, worker: Worker) -> None:
    """One bulk has 1,000 equal events, and 400 more arrive within a few milliseconds."""
    assert post(worker, "/events/bulk", [{"event_name": "bulk"}] * 1_000).status == 200
    with ThreadPoolExecutor(32) as pool:
        answers = pool.map(lambda _n: worker.post_event({"event_name": "single"}), range(400))
        assert {answer.status for answer in answers} == {200}
    rows = stored_events(clickhouse, worker)
    names = [row["event_name"] for row in rows]
    assert (names.count("bulk"), names.count("single")) == (1_000, 400)
    clickhouse.query("OPTIMIZE TABLE telemetry.events FINAL")
    assert clickhouse.count("events") == 1_400


def test_equal_events_count_once(clickhouse: ClickHouse, worker: Worker) -> None:
    """Name, user, time and channel identify an event; other fields of repeats may differ."""
    for plan in ("free", "pro", "team"):
        assert worker.post_event(event(metadata={"plan": plan})).status == 200
        wait_until("delivered", worker.is_drained)
    assert worker.post_event(event(channel="mail")).status == 200
    assert worker.post_event(event(user_id="u2")).status == 200
    # The same characters, divided differently between channel and user.
    assert worker.post_event(event(channel="we", user_id="bu1")).status == 200
    rows = stored_events(clickhouse, worker)
    found = sorted((str(row["user_id"]), str(row["channel"])) for row in rows)
    assert found == [("bu1", "we"), ("u1", "mail"), ("u1", "web"), ("u2", "web")]


@pytest.mark.parametrize("identity", [{}, {"event_id": "e-1"}])
def test_the_first_event_received_is_kept(
    clickhouse: ClickHouse, make_worker: WorkerFactory, identity: dict[str, str]
) -> None:
    """Repeats in the same body, in another body, or with another token of the team do not win."""
    access = access_document(token_entry("second", name="second"))
    worker = make_worker(clickhouse_url=clickhouse.url, access=access)
    first = event(metadata={"n": 0}, tags=["first"], **identity)
    later = [event(metadata={"n": n}, campaign_id="later", **identity) for n in range(1, 5)]
    assert post(worker, "/events/bulk", [first, later[0]]).status == 200
    wait_until("delivered", worker.is_drained)
    assert post(worker, "/events/bulk", later[1:3]).status == 200
    wait_until("delivered", worker.is_drained)
    assert post(worker, "/events", later[3], authorization="Bearer second").status == 200
    for _merged in range(2):
        (row,) = stored_events(clickhouse, worker)
        assert (row["metadata"], row["tags"], row["campaign_id"]) == ({"n": 0}, ["first"], "spring")
        clickhouse.query("OPTIMIZE TABLE telemetry.events FINAL")
    assert clickhouse.count("events") == 1


def test_an_event_id_is_the_identity(clickhouse: ClickHouse, worker: Worker) -> None:
    """Other fields may differ. Another name is another event. Integer ids equal their strings."""
    assert worker.post_event(event(event_id=7, user_id="u1")).status == 200
    same = event(event_id="7", user_id="u2", channel="mail", timestamp=NOW_SECONDS - 86_400)
    assert worker.post_event(same).status == 200
    assert worker.post_event({"event_name": "signup", "event_id": "7"}).status == 200
    assert worker.post_event(event(event_id="7", event_name="login")).status == 200
    assert worker.post_event(event(event_id="8")).status == 200
    rows = stored_events(clickhouse, worker)
    found = sorted((str(row["event_name"]), row["event_id"], row["user_id"]) for row in rows)
    assert found == [("login", "7", "u1"), ("signup", "7", "u1"), ("signup", "8", "u1")]


def test_an_event_with_an_id_or_a_time_sent_again_is_stored_once(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """The first response was lost. Even without FINAL the table has the event once."""
    for body in (event(), {"event_name": "click", "event_id": "c-1"}):
        for _again in range(3):
            assert worker.post_event(body).status == 200
    stored_events(clickhouse, worker)
    assert clickhouse.count("events") == 2


def test_a_generated_id_sent_by_a_client_matches_its_time_or_is_rejected(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Rows that are exported and sent again merge. Other ids of this form are rejected."""
    assert worker.post_event(event()).status == 200
    (row,) = stored_events(clickhouse, worker)
    assert worker.post_event(event(event_id=row["event_id"])).status == 200
    assert len(stored_events(clickhouse, worker)) == 1
    built = str(row["event_id"])
    for fields in (
        {"event_id": built, "timestamp": NOW_SECONDS + 1},
        {"event_id": built.replace("-", "x")},
        {"event_id": "built:"},
        {"event_id": "built:mine"},
    ):
        answer = worker.post_event(event(**fields))
        assert answer.status == 400
        assert "allowed: another id" in json.loads(answer.body)["error"]


def test_equal_bodies_of_two_endpoints_are_two_bodies(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """The same bytes sent to another endpoint are a different body."""
    body = {"accountId": "a1", "event": "a", "event_name": "a", "timestamp": NOW_SECONDS}
    zipped = gzip.compress(json.dumps(body).encode())
    for path in ("/events", "/event", "/events/bulk"):
        assert post(worker, path, zipped, content_encoding="gzip").status == 200, path
    rows = stored_events(clickhouse, worker)
    assert [(row["user_id"], row["metadata_text"]) for row in rows] == [
        ("", '{"accountId":"a1","event":"a"}'),
        ("a1", "{}"),
    ]
    assert worker.stored("SELECT count(*) FROM recent_keys") == [(3,)]
