"""`ServiceSteps`: start, change, stop and delete a service.

A step that is done already sends no request. The steps compare with the cloud, not with
Pulumi's state.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from resources.base import pulumi_engine as engine
from resources.base.errors import ResourceError
from resources.service import service_fields, service_requests
from resources.service.secondaries import naming_secondaries, releasing_own_secondaries
from resources.service.service_states import (
    COMING_UP,
    DELETING,
    REJECT_DELETE,
    STOPPED,
    STOPPED_OR_STOPPING,
)
from resources.service.waits import ServiceRef, Waiter, get_or_none

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["ServiceSteps", "command"]

# Provisioning takes minutes. A restore from a backup may take more than an hour.
DEFAULT_TIMEOUT_MINUTES = 30
RESTORE_TIMEOUT_MINUTES = 120


class ServiceSteps:
    """The steps of one service.

    Args:
        client: an open client of the control plane.
        ref: the service.
        props: the inputs that the service should have.
        waiter: waits for the service, with one deadline for all steps.
    """

    def __init__(
        self, client: Client, ref: ServiceRef, props: Mapping[str, Any], waiter: Waiter
    ) -> None:
        self._client = client
        self._ref = ref
        self._props = props
        self._waiter = waiter

    @classmethod
    def until_timeout(
        cls,
        client: Client,
        ref: ServiceRef,
        props: Mapping[str, Any],
        progress: engine.Progress,
    ) -> ServiceSteps:
        """Return the steps of a service, with the deadline that its inputs set."""
        restored = props.get("backup_id") is not None
        default = RESTORE_TIMEOUT_MINUTES if restored else DEFAULT_TIMEOUT_MINUTES
        seconds = (props.get("timeout_minutes") or default) * 60
        return cls(
            client, ref, props, Waiter(client, ref, deadline_seconds=seconds, progress=progress)
        )

    def start_created(self, service: models.Service) -> models.Service:
        """Start a service that this resource has just created or adopted, and wait until it runs.

        A created service runs before it is stopped on request, because only a running service
        accepts a password. An adopted service that is stopped stays stopped, unless `desired_state`
        is `running`.
        """
        adopted = self._props.get("adopt") is not None
        desired = self._props.get("desired_state") if adopted else "running"
        service = self.start(service, desired)
        if service.state in STOPPED_OR_STOPPING:
            return service
        return self._waiter.until_running(service)

    def start(self, service: models.Service, desired_state: str | None) -> models.Service:
        """Start a stopped service whose desired state is `running`; `idle` counts as running.

        A service whose `idle_scaling` is switched off is woken: otherwise it would stay idle until
        the next query.
        """
        if desired_state != "running":
            return service
        if service.state in STOPPED_OR_STOPPING:
            self._waiter.until_stopped(service)
            command(self._client, self._ref, "start")
            return self._waiter.until_running(service)
        if service.state == "idle" and self._props.get("idle_scaling") is False:
            command(self._client, self._ref, "awake")
            return self._waiter.until_running(service, states=frozenset({"running"}))
        if service.state in COMING_UP:
            return self._waiter.until_running(service)
        return service

    def change(self, service: models.Service) -> models.Service:
        """Send the fields that differ and wait until the service has them."""
        patch = service_requests.patch_request(service, self._props)
        if patch is not None:
            service = self._client.service.instance_update(*self._ids, patch)
        scaling = service_requests.scaling_request(service, self._props)
        if scaling is not None:
            self._client.service.instance_replica_scaling_update(*self._ids, scaling)
            service = get_or_none(self._client, self._ref) or service
        if patch is None and scaling is None:
            return service

        def matches(seen: models.Service) -> bool:
            return not service_fields.differences(seen, self._props)

        if service.state in STOPPED_OR_STOPPING:
            return self._waiter.until_matching(service, matches)
        return self._waiter.until_running(service, matches=matches, goal="runs as required")

    def set_password(self, hashes: Mapping[str, Any]) -> None:
        """Send the hashes of the `default` user's password."""
        request = service_requests.password_request(hashes)
        self._client.service.instance_password_update(*self._ids, request)

    def stop(self, service: models.Service) -> models.Service:
        """Stop a service whose desired state is `stopped`. This is the last step of a change.

        Raises:
            ResourceError: it did not stop, or secondaries of another stack prevent it.
        """
        if self._props.get("desired_state") != "stopped" or service.state in STOPPED:
            return service

        def stop_secondary(other: models.Service) -> None:
            ref = ServiceRef(self._ref.organization_id, str(other.id), other.name or "")
            _stop(self._client, ref, self._waiter.for_other(ref), other)

        return releasing_own_secondaries(
            lambda: _stop(self._client, self._ref, self._waiter, service),
            stop_secondary,
            self._props,
        )

    def delete(self) -> None:
        """Delete the service in any state. A service that does not exist is a success.

        Raises:
            WaitFailed: it was not stopped or not deleted before the deadline.
            ResourceError: it is a primary that still has secondaries.
        """
        service = get_or_none(self._client, self._ref)
        # Each round sends three requests: a read, a delete and, if the delete is rejected, a list
        # of the services that may prevent it. In 15 s, that is one request per 5 s.
        pauses = itertools.chain((1.0,), itertools.repeat(15.0))
        while service is not None and service.state not in DELETING:
            service = self._stopped_for_delete(service)
            if service is None or self._delete_begins():
                break
            # For a while after `stopped` is visible, the API still rejects a delete.
            self._waiter.pause(service, "may be deleted", seconds=next(pauses))
            service = get_or_none(self._client, self._ref)
        self._waiter.until_deleted(service)

    @property
    def _ids(self) -> tuple[str, str]:
        return self._ref.organization_id, self._ref.id

    def _stopped_for_delete(self, service: models.Service) -> models.Service | None:
        if service.state in REJECT_DELETE:
            with naming_secondaries(self._client, self._ref, "stop"):
                service = command(self._client, self._ref, "stop")
        if service.state in REJECT_DELETE or service.state == "stopping":
            return self._waiter.until_stopped(service)
        return service

    def _delete_begins(self) -> bool:
        """Send the delete. Return False if the API does not accept a delete yet."""
        from clickhouse_api import errors

        try:
            with naming_secondaries(self._client, self._ref, "delete"):
                self._client.service.instance_delete(*self._ids)
        except errors.NotFound:
            return True
        except errors.Conflict:
            return False
        return True


def command(client: Client, ref: ServiceRef, command: str) -> models.Service:
    """Send `start`, `stop` or `awake`. A service in the target state already is a success.

    Returns:
        The service as it was when the API accepted the command.
    """
    from clickhouse_api import models

    request = models.ServiceStatePatchRequest.model_validate({"command": command})
    return client.service.instance_state_update(ref.organization_id, ref.id, request)


def _stop(
    client: Client, ref: ServiceRef, waiter: Waiter, service: models.Service
) -> models.Service:
    if service.state != "stopping":
        with naming_secondaries(client, ref, "stop"):
            service = command(client, ref, "stop")
    stopped = waiter.until_stopped(service)
    if stopped is None or stopped.state not in STOPPED:
        state = stopped.state if stopped is not None else "deleted"
        raise ResourceError(f"{ref} was stopped on request, but its state is {state}")
    return stopped
