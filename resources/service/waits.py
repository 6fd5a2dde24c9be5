"""Waits for a service: until it runs as asked, is stopped, or is gone.

One wait costs at most one request per 5 s of the 10 per 10 s that a key has. Between two requests
the service's own `/ping` is asked, which needs no login and counts against no limit: as soon as it
answers, the API is read again, so a service that is up in a second is not waited for in fives.
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.base import pulumi_engine as engine
from resources.base.errors import WaitFailed
from resources.service.service_states import DELETED, DELETING, FAILED, RUNNING, STOPPED

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["ServiceRef", "Waiter", "get_or_none", "https_endpoint"]

# A service in these states does not run again. A degraded one may recover.
_HOPELESS = FAILED | DELETING | DELETED

# After a command the first look comes soon, in place of one at once that could show nothing; the
# second comes 5 s later.
_FIRST_LOOK_SECONDS = 1.0
_FIRST_INTERVAL_SECONDS = 5.0
_LONGEST_INTERVAL_SECONDS = 15.0
_PING_INTERVAL_SECONDS = 0.25
_PING_TIMEOUT_SECONDS = 2.0
# How long a service may be `running` for the API and not answer us: certificates and DNS take a
# moment, and whoever runs `pulumi` may not be on the service's IP access list at all.
_ANSWER_GRACE_SECONDS = 30.0


@dataclass(frozen=True)
class ServiceRef:
    """Which service, and what to call it in messages."""

    organization_id: str
    id: str
    name: str

    def __str__(self) -> str:
        return f"service {self.name} ({self.id})"


def get_or_none(client: Client, ref: ServiceRef) -> models.Service | None:
    """The service as the API sees it; None where it is gone."""
    from clickhouse_api import errors

    try:
        service = client.service.instance_get(ref.organization_id, ref.id)
    except errors.NotFound:
        return None
    return None if service.state in DELETED else service


def https_endpoint(service: models.Service) -> str | None:
    """Origin of the service's HTTPS interface, None while it has none."""
    for endpoint in service.endpoints or []:
        if endpoint.protocol == "https" and endpoint.host and endpoint.port:
            return f"https://{endpoint.host}:{int(endpoint.port)}"
    return None


def answers(origin: str | None) -> bool:
    """Whether a ClickHouse server answers at an origin."""
    import httpx

    if origin is None:
        return False
    try:
        answer = httpx.get(f"{origin}/ping", timeout=_PING_TIMEOUT_SECONDS)
    except (httpx.HTTPError, OSError):
        return False
    return answer.status_code == 200


