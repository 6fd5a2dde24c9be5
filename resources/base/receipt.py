"""`Receipt`: says that a service's id is saved in the state, so its create is finished.

A child that `Service` makes for itself; see `ownership` for the argument. Its whole effect is one
tag on the service (operation `instanceUpdate`). It changes in place when the service is replaced,
and deleting it does nothing. Other receipts differ in how they say it (`named_receipt`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, Resource, UpdateResult

from resources.base.ownership import CREATE, DONE
from resources.base.provider import Provider

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["Receipt", "ReceiptProvider"]


class ReceiptProvider(Provider):
    """Sets the tag that says `done`.

    Attributes:
        thing: the input that is the id of what was made.
    """

    thing: ClassVar[str] = "service_id"

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Everything is legal: the inputs come from this package, not from a user."""
        return CheckResult(news, [])

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Another thing has a mark of its own."""
        return DiffResult(changes=olds.get(self.thing) != news.get(self.thing))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Mark it as finished."""
        with self._control_plane.client() as client:
            self.finish(client, props)
        return CreateResult(props[self.thing], props)

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Mark what took the old one's place."""
        return UpdateResult(self.create(news).outs)

    def finish(self, client: Client, props: Mapping[str, Any]) -> None:
        """Say that a state knows of the thing; saying it again changes nothing."""
        from clickhouse_api import models

        done = models.ResourceTagsV1(key=CREATE, value=DONE)
        patch = models.ServicePatchRequest(tags=models.InstanceTagsPatch(add=[done]))
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
