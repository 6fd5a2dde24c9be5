"""The faults of a run: each starts and ends. A seed determines their order."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.chaos.ingest.ingest_under_test import INSERT_SECONDS, IngestUnderTest
from tests.chaos.ingest.load import Load
from tests.support.clickhouse_server import DATABASE
from tests.support.process import wait_until
from tests.support.tcp_proxy import Proxy, RequestPart

__all__ = ["CLOCKS", "KINDS", "Fault", "draw_faults", "play"]

_TABLES = ("otel_traces", "otel_logs", "events", "otel_metrics_sum", "otel_traces_trace_id_ts")
# Errors of a server (with a code), of a load balancer (in HTML) and of a proxy (empty).
_RESPONSES = (
    b"HTTP/1.1 500 Internal Server Error\r\nX-ClickHouse-Exception-Code: 241\r\n"
    b"Content-Length: 40\r\nConnection: close\r\n\r\nCode: 241. DB::Exception: Memory limit. ",
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\nContent-Length: 13\r\n"
    b"Connection: close\r\n\r\n<html></html>",
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    # The start of a response that was cut off. Its status alone does not prove an outcome.
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 100\r\nConnection: close\r\n\r\nCode",
)
# Parts of a request instead of numbers of bytes: a statement in a URL can have 1 or 10 KB.
_CUTS_IN: tuple[RequestPart, ...] = ("url", "head", "body", "end")
# Steps under load, forward and back: less than the time for which the worker stores ids of bodies.
_CLOCK_STEPS_SECONDS = (-400, -90, -5, 5, 90, 400)
# Leaps without a request in flight: more than any time of a retry, of an alarm and of the buffer. A
# leap back is under a day, because the worker rejects rows that are a day in the future.
_CLOCK_LEAPS_SECONDS = (-20 * 3_600, -3_600, 3_600, 3 * 86_400)
_MOST_SHARDS = 3


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        kind: a key of `KINDS`.
        seconds: duration.
        count: number of repetitions, for kinds that repeat.
        choice: selects the variant: each kind takes it modulo the number of its variants.
        meanwhile: kind of a second fault during this one, or None.
    """

    kind: str
    seconds: float
    count: int
    choice: int
    meanwhile: str | None


Break = Callable[[IngestUnderTest, Load, Fault], AbstractContextManager[None]]


def draw_faults(seed: str, count: int, kinds: tuple[str, ...]) -> list[Fault]:
    """Return the faults of a seed: each kind once before any repeats. A larger count appends."""
    dice = random.Random(seed)
    faults: list[Fault] = []
    while len(faults) < count:
        for kind in dice.sample(kinds, len(kinds)):
            faults.append(
                Fault(
                    kind,
                    seconds=dice.uniform(0.3, 2.0),
                    count=dice.randint(1, 6),
                    choice=dice.randrange(1_000_000),
                    meanwhile=dice.choice(_MEANWHILE) if dice.random() < 0.3 else None,
                )
            )
    return faults[:count]


def play(ingest: IngestUnderTest, load: Load, fault: Fault) -> None:
    """Cause a fault and end it. Afterwards both engines run and every signal is accepted."""
    with KINDS[fault.kind](ingest, load, fault):
        time.sleep(fault.seconds / 2)
        if fault.meanwhile is not None:
            with KINDS[fault.meanwhile](ingest, load, fault):
                time.sleep(fault.seconds / 2)
        time.sleep(fault.seconds / 2)
    ingest.start_what_is_down()
    load.wait_for_progress()
    for proxy in (ingest.before_clickhouse, ingest.before_worker):
        proxy.faults.heads.clear()


def _wait_until_felt(fault: Fault, is_felt: Callable[[], bool]) -> None:
    """Wait for the effect of a fault. An engine that is killed meanwhile may show none."""
    if fault.meanwhile is None:
        wait_until(f"{fault.kind} is felt", is_felt)


