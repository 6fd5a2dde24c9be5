"""`GET /metrics`: counts of product events, for the read token alone."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.worker.conftest import WorkerFactory
from tests.worker.engines import (
    TOKEN,
    Answer,
    ClickHouse,
    Worker,
    access_document,
    token_entry,
    wait_until,
)
from tests.worker.test_bulk_events import post

READ = token_entry("reads", name="dashboards", scopes=["read"])
READ_OTHER = token_entry("reads-other", name="theirs", scopes=["read"], team="other")
NOON = "2026-11-20T12:00:00Z"


def ask(worker: Worker, token: str = "reads", **parameters: object) -> Answer:  # noqa: S107
    """The answer to a question with these parameters."""
    path = f"/metrics?{urlencode(parameters)}"
    return worker.request("GET", path, None, authorization=f"Bearer {token}")


def answered(worker: Worker, **parameters: object) -> dict[str, Any]:
    asked = {"event_name": "signup", "from": "2026-11-01T00:00:00Z", **parameters}
    answer = ask(worker, "reads", **asked)
    assert answer.status == 200, answer.body
    found: dict[str, Any] = json.loads(answer.body)
    return found


@pytest.fixture
def reading(clickhouse: ClickHouse, make_worker: WorkerFactory) -> Worker:
    """A worker that has stored five sign-ups, some of them twice, and something else."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=access_document(READ, READ_OTHER))
    clickhouse.query("ALTER TABLE telemetry.events REMOVE TTL")
    signups: list[dict[str, object]] = [
        {"channel": "web", "user_id": "u1", "timestamp": NOON, "tags": ["new", "paid"]},
        {"channel": "web", "user_id": "u2", "timestamp": "2026-11-20T12:59:59Z", "tags": ["new"]},
        {"channel": "web", "user_id": "u1", "timestamp": "2026-11-20T13:00:00Z"},
        {"channel": "mail", "user_id": "u3", "timestamp": "2026-11-21T00:00:00Z"},
        {"channel": "mail", "timestamp": "2026-11-21T00:00:01Z", "campaign_id": "spring"},
    ]
    events: list[dict[str, object]] = [{"event_name": "signup", **each} for each in signups]
    for sent in ([*events, events[0], {"event_name": "other", "timestamp": NOON}], events[:2]):
        assert post(worker, "/events/bulk", sent).status == 200
    wait_until("delivered", worker.is_drained)
    return worker


def test_events_are_counted_once_whatever_was_sent_twice(reading: Worker) -> None:
    """Totals and users, whole and per group; an event without a user is no user's."""
    whole = answered(reading, to="2026-12-01T00:00:00Z")
    assert whole == {
        "event_name": "signup",
        "from": "2026-11-01T00:00:00.000Z",
        "to": "2026-12-01T00:00:00.000Z",
        "total": 5,
        "unique_users": 3,
    }
    groups = {
        by: [
            (group["key"], group["total"], group["unique_users"])
            for group in answered(reading, to="2026-12-01T00:00:00Z", group_by=by)["groups"]
        ]
        for by in ("channel", "campaign_id", "user_id", "tag", "hour", "day")
    }
    assert groups == {
        "channel": [("web", 3, 2), ("mail", 2, 1)],
        "campaign_id": [("", 4, 3), ("spring", 1, 0)],
        "user_id": [("u1", 2, 1), ("", 1, 0), ("u2", 1, 1), ("u3", 1, 1)],
        "tag": [("new", 2, 2), ("paid", 1, 1)],
        "hour": [
            ("2026-11-20T12:00:00Z", 2, 2),
            ("2026-11-20T13:00:00Z", 1, 1),
            ("2026-11-21T00:00:00Z", 2, 1),
        ],
        "day": [("2026-11-20", 3, 2), ("2026-11-21", 2, 1)],
    }
    # `from` is in the range and `to` is not, in each of the forms a time may have.
    for start, end in ((NOON, "2026-11-20T13:00:00Z"), (1795176000, 1795179600000)):
        assert answered(reading, **{"from": start, "to": end})["total"] == 2
    assert answered(reading, event_name="nothing")["total"] == 0


def test_values_are_bound_and_never_part_of_the_statement(reading: Worker) -> None:
    """What looks like SQL, or like an escape, is a name that no event has."""
    for name in ("' OR 1 = 1 --", "{to:String}", "signup\\", "a\tb\nc\0", "signup' UNION ALL"):
        assert answered(reading, event_name=name)["total"] == 0
    odd = "tab\there \\n 'quoted' {x:String} é"
    sent = post(reading, "/events", {"event_name": odd, "timestamp": NOON})
    assert sent.status == 200
    wait_until("delivered", reading.is_drained)
    assert answered(reading, event_name=odd)["total"] == 1


def test_a_team_reads_what_is_its_own(clickhouse: ClickHouse, reading: Worker) -> None:
    """And only with a token for reading; without its tables the answer is a 503."""
    assert ask(reading, TOKEN, event_name="signup").status == 403
    refused = ask(reading, "reads-other", event_name="signup")
    assert refused.status == 503
    assert refused.headers["retry-after"] == "1"
    assert json.loads(refused.body) == {
        "error": "clickhouse: cannot answer at the moment; ask again"
    }
    clickhouse.migrate(database="other")
    answer = ask(reading, "reads-other", event_name="signup")
    assert json.loads(answer.body)["total"] == 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "event_name: missing; a text of 1 to 256 characters"),
        ("event_name=", 'event_name: ""; allowed: a text of 1 to 256 characters'),
        ("event_name=a&event_name=b", "event_name: there more than once"),
        ("event_name=a&from=yesterday", 'from: "yesterday"; allowed: Unix seconds'),
        ("event_name=a&to=2026-02-31T25:00:00Z", "to: "),
        ("event_name=a&from=20&to=10", 'from: "20"; allowed: a time before `to`'),
        ("event_name=a&group_by=os", 'group_by: "os"; allowed: channel, campaign_id, user_id'),
        ("event_name=a&groupby=tag", 'groupby: "tag"; allowed: the fields event_name, from'),
    ],
)
def test_wrong_questions_are_refused_with_one_line(
    make_worker: WorkerFactory, query: str, words: str
) -> None:
    """Field, value, what is allowed."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", access=access_document(READ))
    answer = worker.request("GET", f"/metrics?{query}", None, authorization="Bearer reads")
    assert answer.status == 400
    assert words in json.loads(answer.body)["error"]
