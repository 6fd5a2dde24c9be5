"""`UpgradeWindow`: the six hours of a week when ClickHouse Cloud may upgrade a service.

Operations: `upgradeWindowGet`, `upgradeWindowUpdate`, `upgradeWindowDelete`. Only the primary
service of a warehouse has a window.

    UpgradeWindow(
        "window",
        UpgradeWindowArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            weekday=6,
            start_hour_utc=0,
        ),
    )

A change of the service replaces the resource. Day and hour change in place. An existing window is
adopted and set to these values. Without a window, ClickHouse Cloud may upgrade the service at any
time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of, plain
from resources.base.fields import ORGANIZATION, SERVICE, Field, choice, number

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["UpgradeWindow", "UpgradeWindowArgs", "UpgradeWindowProvider"]

START_HOURS = (0, 6, 12, 18)


@dataclass(kw_only=True)
class UpgradeWindowArgs:
    """The service and the start of its window.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        weekday: 0 to 6, in the numbering of the API. In place.
        start_hour_utc: 0, 6, 12 or 18. In place.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    weekday: pulumi.Input[int]
    start_hour_utc: pulumi.Input[int]


class UpgradeWindowProvider(Singleton):
    """Sets a service's upgrade window."""

    display_name = "upgrade window"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "weekday": Field(check=number(minimum=0, maximum=6), required=True),
        "start_hour_utc": Field(check=choice(START_HOURS), required=True),
    }

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the service's window."""
        return plain(client.service.upgrade_window_get(props["organization_id"], resource_id))

    def sync(self, change: Change) -> Live:
        """Send both values."""
        from clickhouse_api import models

        window = models.UpgradeWindowPutRequest(
            weekday=change.news["weekday"], start_hour_utc=change.news["start_hour_utc"]
        )
        return plain(change.client.service.upgrade_window_update(*change.ids, window))

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the window."""
        client.service.upgrade_window_delete(props["organization_id"], resource_id)


class UpgradeWindow(Resource, module="clickhouse", name="UpgradeWindow"):
    """A service's upgrade window."""

    weekday: pulumi.Output[int]
    """Day of the week, 0 to 6."""
    start_hour_utc: pulumi.Output[int]
    """Hour when the window begins."""

    def __init__(
        self,
        resource_name: str,
        args: UpgradeWindowArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(UpgradeWindowProvider(), resource_name, props, opts)
