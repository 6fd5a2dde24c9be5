"""`SnapshotConfiguration`: whether and how often snapshots of a service are taken.

Operations: `snapshotConfigurationGet`, `snapshotConfigurationUpdate`.

    SnapshotConfiguration(
        "snapshots",
        SnapshotConfigurationArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            enabled=True,
            gap=30,
            time_frame=1440,
        ),
    )

A change of the service replaces the resource. All other fields change in place. Every service has a
configuration, which the resource adopts and sets to these values. Deleting the resource disables
the snapshots.

ClickHouse Cloud has snapshots in beta. Without the feature, the API rejects both operations with
the status 403 (ClickHouse/terraform-provider-clickhouse#707).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of, plain
from resources.base.checker import Checker
from resources.base.fields import ORGANIZATION, SERVICE, Field, choice, flag

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["SnapshotConfiguration", "SnapshotConfigurationArgs", "SnapshotConfigurationProvider"]

# Minutes between snapshots -> minutes that a snapshot is kept. The API has these two pairs
# (ClickHouse/clickhousectl#986).
TIME_FRAMES = {30: 1440, 60: 2880}
SENT = ("enabled", "gap", "time_frame")


@dataclass(kw_only=True)
class SnapshotConfigurationArgs:
    """When snapshots are taken and how long they are kept.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        enabled: whether snapshots are taken. In place.
        gap: minutes between two snapshots, 30 or 60. The default is the current value. In place.
        time_frame: minutes that a snapshot is kept: 1440 if `gap` is 30, 2880 if `gap` is 60.
            Required with `gap`. In place.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    enabled: pulumi.Input[bool]
    gap: pulumi.Input[int] | None = None
    time_frame: pulumi.Input[int] | None = None


class SnapshotConfigurationProvider(Singleton):
    """Changes a service's snapshot configuration."""

    display_name = "snapshot configuration"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "enabled": Field(check=flag, required=True),
        "gap": Field(check=choice(tuple(TIME_FRAMES))),
        "time_frame": Field(check=choice(tuple(TIME_FRAMES.values()))),
    }

    def rules(self, checker: Checker) -> None:
        """Require `gap` and `time_frame` together, as one of the pairs."""
        if "gap" in checker.inputs or "time_frame" in checker.inputs:
            checker.required("gap", "time_frame")
        gap, time_frame = checker.known("gap"), checker.known("time_frame")
        kept = TIME_FRAMES.get(gap)
        if kept and time_frame in TIME_FRAMES.values() and time_frame != kept:
            checker.reject("time_frame", f"{kept} with gap {gap:g}")

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the configuration that the service has."""
        organization_id = props["organization_id"]
        return plain(client.snapshot.snapshot_configuration_get(organization_id, resource_id))

    def sync(self, change: Change) -> Live:
        """Send all values that the program sets."""
        values = {name: change.news[name] for name in SENT if name in change.news}
        return _patch(change.client, *change.ids, values)

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Disable the snapshots."""
        _patch(client, props["organization_id"], resource_id, {"enabled": False})


class SnapshotConfiguration(Resource, module="clickhouse", name="SnapshotConfiguration"):
    """A service's snapshot configuration."""

    enabled: pulumi.Output[bool]
    """Whether snapshots are taken."""
    gap: pulumi.Output[int]
    """Minutes between two snapshots."""
    time_frame: pulumi.Output[int]
    """Minutes that a snapshot is kept."""

    def __init__(
        self,
        resource_name: str,
        args: SnapshotConfigurationArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(SnapshotConfigurationProvider(), resource_name, props, opts)


def _patch(
    client: Client, organization_id: str, service_id: str, values: Mapping[str, Any]
) -> Live:
    from clickhouse_api import models

    request = models.SnapshotConfigurationPatchRequest.model_validate(values)
    return plain(
        client.snapshot.snapshot_configuration_update(organization_id, service_id, request)
    )
