"""`PrivateEndpointAttachment`: fields, lifecycle, adoption."""

from __future__ import annotations

from typing import Any

from resources.service_parts.private_endpoint_attachment import PrivateEndpointAttachmentProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests


class TestPrivateEndpointAttachment(DeclaredResourceTests):
    """The list of a service's private endpoints is a set."""

    provider = PrivateEndpointAttachmentProvider
    request = "InstancePrivateEndpointsPatch"
    not_sent = frozenset({"add", "remove"})
    first = {"private_endpoint_ids": ["vpce-b", "vpce-a"]}
    first_shown = ["vpce-a", "vpce-b"]
    second = {"private_endpoint_ids": ["vpce-c", "vpce-a"]}
    second_shown = ["vpce-a", "vpce-c"]
    invalid = (({"private_endpoint_ids": []}, "at least one id"),)

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        return sorted(api.service()["privateEndpointIds"])

    def change_by_hand(self, api: ControlPlaneByHand, _resource_id: str) -> None:
        api.service("", "PATCH", {"privateEndpointIds": {"remove": ["vpce-a"]}})

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        api.service("", "PATCH", {"privateEndpointIds": {"add": ["vpce-d"]}})
        return {"private_endpoint_ids": ["vpce-d"]}
