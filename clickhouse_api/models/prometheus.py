# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: prometheus."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clickhouse_api.base import ResponseModel, VerbatimResponseModel

__all__ = [
    "PrometheusDiscoveryLabels",
    "PrometheusDiscoveryTargetGroup",
]


class PrometheusDiscoveryLabels(VerbatimResponseModel):
    value__scheme__: Annotated[str | None, Field(alias="__scheme__")] = None
    value__metrics_path__: Annotated[str | None, Field(alias="__metrics_path__")] = None
    value__param_filtered_metrics: Annotated[
        str | None, Field(alias="__param_filtered_metrics")
    ] = None
    clickhouse_org_id: str | None = None
    clickhouse_service_id: str | None = None
    clickhouse_discovery_service_name: str | None = None
    value__meta_clickhouse_region: Annotated[
        str | None, Field(alias="__meta_clickhouse_region")
    ] = None
    value__meta_clickhouse_provider: Annotated[
        str | None, Field(alias="__meta_clickhouse_provider")
    ] = None


class PrometheusDiscoveryTargetGroup(ResponseModel):
    targets: list[str] | None = None
    labels: PrometheusDiscoveryLabels | None = None
