"""Access: tokens, their scopes, expiry and teams."""

from __future__ import annotations

import base64
import json
import time

import pytest

from tests.support.access_binding import TOKEN, access_document, token_entry
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.worker_runtime import Response, Worker, WorkerFactory

# A time within the time window of the tables.
NOW = int(time.time())
EVENT = {"event_name": "signup", "timestamp": NOW}
NOWHERE = "http://127.0.0.1:1"


def send(worker: Worker, token: str) -> Response:
    return worker.post_event(EVENT, authorization=f"Bearer {token}")


def test_a_token_is_valid_for_its_scopes_only(make_worker: WorkerFactory) -> None:
    """A known token without the scope gets a 403 that lists the token's scopes."""
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
        "error": "authorization: token dashboards has the scopes read, not events; send with "
        "another token, or add the scope to it in the deployment's config"
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
    """The rejection contains the time of expiry."""
    entry = token_entry("old", name="shop", expires_at=expires_at)
    worker = make_worker(clickhouse_url=NOWHERE, access=access_document(entry))
    answer = send(worker, "old")
    assert answer.status == status
    ended = b"token shop expired at 2020-01-01T00:00:00.000Z; send with the token that replaced it"
    assert status == 200 or ended in answer.body


@pytest.mark.parametrize(
    "expires_at", ["20990101T000000Z", "2099-W01-1T00:00:00Z", "2099-01-01", "never", 1, ""]
)
def test_a_token_whose_end_cannot_be_read_has_ended(
    make_worker: WorkerFactory, expires_at: object
) -> None:
    """An invalid entry grants no access, and does not affect other tokens."""
    entry = token_entry("odd", name="shop", expires_at=expires_at)
    worker = make_worker(clickhouse_url=NOWHERE, access=access_document(entry))
    assert send(worker, "odd").status == 401
    assert send(worker, TOKEN).status == 200


def test_both_tokens_of_a_rotation_work_and_a_revoked_one_does_not(
    make_worker: WorkerFactory,
) -> None:
    """A rotated token has two entries of one name; a revoked token has none."""
    both = access_document(token_entry("v1", name="shop"), token_entry("v2", name="shop"))
    worker = make_worker(clickhouse_url=NOWHERE, access=both)
    assert [send(worker, token).status for token in ("v1", "v2")] == [200, 200]
    only = access_document(token_entry("v2", name="shop"))
    worker.deploy(clickhouse_url=NOWHERE, limits={}, access=only)
    worker.restart()
    assert [send(worker, token).status for token in ("v1", "v2")] == [401, 200]


def test_a_leaked_token_is_revoked_at_once(make_worker: WorkerFactory) -> None:
    """With another `version` and a `previousValidUntil` in the past, only the new token works."""
    ended = token_entry("leaked", name="shop", expires_at="2020-01-01T00:00:00.000Z")
    access = access_document(token_entry("new", name="shop"), ended)
    worker = make_worker(clickhouse_url=NOWHERE, access=access)
    assert [send(worker, token).status for token in ("leaked", "new")] == [401, 200]


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_the_token_may_be_the_password_of_basic_authentication(make_worker: WorkerFactory) -> None:
    """The user name can be anything or empty. The Collector's `basicauth` extension sends one."""
    worker = make_worker(clickhouse_url=NOWHERE)
    for user in ("ingest", "", "somebody else"):
        assert worker.post_event(EVENT, authorization=basic(user, TOKEN)).status == 200
    lower = basic("ingest", TOKEN).replace("Basic", "basic")
    assert worker.post_traces(b"", authorization=lower).status == 200
    for wrong in (basic("ingest", "wrong"), basic(TOKEN, ""), "Basic %%%", "Basic", TOKEN):
        refused = worker.post_event(EVENT, authorization=wrong)
        assert refused.status == 401
        challenge = refused.headers["www-authenticate"]
        assert challenge.startswith('Bearer realm="ingest"')
        assert 'Basic realm="ingest"' in challenge
    as_user = worker.post_event(EVENT, authorization=basic(TOKEN, ""))
    assert b"Basic has a user name but no password; put the token in the password" in as_user.body


def test_a_header_longer_than_any_token_is_rejected_unread(make_worker: WorkerFactory) -> None:
    """Even a valid token in it is not read: an isolate's cache of tokens has a limit."""
    worker = make_worker(clickhouse_url=NOWHERE)
    refused = worker.post_event(EVENT, authorization=f"Bearer {' ' * 2_000}{TOKEN}")
    assert refused.status == 401
    assert b"characters, allowed: 1024; send `Authorization: Bearer <token>`" in refused.body
    assert worker.post_event(EVENT, authorization=f"Bearer   {TOKEN} ").status == 200


