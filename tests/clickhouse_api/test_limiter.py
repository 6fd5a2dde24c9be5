"""The rate limit that threads and processes share: 10 requests in any 10 s (and a margin)."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clickhouse_api import AsyncClient, Client, errors
from clickhouse_api.clock import SYSTEM_CLOCK
from clickhouse_api.limiter import RateLimit, SharedLimiter
from tests.clickhouse_api.clocks import CountingClock
from tests.clickhouse_api.cloud import Cloud, ok
from tests.support.paths import ROOT

WINDOW = 10.0
FAR = 1e9
EXACT = RateLimit(margin_seconds=0.0)


def limiter(state_dir: Path, clock: CountingClock, limit: RateLimit = EXACT) -> SharedLimiter:
    return SharedLimiter(
        state_dir=state_dir, base_url="http://x/v1", key_id="k", limit=limit, clock=clock
    )


def most_in_a_window(slots: list[float]) -> int:
    """Return the largest number of slots in any half-open interval as long as the window."""
    return max(sum(start <= slot < start + WINDOW for slot in slots) for start in slots)


def test_ten_are_sent_at_once_and_the_eleventh_after_the_window(
    tmp_path: Path, clock: CountingClock
) -> None:
    """The window slides with the time of each request. It is not a fixed interval."""
    shared = limiter(tmp_path, clock)
    assert [shared.reserve_slot(latest=FAR) for _ in range(5)] == [1000.0] * 5
    clock.moment = 1004.0
    assert [shared.reserve_slot(latest=FAR) for _ in range(5)] == [1004.0] * 5
    assert [shared.reserve_slot(latest=FAR) for _ in range(7)] == [1010.0] * 5 + [1014.0] * 2


def test_no_window_has_more_than_ten(tmp_path: Path, clock: CountingClock) -> None:
    """With any pauses between the calls."""
    shared = limiter(tmp_path, clock)
    slots = []
    for index in range(200):
        slot = shared.reserve_slot(latest=FAR)
        assert slot is not None
        slots.append(slot)
        clock.moment += (index * 7919 % 13) / 10
    assert most_in_a_window(slots) == 10
    assert slots == sorted(slots)


def test_the_margin_makes_the_window_longer(tmp_path: Path, clock: CountingClock) -> None:
    """The API counts arrivals, and the first of ten may arrive with a longer delay."""
    shared = limiter(tmp_path, clock, RateLimit())
    slots = [shared.reserve_slot(latest=FAR) for _ in range(11)]
    assert slots[-1] == 1000.0 + 10.25


def test_a_slot_after_the_deadline_is_not_reserved(tmp_path: Path, clock: CountingClock) -> None:
    """Other callers can use the slot."""
    shared = limiter(tmp_path, clock)
    for _ in range(10):
        shared.reserve_slot(latest=FAR)
    assert shared.reserve_slot(latest=1009.9) is None
    assert shared.reserve_slot(latest=1010.0) == 1010.0


def test_a_429_delays_all_callers(tmp_path: Path, clock: CountingClock) -> None:
    """Other threads and processes read it from the file."""
    first, second = limiter(tmp_path, clock), limiter(tmp_path, clock)
    first.hold_back(3.5)
    assert second.reserve_slot(latest=FAR) == 1003.5


def test_a_429_cancels_the_slots_of_waiting_callers(tmp_path: Path, clock: CountingClock) -> None:
    """Callers that sleep during a 429 do not send requests that get a 429 as well."""
    shared = limiter(tmp_path, clock)
    for _ in range(10):
        shared.reserve_slot(latest=FAR)

    class Interrupting(CountingClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.slept) == 1:
                shared.clock = replace(clock, moment=self.moment)
                shared.hold_back(5.0)

    late = Interrupting(moment=clock.moment)
    assert limiter(tmp_path, late).wait_for_slot(latest=FAR)
    assert late.slept == [10.0, 5.0]


def test_a_late_request_counts_at_its_actual_time(tmp_path: Path, clock: CountingClock) -> None:
    """A process without CPU time sends late, and the requests after it keep the window."""
    shared = limiter(tmp_path, clock, RateLimit())
    for _ in range(10):
        shared.reserve_slot(latest=FAR)

    class Starved(CountingClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds + 3.0)

    late = Starved(moment=clock.moment)
    assert limiter(tmp_path, late, RateLimit()).wait_for_slot(latest=FAR)
    assert late.moment == 1013.25
    clock.moment = late.moment
    assert [shared.reserve_slot(latest=FAR) for _ in range(10)] == [1013.25] * 9 + [1023.5]


def test_a_request_too_soon_after_a_late_one_waits_again(
    tmp_path: Path, clock: CountingClock
) -> None:
    """The slot of the second request was reserved before the first was late."""
    shared = limiter(tmp_path, clock, RateLimit())
    for _ in range(10):
        shared.reserve_slot(latest=FAR)
    clock.moment = 1001.0

    class Late(CountingClock):
        def sleep(self, seconds: float) -> None:
            if not self.slept:
                # The ten requests before it were all three seconds late.
                shared.path.write_text(shared.path.read_text().replace("1000.0", "1003.0"))
            super().sleep(seconds)

    waiting = Late(moment=clock.moment)
    assert limiter(tmp_path, waiting, RateLimit()).wait_for_slot(latest=FAR)
    assert waiting.slept == [9.25, 2.875]


def test_only_equal_keys_and_urls_share_a_limit(tmp_path: Path, clock: CountingClock) -> None:
    """Each key has a separate limit."""
    one = limiter(tmp_path, clock)
    assert one.path == limiter(tmp_path, clock).path
    assert one.path != replace(one, key_id="other").path
    assert one.path != replace(one, base_url="http://y/v1").path


def test_the_file_contains_no_secret(tmp_path: Path, client: Client, cloud: Cloud) -> None:
    """Neither its name nor its content has the key, and only its owner may read it."""
    cloud.answers(ok([]))
    client.service.instance_get_list("o")
    [file] = tmp_path.iterdir()
    content = file.name + file.read_text()
    assert "keyid" not in content
    assert "sesame" not in content
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"   ", b"{", b"[]", b"null", b'{"slots": 5}', b'{"slots": ["x"]}', b"\xff\xfe", b"7"],
)
def test_a_damaged_file_counts_as_empty(
    tmp_path: Path, clock: CountingClock, content: bytes
) -> None:
    """A full disk or an editor must not block the callers. The API still limits them with 429."""
    shared = limiter(tmp_path, clock)
    shared.path.write_bytes(content)
    assert shared.reserve_slot(latest=FAR) == 1000.0
    assert json.loads(shared.path.read_text())["slots"] == [1000.0]


def test_slots_from_before_a_reboot_are_dropped(tmp_path: Path, clock: CountingClock) -> None:
    """The machine's clock started again, so the times in the file have no meaning."""
    before = CountingClock(moment=9e7, epoch="before the reboot")
    for _ in range(10):
        limiter(tmp_path, before).reserve_slot(latest=FAR)
    limiter(tmp_path, before).hold_back(60)
    assert limiter(tmp_path, clock).reserve_slot(latest=FAR) == 1000.0


