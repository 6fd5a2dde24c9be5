"""`OrganizationSettings`: name of an organization, and core dumps of its services.

Operations: `organizationGet`, `organizationUpdate`.

    OrganizationSettings(
        "settings",
        OrganizationSettingsArgs(organization_id=organization.id, enable_core_dumps=False),
    )

A change of the organization replaces the resource. All other fields change in place. Fields that
the program does not set stay as they are. Every organization has these settings, so the resource
adopts them. Destroying the resource keeps the settings, and reports that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of, plain
from resources.base import pulumi_engine as engine
from resources.base.fields import ORGANIZATION, Field, flag, text

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["OrganizationSettings", "OrganizationSettingsArgs", "OrganizationSettingsProvider"]

SENT = ("name", "enable_core_dumps")


@dataclass(kw_only=True)
class OrganizationSettingsArgs:
    """The organization and its settings.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        name: the organization's name. Default: the present name. In place.
        enable_core_dumps: whether services write core dumps. Default: the current value. In
            place.
    """

    organization_id: pulumi.Input[str]
    name: pulumi.Input[str] | None = None
    enable_core_dumps: pulumi.Input[bool] | None = None


class OrganizationSettingsProvider(Singleton):
    """Changes an organization's settings."""

    display_name = "organization"
    parent = "organization_id"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "name": Field(check=text()),
        "enable_core_dumps": Field(check=flag),
    }

    def observe(self, client: Client, resource_id: str, _props: Mapping[str, Any]) -> Live:
        """Return the organization."""
        return plain(client.organization.organization_get(resource_id))

    def sync(self, change: Change) -> Live:
        """Send the fields that differ."""
        from clickhouse_api import models

        patch = {name: value for name, value in change.values(SENT).items() if value is not None}
        return plain(
            change.client.organization.organization_update(
                change.resource_id, models.OrganizationPatchRequest.model_validate(patch)
            )
        )

    def remove(self, _client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Report that the settings stay, because every organization has them."""
        engine.info(engine.urn_in(props), f"organization {resource_id} keeps its settings")


class OrganizationSettings(Resource, module="clickhouse", name="OrganizationSettings"):
    """An organization's settings."""

    name: pulumi.Output[str]
    """Name of the organization."""
    enable_core_dumps: pulumi.Output[bool]
    """Whether services write core dumps."""

    def __init__(
        self,
        resource_name: str,
        args: OrganizationSettingsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(OrganizationSettingsProvider(), resource_name, props, opts)
