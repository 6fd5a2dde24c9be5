# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncSnapshotOperations", "SnapshotOperations"]

SNAPSHOT_GET_LIST = Operation(
    "snapshotGetList",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/snapshots",
    repeatable=True,
)
SNAPSHOT_GET = Operation(
    "snapshotGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/snapshots/{snapshotId}",
    repeatable=True,
)
SNAPSHOT_CONFIGURATION_GET = Operation(
    "snapshotConfigurationGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/snapshotConfiguration",
    repeatable=True,
)
SNAPSHOT_CONFIGURATION_UPDATE = Operation(
    "snapshotConfigurationUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/snapshotConfiguration",
    repeatable=True,
)


class SnapshotOperations:
    """Operations tagged Snapshot; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def snapshot_get_list(
        self,
        organization_id: str,
        service_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[models.Snapshot]:
        """GET …/snapshots.

        Source: operation `snapshotGetList`.
        """
        return self._caller.page(
            SNAPSHOT_GET_LIST,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "limit": limit,
                "cursor": cursor,
            },
            result=models.Snapshot,
        )

    def snapshot_get(
        self,
        organization_id: str,
        service_id: str,
        snapshot_id: str,
    ) -> models.Snapshot:
        """GET …/snapshots/{snapshotId}.

        Source: operation `snapshotGet`.
        """
        return self._caller.one(
            SNAPSHOT_GET,
            path=(
                organization_id,
                service_id,
                snapshot_id,
            ),
            result=models.Snapshot,
        )

    def snapshot_configuration_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.SnapshotConfiguration:
        """GET …/snapshotConfiguration.

        Source: operation `snapshotConfigurationGet`.
        """
        return self._caller.one(
            SNAPSHOT_CONFIGURATION_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.SnapshotConfiguration,
        )

    def snapshot_configuration_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.SnapshotConfigurationPatchRequest,
    ) -> models.SnapshotConfiguration:
        """PATCH …/snapshotConfiguration.

        Source: operation `snapshotConfigurationUpdate`.
        """
        return self._caller.one(
            SNAPSHOT_CONFIGURATION_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.SnapshotConfiguration,
        )


class AsyncSnapshotOperations:
    """Operations tagged Snapshot, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def snapshot_get_list(
        self,
        organization_id: str,
        service_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[models.Snapshot]:
        """GET …/snapshots.

        Source: operation `snapshotGetList`.
        """
        return await self._caller.page(
            SNAPSHOT_GET_LIST,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "limit": limit,
                "cursor": cursor,
            },
            result=models.Snapshot,
        )

    async def snapshot_get(
        self,
        organization_id: str,
        service_id: str,
        snapshot_id: str,
    ) -> models.Snapshot:
        """GET …/snapshots/{snapshotId}.

        Source: operation `snapshotGet`.
        """
        return await self._caller.one(
            SNAPSHOT_GET,
            path=(
                organization_id,
                service_id,
                snapshot_id,
            ),
            result=models.Snapshot,
        )

    async def snapshot_configuration_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.SnapshotConfiguration:
        """GET …/snapshotConfiguration.

        Source: operation `snapshotConfigurationGet`.
        """
        return await self._caller.one(
            SNAPSHOT_CONFIGURATION_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.SnapshotConfiguration,
        )

    async def snapshot_configuration_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.SnapshotConfigurationPatchRequest,
    ) -> models.SnapshotConfiguration:
        """PATCH …/snapshotConfiguration.

        Source: operation `snapshotConfigurationUpdate`.
        """
        return await self._caller.one(
            SNAPSHOT_CONFIGURATION_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.SnapshotConfiguration,
        )
