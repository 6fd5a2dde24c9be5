"""`ServiceSettings`: settings of the ClickHouse server of a service.

Operations: `serviceClickhouseSettingsListGet`, `serviceClickhouseSettingsUpdate`,
`serviceClickhouseSettingDelete`.

    ServiceSettings(
        "settings",
        ServiceSettingsArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            settings={"max_concurrent_queries": 200},
        ),
    )

A change of the service replaces the resource. The settings change in place. The resource manages
only the settings that it names. All others stay as they are. A setting that the program no longer
names is reset to the server's default. Existing settings are adopted.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of
from resources.base.checker import Checker, whole_number
from resources.base.fields import ORGANIZATION, SERVICE, Field

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["ServiceSettings", "ServiceSettingsArgs", "ServiceSettingsProvider"]


@dataclass(kw_only=True)
class ServiceSettingsArgs:
    """The service and its settings.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        settings: names with strings or whole numbers, at least one. The API rejects unknown
            names. In place.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    settings: pulumi.Input[Mapping[str, pulumi.Input[str | int]]]


def _check_settings(checker: Checker, name: str) -> None:
    value = checker.known(name)
    if value is None:
        return
    if not isinstance(value, dict) or not value or not all(map(_is_setting, value.items())):
        checker.reject(name, "names with strings or whole numbers, at least one")
        return
    checker.inputs[name] = {key: whole_number(value[key]) for key in sorted(value)}


def _is_setting(item: tuple[str, Any]) -> bool:
    name, value = item[0], whole_number(item[1])
    return bool(re.fullmatch(r"\w+", name)) and type(value) in (int, str)


def _texts(settings: Mapping[str, Any]) -> dict[str, str]:
    # The API may return a whole number as a string.
    return {name: str(whole_number(value)) for name, value in settings.items()}


class ServiceSettingsProvider(Singleton):
    """Sets and resets server settings."""

    display_name = "server settings"
    shared_field = "settings"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "settings": Field(
            check=_check_settings,
            required=True,
            same=lambda old, new: _texts(old) == _texts(new),
        ),
    }

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return all settings that have a value other than the default."""
        listed = client.service.service_clickhouse_settings_list_get(
            props["organization_id"], resource_id
        )
        return {"settings": {str(s.name): whole_number(s.value) for s in listed.settings or []}}

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the settings that this resource names."""
        ours = wanted.get("settings") or {}
        return {"settings": {name: v for name, v in live["settings"].items() if name in ours}}

    def sync(self, change: Change) -> None:
        """Send the settings that differ. Reset the settings that the program no longer names."""
        from clickhouse_api import models

        current = _texts((change.live or {"settings": {}})["settings"])
        wanted = change.news["settings"]
        changed = {name: v for name, v in wanted.items() if current.get(name) != str(v)}
        if changed:
            patch = models.ServiceClickhouseSettingsPatchRequest.model_validate(
                {"settings": changed}
            )
            change.client.service.service_clickhouse_settings_update(*change.ids, patch)
        dropped = set(change.olds.get("settings") or ()) - set(wanted)
        _reset(change.client, change.resource_id, change.news, dropped & set(current))

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Reset the settings of this resource to the server's defaults."""
        _reset(client, resource_id, props, props.get("settings") or ())


class ServiceSettings(Resource, module="clickhouse", name="ServiceSettings"):
    """Server settings of a service."""

    settings: pulumi.Output[dict[str, Any]]
    """The settings that this resource manages."""

    def __init__(
        self,
        resource_name: str,
        args: ServiceSettingsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(ServiceSettingsProvider(), resource_name, props, opts)


def _reset(client: Client, service_id: str, props: Mapping[str, Any], names: Iterable[str]) -> None:
    from clickhouse_api import errors

    for name in sorted(names):
        with contextlib.suppress(errors.NotFound):
            client.service.service_clickhouse_setting_delete(
                props["organization_id"], service_id, name
            )
