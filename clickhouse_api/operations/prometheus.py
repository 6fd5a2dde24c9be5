# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncPrometheusOperations", "PrometheusOperations"]

ORGANIZATION_PROMETHEUS_GET = Operation(
    "organizationPrometheusGet",
    "GET",
    "/organizations/{organizationId}/prometheus",
    repeatable=True,
)
ORGANIZATION_PROMETHEUS_DISCOVERY_GET = Operation(
    "organizationPrometheusDiscoveryGet",
    "GET",
    "/organizations/{organizationId}/prometheus/discovery",
    repeatable=True,
)
INSTANCE_PROMETHEUS_GET = Operation(
    "instancePrometheusGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/prometheus",
    repeatable=True,
)
POSTGRES_ORG_PROMETHEUS_GET = Operation(
    "postgresOrgPrometheusGet",
    "GET",
    "/organizations/{organizationId}/postgres/prometheus",
    repeatable=True,
)
POSTGRES_INSTANCE_PROMETHEUS_GET = Operation(
    "postgresInstancePrometheusGet",
    "GET",
    "/organizations/{organizationId}/postgres/{postgresId}/prometheus",
    repeatable=True,
)


class PrometheusOperations:
    """Operations tagged Prometheus; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def organization_prometheus_get(
        self,
        organization_id: str,
        *,
        filtered_metrics: bool | None = None,
    ) -> str:
        """GET …/prometheus (deprecated by the vendor).

        Source: operation `organizationPrometheusGet`.
        """
        return self._caller.text(
            ORGANIZATION_PROMETHEUS_GET,
            path=(organization_id,),
            query={
                "filtered_metrics": filtered_metrics,
            },
        )

    def organization_prometheus_discovery_get(
        self,
        organization_id: str,
        *,
        filtered_metrics: bool | None = None,
    ) -> list[models.PrometheusDiscoveryTargetGroup]:
        """GET …/prometheus/discovery.

        Source: operation `organizationPrometheusDiscoveryGet`.
        """
        return self._caller.items(
            ORGANIZATION_PROMETHEUS_DISCOVERY_GET,
            path=(organization_id,),
            query={
                "filtered_metrics": filtered_metrics,
            },
            result=models.PrometheusDiscoveryTargetGroup,
        )

    def instance_prometheus_get(
        self,
        organization_id: str,
        service_id: str,
        *,
        filtered_metrics: bool | None = None,
    ) -> str:
        """GET …/prometheus.

        Source: operation `instancePrometheusGet`.
        """
        return self._caller.text(
            INSTANCE_PROMETHEUS_GET,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "filtered_metrics": filtered_metrics,
            },
        )

    def postgres_org_prometheus_get(
        self,
        organization_id: str,
    ) -> str:
        """GET …/postgres/prometheus.

        Source: operation `postgresOrgPrometheusGet`.
        """
        return self._caller.text(
            POSTGRES_ORG_PROMETHEUS_GET,
            path=(organization_id,),
        )

    def postgres_instance_prometheus_get(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> str:
        """GET …/postgres/{postgresId}/prometheus.

        Source: operation `postgresInstancePrometheusGet`.
        """
        return self._caller.text(
            POSTGRES_INSTANCE_PROMETHEUS_GET,
            path=(
                organization_id,
                postgres_id,
            ),
        )


class AsyncPrometheusOperations:
    """Operations tagged Prometheus, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def organization_prometheus_get(
        self,
        organization_id: str,
        *,
        filtered_metrics: bool | None = None,
    ) -> str:
        """GET …/prometheus (deprecated by the vendor).

        Source: operation `organizationPrometheusGet`.
        """
        return await self._caller.text(
            ORGANIZATION_PROMETHEUS_GET,
            path=(organization_id,),
            query={
                "filtered_metrics": filtered_metrics,
            },
        )

    async def organization_prometheus_discovery_get(
        self,
        organization_id: str,
        *,
        filtered_metrics: bool | None = None,
    ) -> list[models.PrometheusDiscoveryTargetGroup]:
        """GET …/prometheus/discovery.

        Source: operation `organizationPrometheusDiscoveryGet`.
        """
        return await self._caller.items(
            ORGANIZATION_PROMETHEUS_DISCOVERY_GET,
            path=(organization_id,),
            query={
                "filtered_metrics": filtered_metrics,
            },
            result=models.PrometheusDiscoveryTargetGroup,
        )

    async def instance_prometheus_get(
        self,
        organization_id: str,
        service_id: str,
        *,
        filtered_metrics: bool | None = None,
    ) -> str:
        """GET …/prometheus.

        Source: operation `instancePrometheusGet`.
        """
        return await self._caller.text(
            INSTANCE_PROMETHEUS_GET,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "filtered_metrics": filtered_metrics,
            },
        )

    async def postgres_org_prometheus_get(
        self,
        organization_id: str,
    ) -> str:
        """GET …/postgres/prometheus.

        Source: operation `postgresOrgPrometheusGet`.
        """
        return await self._caller.text(
            POSTGRES_ORG_PROMETHEUS_GET,
            path=(organization_id,),
        )

    async def postgres_instance_prometheus_get(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> str:
        """GET …/postgres/{postgresId}/prometheus.

        Source: operation `postgresInstancePrometheusGet`.
        """
        return await self._caller.text(
            POSTGRES_INSTANCE_PROMETHEUS_GET,
            path=(
                organization_id,
                postgres_id,
            ),
        )
