"""`Receipt`: says that a service's id is saved in the state, so its create is finished.

A child that `Service` makes for itself; see `ownership` for the argument. Its whole effect is one
tag on the service (operation `instanceUpdate`). It changes in place when the service is replaced,
and deleting it does nothing.
"""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

from resources import engine
from resources.control_plane import ControlPlane
from resources.ownership import CREATE, DONE

__all__ = ["Receipt", "ReceiptProvider"]


class ReceiptProvider(ResourceProvider):
    """Sets the tag that says `done`."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Remember where the control plane is."""
        engine.attach()
        self._control_plane = ControlPlane(req.config.get)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Everything is legal: the inputs come from `Service`, not from a user."""
        return CheckResult(news, [])

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Another service needs the mark anew."""
        return DiffResult(changes=olds.get("service_id") != news.get("service_id"))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Mark the service."""
        self._mark_done(props)
        return CreateResult(props["service_id"], props)

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Mark the service that took the old one's place."""
        self._mark_done(news)
        return UpdateResult(news)

    def _mark_done(self, props: dict[str, Any]) -> None:
        from clickhouse_api import models

        done = models.ResourceTagsV1(key=CREATE, value=DONE)
        patch = models.ServicePatchRequest(tags=models.InstanceTagsPatch(add=[done]))
        with self._control_plane.client() as client:
            client.service.instance_update(props["organization_id"], props["service_id"], patch)


class Receipt(Resource, module="clickhouse", name="Receipt"):
    """Marks a service as known to the state; made by `Service`."""

    service_id: pulumi.Output[str]
    organization_id: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        organization_id: pulumi.Input[str],
        service_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"organization_id": organization_id, "service_id": service_id}
        super().__init__(ReceiptProvider(), resource_name, props, opts)
