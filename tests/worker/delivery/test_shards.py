"""Shards split and merge: step 13 of `worker/README.md` is attacked."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.product_events import post
from tests.support.rejected_bodies import FEW_DAYS, many_days
from tests.support.tcp_proxy import Proxy
from tests.support.worker_runtime import FAST, Worker
from tests.worker.delivery.overlapping_deploys import (
    FOUR,
    ONE,
    ONE_AGAIN,
    THREE,
    TWO,
    Layout,
    OverlappingDeploys,
)

SPANS = 5
# The statement that runs when no shard had the body, before the body is appended.
AFTER_LOOKING_UP = 'return "absent";'

Laid = Callable[..., OverlappingDeploys]


@pytest.fixture
def laid(clickhouse: ClickHouse, tmp_path: Path) -> Iterator[Laid]:
    """Return a function that starts a runtime with an entrance for each layout."""
    runtimes: list[OverlappingDeploys] = []

    def start(
        *layouts: Layout, url: str = clickhouse.url, rate: float = 1.0, **limits: int
    ) -> OverlappingDeploys:
        runtime = OverlappingDeploys(
            tmp_path / "worker",
            clickhouse_url=url,
            limits={**FAST, **limits},
            layouts=layouts,
            rate=rate,
        )
        runtimes.append(runtime)
        runtime.start()
        return runtime

    yield start
    for runtime in runtimes:
        runtime.process.kill()


def send(worker: Worker, seeds: range) -> None:
    for seed in seeds:
        answer = worker.post_traces(export_bytes(SPANS, seed=seed))
        assert answer.status == 200, answer


def send_at_once(worker: Worker, bodies: int) -> None:
    with ThreadPoolExecutor(bodies) as senders:
        list(senders.map(lambda seed: send(worker, range(seed, seed + 1)), range(bodies)))


def assert_once(clickhouse: ClickHouse, worker: OverlappingDeploys, bodies: int) -> None:
    """After all buffers have drained, every span is stored once."""
    wait_until("drained", worker.is_drained, log_of=worker.process)
    counts = clickhouse.query("SELECT count(), uniqExact(SpanId) FROM telemetry.otel_traces")
    assert counts == f"{bodies * SPANS}\t{bodies * SPANS}"


def admin(worker: Worker, path: str, body: object = None) -> dict[str, Any]:
    headers = {"authorization": "Bearer admin"}
    answer = (
        worker.request("GET", path, None, **headers)
        if body is None
        else post(worker, path, body, **headers)
    )
    assert answer.status == 200, answer.body
    said: dict[str, Any] = json.loads(answer.body)
    return said


def ours(worker: Worker) -> dict[str, dict[str, Any]]:
    """Return the status of the default team's buffers, by name."""
    buffers = admin(worker, "/admin/buffers")["buffers"]
    return {each["buffer"]: each for each in buffers if each["team"] == "default"}


def test_a_repeat_finds_the_first_over_a_split_and_a_merge(
    clickhouse: ClickHouse, laid: Laid
) -> None:
    """Each number of shards gets new bodies and all earlier bodies once more."""
    worker = laid(ONE)
    sent = 0
    for layout in (ONE, FOUR, ONE_AGAIN, THREE):
        worker.lay_out(layout)
        send(worker, range(sent + 40))
        sent += 40
    assert_once(clickhouse, worker, sent)
    rows = {name: each["rows_delivered"] for name, each in ours(worker).items()}
    assert sum(rows.values()) == sent * SPANS
    assert set(rows) == {f"default/{shard}" for shard in range(4)}
    assert min(rows.values()) > 0