class Waiter:
    """Waits for one service; the clock, the sleep and the ping are handed in by tests.

    Args:
        client: an open client of the control plane.
        ref: the service.
        deadline_seconds: wall clock for all waits of this waiter together.
        progress: told what is being waited for.
    """

    def __init__(
        self,
        client: Client,
        ref: ServiceRef,
        *,
        deadline_seconds: float,
        progress: Callable[[str], None] = lambda _message: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = engine.sleep,
        ping: Callable[[str | None], bool] = answers,
    ) -> None:
        self._client = client
        self._ref = ref
        self._deadline_seconds = deadline_seconds
        self._deadline = clock() + deadline_seconds
        self._progress = progress
        self._clock = clock
        self._sleep = sleep
        self._ping = ping

    def for_other(self, ref: ServiceRef) -> Waiter:
        """A waiter for another service, with what is left of this one's deadline."""
        other = copy.copy(self)
        other._ref = ref
        return other

    def until_running(
        self,
        service: models.Service,
        *,
        matches: Callable[[models.Service], bool] = lambda _service: True,
        states: frozenset[str] = RUNNING,
        what: str = "waiting until it runs",
    ) -> models.Service:
        """Wait until the service runs, answers, and is as it was asked to be.

        Args:
            service: the latest answer of the API.
            matches: whether the service's fields are what was asked for.
            states: what counts as running; without `idle`, one that is awake.
            what: what to say meanwhile.
        Returns:
            The answer that ended the wait.
        Raises:
            WaitFailed: it failed, vanished, or the deadline passed.
        """

        def done(seen: models.Service | None) -> bool:
            if seen is None or seen.state in _HOPELESS:
                raise self._failed(what, seen)
            return seen.state in states and matches(seen)

        running = self._poll(service, done, what, hint=service)
        assert running is not None  # noqa: S101 - `done` raises on None
        self._until_answering(running)
        return running

    def until_matching(
        self, service: models.Service, matches: Callable[[models.Service], bool]
    ) -> models.Service:
        """Wait until a service that does not run has the fields that were asked for.

        Raises:
            WaitFailed: it failed, vanished, or the deadline passed.
        """

        def done(seen: models.Service | None) -> bool:
            if seen is None or seen.state in _HOPELESS:
                raise self._failed("waiting until it is as asked", seen)
            return matches(seen)

        settled = self._poll(service, done, "waiting until it is as asked")
        assert settled is not None  # noqa: S101 - `done` raises on None
        return settled

    def until_stopped(self, service: models.Service | None) -> models.Service | None:
        """Wait until the service is stopped, or has failed.

        Args:
            service: the latest answer of the API, that of the command to stop for example.
        Returns:
            The answer that ended the wait; None where it is gone.
        Raises:
            WaitFailed: the deadline passed.
        """

        def done(seen: models.Service | None) -> bool:
            return seen is None or seen.state in STOPPED | FAILED

        return self._poll(
            service, done, "waiting until it is stopped", interval=_FIRST_LOOK_SECONDS
        )

    def until_gone(self, service: models.Service | None) -> None:
        """Wait until the API no longer has the service.

        Args:
            service: the latest answer of the API, from before the delete.
        Raises:
            WaitFailed: the deadline passed.
        """
        what = "waiting until it is gone"
        self._poll(service, lambda seen: seen is None, what, interval=_FIRST_LOOK_SECONDS)

    def pause(self, service: models.Service, what: str, *, seconds: float) -> None:
        """Let some time pass before a request is repeated.

        Raises:
            WaitFailed: the deadline passed.
        """
        if self._clock() >= self._deadline:
            raise self._failed(what, service)
        self._progress(f"{self._ref.name}: {service.state}, {what}")
        self._sleep(min(seconds, self._deadline - self._clock()))

    def _poll(
        self,
        service: models.Service | None,
        done: Callable[[models.Service | None], bool],
        what: str,
        *,
        hint: models.Service | None = None,
        interval: float = _FIRST_INTERVAL_SECONDS,
    ) -> models.Service | None:
        origin = https_endpoint(hint) if hint is not None else None
        while not done(service):
            if self._clock() >= self._deadline:
                raise self._failed(what, service)
            state = service.state if service is not None else "gone"
            self._progress(f"{self._ref.name}: {state}, {what}")
            if self._hinted(origin, interval):
                origin = None  # one early read a wait, or the rule of one per 5 s is broken
            service = get_or_none(self._client, self._ref)
            # Jitter keeps several waits of one `up` from asking in the same instant.
            longer = min(interval * 1.25, _LONGEST_INTERVAL_SECONDS) * random.uniform(1, 1.1)  # noqa: S311
            interval = max(longer, _FIRST_INTERVAL_SECONDS)
        return service

    def _hinted(self, origin: str | None, interval: float) -> bool:
        """Let the interval pass; True as soon as the service itself says that it is up."""
        until = min(self._clock() + interval, self._deadline)
        while (left := until - self._clock()) > 0:
            if origin is not None and self._ping(origin):
                return True
            self._sleep(min(left, _PING_INTERVAL_SECONDS) if origin else left)
        return False

    def _until_answering(self, service: models.Service) -> None:
        origin = https_endpoint(service)
        until = min(self._clock() + _ANSWER_GRACE_SECONDS, self._deadline)
        while origin and self._clock() < until and not self._ping(origin):
            self._progress(f"{self._ref.name}: running, waiting until {origin} answers")
            self._sleep(_PING_INTERVAL_SECONDS)

    def _failed(self, what: str, service: models.Service | None) -> WaitFailed:
        state = service.state if service is not None else None
        shown = f"its state is {state}" if state else "the API no longer has it"
        late = self._clock() >= self._deadline
        after = f" after {self._deadline_seconds:.0f} s" if late else ""
        return WaitFailed(f"{self._ref}: gave up {what}{after}: {shown}", last_state=state)
