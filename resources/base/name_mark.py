"""`NamedReceipt`: takes the mark off a name once the thing's id is saved in the state.

API keys, roles and ClickPipes have no tags, so what a POST makes carries its owner's mark in its
name until this child resource has run. The engine runs a child after it has saved its parent, so
whatever still has the mark is in no state: the next run may deal with it as its own. `ownership`
has the whole argument, for services.

Operations: `openapiKeyGet` and `openapiKeyUpdate`; `organizationRoleGet` and
`organizationRolePatch`; `clickPipeGet` and `clickPipeUpdate`. Deleting the receipt does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import Resource

from resources.base.ownership import Owner
from resources.base.receipt import ReceiptProvider

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["NamedReceipt", "NamedReceiptProvider", "has_mark", "marked", "unmarked"]

_MARK_CHARACTERS = 16
_MARK = re.compile(rf"-pulumi-[0-9a-f]{{{_MARK_CHARACTERS}}}$")


def marked(props: Mapping[str, Any]) -> str:
    """The name with which a POST makes it."""
    return f"{props['name']}-pulumi-{Owner.of(props).resource[:_MARK_CHARACTERS]}"


def unmarked(name: str) -> str:
    """The name without a mark, if it has one."""
    return _MARK.sub("", name)


def has_mark(name: str | None, props: Mapping[str, Any]) -> bool:
    """Whether a name has the mark of this resource, whatever comes before it."""
    mark = f"-pulumi-{Owner.of(props).resource[:_MARK_CHARACTERS]}"
    return (name or "").endswith(mark)


class NamedReceiptProvider(ReceiptProvider):
    """Gives a thing its plain name."""

    thing = "thing_id"

    def finish(self, client: Client, props: Mapping[str, Any]) -> None:
        """Take the mark off."""
        _RENAMES[props["kind"]](client, props)


class NamedReceipt(Resource, module="clickhouse", name="NamedReceipt"):
    """Marks a key, a role or a pipe as known to the state; made by them."""

    thing_id: pulumi.Output[str]
    organization_id: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        kind: str,
        organization_id: pulumi.Input[str],
        thing_id: pulumi.Input[str],
        service_id: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"kind": kind, "organization_id": organization_id, "thing_id": thing_id}
        if service_id is not None:
            props["service_id"] = service_id
        super().__init__(NamedReceiptProvider(), resource_name, props, opts)


def _rename_api_key(client: Client, props: Mapping[str, Any]) -> None:
    from clickhouse_api import models

    ids = props["organization_id"], props["thing_id"]
    name = client.api_keys.openapi_key_get(*ids).name or ""
    if unmarked(name) != name:
        client.api_keys.openapi_key_update(*ids, models.ApiKeyPatchRequest(name=unmarked(name)))


def _rename_role(client: Client, props: Mapping[str, Any]) -> None:
    from clickhouse_api import models

    ids = props["organization_id"], props["thing_id"]
    name = client.role_management.organization_role_get(*ids).name or ""
    if unmarked(name) != name:
        patch = models.RoleUpdateRequest(name=unmarked(name))
        client.role_management.organization_role_patch(*ids, patch)


def _rename_click_pipe(client: Client, props: Mapping[str, Any]) -> None:
    from clickhouse_api import models

    ids = props["organization_id"], props["service_id"], props["thing_id"]
    name = client.click_pipes.click_pipe_get(*ids).name or ""
    if unmarked(name) != name:
        client.click_pipes.click_pipe_update(
            *ids, models.ClickPipePatchRequest(name=unmarked(name))
        )


_RENAMES = {"api_key": _rename_api_key, "role": _rename_role, "click_pipe": _rename_click_pipe}
