"""`ServiceSettings`: fields, lifecycle, adoption."""

from __future__ import annotations

from typing import Any

from resources.service_parts.service_settings import ServiceSettingsProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests


class TestServiceSettings(DeclaredResourceTests):
    """Settings are strings or whole numbers. Settings that the program does not name stay."""

    provider = ServiceSettingsProvider
    request = "ServiceClickhouseSettingsPatchRequest"
    first = {"settings": {"max_concurrent_queries": 200, "timezone": "UTC"}}
    first_shown = {"max_concurrent_queries": 200, "timezone": "UTC"}
    second = {"settings": {"max_concurrent_queries": 300}}
    second_shown = {"max_concurrent_queries": 300, "timezone": None}
    invalid = (({"settings": {"a": 1.5}}, "names with strings or whole numbers"),)

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        listed = api.service("clickhouseSettings")["settings"]
        return {setting["name"]: setting["value"] for setting in listed}

    def change_by_hand(self, api: ControlPlaneByHand, _resource_id: str) -> None:
        api.service("clickhouseSettings", "PATCH", {"settings": {"max_concurrent_queries": 5}})

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        api.service("clickhouseSettings", "PATCH", {"settings": {"max_concurrent_queries": 7}})
        return {"settings": {"max_concurrent_queries": 7}}
