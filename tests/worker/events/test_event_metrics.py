"""`GET /metrics`: counts of product events, only for tokens with the read scope."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.access_binding import TOKEN, access_document, token_entry
from tests.support.clickhouse_server import ClickHouse
from tests.support.process import wait_until
from tests.support.product_events import post
from tests.support.worker_runtime import Response, Worker, WorkerFactory

READ = token_entry("reads", name="dashboards", scopes=["read"])
READ_OTHER = token_entry("reads-other", name="theirs", scopes=["read"], team="other")
NOON = "2026-11-20T12:00:00Z"


def ask(worker: Worker, token: str = "reads", **parameters: object) -> Response:  # noqa: S107
    """Return the response to a query with these parameters."""
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
    """Start a worker that has stored five sign-ups, some of them twice, and another event."""
    worker = make_worker(clickhouse_url=clickhouse.url, access=access_document(READ, READ_OTHER))
    clickhouse.query("ALTER TABLE telemetry.events REMOVE TTL")
    signups: list[dict[str, object]] = [
        {"channel": "web", "user_id": "u1", "timestamp": NOON, "tags": ["new", "paid", "new"]},
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


def test_events_that_were_sent_twice_are_counted_once(reading: Worker) -> None:
    """The counts are events and users, in total and per group. Some events have no user."""
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
    assert answered(reading, event_name="nothing")["total"] == 0


@pytest.mark.parametrize(
    ("start", "end", "total"),
    [
        (NOON, "2026-11-20T12:59:59Z", 2),
        (NOON, "2026-11-20T12:59:58.999Z", 1),
        ("2026-11-20T12:00:00", "2026-11-20 13:00:00", 3),
        (1795176000, 1795179599000, 2),
        ("2026-11-20", "2026-11-20", 3),
        ("2026-11-20", "2026-11-21", 5),
        ("2026-11-21", "2026-11-21T00:00:00Z", 1),
        (NOON, NOON, 1),
        ("2026-11-20T12:00:00.001Z", "2026-11-20", 2),
    ],
)
def test_both_ends_of_a_range_count_and_a_date_is_its_whole_day(
    reading: Worker, start: object, end: object, total: int
) -> None:
    """This holds for each format of a time."""
    assert answered(reading, **{"from": start, "to": end})["total"] == total


def test_an_id_sent_again_with_another_day_counts_once(reading: Worker) -> None:
    """The event counts on the day of the first one, whichever days the query selects."""
    for day in ("2026-11-10", "2026-11-12"):
        event = {"event_name": "order", "event_id": "o-1", "timestamp": f"{day}T01:00:00Z"}
        assert post(reading, "/events", event).status == 200
        wait_until("delivered", reading.is_drained)
    days = {"from": "2026-11-01", "to": "2026-11-30"}
    assert answered(reading, event_name="order", **days)["total"] == 1
    for day, total in (("2026-11-10", 1), ("2026-11-12", 0)):
        found = answered(reading, event_name="order", **{"from": day, "to": day})
        assert found["total"] == total


def test_an_id_of_any_form_counts(reading: Worker) -> None:
    """An id that sorts next to generated ids counts too. A time range excludes those by id."""
    ids = ["t0001", "T0001", "t01", "t0-1", "t018f2f6e-7a7b-7c3a-9d55-0a1b2c3d4e5f", "z", "\x01"]
    ids += ["t019c167fc893-90f301e32961f65d", "built", "built9", "built;", "Built:0", "buil", "🚀"]
    events = [
        {"event_name": "order", "event_id": sent, "timestamp": NOON} for sent in [*ids, 17, None]
    ]
    answer = post(reading, "/events/bulk", events)
    assert json.loads(answer.body)["rejected"] == 0
    wait_until("delivered", reading.is_drained)
    for day in ("2026-11-01", "2026-11-20"):
        found = answered(reading, event_name="order", **{"from": day, "to": "2026-11-20"})
        assert found["total"] == len(events)
    past = answered(reading, event_name="order", **{"from": "2026-11-21", "to": "2026-11-30"})
    assert past["total"] == 0


def test_values_are_bound_and_never_part_of_the_statement(reading: Worker) -> None:
    """A value that looks like SQL or an escape is a name that no event has."""
    for name in ("' OR 1 = 1 --", "{to:String}", "signup\\", "a\tb\nc\0", "signup' UNION ALL"):
        assert answered(reading, event_name=name)["total"] == 0
    odd = "tab\there \\n 'quoted' {x:String} é"
    sent = post(reading, "/events", {"event_name": odd, "timestamp": NOON})
    assert sent.status == 200
    wait_until("delivered", reading.is_drained)
    assert answered(reading, event_name=odd)["total"] == 1


def test_a_team_reads_only_its_own_events(clickhouse: ClickHouse, reading: Worker) -> None:
    """The token must have the scope `read`. Without the team's tables the response is a 503."""
    assert ask(reading, TOKEN, event_name="signup").status == 403
    refused = ask(reading, "reads-other", event_name="signup")
    assert refused.status == 503
    assert refused.headers["retry-after"] == "1"
    assert json.loads(refused.body) == {
        "error": "clickhouse: not available at the moment; send the request again"
    }
    clickhouse.migrate(database="other")
    answer = ask(reading, "reads-other", event_name="signup")
    assert json.loads(answer.body)["total"] == 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "event_name: missing; a string of 1 to 256 characters"),
        ("event_name=", 'event_name: ""; allowed: a string of 1 to 256 characters'),
        ("event_name=a&event_name=b", "event_name: present more than once"),
        ("event_name=a&from=yesterday", 'from: "yesterday"; allowed: Unix seconds'),
        ("event_name=a&to=2026-02-31T25:00:00Z", "to: "),
        ("event_name=a&from=2026-02-31", 'from: "2026-02-31"; allowed: a time from 1970'),
        ("event_name=a&to=2026-02-31T00:00:00Z", "of a day that exists"),
        ("event_name=a&from=20&to=10", 'from: "20"; allowed: a time not after `to`'),
        ("event_name=a&group_by=os", 'group_by: "os"; allowed: channel, campaign_id, user_id'),
        ("event_name=a&groupby=tag", 'groupby: "tag"; allowed: the fields event_name, from'),
    ],
)
def test_invalid_queries_are_rejected_with_one_line(
    make_worker: WorkerFactory, query: str, words: str
) -> None:
    """The line has the field, the value and what is allowed."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", access=access_document(READ))
    answer = worker.request("GET", f"/metrics?{query}", None, authorization="Bearer reads")
    assert answer.status == 400
    assert words in json.loads(answer.body)["error"]