def test_a_team_without_tables_delays_no_other_team(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Each team has a buffer and a database; rows for a missing table wait until it exists."""
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


def test_a_token_above_its_rate_gets_a_429(make_worker: WorkerFactory) -> None:
    """The 429 has the time until the next request is allowed. Other tokens are not delayed."""
    slow = token_entry("slow", name="nightly", requests_per_second=0.001)
    worker = make_worker(clickhouse_url=NOWHERE, access=access_document(slow))
    assert send(worker, "slow").status == 200
    refused = send(worker, "slow")
    assert refused.status == 429
    assert b"token nightly may send 0.001 requests per second" in refused.body
    assert 900 < int(refused.headers["retry-after"]) <= 1000
    assert send(worker, TOKEN).status == 200


def test_without_a_token_only_events_and_only_where_that_is_allowed(
    make_worker: WorkerFactory,
) -> None:
    """Such bodies must be small, and each address has a separate rate. Reads need a token."""
    public = {"team": "other", "requests_per_second": 0.001}
    worker = make_worker(clickhouse_url=NOWHERE, access=access_document(public=public))
    headers = {"content_type": "application/json", "cf_connecting_ip": "192.0.2.1"}
    body = json.dumps(EVENT).encode()
    assert worker.request("POST", "/events", body, **headers).status == 200
    assert worker.request("POST", "/events", body, **headers).status == 429
    headers["cf_connecting_ip"] = "192.0.2.2"
    large = json.dumps({**EVENT, "metadata": {"x": "y" * 20_000}}).encode()
    assert worker.request("POST", "/events", large, **headers).status == 413
    assert worker.post_event(EVENT, authorization="Bearer wrong").status == 401
    headers["cf_connecting_ip"] = "192.0.2.3"
    assert worker.request("POST", "/v1/traces", b"", **headers).status == 401


def public_worker(make_worker: WorkerFactory, **rates: float) -> Worker:
    """Start a worker that accepts events without a token, by default at high rates."""
    high = {f"{kind}_per_second": 1_000 for kind in PUBLIC_KINDS}
    public = {"team": "other", **high, **rates}
    return make_worker(clickhouse_url=NOWHERE, access=access_document(public=public))


PUBLIC_KINDS = ("requests", "rows", "total_requests", "total_rows")


def send_public(worker: Worker, address: str, *, events: int = 1) -> Response:
    """Send this many events without a token, in one request."""
    return worker.request(
        "POST",
        "/events/bulk",
        json.dumps([EVENT | {"timestamp": NOW - n} for n in range(events)]).encode(),
        content_type="application/json",
        cf_connecting_ip=address,
    )


def test_the_addresses_of_a_network_share_a_rate_without_a_token(
    make_worker: WorkerFactory,
) -> None:
    """The holder of one address of a /64 has the whole /64, in any notation."""
    worker = public_worker(make_worker, requests_per_second=0.001)
    assert send_public(worker, "2001:db8:0:1::1").status == 200
    for same in ("2001:db8:0:1::2", "2001:DB8:0000:1:ffff::", "2001:db8::1:0:0:0:9"):
        refused = send_public(worker, same)
        assert refused.status == 429
        assert b"public 2001:db8:0:1::/64" in refused.body
    assert send_public(worker, "2001:db8:0:2::1").status == 200
    assert send_public(worker, "192.0.2.1").status == 200
    assert send_public(worker, "::ffff:192.0.2.1").status == 429


def test_rows_without_a_token_are_counted_as_well_as_requests(make_worker: WorkerFactory) -> None:
    """A bulk request counts its rows, and the rows of one address do not count for another."""
    worker = public_worker(make_worker, rows_per_second=0.01)
    assert send_public(worker, "192.0.2.1", events=20).status == 200
    refused = send_public(worker, "192.0.2.1", events=2)
    assert refused.status == 429
    assert b"0.01 rows per second (public 192.0.2.1)" in refused.body
    assert b"requests per second" not in refused.body
    assert b"total" not in refused.body
    # 20 rows minus the 1 that was left, at 0.01 a second, minus the time that has passed.
    assert 1_900 < int(refused.headers["retry-after"]) <= 2_000
    assert send_public(worker, "192.0.2.2", events=3).status == 200


@pytest.mark.parametrize("total", ["total_requests_per_second", "total_rows_per_second"])
def test_all_senders_without_a_token_share_a_total(make_worker: WorkerFactory, total: str) -> None:
    """The total applies to any number of addresses. Requests with a token are not delayed."""
    worker = public_worker(make_worker, **{total: 2})
    answers = [send_public(worker, f"192.0.2.{n}", events=n + 1).status for n in range(20)]
    assert set(answers) == {200, 429}
    assert answers[0] == 200
    assert send(worker, TOKEN).status == 200


def test_senders_without_a_token_have_a_share_of_the_buffer(make_worker: WorkerFactory) -> None:
    """Such senders can fill an eighth of the buffer space that the team's tokens may fill."""
    public = {"team": "other", **{f"{kind}_per_second": 1_000 for kind in PUBLIC_KINDS}}
    theirs = token_entry("theirs", name="theirs", team="other")
    worker = make_worker(
        clickhouse_url=NOWHERE,
        limits={"BUFFER_MAX_BYTES": 8_000},
        access=access_document(theirs, public=public),
    )
    answers = [send_public(worker, f"192.0.2.{n}", events=n + 5) for n in range(10)]
    assert {answer.status for answer in answers} == {200, 429}
    assert b"buffer: " in answers[-1].body
    assert send(worker, "theirs").status == 200


PAGE = "https://shop.example.com"


def test_pages_of_listed_origins_may_send(make_worker: WorkerFactory) -> None:
    """A preflight needs no token, and its response lets the page read later responses."""
    worker = make_worker(clickhouse_url=NOWHERE, access=access_document(cors_origins=[PAGE]))
    question = {"access_control_request_method": "POST"}
    answer = worker.request("OPTIONS", "/events", None, origin=PAGE, **question)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert "authorization" in answer.headers["access-control-allow-headers"]
    for sent in (worker.post_event(EVENT, origin=PAGE), worker.post_event({}, origin=PAGE)):
        assert sent.headers["access-control-allow-origin"] == PAGE
        assert sent.headers["vary"] == "origin"

    other = worker.request("OPTIONS", "/events", None, origin="https://example.org", **question)
    assert other.status == 403
    assert b"https://example.org; it is not on this worker's list" in other.body
    sent = worker.post_event(EVENT, origin="https://example.org")
    for refused in (other, sent):
        assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize(
    ("header", "line"),
    [("dnt", "DNT: 1"), ("sec_gpc", "Sec-GPC: 1"), ("do_not_track", "Do-Not-Track: 1")],
)
def test_events_of_visitors_who_opted_out_of_tracking_are_not_stored(
    make_worker: WorkerFactory, header: str, line: str
) -> None:
    """The request gets a success that reports it, so that the sender does not send it again."""
    worker = make_worker(clickhouse_url=NOWHERE)
    answer = worker.post_event(EVENT, **{header: "1"})
    assert (answer.status, answer.headers["tk"]) == (200, "N")
    assert json.loads(answer.body) == {"status": "not stored", "reason": line}
    traces = worker.post_traces(export_bytes(3, seed=1), **{header: "1"})
    assert (traces.status, traces.headers["tk"], traces.body) == (200, "N", b"")
    assert worker.stored("SELECT count(*) FROM chunks") in ([], [(0,)])
    assert worker.post_event(EVENT, **{header: "0"}).headers.get("tk") is None
    assert worker.stored("SELECT sum(row_count) FROM chunks") == [(1,)]


def test_opting_out_of_tracking_is_counted_and_can_be_ignored(
    make_worker: WorkerFactory,
) -> None:
    """A deployment can ignore it. The metrics count the events that were not stored."""
    admin = token_entry("admin", name="operator", scopes=["admin"])
    honors = make_worker(clickhouse_url=NOWHERE, access=access_document(admin))
    assert honors.post_event(EVENT, dnt="1").headers["tk"] == "N"
    honors.post_traces(export_bytes(3, seed=1), sec_gpc="1")
    honors.post_traces(export_bytes(3, seed=1), sec_gpc="1")
    scraped = honors.request("GET", "/admin/metrics", authorization="Bearer admin").body.decode()
    counter = 'ingest_untracked_requests_total{team="default",signal='
    assert f'{counter}"events"}} 1\n' in scraped
    assert f'{counter}"traces"}} 2\n' in scraped

    access = access_document(honor_do_not_track=False)
    stores = make_worker(clickhouse_url=NOWHERE, access=access)
    answer = stores.post_event(EVENT, dnt="1")
    assert (answer.status, answer.headers.get("tk")) == (200, None)
    assert stores.stored("SELECT sum(row_count) FROM chunks") == [(1,)]
