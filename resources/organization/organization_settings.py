"""`OrganizationSettings`: name of an organization, and whether its services write core dumps.

Operations: `organizationGet`, `organizationUpdate`.

    OrganizationSettings(
        "settings",
        OrganizationSettingsArgs(organization_id=organization.id, enable_core_dumps=False),
    )

Another organization replaces it; the rest changes in place, and what the program does not set
stays as it is. An organization always has these settings, so they are taken over as they are, and
destroying the resource changes nothing; it says so.
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
    """What to set.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        name: the organization's name. Default: as it is. In place.
        enable_core_dumps: for all its services. Default: as it is. In place.
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
        """The organization as it is."""
        return plain(client.organization.organization_get(resource_id))

    def sync(self, change: Change) -> Live:
        """Send what differs."""
        from clickhouse_api import models

        patch = {name: value for name, value in change.values(SENT).items() if value is not None}
        return plain(
            change.client.organization.organization_update(
                change.resource_id, models.OrganizationPatchRequest.model_validate(patch)
            )
        )

    def remove(self, _client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """An organization cannot be without settings: say that they stay."""
        engine.info(engine.urn_in(props), f"organization {resource_id} keeps its settings")


class OrganizationSettings(Resource, module="clickhouse", name="OrganizationSettings"):
    """An organization's settings."""

    name: pulumi.Output[str]
    """Its name."""
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
