"""`BackupConfiguration`: fields, lifecycle, adoption."""

from __future__ import annotations

from typing import Any

from resources.service_parts.backup_configuration import (
    LONGEST_RETENTION_HOURS,
    BackupConfigurationProvider,
)
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests


class TestBackupConfiguration(DeclaredResourceTests):
    """Every service has a configuration. Values that the program does not set are the defaults."""

    provider = BackupConfigurationProvider
    request = "BackupConfigurationPatchRequest"
    first = {"backup_period_in_hours": 12, "backup_retention_period_in_hours": 48}
    first_shown = {"backupPeriodInHours": 12, "backupRetentionPeriodInHours": 48}
    second = {"backup_start_time": "03:00"}
    second_shown = {
        "backupPeriodInHours": 24,
        "backupRetentionPeriodInHours": 24,
        "backupStartTime": "03:00",
    }
    invalid = (
        (
            {"backup_period_in_hours": 7},
            "backup_period_in_hours is 7, allowed: 6, 8, 12, 16, 20, 24, 36, 48",
        ),
        (
            {"backup_start_time": "03:00"},
            "backup_period_in_hours is 12, allowed: nothing together with backup_start_time",
        ),
        ({"backup_start_time": "3"}, "allowed: a full hour"),
        (
            {"backup_retention_period_in_hours": 25},
            "is 25, allowed: a whole number from 24 to 1080 that is a multiple of 24",
        ),
    )

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        return api.service("backupConfiguration")

    def change_by_hand(self, api: ControlPlaneByHand, _resource_id: str) -> None:
        api.service("backupConfiguration", "PATCH", {"backupRetentionPeriodInHours": 72})

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        api.service("backupConfiguration", "PATCH", {"backupRetentionPeriodInHours": 48})
        return {"backup_retention_period_in_hours": 48}


def test_the_longest_retention_is_a_number_of_days() -> None:
    """The error message would otherwise name a limit that is itself rejected."""
    assert LONGEST_RETENTION_HOURS % 24 == 0
