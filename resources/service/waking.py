"""Wakes an idle service for what needs it awake: pipes and functions are changed on a running one.

The API answers 424 then, and says whether the service can be woken. A stopped one is left stopped:
somebody stopped it so that it costs nothing.
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
    """Send a request that needs the service running; wake it first if it turns out idle.

    Args:
        request: may be sent again after a 424, which says that nothing was done.
    Returns:
        The request's answer.
    Raises:
        ServiceGone: there is no such service any more.
        ResourceError: it is stopped.
        WaitFailed: it did not wake.
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
        raise ServiceGone(f"{ref} is gone, and what was in it")
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