def test_configurations_that_are_live_at_once_count_each_body_once(
    clickhouse: ClickHouse, laid: Laid
) -> None:
    """Retries reach isolates with any of four layouts, also with older ones."""
    bodies, senders = 80, 8
    worker = laid(ONE, FOUR, ONE_AGAIN, THREE)
    statuses: list[int] = []
    start = threading.Barrier(senders)

    def send_all(sender: int) -> None:
        dice = random.Random(sender)
        entrances = [worker.at(number) for number in range(4)]
        for seed in range(bodies):
            if seed % 10 == 0:
                start.wait()  # so that several senders send the same body at once
            answer = dice.choice(entrances).post_traces(export_bytes(SPANS, seed=seed))
            statuses.append(answer.status)

    threads = [threading.Thread(target=send_all, args=(number,)) for number in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * (bodies * senders)
    assert_once(clickhouse, worker, bodies)


def test_a_first_sending_that_arrives_late_follows_its_repeat(
    clickhouse: ClickHouse, laid: Laid
) -> None:
    """The repeat is looked up in the old shard before the first sending arrives there."""
    # All look-ups wait, some behind others on a busy machine; none may time out meanwhile.
    worker = laid(ONE, APPEND_MS=120_000)
    # Long enough for the first body to arrive meanwhile. No assertion depends on this duration.
    worker.lay_out(
        ONE, FOUR, replaced=(AFTER_LOOKING_UP, f"await scheduler.wait(3000); {AFTER_LOOKING_UP}")
    )
    with ThreadPoolExecutor(1) as sender:
        repeats = sender.submit(send_at_once, worker.at(1), 12)
        known = "SELECT value FROM meta WHERE key = 'layout'"
        wait_until("the old shard was queried", lambda: worker.stored_anywhere(known) != [])
        send_at_once(worker.at(0), 12)
        repeats.result()
    assert_once(clickhouse, worker, 12)


def test_a_worker_killed_between_looking_up_and_appending_loses_nothing(
    clickhouse: ClickHouse, laid: Laid
) -> None:
    """The old shard no longer accepts such bodies, and the new one has none yet; senders retry."""
    worker = laid(ONE)
    send(worker, range(6))
    worker.lay_out(FOUR, replaced=(AFTER_LOOKING_UP, 'throw new Error("dies here");'))
    statuses = {worker.post_traces(export_bytes(SPANS, seed=seed)).status for seed in range(18)}
    assert statuses == {200, 503}
    worker.lay_out(ONE, FOUR)
    for entrance in (0, 1):  # the old configuration, and the new one
        send(worker.at(entrance), range(18))
    assert_once(clickhouse, worker, 18)


def test_shards_that_are_no_longer_used_drain_and_remain_visible(
    clickhouse: ClickHouse, laid: Laid
) -> None:
    """After a merge, the alarms of unused shards deliver, and the admin API reaches them."""
    worker = laid(FOUR, **FEW_DAYS)
    clickhouse.process.kill()
    send(worker, range(24))
    for seed in range(100, 112):
        assert worker.post_traces(many_days(seed)).status == 200
    worker.lay_out(ONE_AGAIN)
    clickhouse.start()
    wait_until("delivered", lambda: clickhouse.count("otel_traces") == 24 * SPANS)
    wait_until("dead-lettered", worker.is_drained)

    buffers = ours(worker)
    assert set(buffers) == {f"default/{shard}" for shard in range(4)}
    assert sum(each["dead_letters"] for each in buffers.values()) == 12
    assert buffers["default/0"]["dead_letters"] < 12
    for name in (name for name, each in buffers.items() if each["dead_letters"] > 0):
        letters = admin(worker, f"/admin/dead-letters?buffer={name}")["dead_letters"]
        ids = [letter["id"] for letter in letters]
        dropped = admin(worker, "/admin/dead-letters/drop", {"buffer": name, "ids": ids})
        assert dropped["dropped"] == ids
    paused = admin(worker, "/admin/pause", {"team": "default"})["buffers"]
    assert [each["paused"] for each in paused] == [True] * 4


def test_an_isolate_learns_of_a_newer_layout_from_the_buffers(
    clickhouse: ClickHouse, laid: Laid
) -> None:
    """An isolate with the old configuration sends to the new shards; no request is rejected."""
    worker = laid(ONE, FOUR)
    send(worker.at(1), range(8))
    send(worker.at(0), range(24))
    assert set(ours(worker.at(0))) == {f"default/{shard}" for shard in range(4)}
    assert_once(clickhouse, worker, 24)


def test_look_ups_in_old_shards_end_after_the_last_key_expired(
    clickhouse: ClickHouse, laid: Laid
) -> None:
    """Once all keys from before the change have expired, bodies go directly to their shard."""
    worker = laid(ONE)
    send(worker, range(4))
    look_up = "const found = await bufferNamed"
    told = f'console.log("looked up"); {look_up}'
    worker.lay_out(FOUR, replaced=(look_up, told))
    send(worker, range(40))
    looked_up = worker.process.log.count("looked up")
    assert looked_up > 10
    # Changes the stored time, as if the number of shards had changed a day ago.
    worker.process.kill()
    worker.tamper_anywhere(
        "UPDATE meta SET value = json_set(value, '$.sinceMs', 0) WHERE key = 'layout'"
    )
    worker.start()
    send(worker, range(40, 80))
    assert worker.process.log.count("looked up") == looked_up + 1
    assert_once(clickhouse, worker, 80)


def test_a_script_without_layouts_gets_a_rejection(clickhouse: ClickHouse, laid: Laid) -> None:
    """An old script would take the unknown response for an acceptance."""
    worker = laid(FOUR)
    send(worker, range(24))
    worker.lay_out(ONE, replaced=("layout: layout.number,", ""))
    assert worker.post_traces(export_bytes(SPANS, seed=100)).status == 503
    worker.lay_out(FOUR)
    send(worker, range(24))
    assert_once(clickhouse, worker, 24)


def test_an_open_batch_of_one_shard_holds_back_the_others(
    clickhouse: ClickHouse, proxy: Proxy, laid: Laid
) -> None:
    """A table stores a limited number of tokens of all shards: no shard may run far ahead."""
    worker = laid(TWO, url=proxy.url, MAX_BLOCKS_AHEAD=3)
    seeds = count()

    def send_one() -> None:
        seed = next(seeds)
        send(worker, range(seed, seed + 1))

    def blocks() -> dict[str, int]:
        return dict(
            worker.stored_anywhere(  # type: ignore[arg-type]
                "SELECT incarnation.value, next.value FROM meta AS incarnation, meta AS next "
                "WHERE incarnation.key = 'incarnation' AND next.key = 'next_block:otel_traces'"
            )
        )

    def sent_until(holds: Callable[[], bool]) -> bool:
        send_one()
        return holds()

    wait_until("both deliver", lambda: sent_until(lambda: len(blocks()) == 2))
    stuck, other = blocks()
    proxy.faults.lose_answers_to = f"{stuck}%3A".encode()
    proxy.faults.lose_answers = 1_000_000
    wait_until("a batch is open", lambda: sent_until(lambda: proxy.faults.lost > 0))
    before = blocks()[other]
    held = "has an open batch"
    wait_until("it is waited for", lambda: sent_until(lambda: worker.process.log.count(held) > 15))
    assert blocks()[other] - before <= 6
    worker.restart()  # the state of the wait is on disk
    wait_until("still waited for", lambda: sent_until(lambda: worker.process.log.count(held) > 30))
    assert blocks()[other] - before <= 6
    proxy.faults.lose_answers = 0
    assert_once(clickhouse, worker, next(seeds))


def test_all_isolates_together_keep_a_tokens_rate(clickhouse: ClickHouse, laid: Laid) -> None:
    """Each isolate counts its own requests; the buffer counts the bodies that are stored."""
    rate = 4
    worker = laid(ONE, ONE, ONE, rate=rate)
    limited = {"authorization": "Bearer limited"}
    taken: list[float] = []
    start = time.monotonic()

    def send_for(entrance: Worker) -> None:
        number = 0
        while time.monotonic() < start + 4:
            event = {"event_name": "e", "user_id": f"{entrance.port}-{number}"}
            answer = entrance.post_event(event, **limited)
            assert answer.status in (200, 429), answer
            if answer.status == 200:
                taken.append(time.monotonic())
            else:
                assert int(answer.headers["retry-after"]) >= 1
                assert b"rate: token limited may send 4 requests per second" in answer.body
            number += 1

    with ThreadPoolExecutor(3) as senders:
        list(senders.map(send_for, map(worker.at, range(3))))
    # Alone, each isolate would accept a second's worth at once, and then the rate.
    assert rate < len(taken) <= rate * (2 + max(taken) - start)
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("events") == len(taken)


def test_shards_that_are_new_during_a_pause_are_paused(clickhouse: ClickHouse, laid: Laid) -> None:
    """A migration of the schema may be running; after the resume they deliver like the others."""
    worker = laid(ONE)
    admin(worker, "/admin/pause", {})
    worker.lay_out(FOUR)
    send(worker, range(24))
    wait_until(
        "all that hold something are paused",
        lambda: all(each["paused"] for each in ours(worker).values() if each["rows"] > 0),
    )
    assert clickhouse.count("otel_traces") == 0
    admin(worker, "/admin/resume", {})
    assert_once(clickhouse, worker, 24)
