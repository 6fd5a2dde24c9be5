"""Small requests share calls to their buffer: none waits for ever, none gets another's answer."""

from __future__ import annotations

import asyncio
import json
import random

from tests.worker.engines import TOKEN, ClickHouse, Worker, wait_until

CONNECTIONS = 48
# Compiled code is other code than interpreted code: this is well past where the engine compiles it.
REQUESTS = 24_000


def request(user_id: str) -> bytes:
    """One event as it goes over the wire."""
    body = json.dumps({"event_name": "joined", "user_id": user_id}).encode()
    head = (
        "POST /events HTTP/1.1\r\nHost: worker\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def status(reader: asyncio.StreamReader) -> int:
    """The status of the next answer, read to its end."""
    line = await reader.readline()
    length = 0
    while (header := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = header.decode().partition(":")
        if name.lower() == "content-length":
            length = int(value)
    await reader.readexactly(length)
    return int(line.split()[1])


def test_many_small_requests_are_each_answered_and_stored_once(
    worker: Worker, clickhouse: ClickHouse
) -> None:
    """On many connections at once, for long enough that the worker's code is compiled."""

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


def test_senders_that_hang_up_do_not_hold_up_those_that_wait(
    worker: Worker, clickhouse: ClickHouse
) -> None:
    """The one that makes the call for all may be gone, and so may the one whose turn is next."""
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


def test_what_arrives_together_is_written_together(worker: Worker, clickhouse: ClickHouse) -> None:
    """Neither the one that calls for all nor the first body of a call is written by itself."""
    clickhouse.process.kill()
    requests = 4_000

    async def sender(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", worker.port)
        for turn in range(requests // CONNECTIONS):
            writer.write(request(f"{number}-{turn}"))
            assert await status(reader) == 200
        writer.close()

    async def all_senders() -> None:
        await asyncio.gather(*map(sender, range(CONNECTIONS)))

    asyncio.run(all_senders())
    ((writes, alone),) = worker.stored("SELECT count(*), sum(row_count = 1) FROM chunks")
    assert int(str(writes)) < requests / 8
    assert int(str(alone)) < int(str(writes)) / 3
