"""Who is let in: tokens, their scopes, their ends, their teams."""

from __future__ import annotations

import json

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

EVENT = {"event_name": "signup", "timestamp": 1_900_000_000}
NOWHERE = "http://127.0.0.1:1"


def send(worker: Worker, token: str) -> Answer:
    return worker.post_event(EVENT, authorization=f"Bearer {token}")


def test_each_token_is_for_what_it_says(make_worker: WorkerFactory) -> None:
    """One that is known and of no use here is 403, and the line says what it is for."""
    worker = make_worker(
        clickhouse_url=NOWHERE,
        access=access_document(
            token_entry("reads", name="dashboards", scopes=["read"]),
            token_entry("traces", name="collector", scopes=["traces", "logs"]),
        ),
    )
    assert send(worker, TOKEN).status == 200
    refused = send(worker, "reads")
    assert refused.status == 403
    assert json.loads(refused.body) == {
        "error": "authorization: token dashboards is for read; this asks for events"
    }
    assert 'error="insufficient_scope", scope="events"' in refused.headers["www-authenticate"]
    assert send(worker, "traces").status == 403
    authorization = "Bearer traces"
    assert worker.post_traces(b"", authorization=authorization).status == 200


@pytest.mark.parametrize(
    ("expires_at", "status"),
    [("2020-01-01T00:00:00Z", 401), ("2099-01-01T00:00:00+02:00", 200), (None, 200)],
)
def test_an_expired_token_is_not_accepted(
    make_worker: WorkerFactory, expires_at: str | None, status: int
) -> None:
    """The refusal says when it ended."""
    entry = token_entry("old", name="shop", expires_at=expires_at)
    worker = make_worker(clickhouse_url=NOWHERE, access=access_document(entry))
    answer = send(worker, "old")
    assert answer.status == status
    assert status == 200 or b"token shop ended at 2020-01-01T00:00:00.000Z" in answer.body


def test_both_tokens_of_a_rotation_work_and_a_revoked_one_does_not(
    make_worker: WorkerFactory,
) -> None:
    """A rotated token is two entries of one name, a revoked one is none."""
    both = access_document(token_entry("v1", name="shop"), token_entry("v2", name="shop"))
    worker = make_worker(clickhouse_url=NOWHERE, access=both)
    assert [send(worker, token).status for token in ("v1", "v2")] == [200, 200]
    only = access_document(token_entry("v2", name="shop"))
    worker.deploy(clickhouse_url=NOWHERE, limits={}, access=only)
    worker.restart()
    assert [send(worker, token).status for token in ("v1", "v2")] == [401, 200]


def test_a_broken_team_holds_up_no_other(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Each team has a buffer and a database; one without tables waits, and then gets its rows."""
    worker = make_worker(
        clickhouse_url=clickhouse.url,
        access=access_document(token_entry("other's", name="theirs", team="other")),
    )
    assert send(worker, "other's").status == 200
    assert send(worker, TOKEN).status == 200
    wait_until("the other team's row arrives", lambda: clickhouse.count("events") == 1)
    clickhouse.migrate(database="other")
    wait_until(
        "the row arrives in its own database",
        lambda: clickhouse.query("SELECT count() FROM other.events") == "1",
    )
    assert clickhouse.count("events") == 1
