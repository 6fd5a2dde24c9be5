"""`UpgradeWindow`: fields, lifecycle, adoption."""

from __future__ import annotations

from typing import Any

from resources.service_parts.upgrade_window import START_HOURS, UpgradeWindowProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests
from tests.support.openapi_schema import schema


class TestUpgradeWindow(DeclaredResourceTests):
    """A window has a day and an hour."""

    provider = UpgradeWindowProvider
    request = "UpgradeWindowPutRequest"
    first = {"weekday": 6, "start_hour_utc": 18}
    first_shown = {"weekday": 6, "startHourUtc": 18}
    second = {"weekday": 0, "start_hour_utc": 12}
    second_shown = {"weekday": 0, "startHourUtc": 12}
    invalid = (
        ({"weekday": 7}, "weekday is 7, allowed: a whole number from 0"),
        ({"start_hour_utc": 7}, "start_hour_utc is 7, allowed: 0, 6, 12, 18"),
    )

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        return api.service("upgradeWindow")

    def change_by_hand(self, api: ControlPlaneByHand, _resource_id: str) -> None:
        api.service("upgradeWindow", "PUT", {"weekday": 0, "startHourUtc": 6})

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        api.service("upgradeWindow", "PUT", {"weekday": 3, "startHourUtc": 6})
        return {"weekday": 3, "start_hour_utc": 6}


def test_hours_are_the_hours_of_the_spec() -> None:
    """The hours are constants, so that `check` imports no client."""
    assert list(START_HOURS) == schema("UpgradeWindowPutRequest")["startHourUtc"]["enum"]
