# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncBackupOperations", "BackupOperations"]

BACKUP_GET_LIST = Operation(
    "backupGetList",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/backups",
    repeatable=True,
)
BACKUP_GET = Operation(
    "backupGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/backups/{backupId}",
    repeatable=True,
)
BACKUP_CONFIGURATION_GET = Operation(
    "backupConfigurationGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/backupConfiguration",
    repeatable=True,
)
BACKUP_CONFIGURATION_UPDATE = Operation(
    "backupConfigurationUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/backupConfiguration",
    repeatable=True,
)
BACKUP_BUCKET_GET = Operation(
    "backupBucketGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/backupBucket",
    repeatable=True,
)
BACKUP_BUCKET_CREATE = Operation(
    "backupBucketCreate",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/backupBucket",
    repeatable=False,
)
BACKUP_BUCKET_UPDATE = Operation(
    "backupBucketUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/backupBucket",
    repeatable=True,
)
BACKUP_BUCKET_DELETE = Operation(
    "backupBucketDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/backupBucket",
    repeatable=True,
)


class BackupOperations:
    """Operations tagged Backup; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def backup_get_list(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.Backup]:
        """GET …/backups.

        Source: operation `backupGetList`.
        """
        return self._caller.page(
            BACKUP_GET_LIST,
            path=(
                organization_id,
                service_id,
            ),
            result=models.Backup,
        )

    def backup_get(
        self,
        organization_id: str,
        service_id: str,
        backup_id: str,
    ) -> models.Backup:
        """GET …/backups/{backupId}.

        Source: operation `backupGet`.
        """
        return self._caller.one(
            BACKUP_GET,
            path=(
                organization_id,
                service_id,
                backup_id,
            ),
            result=models.Backup,
        )

    def backup_configuration_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.BackupConfiguration:
        """GET …/backupConfiguration.

        Source: operation `backupConfigurationGet`.
        """
        return self._caller.one(
            BACKUP_CONFIGURATION_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.BackupConfiguration,
        )

    def backup_configuration_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.BackupConfigurationPatchRequest,
    ) -> models.BackupConfiguration:
        """PATCH …/backupConfiguration.

        Source: operation `backupConfigurationUpdate`.
        """
        return self._caller.one(
            BACKUP_CONFIGURATION_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.BackupConfiguration,
        )

    def backup_bucket_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.BackupBucket:
        """GET …/backupBucket.

        Source: operation `backupBucketGet`.
        """
        result: models.BackupBucket = self._caller.any_of(
            BACKUP_BUCKET_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.BackupBucket,
        )
        return result

    def backup_bucket_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.BackupBucketPostRequest,
    ) -> models.BackupBucket:
        """POST …/backupBucket.

        Source: operation `backupBucketCreate`.
        """
        result: models.BackupBucket = self._caller.any_of(
            BACKUP_BUCKET_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.BackupBucket,
        )
        return result

    def backup_bucket_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.BackupBucketPatchRequest,
    ) -> models.BackupBucket:
        """PATCH …/backupBucket.

        Source: operation `backupBucketUpdate`.
        """
        result: models.BackupBucket = self._caller.any_of(
            BACKUP_BUCKET_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.BackupBucket,
        )
        return result

    def backup_bucket_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/backupBucket.

        Source: operation `backupBucketDelete`.
        """
        self._caller.nothing(
            BACKUP_BUCKET_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )


class AsyncBackupOperations:
    """Operations tagged Backup, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def backup_get_list(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.Backup]:
        """GET …/backups.

        Source: operation `backupGetList`.
        """
        return await self._caller.page(
            BACKUP_GET_LIST,
            path=(
                organization_id,
                service_id,
            ),
            result=models.Backup,
        )

    async def backup_get(
        self,
        organization_id: str,
        service_id: str,
        backup_id: str,
    ) -> models.Backup:
        """GET …/backups/{backupId}.

        Source: operation `backupGet`.
        """
        return await self._caller.one(
            BACKUP_GET,
            path=(
                organization_id,
                service_id,
                backup_id,
            ),
            result=models.Backup,
        )

    async def backup_configuration_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.BackupConfiguration:
        """GET …/backupConfiguration.

        Source: operation `backupConfigurationGet`.
        """
        return await self._caller.one(
            BACKUP_CONFIGURATION_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.BackupConfiguration,
        )

    async def backup_configuration_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.BackupConfigurationPatchRequest,
    ) -> models.BackupConfiguration:
        """PATCH …/backupConfiguration.

        Source: operation `backupConfigurationUpdate`.
        """
        return await self._caller.one(
            BACKUP_CONFIGURATION_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.BackupConfiguration,
        )

    async def backup_bucket_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.BackupBucket:
        """GET …/backupBucket.

        Source: operation `backupBucketGet`.
        """
        result: models.BackupBucket = await self._caller.any_of(
            BACKUP_BUCKET_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.BackupBucket,
        )
        return result

    async def backup_bucket_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.BackupBucketPostRequest,
    ) -> models.BackupBucket:
        """POST …/backupBucket.

        Source: operation `backupBucketCreate`.
        """
        result: models.BackupBucket = await self._caller.any_of(
            BACKUP_BUCKET_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.BackupBucket,
        )
        return result

    async def backup_bucket_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.BackupBucketPatchRequest,
    ) -> models.BackupBucket:
        """PATCH …/backupBucket.

        Source: operation `backupBucketUpdate`.
        """
        result: models.BackupBucket = await self._caller.any_of(
            BACKUP_BUCKET_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.BackupBucket,
        )
        return result

    async def backup_bucket_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/backupBucket.

        Source: operation `backupBucketDelete`.
        """
        await self._caller.nothing(
            BACKUP_BUCKET_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )
