"""`Waiter`: waits until a ClickHouse service runs, is stopped or is deleted.

Between two requests to the API, the waiter sends the service's own `/ping`, which needs no login
and has no rate limit. As soon as `/ping` responds, the wait requests the service from the API
again, so a service that starts in a second does not cost an interval of 5 s.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resources.base import pulumi_engine as engine
from resources.base.polling import Intervals, Poller
from resources.service.service_states import DELETED, DELETING, FAILED, RUNNING, STOPPED

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["ServiceRef", "Waiter", "get_or_none", "https_endpoint"]

# A service in these states does not run again. A degraded one may recover.
_HOPELESS = FAILED | DELETING | DELETED

# A service that starts is pinged, so the first request to the API comes later.
_WHILE_PINGED = Intervals(first=5.0)
_UNPINGED = Intervals()
_PING_INTERVAL_SECONDS = 0.25
_PING_TIMEOUT_SECONDS = 2.0
# A service may be `running` for the API and not yet respond: certificates and DNS take a moment.
# This machine may also be missing in the service's IP access list.
_PING_GRACE_SECONDS = 30.0


@dataclass(frozen=True)
class ServiceRef:
    """The ids of a service, and its name in messages."""

    organization_id: str
    id: str
    name: str

    def __str__(self) -> str:
        return f"service {self.name} ({self.id})"


def get_or_none(client: Client, ref: ServiceRef) -> models.Service | None:
    """Return the service as the API has it, or None if it is deleted."""
    from clickhouse_api import errors

    try:
        service = client.service.instance_get(ref.organization_id, ref.id)
    except errors.NotFound:
        return None
    return None if service.state in DELETED else service


def https_endpoint(service: models.Service) -> str | None:
    """Return the origin of the service's HTTPS interface, or None if it has none yet."""
    for endpoint in service.endpoints or []:
        if endpoint.protocol == "https" and endpoint.host and endpoint.port:
            return f"https://{endpoint.host}:{int(endpoint.port)}"
    return None


def responds(origin: str | None) -> bool:
    """Return whether a ClickHouse server responds to a ping."""
    import httpx

    if origin is None:
        return False
    try:
        response = httpx.get(f"{origin}/ping", timeout=_PING_TIMEOUT_SECONDS)
    except (httpx.HTTPError, OSError):
        return False
    return response.status_code == 200


class Waiter:
    """Waits for one service. Tests pass their own clock, sleep and ping.

    Args:
        client: an open client of the control plane.
        ref: the service.
        deadline_seconds: limit of all waits of this waiter together, from its creation.
        progress: receives a line before each pause.
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
        ping: Callable[[str | None], bool] = responds,
    ) -> None:
        self._client = client
        self._ref = ref
        self._poller = Poller(str(ref), deadline_seconds, progress, clock, sleep)
        self._ping = ping

    def for_other(self, ref: ServiceRef) -> Waiter:
        """Return a waiter for another service that has the same deadline."""
        other = copy.copy(self)
        other._ref = ref
        other._poller = copy.copy(self._poller)
        other._poller.subject = str(ref)
        return other

    def until_running(
        self,
        service: models.Service,
        *,
        matches: Callable[[models.Service], bool] = lambda _service: True,
        states: frozenset[str] = RUNNING,
        goal: str = "runs",
    ) -> models.Service:
        """Wait until the service runs, responds and has the required fields.

        Args:
            service: the service as last returned by the API.
            matches: returns whether its fields are as required.
            states: the accepted states; without `idle`, the service must be awake.
            goal: completes "waiting until it ...".
        Returns:
            The observation that ended the wait.
        Raises:
            WaitFailed: the service failed or was deleted, or the deadline passed.
        """
        running = self._until(
            service, lambda seen: seen.state in states and matches(seen), goal, pinged=True
        )
        self._until_responding(running)
        return running

    def until_matching(
        self, service: models.Service, matches: Callable[[models.Service], bool]
    ) -> models.Service:
        """Wait until a service that does not run has the required fields.

        Raises:
            WaitFailed: the service failed or was deleted, or the deadline passed.
        """
        return self._until(service, matches, "is as required", pinged=False)

    def until_stopped(self, service: models.Service | None) -> models.Service | None:
        """Wait until the service is stopped or has failed.

        Args:
            service: the service as last returned by the API, for example by the stop command.
        Returns:
            The observation that ended the wait; None if the service was deleted.
        Raises:
            WaitFailed: the deadline passed.
        """
        return self._poll(
            service, lambda seen: seen is None or seen.state in STOPPED | FAILED, "is stopped"
        )

    def until_deleted(self, service: models.Service | None) -> None:
        """Wait until the API no longer has the service.

        Args:
            service: the service as last returned by the API, before the delete request.
        Raises:
            WaitFailed: the deadline passed.
        """
        self._poll(service, lambda seen: seen is None, "is deleted")

    def pause(self, service: models.Service, goal: str, *, seconds: float) -> None:
        """Wait before a request is repeated.

        Raises:
            WaitFailed: the deadline passed.
        """
        self._poller.pause(seconds, service.state, goal)

    def _until(
        self,
        service: models.Service,
        done: Callable[[models.Service], bool],
        goal: str,
        *,
        pinged: bool,
    ) -> models.Service:
        """Wait, and fail immediately if the service cannot reach the goal any more."""

        def is_done(seen: models.Service | None) -> bool:
            if seen is None or seen.state in _HOPELESS:
                raise self._poller.failure(goal, _state_of(seen))
            return done(seen)

        origin = https_endpoint(service) if pinged else None
        reached = self._poll(service, is_done, goal, origin=origin, pinged=pinged)
        assert reached is not None  # noqa: S101 - `is_done` raises on None
        return reached

    def _poll(
        self,
        service: models.Service | None,
        done: Callable[[models.Service | None], bool],
        goal: str,
        *,
        origin: str | None = None,
        pinged: bool = False,
    ) -> models.Service | None:
        poller = copy.copy(self._poller)
        poller.intervals = _WHILE_PINGED if pinged else _UNPINGED
        poller.sleep = self._sleep_until_first_ping(origin)
        return poller.until(
            service,
            lambda: get_or_none(self._client, self._ref),
            done,
            state_of=_state_of,
            goal=goal,
        )

    def _sleep_until_first_ping(self, origin: str | None) -> Callable[[float], None]:
        """Return a sleep that ends when the service responds, but only the first time.

        A second early request would exceed one request per 5 s.
        """
        responded = origin is None
        poller = self._poller

        def sleep(seconds: float) -> None:
            nonlocal responded
            end = poller.clock() + seconds
            while (left := end - poller.clock()) > 0:
                if not responded and self._ping(origin):
                    responded = True
                    return
                poller.sleep(left if responded else min(left, _PING_INTERVAL_SECONDS))

        return sleep

    def _until_responding(self, service: models.Service) -> None:
        """Wait until the service responds. If it does not respond, continue without it."""
        origin = https_endpoint(service)
        if origin is None:
            return
        grace = replace(
            self._poller,
            deadline_seconds=min(_PING_GRACE_SECONDS, self._poller.seconds_left()),
            intervals=Intervals.of(_PING_INTERVAL_SECONDS),
        )
        message = f"{self._ref}: running, waiting until {origin} responds"
        grace.find(lambda: self._ping(origin), message=message)


def _state_of(service: models.Service | None) -> str | None:
    return str(service.state) if service is not None else None
