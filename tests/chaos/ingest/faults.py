"""The faults of a run: each is broken and mended again; a seed says which comes when."""

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
# As a server, a load balancer and a proxy say it: with a code, in HTML, with nothing.
_ANSWERS = (
    b"HTTP/1.1 500 Internal Server Error\r\nX-ClickHouse-Exception-Code: 241\r\n"
    b"Content-Length: 40\r\nConnection: close\r\n\r\nCode: 241. DB::Exception: Memory limit. ",
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\nContent-Length: 13\r\n"
    b"Connection: close\r\n\r\n<html></html>",
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    # A cut-off start of an answer: a status is not yet an outcome.
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 100\r\nConnection: close\r\n\r\nCode",
)
# Not after a number of bytes: an insert has 1 to 10 KB of statement in its URL.
_CUTS_IN: tuple[RequestPart, ...] = ("url", "head", "body", "end")
# Under load: less than the time for which bodies are remembered, there and back.
_CLOCK_STEPS_SECONDS = (-400, -90, -5, 5, 90, 400)
# With nothing under way: over a retry's, an alarm's and the buffer's own longest time.
# Back by less than a day: rows of a later time than that are rejected.
_CLOCK_LEAPS_SECONDS = (-20 * 3_600, -3_600, 3_600, 3 * 86_400)
_MOST_SHARDS = 3


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        kind: a key of `KINDS`.
        seconds: how long it lasts.
        count: how many times, where that makes sense.
        choice: which variant of it, a number that each kind takes modulo what it has.
        meanwhile: kind of a second fault inside this one; None: there is none.
    """

    kind: str
    seconds: float
    count: int
    choice: int
    meanwhile: str | None


Break = Callable[[IngestUnderTest, Load, Fault], AbstractContextManager[None]]


def draw_faults(seed: str, count: int, kinds: tuple[str, ...]) -> list[Fault]:
    """The faults of a seed, each kind once before any comes again; more begin with the same."""
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
    """Break it, wait, mend it; afterwards both engines run, and every signal is taken."""
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
    """So that no fault passes by unseen; but who is killed meanwhile feels nothing."""
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
    """A worker that dies as soon as it has begun."""
    for _kill in range(fault.count):
        ingest.worker.process.kill()
        ingest.worker.process.start()
        time.sleep(fault.seconds / fault.count)
    ingest.worker.process.kill()
    yield


@contextlib.contextmanager
def _frozen(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """SIGSTOP; what was sent to it meanwhile is done when its sender no longer waits."""
    engine = (ingest.clickhouse, ingest.worker)[fault.choice % 2]
    engine.process.signal(signal.SIGSTOP)
    yield
    time.sleep(INSERT_SECONDS)  # so that the same insert is under way twice
    if ingest.runs(engine):
        engine.process.signal(signal.SIGCONT)


@contextlib.contextmanager
def _lost_inserts(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Inserts are applied, and the worker does not hear so."""
    with _loses_answers(ingest.before_clickhouse, fault, count=fault.count):
        yield


@contextlib.contextmanager
def _lost_answers(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Bodies are taken, and the client does not hear so."""
    with _loses_answers(ingest.before_worker, fault, count=fault.count * 4):
        yield


@contextlib.contextmanager
def _loses_answers(proxy: Proxy, fault: Fault, *, count: int) -> Iterator[None]:
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
def _refused_inserts(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Something before ClickHouse answers in its place."""
    faults = ingest.before_clickhouse.faults
    kept = faults.kept
    faults.answer_instead = _ANSWERS[fault.choice % len(_ANSWERS)]
    yield
    _wait_until_felt(fault, lambda: faults.kept > kept)
    faults.answer_instead = b""


@contextlib.contextmanager
def _held_inserts(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """No answer until the worker has given the insert up."""
    faults = ingest.before_clickhouse.faults
    kept = faults.kept
    faults.hold = True
    yield
    _wait_until_felt(fault, lambda: faults.kept > kept)
    faults.hold = False


@contextlib.contextmanager
def _too_many_parts(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """ClickHouse's own refusal, of one table or of the one behind the view."""
    table = f"{DATABASE}.{_TABLES[fault.choice % len(_TABLES)]}"
    seen = ingest.refusals_for_parts()
    ingest.clickhouse.query(f"ALTER TABLE {table} MODIFY SETTING parts_to_throw_insert = 1")
    yield
    _wait_until_felt(fault, lambda: ingest.refusals_for_parts() > seen)
    ingest.start_what_is_down()
    ingest.clickhouse.query(f"ALTER TABLE {table} RESET SETTING parts_to_throw_insert")


@contextlib.contextmanager
def _full_disk(ingest: IngestUnderTest, load: Load, fault: Fault) -> Iterator[None]:
    """The buffer can neither take nor record anything, once it has filled its own free pages."""
    refused = load.ledger.refused
    ingest.disk.fill()
    if fault.choice % 2:  # and has to begin on such a disk
        ingest.worker.process.kill()
        ingest.worker.process.start()
        wait_until("the worker listens", lambda: ingest.runs(ingest.worker))
    with load.flood():
        yield
        ingest.disk.fill()  # what deletes had freed, too
        _wait_until_felt(fault, lambda: load.ledger.refused > refused)
    ingest.disk.free()


@contextlib.contextmanager
def _stepped_clock(ingest: IngestUnderTest, _load: Load, fault: Fault) -> Iterator[None]:
    """Under load; the way back is another step."""
    clock = (ingest.worker_clock, ingest.clickhouse_clock)[fault.choice % 2]
    clock.set(_CLOCK_STEPS_SECONDS[fault.choice // 2 % len(_CLOCK_STEPS_SECONDS)])
    yield
    clock.set(0)


@contextlib.contextmanager
def _leaping_clocks(ingest: IngestUnderTest, load: Load, fault: Fault) -> Iterator[None]:
    """Between two bodies, with what was taken still on its way."""

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
    """Another script that seals other batches takes over the storage; later the first one.

    It cuts them elsewhere and for the other format, and repeats those of the first as they are.
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
    """Another number of them, for good; it may be the same one under a newer layout."""
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
    "lose answers of inserts": _lost_inserts,
    "lose answers to clients": _lost_answers,
    "cut inserts": _cut_inserts,
    "cut requests of clients": _cut_requests,
    "refuse inserts": _refused_inserts,
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
# Those that need nothing of what another fault may have broken.
_MEANWHILE = (
    "kill worker",
    "kill ClickHouse",
    "kill both",
    "lose answers of inserts",
    "lose answers to clients",
    "cut inserts",
    "cut requests of clients",
)
