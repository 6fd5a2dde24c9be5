"""Error reports: which errors Sentry receives, how often, and which data it never receives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.rejected_bodies import FEW_DAYS, many_days
from tests.support.worker_runtime import Worker, WorkerFactory
from tests.worker.admin.damaged_storage import damage_storage, health_of
from tests.worker.admin.sentry_receiver import KEY, Receiver

SECRET = "a-senders-secret"
# The deepest possible body, which is deeper than the stack.
DEEP = {"MAX_JSON_DEPTH": 10**9}
LEVELS = 400_000
HASTE = {"RETRY_FIRST_MS": 10, "RETRY_MAX_MS": 20}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Start a local Sentry that receives the reports."""
    with Receiver() as running:
        yield running


def deep_event() -> dict[str, Any]:
    """Return an event that overflows the stack of a worker without its depth limit."""
    return {"event_name": "deep", "user_id": SECRET, "metadata": "DEEP"}


def post_deep(worker: Worker, path: str = "/events/bulk") -> int:
    text = json.dumps([deep_event()])
    deep = '{"' + SECRET + '":' + '{"a":' * LEVELS + "1" + "}" * LEVELS + "}"
    body = text.replace('"DEEP"', deep).encode()
    return worker.request(
        "POST",
        f"{path}?key={SECRET}",
        body,
        authorization=f"Bearer {TOKEN}",
        content_type="application/json",
    ).status


def assert_no_private_data(receiver: Receiver) -> None:
    """Check that no report has client data, a token, a password, an address, or Sentry's key."""
    for each in receiver.received:
        for secret in (SECRET, TOKEN, "writer", "127.0.0.1", KEY, "GET /cart", "checkout"):
            assert secret.encode() not in each.body, (secret, each.body)


def test_a_bug_is_reported_once_a_minute_and_delays_no_request(
    clickhouse: ClickHouse, make_worker: WorkerFactory, receiver: Receiver
) -> None:
    """The report has the location of the error and no body. A Sentry that hangs delays nothing."""
    receiver.may_answer.clear()
    limits = {**DEEP, "REPORT_TIMEOUT_MS": 60_000}
    worker = make_worker(clickhouse_url=clickhouse.url, limits=limits, sentry_dsn=receiver.dsn)
    for _ in range(3):
        assert post_deep(worker) == 500
    assert post_deep(worker, "/events") == 413
    wait_until("a report", lambda: len(receiver.received) == 1)
    receiver.may_answer.set()
    (event,) = receiver.events("RangeError")
    (exception,) = event["exception"]["values"]
    assert exception["value"] == "Maximum call stack size exceeded"
    assert len(exception["stacktrace"]["frames"]) > 1
    assert event["tags"] == {"place": "/events/bulk"}
    wait_until("the log has its id", lambda: event["event_id"] in worker.process.log)
    assert_no_private_data(receiver)


def test_batches_that_cannot_be_delivered_are_reported_now_and_then(
    clickhouse: ClickHouse, make_worker: WorkerFactory, receiver: Receiver
) -> None:
    """Reports are by table and code, after several attempts. The same cause is reported once."""
    worker = make_worker(clickhouse_url=clickhouse.url, limits=HASTE, sentry_dsn=receiver.dsn)
    clickhouse.query("RENAME TABLE telemetry.otel_traces TO telemetry.away")
    assert worker.post_traces(export_bytes(5, seed=1)).status == 200
    wait_until("a report", lambda: receiver.events("DeliveryFailure") != [])
    attempts = "SELECT max(attempts) FROM batches"
    wait_until("more failures", lambda: int(str(worker.stored(attempts)[0][0])) > 33)
    clickhouse.query("RENAME TABLE telemetry.events TO telemetry.gone")
    assert worker.post_event({"event_name": "signup", "user_id": SECRET}).status == 200
    wait_until("of the other", lambda: len(receiver.events("DeliveryFailure")) > 1)
    first, second = receiver.events("DeliveryFailure")
    assert first["tags"] == {"buffer": "default/0", "table": "otel_traces", "code": "60"}
    assert first["exception"]["values"][0]["value"] == (
        "otel_traces: 8 attempts failed, the last with 60"
    )
    assert second["tags"]["table"] == "events"
    assert first["fingerprint"] != second["fingerprint"]
    assert_no_private_data(receiver)


def test_a_dead_letter_is_reported_without_clickhouses_message(
    clickhouse: ClickHouse, make_worker: WorkerFactory, receiver: Receiver
) -> None:
    """ClickHouse's message can quote rows; only the admin API has it."""
    worker = make_worker(clickhouse_url=clickhouse.url, sentry_dsn=receiver.dsn, limits=FEW_DAYS)
    assert worker.post_traces(many_days(1)).status == 200
    wait_until("a report", lambda: receiver.events("DeadLetter") != [])
    (event,) = receiver.events("DeadLetter")
    assert event["level"] == "warning"
    assert event["tags"] == {"buffer": "default/0", "table": "otel_traces", "code": "252"}
    assert_no_private_data(receiver)


def test_a_buffer_that_stays_unreachable_is_reported(
    clickhouse: ClickHouse, make_worker: WorkerFactory, receiver: Receiver
) -> None:
    """The first failure is not reported, because any restart causes one. Reports have no data."""
    worker = make_worker(
        clickhouse_url=clickhouse.url, limits={"UNREACHABLE_MS": 50}, sentry_dsn=receiver.dsn
    )
    damage_storage(worker)
    worker.process.start()
    wait_until("somebody answers", lambda: health_of(worker) is not None)
    assert worker.post_traces(export_bytes(5, seed=1)).status == 503
    wait_until(
        "a report of a later one",
        lambda: (
            worker.post_traces(export_bytes(5, seed=1)).status == 503
            and len(receiver.received) == 1
        ),
    )
    (event,) = [each.event for each in receiver.received]
    assert event["tags"] == {"place": "buffer of default"}
    assert_no_private_data(receiver)


def test_no_report_is_sent_while_sentry_rejects_reports(
    clickhouse: ClickHouse, make_worker: WorkerFactory, receiver: Receiver
) -> None:
    """After a 429 no cause is reported until the time of `Retry-After` has passed."""
    receiver.status = 429
    worker = make_worker(
        clickhouse_url=clickhouse.url, limits={**DEEP, **HASTE}, sentry_dsn=receiver.dsn
    )
    assert post_deep(worker) == 500
    wait_until("a report", lambda: len(receiver.received) == 1)
    wait_until("the 429 is in the log", lambda: "Sentry accepts no reports" in worker.process.log)
    clickhouse.query("RENAME TABLE telemetry.otel_traces TO telemetry.away")
    assert worker.post_traces(export_bytes(5, seed=1)).status == 200
    attempts = "SELECT max(attempts) FROM batches"
    wait_until("failures", lambda: int(str(worker.stored(attempts)[0][0] or 0)) > 8)
    assert len(receiver.received) == 1


@pytest.mark.parametrize("dsn", [None, "https://not-a-dsn", "http://key@127.0.0.1:1/42"])
def test_ingest_continues_without_a_working_sentry(
    clickhouse: ClickHouse, make_worker: WorkerFactory, dsn: str | None
) -> None:
    """There is no DSN, an invalid DSN, or a DSN whose server does not run."""
    worker = make_worker(clickhouse_url=clickhouse.url, limits=DEEP, sentry_dsn=dsn)
    assert post_deep(worker) == 500
    assert worker.post_traces(export_bytes(5, seed=1)).status == 200
    wait_until("delivered", lambda: clickhouse.count("otel_traces") == 5)
