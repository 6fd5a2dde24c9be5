"""`OrganizationSettings`: fields, lifecycle, adoption."""

from __future__ import annotations

from typing import Any

from resources.organization.organization_settings import OrganizationSettingsProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests


class TestOrganizationSettings(DeclaredResourceTests):
    """Deleting the resource leaves the settings as they are."""

    provider = OrganizationSettingsProvider
    request = "OrganizationPatchRequest"
    not_sent = frozenset({"private_endpoints"})
    first = {"enable_core_dumps": False}
    first_shown = {"enableCoreDumps": False}
    second = {"enable_core_dumps": True}
    second_shown = {"enableCoreDumps": True}
    restored = False
    invalid = (({"enable_core_dumps": "no"}, "allowed: true or false"),)

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        (organization,) = api.control_plane.request("GET", "/v1/organizations")["result"]
        return organization

    def change_by_hand(self, api: ControlPlaneByHand, _resource_id: str) -> None:
        api.organization("", "PATCH", {"enableCoreDumps": True})

    def create_by_hand(self, _api: ControlPlaneByHand) -> dict[str, Any]:
        return {}
