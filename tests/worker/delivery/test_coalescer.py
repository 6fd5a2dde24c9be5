"""Small requests share calls to their buffer; each gets its own response, in limited time."""

from __future__ import annotations

import asyncio
import json
import random
import re
from concurrent.futures import ThreadPoolExecutor

from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker, WorkerFactory

CONNECTIONS = 48
# Enough calls that the engine compiles the code, because compiled code may behave differently.
REQUESTS = 24_000


def request(user_id: str) -> bytes:
    """Return the bytes of a request with one event."""
    body = json.dumps({"event_name": "joined", "user_id": user_id}).encode()
    head = (
        "POST /events HTTP/1.1\r\nHost: worker\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def status(reader: asyncio.StreamReader) -> int:
    """Read the next response to its end and return its status."""
    line = await reader.readline()
    length = 0
    while (header := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = header.decode().partition(":")
        if name.lower() == "content-length":
            length = int(value)
    await reader.readexactly(length)
    return int(line.split()[1])


def test_many_small_requests_each_get_a_response_and_are_stored_once(
    worker: Worker, clickhouse: ClickHouse
) -> None:
    """Many connections send at once, for long enough that the worker's code is compiled."""

    async def sender(number: int) -> set[int]:
        reader, writer = await asyncio.open_connection("127.0.0.1", worker.port)
        seen = set()
        for turn in range(REQUESTS // CONNECTIONS):
            writer.write(request(f"{number}-{turn}"))
            seen.add(await status(reader))
        writer.close()
        return seen

    async def all_senders() -> set[int]:
        return set().union(*await asyncio.gather(*map(sender, range(CONNECTIONS))))

    assert asyncio.run(all_senders()) == {200}
    wait_until("all are delivered", lambda: clickhouse.count("events") >= REQUESTS)
    counts = "SELECT count(), uniqExact(user_id) FROM telemetry.events"
    assert clickhouse.query(counts) == f"{REQUESTS}\t{REQUESTS}"


def test_senders_that_hang_up_do_not_delay_the_others(
    worker: Worker, clickhouse: ClickHouse
) -> None:
    """The sender whose request makes the shared call may hang up, and so may the next one."""
    dice = random.Random(7)
    patient = 400

    async def impatient(number: int) -> None:
        while number >= 0:
            _, writer = await asyncio.open_connection("127.0.0.1", worker.port)
            writer.write(request(f"gone-{number}"))
            await asyncio.sleep(dice.choice((0.0, 0.0, 0.001, 0.003)))
            writer.transport.abort()
            number -= CONNECTIONS

    async def waits(number: int) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", worker.port)
        writer.write(request(f"here-{number}"))
        answer = await status(reader)
        writer.close()
        return answer

    async def both() -> list[int]:
        leavers = [impatient(20 * CONNECTIONS + number) for number in range(CONNECTIONS)]
        gone = asyncio.gather(*leavers)
        answers = []
        for first in range(0, patient, CONNECTIONS):
            numbers = range(first, min(first + CONNECTIONS, patient))
            answers += await asyncio.gather(*map(waits, numbers))
        await gone
        return answers

    assert asyncio.run(both()) == [200] * patient
    here = "SELECT count() FROM telemetry.events WHERE startsWith(user_id, 'here-')"
    wait_until("all are delivered", lambda: clickhouse.query(here) == str(patient))
    twice = "SELECT count() - uniqExact(user_id) FROM telemetry.events"
    assert clickhouse.query(twice) == "0"


async def bursts(worker: Worker, count: int) -> set[int]:
    """Send this many requests on each connection, in simultaneous bursts; return the statuses."""
    sockets = [
        await asyncio.open_connection("127.0.0.1", worker.port) for _sender in range(CONNECTIONS)
    ]
    seen = set()
    for turn in range(count):
        for number, (_reader, writer) in enumerate(sockets):
            writer.write(request(f"{number}-{turn}"))
        seen |= {await status(reader) for reader, _writer in sockets}
    for _reader, writer in sockets:
        writer.close()
    return seen


def test_bodies_that_arrive_together_are_written_together(
    worker: Worker, clickhouse: ClickHouse
) -> None:
    """Each burst needs a few calls, not one for each request."""
    clickhouse.process.kill()
    assert asyncio.run(bursts(worker, 50)) == {200}
    ((writes, rows),) = worker.stored("SELECT count(*), sum(row_count) FROM chunks")
    assert rows == 50 * CONNECTIONS
    assert int(str(writes)) < 50 * CONNECTIONS / 4


def test_a_request_hands_over_after_its_maximum_of_calls(
    make_worker: WorkerFactory, clickhouse: ClickHouse
) -> None:
    """Another request makes each call; no request is lost in between or sent twice."""
    worker = make_worker(
        clickhouse_url=clickhouse.url, limits={"COALESCER_CALLS": 1, "COALESCED_CALL_BYTES": 500}
    )
    assert asyncio.run(bursts(worker, 20)) == {200}
    wait_until("all are delivered", lambda: clickhouse.count("events") >= 20 * CONNECTIONS)
    counts = "SELECT count(), uniqExact(user_id) FROM telemetry.events"
    assert clickhouse.query(counts) == f"{20 * CONNECTIONS}\t{20 * CONNECTIONS}"


def test_a_body_that_its_buffer_does_not_write_in_time_gets_a_retry_time(
    make_worker: WorkerFactory,
) -> None:
    """Large and small bodies get a 503 with Retry-After, long before a request's limit of 30 s."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits={"APPEND_MS": 1_000})
    script = worker.folder / "index.js"
    stuck, count = re.subn(
        r"(\n  async append\(bodies[^)]*\) {)",
        r"\1 await scheduler.wait(60000);",
        script.read_text(),
    )
    assert count == 1
    script.write_text(stuck)
    worker.restart()
    bodies = [export_bytes(spans, seed=spans) for spans in (1, 2, 3, 1_000)]
    with ThreadPoolExecutor(len(bodies)) as senders:
        answers = list(senders.map(worker.post_traces, bodies))
    assert [(each.status, each.headers["retry-after"]) for each in answers] == [(503, "1")] * 4
