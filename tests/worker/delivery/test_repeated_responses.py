"""A body that is sent again gets the response of its first sending, at any later time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tests.support.access_binding import access_document, token_entry
from tests.support.clickhouse_server import ClickHouse
from tests.support.process import wait_until
from tests.support.process_clock import Clock, build_shim
from tests.support.product_events import event, post, stored_events
from tests.support.prometheus import parse, value_of
from tests.support.timed_rows import DAY_NANOS, SIGNALS, TABLES, spans
from tests.support.worker_runtime import FAST, Response, Worker, WorkerFactory
from tests.worker.delivery.overlapping_deploys import (
    FOUR,
    ONE,
    ONE_AGAIN,
    THREE,
    OverlappingDeploys,
)

RETENTION_DAYS = 30
MINUTE_NANOS = 60 * 10**9
# The time from an edge of the window to a row: far more than a request takes.
MARGIN_NANOS = 5 * MINUTE_NANOS
# A step moves the edges past those rows, and is less than the 15 minutes of the recognised bodies.
STEP_SECONDS = 10 * 60
CONTENT_TYPES = {"protobuf": "application/x-protobuf", "json": "application/json"}


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """Return the clock of a worker, see `follow`."""
    shim = build_shim(tmp_path)
    if shim is None:
        pytest.skip("no C compiler here, so no process's clock can be moved: install cc")
    return Clock(shim, tmp_path / "clock")


def follow(worker: Worker, clock: Clock) -> None:
    """Start or restart the worker with this clock."""
    worker.process.kill()
    worker.process.command = clock.command(worker.process.command)
    worker.start()


@pytest.fixture
def worker(clickhouse: ClickHouse, make_worker: WorkerFactory, clock: Clock) -> Worker:
    """Start a worker with that clock."""
    started = make_worker(
        clickhouse_url=clickhouse.url,
        limits={"COUNTS_FLUSH_MS": 50},
        retention_days=RETENTION_DAYS,
        access=access_document(token_entry("admin", name="admin", scopes=["admin"])),
    )
    follow(started, clock)
    return started


def bodies_at_the_edges(now: int) -> list[tuple[int, list[int]]]:
    """Return for each body the number of rows rejected at first, and the times of all rows."""
    oldest, newest = now - RETENTION_DAYS * DAY_NANOS, now + DAY_NANOS
    return [
        (1, [newest + MARGIN_NANOS, now]),
        (0, [now, oldest + MARGIN_NANOS]),
        (1, [now, newest + MARGIN_NANOS, oldest + MARGIN_NANOS]),
        # No row of these two is inside the window when the edges have moved.
        (0, [oldest + MARGIN_NANOS]),
        (1, [oldest - MARGIN_NANOS, oldest + MARGIN_NANOS]),
    ]


def rejected_by(answer: Response, encoding: str, response: Any, field: str) -> int:
    assert answer.status == 200, answer
    message = response()
    if encoding == "json":
        json_format.Parse(answer.body, message)
    else:
        message.ParseFromString(answer.body)
    return int(getattr(message.partial_success, field))


@pytest.mark.parametrize("encoding", list(CONTENT_TYPES))
@pytest.mark.parametrize(("signal", "request_of", "response", "rejected", "_place"), SIGNALS)
def test_a_repeat_gets_the_response_of_the_first(
    clickhouse: ClickHouse,
    worker: Worker,
    clock: Clock,
    signal: str,
    request_of: Callable[[list[int]], Message],
    response: Any,
    rejected: str,
    _place: str,
    encoding: str,
) -> None:
    """Meanwhile rows enter and leave the window, and the buffer may be evicted."""
    cases = bodies_at_the_edges(time.time_ns())
    requests = [request_of(times) for _rejected, times in cases]
    bodies = [
        json_format.MessageToJson(each).encode() if encoding == "json" else each.SerializeToString()
        for each in requests
    ]

    def send_all() -> list[Response]:
        headers = {"content_type": CONTENT_TYPES[encoding]}
        return [worker.post_otlp(signal, body, **headers) for body in bodies]

    first = send_all()
    found = [rejected_by(answer, encoding, response, rejected) for answer in first]
    assert found == [count for count, _times in cases]
    clock.set(STEP_SECONDS)
    assert [answer.body for answer in send_all()] == [answer.body for answer in first]
    worker.restart()
    assert [answer.body for answer in send_all()] == [answer.body for answer in first]
    wait_until("drained", worker.is_drained, log_of=worker.process)
    stored = sum(len(times) - count for count, times in cases)
    assert clickhouse.count(TABLES[signal]) == stored


def test_rejected_rows_of_repeats_are_not_counted_again(worker: Worker, clock: Clock) -> None:
    """The counter includes no rejection twice, and none that a check of the repeat would add."""
    cases = bodies_at_the_edges(time.time_ns())
    bodies = [spans(times).SerializeToString() for _rejected, times in cases]

    def counted(name: str, **labels: str) -> float:
        answer = worker.request("GET", "/admin/metrics", authorization="Bearer admin")
        return value_of(parse(answer.body.decode()), name, signal="traces", **labels)

    def sent(**answers: int) -> bool:
        return all(
            counted("ingest_bodies_total", result=answer) == count
            for answer, count in answers.items()
        )

    for body in bodies:
        worker.post_traces(body)
    wait_until("the first are counted", lambda: sent(stored=len(bodies)))
    clock.set(STEP_SECONDS)
    for body in bodies:
        worker.post_traces(body)
    # This row is counted after every row that the repeats would have rejected.
    worker.post_traces(spans([0]).SerializeToString())
    wait_until("the repeats are counted", lambda: sent(stored=len(bodies), seen=len(bodies)))
    rows = "ingest_rejected_rows_total"
    wait_until("the last is counted", lambda: counted(rows, reason="no_time") == 1)
    assert counted(rows, reason="too_old") == 1
    assert counted(rows, reason="too_far_ahead") == 2


def test_a_repeat_that_arrives_during_the_write_gets_the_response_of_the_first(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """The message contains the time window of its request, to the millisecond."""
    rounds, kinds, senders = 20, 4, 16
    now = time.time_ns()
    ahead = now + DAY_NANOS + MARGIN_NANOS
    bodies = [spans([now + number, ahead]).SerializeToString() for number in range(rounds * kinds)]
    responses: list[set[bytes]] = [set() for _body in bodies]
    start = threading.Barrier(senders)

    def send_all(sender: int) -> None:
        for round_number in range(rounds):
            start.wait()
            number = round_number * kinds + sender % kinds
            responses[number].add(worker.post_traces(bodies[number]).body)

    threads = [threading.Thread(target=send_all, args=(number,)) for number in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(each) for each in responses] == [1] * len(bodies)
    for (response,) in responses:
        partial = ExportTraceServiceResponse.FromString(response).partial_success
        assert partial.rejected_spans == 1
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("otel_traces") == len(bodies)


@pytest.fixture
def laid(clickhouse: ClickHouse, tmp_path: Path, clock: Clock) -> Iterator[OverlappingDeploys]:
    """Start a runtime with one shard and that clock."""
    runtime = OverlappingDeploys(
        tmp_path / "laid",
        clickhouse_url=clickhouse.url,
        limits=FAST,
        layouts=[ONE],
        retention_days=RETENTION_DAYS,
    )
    follow(runtime, clock)
    yield runtime
    runtime.process.kill()


def test_the_response_of_the_first_is_found_over_a_split_and_a_merge(
    clickhouse: ClickHouse, laid: OverlappingDeploys, clock: Clock
) -> None:
    """The response is also found through an isolate that does not have the change yet."""
    cases = [case for number in range(8) for case in bodies_at_the_edges(time.time_ns() + number)]
    bodies = [spans(times).SerializeToString() for _rejected, times in cases]

    def send_all(entrance: Worker) -> list[bytes]:
        answers = [entrance.post_traces(body) for body in bodies]
        assert {answer.status for answer in answers} == {200}
        return [answer.body for answer in answers]

    first = send_all(laid)
    assert [bool(body) for body in first] == [count > 0 for count, _times in cases]
    clock.set(STEP_SECONDS)
    for layouts in ([ONE, FOUR], [ONE_AGAIN], [THREE]):
        laid.lay_out(*layouts)
        for number in reversed(range(len(layouts))):
            assert send_all(laid.at(number)) == first
    wait_until("drained", laid.is_drained, log_of=laid.process)
    assert clickhouse.count("otel_traces") == sum(len(times) - count for count, times in cases)


def test_a_body_of_which_no_row_was_stored_is_new_when_it_is_sent_again(
    clickhouse: ClickHouse, worker: Worker, clock: Clock
) -> None:
    """The rows are inside the window by then. They are stored, as the response reports."""
    ahead = time.time_ns() + DAY_NANOS + MARGIN_NANOS
    body = spans([ahead]).SerializeToString()
    answer = worker.post_traces(body)
    assert rejected_by(answer, "protobuf", ExportTraceServiceResponse, "rejected_spans") == 1
    clock.set(STEP_SECONDS)
    for _repeat in range(2):
        answer = worker.post_traces(body)
        assert (answer.status, answer.body) == (200, b"")
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("otel_traces") == 1


def test_responses_are_kept_no_longer_than_the_keys_of_their_bodies(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """The buffer stores no response for bodies without rejected rows."""
    worker = make_worker(clickhouse_url=clickhouse.url, limits={"RECENT_BODIES": 5})
    now = time.time_ns()
    ahead = now + DAY_NANOS + MARGIN_NANOS
    for number in range(40):
        times = [now + number, *([ahead] if number % 2 else [])]
        assert worker.post_traces(spans(times).SerializeToString()).status == 200
    kept = worker.stored("SELECT recent_id FROM partial_successes")
    bodies = worker.stored("SELECT id FROM recent_keys")
    assert 2 <= len(kept) <= 3
    assert 5 <= len(bodies) <= 6
    assert set(kept) <= set(bodies)


def test_an_event_that_has_left_the_window_at_the_repeat_is_rejected_then(
    clickhouse: ClickHouse, worker: Worker, clock: Clock
) -> None:
    """It is sent alone and in a bulk. It was stored at first, and its repeat changes no row."""
    edge = (time.time_ns() - RETENTION_DAYS * DAY_NANOS + MARGIN_NANOS) / 10**9
    lone = event(event_id="lone", timestamp=edge)
    bulk = [event(event_id="a"), event(event_id="b", timestamp=edge)]
    assert post(worker, "/events", lone).status == 200
    assert json.loads(post(worker, "/events/bulk", bulk).body)["events"] == 2
    clock.set(STEP_SECONDS)
    assert post(worker, "/events", lone).status == 400
    report = json.loads(post(worker, "/events/bulk", bulk).body)
    assert (report["events"], report["rejected"], report["errors"][0]["index"]) == (1, 1, 1)
    rows = stored_events(clickhouse, worker)
    assert sorted(str(row["event_id"]) for row in rows) == ["a", "b", "lone"]
