"""`ClickPipeDatabaseScaling`: the shared size of all pipes of a service that read from databases.

Operations: `clickPipeCdcScalingGet`, `clickPipeCdcScalingUpdate`, and `instanceStateUpdate`
to wake an idle service.

    ClickPipeDatabaseScaling(
        "pipes from databases",
        ClickPipeDatabaseScalingArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            replica_cpu_millicores=2000,
            replica_memory_gb=8,
        ),
        opts=pulumi.ResourceOptions(depends_on=[shop]),
    )

A change of the service replaces the resource; the sizes change in place. A service has these sizes
once its first pipe from a database (Postgres, MySQL, MongoDB, BigQuery) was created, so name such a
pipe in `depends_on`. They cannot be deleted: deleting the resource does nothing, and the sizes
stay. Pipes that read streams and buckets have a separate `scaling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, plain
from resources.base.fields import ORGANIZATION, SERVICE, Field, number
from resources.base.polling import Poller
from resources.service.waits import ServiceRef
from resources.service.waking import when_awake

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = [
    "ClickPipeDatabaseScaling",
    "ClickPipeDatabaseScalingArgs",
    "ClickPipeDatabaseScalingProvider",
]

# The sizes appear some time after the first pipe was created.
_APPEAR_SECONDS = 600.0
SIZES = ("replica_cpu_millicores", "replica_memory_gb")


@dataclass(kw_only=True)
class ClickPipeDatabaseScalingArgs:
    """The sizes.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        replica_cpu_millicores: 1000 to 32000, multiples of 1000. In place.
        replica_memory_gb: 4 to 128, multiples of 4. In place.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    replica_cpu_millicores: pulumi.Input[int]
    replica_memory_gb: pulumi.Input[int]


class ClickPipeDatabaseScalingProvider(Singleton):
    """Sets the sizes."""

    display_name = "scaling of pipes from databases"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "replica_cpu_millicores": Field(
            check=number(minimum=1000, maximum=32_000, step=1000), required=True
        ),
        "replica_memory_gb": Field(check=number(minimum=4, maximum=128, step=4), required=True),
    }

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the sizes."""
        scaling = client.click_pipes.click_pipe_cdc_scaling_get(
            props["organization_id"], resource_id
        )
        return plain(scaling)

    def sync(self, change: Change) -> Live:
        """Send both sizes, because they depend on each other."""
        from clickhouse_api import errors, models

        request = models.ClickPipesCdcScalingPatchRequest.model_validate(
            {name: change.news[name] for name in SIZES}
        )
        pipes = change.client.click_pipes

        def send() -> Live | None:
            try:
                return plain(pipes.click_pipe_cdc_scaling_update(*change.ids, request))
            except errors.NotFound:
                return None

        ref = ServiceRef(*change.ids, "of the pipes")
        set_sizes = Poller(
            f"{self.display_name} of service {change.resource_id}", _APPEAR_SECONDS
        ).until(
            when_awake(change.client, ref, send),
            send,
            lambda seen: seen is not None,
            state_of=lambda _: "absent, as in a service without such a pipe",
            goal="can be set",
        )
        return set_sizes or {}

    def remove(self, _client: Client, _resource_id: str, _props: Mapping[str, Any]) -> None:
        """Do nothing: the sizes cannot be deleted."""


class ClickPipeDatabaseScaling(Resource, module="clickhouse", name="ClickPipeDatabaseScaling"):
    """The shared size of a service's pipes from databases."""

    replica_cpu_millicores: pulumi.Output[int]
    """Thousandths of a CPU."""
    replica_memory_gb: pulumi.Output[int]
    """Memory in GB."""

    def __init__(
        self,
        resource_name: str,
        args: ClickPipeDatabaseScalingArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(ClickPipeDatabaseScalingProvider(), resource_name, {**vars(args)}, opts)
