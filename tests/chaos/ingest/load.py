"""Senders that do as real clients do: each body again and again until it is acknowledged."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.chaos.ingest.bodies import Body, make_body, make_large_body
from tests.support.access_binding import SIGNALS
from tests.support.process import wait_until

__all__ = ["Ledger", "Load"]

SENDERS_PER_SIGNAL = 2
ANSWER_SECONDS = 4.0
# Between two bodies of a sender; eight senders then leave the engines most of a core.
_PAUSE_SECONDS = (0.02, 0.12)
_RETRY_SECONDS = (0.05, 0.3)
# Share of the bodies with a failed attempt that are not sent again.
_GIVES_UP = 0.05


@dataclass
class Ledger:
    """What became of each body.

    Attributes:
        acknowledged: there has to be one copy of it.
        given_up: there may be one copy of it, or none.
        wrong: answers that no fault excuses.
        repeats: attempts after a first one.
        refused: answers that ask to send again.
    """

    acknowledged: dict[str, dict[int, int]] = field(
        default_factory=lambda: {signal: {} for signal in SIGNALS}
    )
    given_up: dict[str, dict[int, int]] = field(
        default_factory=lambda: {signal: {} for signal in SIGNALS}
    )
    wrong: list[str] = field(default_factory=list)
    repeats: int = 0
    refused: int = 0

    def counts(self) -> dict[str, int]:
        """How many bodies of each signal are acknowledged."""
        return {signal: len(bodies) for signal, bodies in self.acknowledged.items()}


class Load:
    """Some senders for each signal; a context manager that ends when all have finished.

    Args:
        port: of the worker, or of what stands before it.
        seed: of the bodies.
    """

    def __init__(self, port: int, *, seed: str) -> None:
        self.ledger = Ledger()
        self._port = port
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._flowing = threading.Event()
        self._flowing.set()
        self._flooding = threading.Event()
        self._under_way = 0
        self._senders = [
            threading.Thread(
                target=self._send_bodies,
                args=(signal, random.Random(f"{seed}/{signal}/{sender}")),
                daemon=True,
            )
            for signal in SIGNALS
            for sender in range(SENDERS_PER_SIGNAL)
        ]

    def __enter__(self) -> Load:
        for sender in self._senders:
            sender.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopping.set()
        self._flowing.set()
        for sender in self._senders:
            sender.join()

    def wait_for_progress(self) -> None:
        """Until a body of each signal is acknowledged that was not before."""
        before = self.ledger.counts()

        def is_more() -> bool:
            assert self.ledger.wrong == []
            return all(now > before[signal] for signal, now in self.ledger.counts().items())

        wait_until("all signals are taken", is_more)

    @contextlib.contextmanager
    def lull(self) -> Iterator[None]:
        """A while in which nothing is sent, and nothing waits for its answer."""
        with self._lock:
            self._flowing.clear()
        try:
            wait_until("nothing is under way", lambda: self._under_way == 0)
            yield
        finally:
            self._flowing.set()

    @contextlib.contextmanager
    def flood(self) -> Iterator[None]:
        """A while in which every log is megabytes long."""
        self._flooding.set()
        yield
        self._flooding.clear()

    def _send_bodies(self, signal: str, dice: random.Random) -> None:
        while not self._stopping.is_set() and not self.ledger.wrong:
            self._flowing.wait()
            with self._lock:
                if not self._flowing.is_set():
                    continue
                number = next(self._numbers)
                self._under_way += 1
            is_large = self._flooding.is_set() and signal == "logs"
            body = make_large_body(number, dice) if is_large else make_body(number, signal, dice)
            is_taken = self._send(body, dice)
            with self._lock:
                self._under_way -= 1
                ledger = self.ledger.acknowledged if is_taken else self.ledger.given_up
                ledger[signal][number] = body.rows
            time.sleep(dice.uniform(*_PAUSE_SECONDS))

    def _send(self, body: Body, dice: random.Random) -> bool:
        for attempt in itertools.count(1):
            status = self._status_of(body, attempt)
            if status == 200:
                return True
            if status not in (None, 429, 503):
                self.ledger.wrong.append(f"{body.path} of body {body.number}: {status}")
            if self.ledger.wrong or dice.random() < _GIVES_UP:
                return False
            with self._lock:
                self.ledger.repeats += 1
                self.ledger.refused += status is not None
            time.sleep(dice.uniform(*_RETRY_SECONDS))
        raise AssertionError("unreachable")

    def _status_of(self, body: Body, attempt: int) -> int | None:
        """None: no answer, so whether the body was taken is not known."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        with contextlib.closing(connection):
            try:
                content, headers = body.attempt(attempt)
                connection.request("POST", body.path, content, headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return None
            return answer.status
