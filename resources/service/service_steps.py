"""The steps of a service's life, each safe to do again: make or take over, change, delete.

What a step observes is the cloud; nothing here knows of Pulumi's state. The argument why an
interrupted run leaves neither an orphan nor a second service is in `ownership` and `attempts`.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from resources.base import pulumi_engine as engine
from resources.base.create_note import IN_FLIGHT_SECONDS, CreateNote
from resources.base.errors import Interrupted, ResourceError
from resources.base.ownership import Owner
from resources.service import service_fields, service_requests
from resources.service.secondaries import naming_secondaries, releasing_own_secondaries
from resources.service.service_states import (
    COMING_UP,
    DELETED,
    DELETING,
    REJECT_DELETE,
    STOPPED,
    STOPPED_OR_STOPPING,
    STOPPING,
)
from resources.service.shared_list import lists
from resources.service.waits import ServiceRef, Waiter, get_or_none

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = [
    "command",
    "delete_service",
    "ensure_exists",
    "ensure_started",
    "ensure_stopped",
    "existing",
    "ref_of",
    "refuse_successor",
    "sync",
    "unfinished",
    "waiter_for",
]

# Provisioning takes minutes; a service that is restored from a backup may take over an hour.
DEFAULT_TIMEOUT_MINUTES = 30
RESTORE_TIMEOUT_MINUTES = 120
# Most often only the answer was lost, and what it was about is there.
FIRST_LOOK_SECONDS = 1.0
LOOK_INTERVAL_SECONDS = 5.0


def ensure_exists(
    client: Client, props: Mapping[str, Any], progress: engine.Progress
) -> models.Service:
    """The service to adopt, what an interrupted run left, or a new one."""
    if props.get("adopt") is not None:
        return existing(client, props)
    attempt = CreateNote(Owner.of(props))
    # A list from before a noted request arrived would not show what it made.
    found = unfinished(client, props, shared=not attempt.exists())
    if found is None:
        found = _find_late(client, props, progress, attempt.seconds_left())
    if found is not None:
        attempt.remove()
    if found is not None and found.state == "failed":
        # In no state and of no use to anybody, but possibly billed.
        ref = ref_of(props, found)
        delete_service(client, ref, waiter_for(client, ref, props, progress))
    elif found is not None:
        return found
    progress(f"creating a service in {props['cloud_provider']} {props['region']}")
    return _post(client, props, progress, attempt)


def ensure_started(
    client: Client,
    ref: ServiceRef,
    waiter: Waiter,
    service: models.Service,
    wanted: Mapping[str, Any],
) -> models.Service:
    """Start a stopped service that is wanted running; `idle` is a form of running.

    One that shall no longer go idle is woken: by itself it would stay so until the next query.
    """
    if wanted.get("desired_state") != "running":
        return service
    if service.state in STOPPED_OR_STOPPING:
        waiter.until_stopped(service)
        command(client, ref, "start")
        return waiter.until_running(service)
    if service.state == "idle" and wanted.get("idle_scaling") is False:
        command(client, ref, "awake")
        return waiter.until_running(service, states=frozenset({"running"}))
    if service.state in COMING_UP:
        return waiter.until_running(service)
    return service


def ensure_stopped(
    client: Client,
    ref: ServiceRef,
    waiter: Waiter,
    service: models.Service,
    wanted: Mapping[str, Any],
) -> models.Service:
    """Stop a service that is wanted stopped; the last step, after every change.

    Raises:
        ResourceError: secondaries of somebody else hold it, or it did not stop.
    """
    if wanted.get("desired_state") != "stopped" or service.state in STOPPED:
        return service

    def stop_secondary(other: models.Service) -> None:
        its = ref_of(wanted, other)
        _stop(client, its, waiter.for_other(its), other)

    return releasing_own_secondaries(
        lambda: _stop(client, ref, waiter, service), stop_secondary, wanted
    )


def _stop(
    client: Client, ref: ServiceRef, waiter: Waiter, service: models.Service
) -> models.Service:
    if service.state not in STOPPING:
        with naming_secondaries(client, ref, "stop"):
            service = command(client, ref, "stop")
    stopped = waiter.until_stopped(service)
    if stopped is None or stopped.state not in STOPPED:
        state = stopped.state if stopped is not None else "gone"
        raise ResourceError(f"{ref} was told to stop and is {state}")
    return stopped


def sync(
    client: Client,
    ref: ServiceRef,
    waiter: Waiter,
    service: models.Service,
    wanted: dict[str, Any],
) -> models.Service:
    """Each request is idempotent, so an interrupted update is simply done again."""
    patch = service_requests.patch_request(service, wanted)
    if patch is not None:
        service = client.service.instance_update(ref.organization_id, ref.id, patch)
    scaling = service_requests.scaling_request(service, wanted)
    if scaling is not None:
        client.service.instance_replica_scaling_update(ref.organization_id, ref.id, scaling)
        service = get_or_none(client, ref) or service
    if patch is None and scaling is None:
        return service

    def matches(seen: models.Service) -> bool:
        return not service_fields.differences(seen, wanted)

    if service.state in STOPPED_OR_STOPPING:
        return waiter.until_matching(service, matches)
    return waiter.until_running(service, matches=matches, goal="runs as asked")


def delete_service(client: Client, ref: ServiceRef, waiter: Waiter) -> None:
    """Delete a service whatever state it is in; one that is gone already is a success.

    Raises:
        WaitFailed: it did not stop, or did not go, before the deadline.
        ResourceError: it is a primary, and secondaries hold it.
    """
    service = get_or_none(client, ref)
    # A look, a delete and, as it is refused, a list of what may hold the service: in 15 s they are
    # the one request per 5 s that a wait may cost.
    pauses = itertools.chain((1.0,), itertools.repeat(15.0))
    while service is not None and service.state not in DELETING:
        if service.state in REJECT_DELETE:
            with naming_secondaries(client, ref, "stop"):
                service = command(client, ref, "stop")
        if service.state in REJECT_DELETE | STOPPING:
            service = waiter.until_stopped(service)
        if service is None or _delete_begins(client, ref):
            break
        # For a while after `stopped` shows, the API still calls it too early.
        waiter.pause(service, "may be deleted", seconds=next(pauses))
        service = get_or_none(client, ref)
    waiter.until_deleted(service)


def _delete_begins(client: Client, ref: ServiceRef) -> bool:
    """Send the delete; False where the API says that it comes too early."""
    from clickhouse_api import errors

    try:
        with naming_secondaries(client, ref, "delete"):
            client.service.instance_delete(ref.organization_id, ref.id)
    except errors.NotFound:
        return True
    except errors.Conflict:
        return False
    return True


def ref_of(props: Mapping[str, Any], service: models.Service) -> ServiceRef:
    """What to call a service in requests and messages."""
    return ServiceRef(props["organization_id"], str(service.id), service.name or "")


def waiter_for(
    client: Client, ref: ServiceRef, props: Mapping[str, Any], progress: engine.Progress
) -> Waiter:
    """A waiter with the deadline that the resource sets."""
    restored = props.get("backup_id") is not None
    default = RESTORE_TIMEOUT_MINUTES if restored else DEFAULT_TIMEOUT_MINUTES
    minutes = props.get("timeout_minutes") or default
    return Waiter(client, ref, deadline_seconds=minutes * 60, progress=progress)


def command(client: Client, ref: ServiceRef, command: str) -> models.Service:
    """Send `start`, `stop` or `awake`; at its target already is a success.

    Returns:
        The service as it was when the command was taken.
    """
    from clickhouse_api import models

    request = models.ServiceStatePatchRequest.model_validate({"command": command})
    return client.service.instance_state_update(ref.organization_id, ref.id, request)


def existing(client: Client, props: Mapping[str, Any]) -> models.Service:
    """The service that `adopt` names.

    Raises:
        ResourceError: there is none, or it is in another place or of another kind.
    """
    ref = ServiceRef(props["organization_id"], props["adopt"], "to adopt")
    service = get_or_none(client, ref)
    if service is None:
        raise ResourceError(f"adopt: there is no service {ref.id} in this organization")
    _require_same_kind(service, props, "adopt names")
    return service


def unfinished(
    client: Client, props: Mapping[str, Any], *, shared: bool = False
) -> models.Service | None:
    """What an interrupted create of this resource left behind, if it did.

    Args:
        shared: whether another resource's list, of a moment ago, may say that there is nothing.
    Raises:
        ResourceError: there are several, or one of another kind than is wanted.
    """
    organization = props["organization_id"]
    if shared and not Owner.of(props).unfinished(lists.services(client, organization)):
        return None
    services = client.service.instance_get_list(organization)
    found = [s for s in Owner.of(props).unfinished(services) if s.state not in DELETING | DELETED]
    if len(found) > 1:
        names = ", ".join(f"{service.name} ({service.id})" for service in found)
        raise ResourceError(
            f"{len(found)} unfinished services carry the marks of this resource: {names}; "
            "delete all but one, `python -m resources.orphans` lists them"
        )
    if not found:
        return None
    _require_same_kind(found[0], props, "an interrupted run left")
    return found[0]


def refuse_successor(client: Client, props: Mapping[str, Any]) -> None:
    """Refuse a second service of a resource whose first is protected.

    A replacement that was forced (`--target-replace`, a taint) has passed no `diff`, and the first
    one's deletion would be refused only once there are two.

    Raises:
        ResourceError: names the first.
    """
    if not props.get("deletion_protection"):
        return
    services = client.service.instance_get_list(props["organization_id"])
    finished = Owner.of(props).finished(services)
    for service in (it for it in finished if it.state not in DELETING | DELETED):
        raise ResourceError(
            f"deletion_protection is True: service {service.name} ({service.id}) of this resource "
            "exists and is not replaced; allowed: deletion_protection=False in a `pulumi up` of "
            f"its own first, or adopt={str(service.id)!r} if no state knows of it"
        )


def _require_same_kind(service: models.Service, props: Mapping[str, Any], who: str) -> None:
    names = service_fields.mismatched(service, props)
    if not names:
        return
    seen = service_fields.outputs(service, {})
    if {"cloud_provider", "region"} & set(names):
        names = ["cloud_provider", "region"]
    is_not = ", ".join(f"{name} {seen.get(name)!r}" for name in names)
    wanted = ", ".join(f"{name} {props.get(name)!r}" for name in names)
    raise ResourceError(
        f"{who} service {service.name} ({service.id}) with {is_not}, but {wanted} is wanted: go "
        "back to that, or delete it first (`python -m resources.orphans` lists what interrupted "
        "runs left)"
    )


def _post(
    client: Client, props: Mapping[str, Any], progress: engine.Progress, attempt: CreateNote
) -> models.Service:
    """Create the service; if the answer is lost, find what was created. Never send it twice."""
    from clickhouse_api import errors

    request = service_requests.post_request(props, Owner.of(props).marks())
    attempt.write()
    try:
        service = client.service.instance_create(props["organization_id"], request).service
    except Interrupted:
        attempt.remove()  # it still waited for its turn to be sent
        raise
    except errors.ClickHouseApiError as error:
        if not error.maybe_applied:
            attempt.remove()
            raise
        service = _find_late(client, props, progress, IN_FLIGHT_SECONDS)
        if service is None:
            raise ResourceError(
                f"creating a service: {error}. It has not appeared since; if it does, "
                "the next `pulumi up` takes it over"
            ) from error
    attempt.remove()
    if service is None:
        raise ResourceError("creating a service: the API's answer names no service")
    return service


def _find_late(
    client: Client, props: Mapping[str, Any], progress: engine.Progress, seconds: float
) -> models.Service | None:
    """Look for a service whose create was sent but never answered, for as long as it may come."""
    deadline = time.monotonic() + seconds
    interval = FIRST_LOOK_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        progress("an answer was lost, looking for the service it was about")
        engine.sleep(min(interval, left))
        interval = LOOK_INTERVAL_SECONDS
        found = unfinished(client, props)
        if found is not None:
            return found
    return None
