"""`PostgresReceipt`: says that a Postgres service's id is saved in the state.

A child that `PostgresService` makes for itself; `ownership` has the argument. Operations:
`postgresServiceGet`, `postgresServicePatch`. Deleting it does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import Resource

from resources.base import plain
from resources.base.ownership import CREATE, DONE
from resources.base.receipt import ReceiptProvider
from resources.postgres.postgres_steps import live_of, tag_list

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["PostgresReceipt", "PostgresReceiptProvider"]


class PostgresReceiptProvider(ReceiptProvider):
    """Sets the tag that says `done`; the other tags are sent with it, or they would be cleared."""

    thing = "thing_id"

    def finish(self, client: Client, props: Mapping[str, Any]) -> None:
        """Say that a state knows of the service."""
        from clickhouse_api import models

        place = props["organization_id"], props["thing_id"]
        live = live_of(plain(client.postgres.postgres_service_get(*place)))
        if live["all_tags"].get(CREATE) == DONE:
            return
        tags = tag_list({**live["all_tags"], CREATE: DONE})
        patch = models.PostgresServicePatchRequest.model_validate({"tags": tags})
        client.postgres.postgres_service_patch(*place, patch)


class PostgresReceipt(Resource, module="clickhouse", name="PostgresReceipt"):
    """Marks a Postgres service as known to the state; made by it."""

    thing_id: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        organization_id: pulumi.Input[str],
        thing_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"organization_id": organization_id, "thing_id": thing_id}
        super().__init__(PostgresReceiptProvider(), resource_name, props, opts)
