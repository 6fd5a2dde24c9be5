"""`SnapshotConfiguration`: fields, lifecycle, adoption."""

from __future__ import annotations

from typing import Any

from resources.service_parts.snapshot_configuration import SnapshotConfigurationProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests


class TestSnapshotConfiguration(DeclaredResourceTests):
    """Every service has a configuration. Deleting the resource disables the snapshots."""

    provider = SnapshotConfigurationProvider
    request = "SnapshotConfigurationPatchRequest"
    first = {"enabled": True, "gap": 30, "time_frame": 1440}
    first_shown = {"enabled": True, "gap": 30, "timeFrame": 1440}
    second = {"enabled": True, "gap": 60, "time_frame": 2880}
    second_shown = {"enabled": True, "gap": 60, "timeFrame": 2880}
    invalid = (
        ({"enabled": None}, "enabled is required"),
        ({"enabled": "yes"}, "enabled is 'yes', allowed: true or false"),
        ({"gap": 7}, "gap is 7, allowed: 30, 60"),
        ({"time_frame": 2880}, "time_frame is 2880, allowed: 1440 with gap 30"),
        ({"time_frame": None}, "time_frame is required"),
    )

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        configuration = api.service("snapshotConfiguration")
        return configuration if configuration["enabled"] else "disabled"

    def change_by_hand(self, api: ControlPlaneByHand, _resource_id: str) -> None:
        api.service("snapshotConfiguration", "PATCH", {"enabled": False})

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        body = {"enabled": True, "gap": 60, "timeFrame": 2880}
        api.service("snapshotConfiguration", "PATCH", body)
        return {"enabled": True}
