# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Postgres."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncPostgresOperations", "PostgresOperations"]

POSTGRES_SERVICE_CREATE = Operation(
    "postgresServiceCreate", "POST", "/organizations/{organizationId}/postgres", repeatable=False
)
POSTGRES_SERVICE_GET_LIST = Operation(
    "postgresServiceGetList", "GET", "/organizations/{organizationId}/postgres", repeatable=True
)
POSTGRES_SERVICE_GET = Operation(
    "postgresServiceGet",
    "GET",
    "/organizations/{organizationId}/postgres/{postgresId}",
    repeatable=True,
)
POSTGRES_SERVICE_DELETE = Operation(
    "postgresServiceDelete",
    "DELETE",
    "/organizations/{organizationId}/postgres/{postgresId}",
    repeatable=True,
)
POSTGRES_SERVICE_PATCH = Operation(
    "postgresServicePatch",
    "PATCH",
    "/organizations/{organizationId}/postgres/{postgresId}",
    repeatable=True,
)
POSTGRES_SERVICE_CERTS_GET = Operation(
    "postgresServiceCertsGet",
    "GET",
    "/organizations/{organizationId}/postgres/{postgresId}/caCertificates",
    repeatable=True,
)
POSTGRES_INSTANCE_RESTORE = Operation(
    "postgresInstanceRestore",
    "POST",
    "/organizations/{organizationId}/postgres/{postgresId}/restoredService",
    repeatable=False,
)
POSTGRES_SERVICE_SET_PASSWORD = Operation(
    "postgresServiceSetPassword",
    "PATCH",
    "/organizations/{organizationId}/postgres/{postgresId}/password",
    repeatable=True,
)
POSTGRES_SERVICE_PATCH_STATE = Operation(
    "postgresServicePatchState",
    "PATCH",
    "/organizations/{organizationId}/postgres/{postgresId}/state",
    repeatable=True,
)
POSTGRES_INSTANCE_CREATE_READ_REPLICA = Operation(
    "postgresInstanceCreateReadReplica",
    "POST",
    "/organizations/{organizationId}/postgres/{postgresId}/readReplica",
    repeatable=False,
)
POSTGRES_INSTANCE_CONFIG_GET = Operation(
    "postgresInstanceConfigGet",
    "GET",
    "/organizations/{organizationId}/postgres/{postgresId}/config",
    repeatable=True,
)
POSTGRES_INSTANCE_CONFIG_POST = Operation(
    "postgresInstanceConfigPost",
    "POST",
    "/organizations/{organizationId}/postgres/{postgresId}/config",
    repeatable=False,
)
POSTGRES_INSTANCE_CONFIG_PATCH = Operation(
    "postgresInstanceConfigPatch",
    "PATCH",
    "/organizations/{organizationId}/postgres/{postgresId}/config",
    repeatable=True,
)
POSTGRES_INSTANCE_METRICS_GET = Operation(
    "postgresInstanceMetricsGet",
    "GET",
    "/organizations/{organizationId}/postgres/{postgresId}/metrics",
    repeatable=True,
)
POSTGRES_SERVICE_BACKUP_GET_LIST = Operation(
    "postgresServiceBackupGetList",
    "GET",
    "/organizations/{organizationId}/postgres/{postgresId}/backups",
    repeatable=True,
)
SLOW_QUERY_PATTERNS_GET_LIST = Operation(
    "slowQueryPatternsGetList",
    "GET",
    "/organizations/{organizationId}/postgres/{postgresId}/slowQueryPatterns",
    repeatable=True,
)
SLOW_QUERY_PATTERN_GET = Operation(
    "slowQueryPatternGet",
    "GET",
    "/organizations/{organizationId}/postgres/{postgresId}/slowQueryPatterns/{queryId}",
    repeatable=True,
)
POSTGRES_LOGS_GET_LIST = Operation(
    "postgresLogsGetList",
    "GET",
    "/organizations/{organizationId}/postgres/{postgresId}/logs",
    repeatable=True,
)


