"""Senders that behave like real clients: each repeats a body until it is acknowledged."""

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
RESPONSE_SECONDS = 4.0
# The pause between two bodies of a sender. Eight senders then leave the engines most of a core.
_PAUSE_SECONDS = (0.02, 0.12)
_RETRY_SECONDS = (0.05, 0.3)
# After each failed attempt, this share of the bodies is not sent again.
_GIVES_UP = 0.05


@dataclass
class Ledger:
    """The outcome of each body.

    Attributes:
        acknowledged: rows by body; ClickHouse must have one copy of each.
        given_up: rows by body; ClickHouse may have one copy of each, or none.
        wrong: responses that no fault explains.
        repeats: attempts after the first one of a body.
        rejected: responses that request another attempt.
    """

    acknowledged: dict[str, dict[int, int]] = field(
        default_factory=lambda: {signal: {} for signal in SIGNALS}
    )
    given_up: dict[str, dict[int, int]] = field(
        default_factory=lambda: {signal: {} for signal in SIGNALS}
    )
    wrong: list[str] = field(default_factory=list)
    repeats: int = 0
    rejected: int = 0

    def counts(self) -> dict[str, int]:
        """Return the number of acknowledged bodies of each signal."""
        return {signal: len(bodies) for signal, bodies in self.acknowledged.items()}


class Load:
    """Senders for each signal. A context manager that ends when all senders have finished.

    Args:
        port: port of the worker, or of the proxy in front of it.
        seed: determines the bodies.
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
        self._in_flight = 0
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
        """Wait until another body of each signal is acknowledged."""
        before = self.ledger.counts()

        def is_more() -> bool:
            assert self.ledger.wrong == []
            return all(now > before[signal] for signal, now in self.ledger.counts().items())

        wait_until("all signals are accepted", is_more)

    @contextlib.contextmanager
    def lull(self) -> Iterator[None]:
        """Stop sending, and wait until no request is in flight. Send again at the end."""
        with self._lock:
            self._flowing.clear()
        try:
            wait_until("no request is in flight", lambda: self._in_flight == 0)
            yield
        finally:
            self._flowing.set()

    @contextlib.contextmanager
    def flood(self) -> Iterator[None]:
        """Send logs of megabytes until the end."""
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
                self._in_flight += 1
            is_large = self._flooding.is_set() and signal == "logs"
            body = make_large_body(number, dice) if is_large else make_body(number, signal, dice)
            is_accepted = self._send(body, dice)
            with self._lock:
                self._in_flight -= 1
                ledger = self.ledger.acknowledged if is_accepted else self.ledger.given_up
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
                self.ledger.rejected += status is not None
            time.sleep(dice.uniform(*_RETRY_SECONDS))
        raise AssertionError("unreachable")

    def _status_of(self, body: Body, attempt: int) -> int | None:
        """Return the status, or None without a response: the worker may have accepted the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=RESPONSE_SECONDS)
        with contextlib.closing(connection):
            try:
                content, headers = body.attempt(attempt)
                connection.request("POST", body.path, content, headers)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                return None
            return response.status
