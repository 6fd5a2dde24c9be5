"""`when_awake`: send a request that needs a running service, and wake an idle service for it.

The API responds with 424 to a change of a pipe or a function on a service that does not run. A
stopped service is not started: it was stopped on purpose, to cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from resources.base.errors import ResourceError, ServiceGone
from resources.base.polling import Poller
from resources.service.service_states import (
    DEGRADED,
    DELETED,
    DELETING,
    FAILED,
    PARTIALLY_RUNNING,
    STOPPED,
    STOPPED_OR_STOPPING,
)
from resources.service.waits import ServiceRef, get_or_none

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["when_awake"]

T = TypeVar("T")

_WAKE_SECONDS = 600.0
_NOT_RUNNING = 424
_AWAKE = frozenset({"running"}) | PARTIALLY_RUNNING | DEGRADED


def when_awake(
    client: Client,
    ref: ServiceRef,
    request: Callable[[], T],
    progress: Callable[[str], None] = lambda _message: None,
) -> T:
    """Send a request. If the service turns out to be idle, wake it and send the request again.

    Args:
        request: is called again after a 424, which means that it had no effect.
    Returns:
        The response.
    Raises:
        ServiceGone: the service was deleted.
        ResourceError: the service is stopped.
        WaitFailed: the service was not awake before the deadline.
    """
    from clickhouse_api import errors

    try:
        return request()
    except errors.ApiStatusError as error:
        if error.status != _NOT_RUNNING:
            raise
    _wake(client, ref, progress)
    return request()


def _wake(client: Client, ref: ServiceRef, progress: Callable[[str], None]) -> None:
    from resources.service import service_steps

    service = get_or_none(client, ref)
    if service is None or service.state in DELETING:
        raise ServiceGone(f"{ref} was deleted, with everything in it")
    if service.state in STOPPED_OR_STOPPING:
        raise ResourceError(
            f"{ref} is {service.state}, and this needs it running: start it "
            '(`desired_state="running"`), then `pulumi up` again'
        )
    if service.state == "idle":
        service_steps.command(client, ref, "awake")

    poller = Poller(str(ref), _WAKE_SECONDS, progress)

    def awake(seen: models.Service | None) -> bool:
        if seen is None or seen.state in DELETING | DELETED | STOPPED | FAILED:
            raise poller.failure("is awake", _state_of(seen))
        return seen.state in _AWAKE

    poller.until(
        get_or_none(client, ref),
        lambda: get_or_none(client, ref),
        awake,
        state_of=_state_of,
        goal="is awake",
    )


def _state_of(service: models.Service | None) -> str | None:
    return str(service.state) if service is not None else None