def test_all_processes_share_the_machines_clock() -> None:
    """Another process has the same era, and its time is between two times of this process."""
    script = "from clickhouse_api.clock import SYSTEM_CLOCK as c; print(c.era(), c.now())"
    before = SYSTEM_CLOCK.now()
    command = [sys.executable, "-c", script]
    output = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    era, moment = output.stdout.split()
    assert era == SYSTEM_CLOCK.era()
    assert before <= float(moment) <= SYSTEM_CLOCK.now()


def test_processes_share_the_limit(tmp_path: Path) -> None:
    """Eight real processes in parallel reserve each time ten times in total."""
    command = [sys.executable, "-m", "tests.clickhouse_api.limiter_process", str(tmp_path), "25"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) for _ in range(8)]
    slots = []
    for process in processes:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        slots += json.loads(output)
    window = 10.25
    assert sorted(slots) == [1000.0 + window * (index // 10) for index in range(200)]


def test_threads_share_the_limit(tmp_path: Path, clock: CountingClock) -> None:
    """Through the same file, with one limiter for each or one for all."""
    shared = limiter(tmp_path, clock)
    slots: list[float | None] = []

    def take() -> None:
        own = limiter(tmp_path, clock)
        for _ in range(10):
            slots.extend([own.reserve_slot(latest=FAR), shared.reserve_slot(latest=FAR)])

    threads = [threading.Thread(target=take) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [1000.0 + WINDOW * (index // 10) for index in range(100)]
    assert sorted(slot for slot in slots if slot is not None) == expected


HOLDER = """
import fcntl, os, sys, time
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(descriptor, fcntl.LOCK_EX)
os.pwrite(descriptor, b'{"slots": [1', 0)
print("held", flush=True)
time.sleep(3600)
"""


def test_a_killed_process_leaves_neither_a_lock_nor_damage(
    tmp_path: Path, clock: CountingClock
) -> None:
    """SIGKILL during a write."""
    shared = limiter(tmp_path, clock)
    command = [sys.executable, "-c", HOLDER, str(shared.path)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    assert shared.reserve_slot(latest=FAR) == 1000.0


def test_waiting_for_the_lock_does_not_block_the_event_loop(
    tmp_path: Path, clock: CountingClock
) -> None:
    """While another process holds the lock, other coroutines continue."""
    shared = limiter(tmp_path, clock)
    descriptor = os.open(shared.path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    async def others_go_on() -> bool:
        waiting = asyncio.ensure_future(shared.wait_for_slot_async(latest=FAR))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not waiting.done()
        os.close(descriptor)
        return await waiting

    assert asyncio.run(others_go_on())


def test_a_client_keeps_the_limit(
    client: Client, async_client: Callable[[], AsyncClient], cloud: Cloud, clock: CountingClock
) -> None:
    """25 calls of both clients wait for two windows and no longer."""
    cloud.answers(ok({}))
    arrived: list[float] = []
    respond = cloud.respond

    def note(request: object) -> object:
        arrived.append(clock.moment)
        return respond(request)  # type: ignore[arg-type]

    cloud.respond = note  # type: ignore[assignment]

    async def some(count: int) -> None:
        async with async_client() as awaited:
            for _ in range(count):
                await awaited.service.instance_get("o", "s")

    for _ in range(5):
        client.service.instance_get("o", "s")
        asyncio.run(some(4))
    assert len(arrived) == 25
    assert most_in_a_window(arrived) == 10
    assert clock.moment == 1000.0 + 2 * 10.25


def test_a_queue_longer_than_the_deadline_is_an_error(
    cloud: Cloud, tmp_path: Path, clock: CountingClock
) -> None:
    """The error names the limit. No request was sent."""
    cloud.answers(ok({}))
    with Client(
        key_id="i",
        key_secret="s",
        base_url=cloud.base_url,
        state_dir=tmp_path,
        clock=clock,
        retry_deadline_seconds=5,
    ) as client:
        for _ in range(10):
            client.service.instance_get("o", "s")
        with pytest.raises(errors.DeadlinePassed, match="10 are allowed in 10 s") as caught:
            client.service.instance_get("o", "s")
    assert len(cloud.requests) == 10
    assert not caught.value.maybe_applied