class PostgresOperations:
    """Operations tagged Postgres; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def postgres_service_create(
        self,
        organization_id: str,
        body: models.PostgresServicePostRequest,
    ) -> models.PostgresService:
        """POST …/postgres.

        Source: operation `postgresServiceCreate`.
        """
        return self._caller.one(
            POSTGRES_SERVICE_CREATE,
            path=(organization_id,),
            body=body,
            result=models.PostgresService,
        )

    def postgres_service_get_list(
        self,
        organization_id: str,
    ) -> Page[models.PostgresServiceListItem]:
        """GET …/postgres.

        Source: operation `postgresServiceGetList`.
        """
        return self._caller.page(
            POSTGRES_SERVICE_GET_LIST,
            path=(organization_id,),
            result=models.PostgresServiceListItem,
        )

    def postgres_service_get(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> models.PostgresService:
        """GET …/postgres/{postgresId}.

        Source: operation `postgresServiceGet`.
        """
        return self._caller.one(
            POSTGRES_SERVICE_GET,
            path=(
                organization_id,
                postgres_id,
            ),
            result=models.PostgresService,
        )

    def postgres_service_delete(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> None:
        """DELETE …/postgres/{postgresId}.

        Source: operation `postgresServiceDelete`.
        """
        self._caller.nothing(
            POSTGRES_SERVICE_DELETE,
            path=(
                organization_id,
                postgres_id,
            ),
        )

    def postgres_service_patch(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServicePatchRequest,
    ) -> models.PostgresService:
        """PATCH …/postgres/{postgresId}.

        Source: operation `postgresServicePatch`.
        """
        return self._caller.one(
            POSTGRES_SERVICE_PATCH,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresService,
        )

    def postgres_service_certs_get(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> str:
        """GET …/postgres/{postgresId}/caCertificates.

        Source: operation `postgresServiceCertsGet`.
        """
        return self._caller.text(
            POSTGRES_SERVICE_CERTS_GET,
            path=(
                organization_id,
                postgres_id,
            ),
        )

    def postgres_instance_restore(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServiceRestoreRequest,
    ) -> models.PostgresService:
        """POST …/postgres/{postgresId}/restoredService.

        Source: operation `postgresInstanceRestore`.
        """
        return self._caller.one(
            POSTGRES_INSTANCE_RESTORE,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresService,
        )

    def postgres_service_set_password(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServiceSetPassword,
    ) -> models.PostgresServicePasswordResource:
        """PATCH …/postgres/{postgresId}/password.

        Source: operation `postgresServiceSetPassword`.
        """
        return self._caller.one(
            POSTGRES_SERVICE_SET_PASSWORD,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresServicePasswordResource,
        )

    def postgres_service_patch_state(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServiceSetState,
    ) -> models.PostgresService:
        """PATCH …/postgres/{postgresId}/state.

        Source: operation `postgresServicePatchState`.
        """
        return self._caller.one(
            POSTGRES_SERVICE_PATCH_STATE,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresService,
        )

    def postgres_instance_create_read_replica(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServiceReadReplicaRequest,
    ) -> models.PostgresService:
        """POST …/postgres/{postgresId}/readReplica.

        Source: operation `postgresInstanceCreateReadReplica`.
        """
        return self._caller.one(
            POSTGRES_INSTANCE_CREATE_READ_REPLICA,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresService,
        )

    def postgres_instance_config_get(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> models.PostgresInstanceConfigOutput:
        """GET …/postgres/{postgresId}/config.

        Source: operation `postgresInstanceConfigGet`.
        """
        return self._caller.one(
            POSTGRES_INSTANCE_CONFIG_GET,
            path=(
                organization_id,
                postgres_id,
            ),
            result=models.PostgresInstanceConfigOutput,
        )

    def postgres_instance_config_post(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresInstanceConfig,
    ) -> models.PostgresInstanceUpdateConfigResponse:
        """POST …/postgres/{postgresId}/config.

        Source: operation `postgresInstanceConfigPost`.
        """
        return self._caller.one(
            POSTGRES_INSTANCE_CONFIG_POST,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresInstanceUpdateConfigResponse,
        )

    def postgres_instance_config_patch(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresInstanceConfig,
    ) -> models.PostgresInstanceUpdateConfigResponse:
        """PATCH …/postgres/{postgresId}/config.

        Source: operation `postgresInstanceConfigPatch`.
        """
        return self._caller.one(
            POSTGRES_INSTANCE_CONFIG_PATCH,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresInstanceUpdateConfigResponse,
        )

    def postgres_instance_metrics_get(
        self,
        organization_id: str,
        postgres_id: str,
        *,
        from_date: datetime | str,
        to_date: datetime | str,
        bucket_size_seconds: int | None = None,
    ) -> models.PostgresMetrics:
        """GET …/postgres/{postgresId}/metrics.

        Source: operation `postgresInstanceMetricsGet`.
        """
        return self._caller.one(
            POSTGRES_INSTANCE_METRICS_GET,
            path=(
                organization_id,
                postgres_id,
            ),
            query={
                "from_date": from_date,
                "to_date": to_date,
                "bucket_size_seconds": bucket_size_seconds,
            },
            result=models.PostgresMetrics,
        )

    def postgres_service_backup_get_list(
        self,
        organization_id: str,
        postgres_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[models.PostgresBackup]:
        """GET …/postgres/{postgresId}/backups.

        Source: operation `postgresServiceBackupGetList`.
        """
        return self._caller.page(
            POSTGRES_SERVICE_BACKUP_GET_LIST,
            path=(
                organization_id,
                postgres_id,
            ),
            query={
                "limit": limit,
                "cursor": cursor,
            },
            result=models.PostgresBackup,
        )

    def slow_query_patterns_get_list(
        self,
        organization_id: str,
        postgres_id: str,
        *,
        from_date: datetime | str,
        to_date: datetime | str,
        db_name: str | None = None,
        db_user: str | None = None,
        db_operation: str | None = None,
        app: str | None = None,
        sort_by: models.SlowQueryPatternsGetListSortBy | None = None,
        sort_order: models.PostgresLogsGetListSortOrder | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PostgresSlowQueryPattern]:
        """GET …/postgres/{postgresId}/slowQueryPatterns.

        Source: operation `slowQueryPatternsGetList`.
        """
        return self._caller.page(
            SLOW_QUERY_PATTERNS_GET_LIST,
            path=(
                organization_id,
                postgres_id,
            ),
            query={
                "from_date": from_date,
                "to_date": to_date,
                "db_name": db_name,
                "db_user": db_user,
                "db_operation": db_operation,
                "app": app,
                "sort_by": sort_by,
                "sort_order": sort_order,
                "limit": limit,
                "offset": offset,
            },
            result=models.PostgresSlowQueryPattern,
        )

    def slow_query_pattern_get(
        self,
        organization_id: str,
        postgres_id: str,
        query_id: str,
        *,
        db_name: str,
        db_user: str,
        db_operation: str,
        app: str | None = None,
        timestamp: datetime | str | None = None,
    ) -> models.PostgresSlowQueryPatternDetail:
        """GET …/postgres/{postgresId}/slowQueryPatterns/{queryId}.

        Source: operation `slowQueryPatternGet`.
        """
        return self._caller.one(
            SLOW_QUERY_PATTERN_GET,
            path=(
                organization_id,
                postgres_id,
                query_id,
            ),
            query={
                "db_name": db_name,
                "db_user": db_user,
                "db_operation": db_operation,
                "app": app,
                "timestamp": timestamp,
            },
            result=models.PostgresSlowQueryPatternDetail,
        )

    def postgres_logs_get_list(
        self,
        organization_id: str,
        postgres_id: str,
        *,
        from_date: datetime | str,
        to_date: datetime | str,
        body_contains: str | None = None,
        severity: str | None = None,
        sort_order: models.PostgresLogsGetListSortOrder | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PostgresLogEntry]:
        """GET …/postgres/{postgresId}/logs.

        Source: operation `postgresLogsGetList`.
        """
        return self._caller.page(
            POSTGRES_LOGS_GET_LIST,
            path=(
                organization_id,
                postgres_id,
            ),
            query={
                "from_date": from_date,
                "to_date": to_date,
                "body_contains": body_contains,
                "severity": severity,
                "sort_order": sort_order,
                "limit": limit,
                "offset": offset,
            },
            result=models.PostgresLogEntry,
        )


class AsyncPostgresOperations:
    """Operations tagged Postgres, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def postgres_service_create(
        self,
        organization_id: str,
        body: models.PostgresServicePostRequest,
    ) -> models.PostgresService:
        """POST …/postgres.

        Source: operation `postgresServiceCreate`.
        """
        return await self._caller.one(
            POSTGRES_SERVICE_CREATE,
            path=(organization_id,),
            body=body,
            result=models.PostgresService,
        )

    async def postgres_service_get_list(
        self,
        organization_id: str,
    ) -> Page[models.PostgresServiceListItem]:
        """GET …/postgres.

        Source: operation `postgresServiceGetList`.
        """
        return await self._caller.page(
            POSTGRES_SERVICE_GET_LIST,
            path=(organization_id,),
            result=models.PostgresServiceListItem,
        )

    async def postgres_service_get(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> models.PostgresService:
        """GET …/postgres/{postgresId}.

        Source: operation `postgresServiceGet`.
        """
        return await self._caller.one(
            POSTGRES_SERVICE_GET,
            path=(
                organization_id,
                postgres_id,
            ),
            result=models.PostgresService,
        )

    async def postgres_service_delete(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> None:
        """DELETE …/postgres/{postgresId}.

        Source: operation `postgresServiceDelete`.
        """
        await self._caller.nothing(
            POSTGRES_SERVICE_DELETE,
            path=(
                organization_id,
                postgres_id,
            ),
        )

    async def postgres_service_patch(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServicePatchRequest,
    ) -> models.PostgresService:
        """PATCH …/postgres/{postgresId}.

        Source: operation `postgresServicePatch`.
        """
        return await self._caller.one(
            POSTGRES_SERVICE_PATCH,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresService,
        )

    async def postgres_service_certs_get(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> str:
        """GET …/postgres/{postgresId}/caCertificates.

        Source: operation `postgresServiceCertsGet`.
        """
        return await self._caller.text(
            POSTGRES_SERVICE_CERTS_GET,
            path=(
                organization_id,
                postgres_id,
            ),
        )

    async def postgres_instance_restore(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServiceRestoreRequest,
    ) -> models.PostgresService:
        """POST …/postgres/{postgresId}/restoredService.

        Source: operation `postgresInstanceRestore`.
        """
        return await self._caller.one(
            POSTGRES_INSTANCE_RESTORE,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresService,
        )

    async def postgres_service_set_password(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServiceSetPassword,
    ) -> models.PostgresServicePasswordResource:
        """PATCH …/postgres/{postgresId}/password.

        Source: operation `postgresServiceSetPassword`.
        """
        return await self._caller.one(
            POSTGRES_SERVICE_SET_PASSWORD,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresServicePasswordResource,
        )

    async def postgres_service_patch_state(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServiceSetState,
    ) -> models.PostgresService:
        """PATCH …/postgres/{postgresId}/state.

        Source: operation `postgresServicePatchState`.
        """
        return await self._caller.one(
            POSTGRES_SERVICE_PATCH_STATE,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresService,
        )

    async def postgres_instance_create_read_replica(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresServiceReadReplicaRequest,
    ) -> models.PostgresService:
        """POST …/postgres/{postgresId}/readReplica.

        Source: operation `postgresInstanceCreateReadReplica`.
        """
        return await self._caller.one(
            POSTGRES_INSTANCE_CREATE_READ_REPLICA,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresService,
        )

    async def postgres_instance_config_get(
        self,
        organization_id: str,
        postgres_id: str,
    ) -> models.PostgresInstanceConfigOutput:
        """GET …/postgres/{postgresId}/config.

        Source: operation `postgresInstanceConfigGet`.
        """
        return await self._caller.one(
            POSTGRES_INSTANCE_CONFIG_GET,
            path=(
                organization_id,
                postgres_id,
            ),
            result=models.PostgresInstanceConfigOutput,
        )

    async def postgres_instance_config_post(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresInstanceConfig,
    ) -> models.PostgresInstanceUpdateConfigResponse:
        """POST …/postgres/{postgresId}/config.

        Source: operation `postgresInstanceConfigPost`.
        """
        return await self._caller.one(
            POSTGRES_INSTANCE_CONFIG_POST,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresInstanceUpdateConfigResponse,
        )

    async def postgres_instance_config_patch(
        self,
        organization_id: str,
        postgres_id: str,
        body: models.PostgresInstanceConfig,
    ) -> models.PostgresInstanceUpdateConfigResponse:
        """PATCH …/postgres/{postgresId}/config.

        Source: operation `postgresInstanceConfigPatch`.
        """
        return await self._caller.one(
            POSTGRES_INSTANCE_CONFIG_PATCH,
            path=(
                organization_id,
                postgres_id,
            ),
            body=body,
            result=models.PostgresInstanceUpdateConfigResponse,
        )

    async def postgres_instance_metrics_get(
        self,
        organization_id: str,
        postgres_id: str,
        *,
        from_date: datetime | str,
        to_date: datetime | str,
        bucket_size_seconds: int | None = None,
    ) -> models.PostgresMetrics:
        """GET …/postgres/{postgresId}/metrics.

        Source: operation `postgresInstanceMetricsGet`.
        """
        return await self._caller.one(
            POSTGRES_INSTANCE_METRICS_GET,
            path=(
                organization_id,
                postgres_id,
            ),
            query={
                "from_date": from_date,
                "to_date": to_date,
                "bucket_size_seconds": bucket_size_seconds,
            },
            result=models.PostgresMetrics,
        )

    async def postgres_service_backup_get_list(
        self,
        organization_id: str,
        postgres_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[models.PostgresBackup]:
        """GET …/postgres/{postgresId}/backups.

        Source: operation `postgresServiceBackupGetList`.
        """
        return await self._caller.page(
            POSTGRES_SERVICE_BACKUP_GET_LIST,
            path=(
                organization_id,
                postgres_id,
            ),
            query={
                "limit": limit,
                "cursor": cursor,
            },
            result=models.PostgresBackup,
        )

    async def slow_query_patterns_get_list(
        self,
        organization_id: str,
        postgres_id: str,
        *,
        from_date: datetime | str,
        to_date: datetime | str,
        db_name: str | None = None,
        db_user: str | None = None,
        db_operation: str | None = None,
        app: str | None = None,
        sort_by: models.SlowQueryPatternsGetListSortBy | None = None,
        sort_order: models.PostgresLogsGetListSortOrder | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PostgresSlowQueryPattern]:
        """GET …/postgres/{postgresId}/slowQueryPatterns.

        Source: operation `slowQueryPatternsGetList`.
        """
        return await self._caller.page(
            SLOW_QUERY_PATTERNS_GET_LIST,
            path=(
                organization_id,
                postgres_id,
            ),
            query={
                "from_date": from_date,
                "to_date": to_date,
                "db_name": db_name,
                "db_user": db_user,
                "db_operation": db_operation,
                "app": app,
                "sort_by": sort_by,
                "sort_order": sort_order,
                "limit": limit,
                "offset": offset,
            },
            result=models.PostgresSlowQueryPattern,
        )

    async def slow_query_pattern_get(
        self,
        organization_id: str,
        postgres_id: str,
        query_id: str,
        *,
        db_name: str,
        db_user: str,
        db_operation: str,
        app: str | None = None,
        timestamp: datetime | str | None = None,
    ) -> models.PostgresSlowQueryPatternDetail:
        """GET …/postgres/{postgresId}/slowQueryPatterns/{queryId}.

        Source: operation `slowQueryPatternGet`.
        """
        return await self._caller.one(
            SLOW_QUERY_PATTERN_GET,
            path=(
                organization_id,
                postgres_id,
                query_id,
            ),
            query={
                "db_name": db_name,
                "db_user": db_user,
                "db_operation": db_operation,
                "app": app,
                "timestamp": timestamp,
            },
            result=models.PostgresSlowQueryPatternDetail,
        )

    async def postgres_logs_get_list(
        self,
        organization_id: str,
        postgres_id: str,
        *,
        from_date: datetime | str,
        to_date: datetime | str,
        body_contains: str | None = None,
        severity: str | None = None,
        sort_order: models.PostgresLogsGetListSortOrder | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PostgresLogEntry]:
        """GET …/postgres/{postgresId}/logs.

        Source: operation `postgresLogsGetList`.
        """
        return await self._caller.page(
            POSTGRES_LOGS_GET_LIST,
            path=(
                organization_id,
                postgres_id,
            ),
            query={
                "from_date": from_date,
                "to_date": to_date,
                "body_contains": body_contains,
                "severity": severity,
                "sort_order": sort_order,
                "limit": limit,
                "offset": offset,
            },
            result=models.PostgresLogEntry,
        )
