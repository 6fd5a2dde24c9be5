"""`BackupConfiguration`: how often a service is backed up, and how long backups are kept.

Operations: `backupConfigurationGet`, `backupConfigurationUpdate`. Every primary service has one
backup configuration, which its secondary services share.

    BackupConfiguration(
        "backups",
        BackupConfigurationArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            backup_start_time="03:00",
            backup_retention_period_in_hours=168,
        ),
    )

A change of the service replaces the resource. All other fields change in place. Fields that the
program never set stay as they are. A field that the program no longer sets is reset to ClickHouse's
default. Destroying the resource resets all fields that the program set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of, plain
from resources.base.checker import Checker
from resources.base.fields import ORGANIZATION, SERVICE, Field, choice, number, text

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["BackupConfiguration", "BackupConfigurationArgs", "BackupConfigurationProvider"]

PERIOD, RETENTION = "backup_period_in_hours", "backup_retention_period_in_hours"
START = "backup_start_time"
SENT = (PERIOD, RETENTION, START)
PERIODS = (6, 8, 12, 16, 20, 24, 36, 48)
# A start time needs a period of whole days.
PERIODS_WITH_START = (24, 48)
LONGEST_RETENTION_HOURS = 1080


@dataclass(kw_only=True)
class BackupConfigurationArgs:
    """The interval and the retention of backups.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the primary service. Replaces.
        backup_period_in_hours: 6, 8, 12, 16, 20, 24, 36 or 48. Not with `backup_start_time`.
            Default: the server's. In place.
        backup_retention_period_in_hours: whole days, 24 to 1080. Default: the server's. In place.
        backup_start_time: a full hour in UTC, for example `03:00`. There is one backup a day then.
            In place.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    backup_period_in_hours: pulumi.Input[int] | None = None
    backup_retention_period_in_hours: pulumi.Input[int] | None = None
    backup_start_time: pulumi.Input[str] | None = None


class BackupConfigurationProvider(Singleton):
    """Changes a service's backup configuration."""

    display_name = "backup configuration"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        PERIOD: Field(check=choice(PERIODS), clears=True),
        RETENTION: Field(
            check=number(minimum=24, maximum=LONGEST_RETENTION_HOURS, step=24), clears=True
        ),
        START: Field(
            check=text(pattern=r"([01]\d|2[0-3]):00", allowed="a full hour, 00:00 to 23:00"),
            clears=True,
        ),
    }

    def rules(self, checker: Checker) -> None:
        """Reject a period together with a start time, which implies one backup a day."""
        if START in checker.inputs and PERIOD in checker.inputs:
            checker.reject(PERIOD, f"nothing together with {START}")

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the service's configuration."""
        return plain(client.backup.backup_configuration_get(props["organization_id"], resource_id))

    def sync(self, change: Change) -> Live:
        """Send the fields that differ. A null resets a field."""
        live, values = change.live or {}, change.values(SENT)
        # The API rejects a start time if the stored period is not a number of days, and a period
        # if there is a stored start time. So the new field resets the other one.
        if values.get(START) and live.get(PERIOD) not in PERIODS_WITH_START:
            values[PERIOD] = None
        if values.get(PERIOD) and live.get(START):
            values[START] = None
        return _patch(change.client, *change.ids, values)

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Reset the fields that the program set."""
        names = [name for name in SENT if name in props.get("given", ())]
        if names:
            _patch(client, props["organization_id"], resource_id, dict.fromkeys(names))


class BackupConfiguration(Resource, module="clickhouse", name="BackupConfiguration"):
    """A service's backup configuration."""

    backup_period_in_hours: pulumi.Output[int]
    """Hours from one backup to the next."""
    backup_retention_period_in_hours: pulumi.Output[int]
    """Hours that a backup is kept."""
    backup_start_time: pulumi.Output[str]
    """Start time of the daily backup in UTC. Absent if only the period is set."""

    def __init__(
        self,
        resource_name: str,
        args: BackupConfigurationArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(BackupConfigurationProvider(), resource_name, props, opts)


def _patch(
    client: Client, organization_id: str, service_id: str, values: Mapping[str, Any]
) -> Live:
    from clickhouse_api import models

    patch = models.BackupConfigurationPatchRequest.model_validate(values)
    return plain(client.backup.backup_configuration_update(organization_id, service_id, patch))