@contextlib.contextmanager
def _killed_worker(ingest: IngestUnderTest, _load: Load, _fault: Fault) -> Iterator[None]:
    ingest.worker.process.kill()
    yield


@contextlib.contextmanager
def _killed_clickhouse(ingest: IngestUnderTest, _load: Load, _fault: Fault) -> Iterator[None]:
    ingest.clickhouse.process.kill()
    yield


@contextlib.contextmanager
def _killed_both(ingest: IngestUnderTest, _load: Load, _fault: Fault) -> Iterator[None]:
    ingest.clickhouse.process.kill()
    ingest.worker.process.kill()
    yield


@contextlib.contextmanager
def _killed_again_and_again(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Kill the worker as soon as it has started, several times."""
    for _kill in range(fault.count):
        ingest.worker.process.kill()
        ingest.worker.process.start()
        time.sleep(fault.seconds / fault.count)
    ingest.worker.process.kill()
    yield


@contextlib.contextmanager
def _frozen(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Freeze a process: requests are carried out after their sender has stopped waiting."""
    engine = (ingest.clickhouse, ingest.worker)[fault.choice % 2]
    engine.process.signal(signal.SIGSTOP)
    yield
    time.sleep(INSERT_SECONDS)  # so that the same insert is in flight twice
    if ingest.runs(engine):
        engine.process.signal(signal.SIGCONT)


@contextlib.contextmanager
def _lost_inserts(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Inserts are applied, and the worker does not receive the response."""
    with _loses_responses(ingest.before_clickhouse, fault, count=fault.count):
        yield


@contextlib.contextmanager
def _lost_responses(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Bodies are accepted, and the client does not receive the response."""
    with _loses_responses(ingest.before_worker, fault, count=fault.count * 4):
        yield


@contextlib.contextmanager
def _loses_responses(proxy: Proxy, fault: Fault, *, count: int) -> Iterator[None]:
    lost = proxy.faults.lost
    proxy.faults.lose_answers = count
    yield
    _wait_until_felt(fault, lambda: proxy.faults.lost > lost)
    proxy.faults.lose_answers = 0


@contextlib.contextmanager
def _cut_inserts(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    with _cuts_requests(ingest.before_clickhouse, fault, count=fault.count):
        yield


@contextlib.contextmanager
def _cut_requests(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    with _cuts_requests(ingest.before_worker, fault, count=fault.count * 4):
        yield


@contextlib.contextmanager
def _cuts_requests(proxy: Proxy, fault: Fault, *, count: int) -> Iterator[None]:
    cut = proxy.faults.cut
    proxy.faults.cut_requests_in = _CUTS_IN[fault.choice % len(_CUTS_IN)]
    proxy.faults.cut_requests = count
    yield
    _wait_until_felt(fault, lambda: proxy.faults.cut > cut)
    proxy.faults.cut_requests = 0


@contextlib.contextmanager
def _rejected_inserts(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """A proxy in front of ClickHouse sends an error instead of the response."""
    faults = ingest.before_clickhouse.faults
    kept = faults.kept
    faults.answer_instead = _RESPONSES[fault.choice % len(_RESPONSES)]
    yield
    _wait_until_felt(fault, lambda: faults.kept > kept)
    faults.answer_instead = b""


@contextlib.contextmanager
def _held_inserts(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Inserts get no response until the worker has ended them."""
    faults = ingest.before_clickhouse.faults
    kept = faults.kept
    faults.hold = True
    yield
    _wait_until_felt(fault, lambda: faults.kept > kept)
    faults.hold = False


@contextlib.contextmanager
def _too_many_parts(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """ClickHouse rejects inserts into one table, or into the table behind the view."""
    table = f"{DATABASE}.{_TABLES[fault.choice % len(_TABLES)]}"
    seen = ingest.rejections_for_parts()
    ingest.clickhouse.query(f"ALTER TABLE {table} MODIFY SETTING parts_to_throw_insert = 1")
    yield
    _wait_until_felt(fault, lambda: ingest.rejections_for_parts() > seen)
    ingest.start_what_is_down()
    ingest.clickhouse.query(f"ALTER TABLE {table} RESET SETTING parts_to_throw_insert")


@contextlib.contextmanager
def _full_disk(ingest: IngestUnderTest, load: Load, fault: Fault) -> Iterator[None]:
    """The buffer can store nothing once it has filled its free pages."""
    rejected = load.ledger.rejected
    ingest.disk.fill()
    if fault.choice % 2:  # the worker also has to start with a full disk
        ingest.worker.process.kill()
        ingest.worker.process.start()
        wait_until("the worker listens", lambda: ingest.runs(ingest.worker))
    with load.flood():
        yield
        ingest.disk.fill()  # fills the space that deletes have freed
        _wait_until_felt(fault, lambda: load.ledger.rejected > rejected)
    ingest.disk.free()


@contextlib.contextmanager
def _stepped_clock(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Change one clock under load, and later change it back."""
    clock = (ingest.worker_clock, ingest.clickhouse_clock)[fault.choice % 2]
    clock.set(_CLOCK_STEPS_SECONDS[fault.choice // 2 % len(_CLOCK_STEPS_SECONDS)])
    yield
    clock.set(0)


@contextlib.contextmanager
def _leaping_clocks(ingest: IngestUnderTest, load: Load, fault: Fault) -> Iterator[None]:
    """Change both clocks between two requests, while accepted bodies wait for delivery."""

    def set_both(seconds: int) -> None:
        with load.lull():
            for clock in (ingest.worker_clock, ingest.clickhouse_clock):
                clock.set(seconds)

    set_both(_CLOCK_LEAPS_SECONDS[fault.choice % len(_CLOCK_LEAPS_SECONDS)])
    yield
    ingest.start_what_is_down()
    set_both(0)


@contextlib.contextmanager
def _redeployed(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Another script runs on the storage, and later the first script again.

    The other script seals batches of another size and for the other format. It repeats batches of
    the first script unchanged.
    """
    other = {"BATCH_ROWS": 50 * fault.count, "GROUP_BODIES": fault.count}
    for limits in (other, {}):
        ingest.worker.process.signal(signal.SIGTERM)
        ingest.switch_format()
        ingest.deploy(limits)
        ingest.worker.restart()
        if limits:
            yield
            ingest.start_what_is_down()


@contextlib.contextmanager
def _other_shards(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Deploy another layout and keep it. It may have the same number of shards."""
    ingest.lay_out(1 + fault.choice % _MOST_SHARDS)
    ingest.worker.process.signal(signal.SIGTERM)
    ingest.deploy({})
    ingest.worker.restart()
    yield


@contextlib.contextmanager
def _paused(ingest: IngestUnderTest, _load: Load, _fault: Fault) -> Iterator[None]:
    ingest.administer("pause")
    yield
    ingest.start_what_is_down()
    ingest.administer("resume")


KINDS: dict[str, Break] = {
    "kill worker": _killed_worker,
    "kill worker again and again": _killed_again_and_again,
    "kill ClickHouse": _killed_clickhouse,
    "kill both": _killed_both,
    "freeze": _frozen,
    "lose responses of inserts": _lost_inserts,
    "lose responses to clients": _lost_responses,
    "cut inserts": _cut_inserts,
    "cut requests of clients": _cut_requests,
    "reject inserts": _rejected_inserts,
    "hold inserts": _held_inserts,
    "too many parts": _too_many_parts,
    "full disk": _full_disk,
    "step of a clock": _stepped_clock,
    "leap of both clocks": _leaping_clocks,
    "redeploy": _redeployed,
    "other shards": _other_shards,
    "pause": _paused,
}
CLOCKS = ("step of a clock", "leap of both clocks")
# Kinds that do not depend on an engine that the first fault may have stopped.
_MEANWHILE = (
    "kill worker",
    "kill ClickHouse",
    "kill both",
    "lose responses of inserts",
    "lose responses to clients",
    "cut inserts",
    "cut requests of clients",
)
