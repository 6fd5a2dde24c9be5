"""`PrivateEndpointAttachment`: the private endpoints that may connect to a service.

Operations: `instanceGet`, `instanceUpdate`.

    PrivateEndpointAttachment(
        "private",
        PrivateEndpointAttachmentArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            private_endpoint_ids=["vpce-0123456789abcdef0"],
        ),
    )

A change of the service replaces the resource. The ids are a set and change in place. One resource
owns the whole list of a service. If other ids are attached, the resource detaches them only with
`adopt=True`. Without it, the create fails. Destroying the resource detaches its own ids only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of
from resources.base.checker import Checker
from resources.base.fields import ORGANIZATION, SERVICE, Field, texts
from resources.service.service_states import DELETING
from resources.service.waits import ServiceRef, get_or_none

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = [
    "PrivateEndpointAttachment",
    "PrivateEndpointAttachmentArgs",
    "PrivateEndpointAttachmentProvider",
]

IDS = "private_endpoint_ids"


@dataclass(kw_only=True)
class PrivateEndpointAttachmentArgs:
    """The service and its endpoints.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        private_endpoint_ids: ids of the endpoints at the cloud provider. A set, in place.
        adopt: whether to detach other endpoints. Default: no.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    private_endpoint_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    adopt: pulumi.Input[bool] | None = None


class PrivateEndpointAttachmentProvider(Singleton):
    """Attaches and detaches private endpoints."""

    display_name = "list of private endpoints"
    overwrites_existing = False
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        IDS: Field(
            check=texts(allowed="at least one id of a private endpoint", least=1), required=True
        ),
    }

    def rules(self, checker: Checker) -> None:
        """Reject an `adopt` that is not true or false."""
        checker.flag("adopt")

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        """Return the attached ids, or None if the service does not exist."""
        ref = ServiceRef(props["organization_id"], resource_id, "with private endpoints")
        service = get_or_none(client, ref)
        if service is None or service.state in DELETING:
            return None
        return {IDS: sorted(service.private_endpoint_ids or [])}

    def is_occupied(self, live: Live) -> bool:
        """Return whether any endpoint is attached."""
        return bool(live[IDS])

    def sync(self, change: Change) -> None:
        """Send the ids to attach and the ids to detach."""
        attached, wanted = set((change.live or {}).get(IDS, ())), set(change.news[IDS])
        added, removed = wanted - attached, attached - wanted
        _patch(change.client, change.resource_id, change.news, add=added, remove=removed)

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Detach the ids of this resource."""
        live = self.observe(client, resource_id, props)
        if live is not None:
            ours = set(live[IDS]) & set(props[IDS])
            _patch(client, resource_id, props, add=set(), remove=ours)


class PrivateEndpointAttachment(Resource, module="clickhouse", name="PrivateEndpointAttachment"):
    """A service's private endpoints."""

    private_endpoint_ids: pulumi.Output[list[str]]
    """Ids of the attached endpoints."""

    def __init__(
        self,
        resource_name: str,
        args: PrivateEndpointAttachmentArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(PrivateEndpointAttachmentProvider(), resource_name, props, opts)


def _patch(
    client: Client, service_id: str, props: Mapping[str, Any], *, add: set[str], remove: set[str]
) -> None:
    from clickhouse_api import models

    if add or remove:
        ids = models.InstancePrivateEndpointsPatch(add=sorted(add), remove=sorted(remove))
        patch = models.ServicePatchRequest(private_endpoint_ids=ids)
        client.service.instance_update(props["organization_id"], service_id, patch)
