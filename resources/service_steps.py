"""The steps of a service's life, each safe to do again: make or take over, change, delete.

What a step observes is the cloud; nothing here knows of Pulumi's state. The argument why an
interrupted run leaves neither an orphan nor a second service is in `ownership` and `attempts`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from resources import engine, passwords, service_fields
from resources.attempts import IN_FLIGHT_SECONDS, Attempt
from resources.errors import ResourceError
from resources.ownership import Owner
from resources.waits import GONE, LEAVING, ServiceRef, Waiter, get_or_none

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = [
    "command",
    "delete_service",
    "ensure_exists",
    "existing",
    "ref_of",
    "set_new_password",
    "sync",
    "unfinished",
    "waiter_for",
]

# Provisioning takes minutes; a service that is restored from a backup may take over an hour, for
# which there is `timeout_minutes`.
DEFAULT_TIMEOUT_MINUTES = 30
LOOK_INTERVAL_SECONDS = 5.0
# The API deletes in most states, but not in these.
NEED_STOP = frozenset({"running", "partially_running", "idle"})


def ensure_exists(
    client: Client, props: Mapping[str, Any], progress: engine.Progress
) -> models.Service:
    """The service to adopt, what an interrupted run left, or a new one."""
    if props.get("adopt") is not None:
        return existing(client, props)
    attempt = Attempt(Owner.of(props))
    found = unfinished(client, props)
    if found is None:
        found = _find_late(client, props, progress, attempt.seconds_left())
    if found is not None:
        attempt.forget()
    if found is not None and found.state == "failed":
        # In no state and of no use to anybody, but possibly billed.
        ref = ref_of(props, found)
        delete_service(client, ref, waiter_for(client, ref, props, progress))
    elif found is not None:
        return found
    progress(f"creating a service in {props['cloud_provider']} {props['region']}")
    with attempt.noted():
        return _post(client, props, progress)


def sync(
    client: Client,
    ref: ServiceRef,
    waiter: Waiter,
    service: models.Service,
    wanted: dict[str, Any],
) -> models.Service:
    """Each request is idempotent, so an interrupted update is simply done again."""
    patch = service_fields.patch_request(service, wanted)
    if patch is not None:
        service = client.service.instance_update(ref.organization_id, ref.id, patch)
    scaling = service_fields.scaling_request(service, wanted)
    if scaling is not None:
        client.service.instance_replica_scaling_update(ref.organization_id, ref.id, scaling)
        service = get_or_none(client, ref) or service
    if patch is None and scaling is None:
        return service
    return waiter.until_running(
        service, matches=lambda seen: not service_fields.differences(seen, wanted)
    )


def delete_service(client: Client, ref: ServiceRef, waiter: Waiter) -> None:
    """Delete a service whatever state it is in; one that is gone already is a success.

    Raises:
        WaitFailed: it did not stop, or did not go, before the deadline.
    """
    from clickhouse_api import errors

    service = get_or_none(client, ref)
    while service is not None and service.state not in LEAVING:
        if service.state in NEED_STOP:
            command(client, ref, "stop")
            waiter.until_stopped(get_or_none(client, ref))
        try:
            client.service.instance_delete(ref.organization_id, ref.id)
            break
        except errors.NotFound:
            return
        except errors.Conflict:
            # For a while after `stopped` shows, the API still calls it too early.
            waiter.pause("waiting until it may be deleted")
            service = get_or_none(client, ref)
    waiter.until_gone(get_or_none(client, ref))


def ref_of(props: Mapping[str, Any], service: models.Service) -> ServiceRef:
    """What to call a service in requests and messages."""
    return ServiceRef(props["organization_id"], str(service.id), service.name or "")


def waiter_for(
    client: Client, ref: ServiceRef, props: Mapping[str, Any], progress: engine.Progress
) -> Waiter:
    """A waiter with the deadline that the resource sets."""
    minutes = props.get("timeout_minutes") or DEFAULT_TIMEOUT_MINUTES
    return Waiter(client, ref, deadline_seconds=minutes * 60, progress=progress)


def command(client: Client, ref: ServiceRef, command: str) -> None:
    """Send `start`, `stop` or `awake`; at its target already is a success."""
    from clickhouse_api import models

    request = models.ServiceStatePatchRequest.model_validate({"command": command})
    client.service.instance_state_update(ref.organization_id, ref.id, request)


def existing(client: Client, props: Mapping[str, Any]) -> models.Service:
    """The service that `adopt` names.

    Raises:
        ResourceError: there is none, or it is in another place.
    """
    ref = ServiceRef(props["organization_id"], props["adopt"], "to adopt")
    service = get_or_none(client, ref)
    if service is None:
        raise ResourceError(f"adopt: there is no service {ref.id} in this organization")
    _require_same_place(service, props, "adopt names")
    return service


def unfinished(client: Client, props: Mapping[str, Any]) -> models.Service | None:
    """What an interrupted create of this resource left behind, if it did."""
    services = client.service.instance_get_list(props["organization_id"])
    found = [s for s in Owner.of(props).unfinished(services) if s.state not in LEAVING | GONE]
    if len(found) > 1:
        names = ", ".join(f"{service.name} ({service.id})" for service in found)
        raise ResourceError(
            f"{len(found)} unfinished services carry the marks of this resource: {names}; "
            "delete all but one, `python -m resources.orphans` lists them"
        )
    if not found:
        return None
    _require_same_place(found[0], props, "an interrupted run left")
    return found[0]


def _require_same_place(service: models.Service, props: Mapping[str, Any], who: str) -> None:
    place, wanted = (
        (service.provider, service.region),
        (props["cloud_provider"], props["region"]),
    )
    if place != wanted:
        raise ResourceError(
            f"{who} service {service.name} ({service.id}) in {place[0]} {place[1]}, "
            f"but {wanted[0]} {wanted[1]} is wanted: go back to that region, or delete it first "
            "(`python -m resources.orphans` lists what interrupted runs left)"
        )


def _post(client: Client, props: Mapping[str, Any], progress: engine.Progress) -> models.Service:
    """Create the service; if the answer is lost, find what was created. Never send it twice."""
    from clickhouse_api import errors

    request = service_fields.post_request(props, Owner.of(props).marks())
    try:
        service = client.service.instance_create(props["organization_id"], request).service
    except errors.ClickHouseApiError as error:
        if not error.maybe_applied:
            raise
        service = _find_late(client, props, progress, IN_FLIGHT_SECONDS)
        if service is None:
            raise ResourceError(
                f"creating a service: {error}. It has not appeared since; if it does, "
                "the next `pulumi up` takes it over"
            ) from error
    if service is None:
        raise ResourceError("creating a service: the API's answer names no service")
    return service


def _find_late(
    client: Client, props: Mapping[str, Any], progress: engine.Progress, seconds: float
) -> models.Service | None:
    """Look for a service whose create was sent but never answered, for as long as it may come."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        progress("an answer was lost, looking for the service it was about")
        time.sleep(min(LOOK_INTERVAL_SECONDS, left))
        found = unfinished(client, props)
        if found is not None:
            return found
    return None


def set_new_password(client: Client, ref: ServiceRef) -> str:
    """Give the `default` user a password made here; only its hashes are sent."""
    from clickhouse_api import models

    password = passwords.generate()
    client.service.instance_password_update(
        ref.organization_id,
        ref.id,
        models.ServicePasswordPatchRequest(
            new_password_hash=passwords.base64_sha256(password),
            new_double_sha1_hash=passwords.double_sha1_hex(password),
        ),
    )
    return password
