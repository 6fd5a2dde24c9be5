# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncServiceOperations", "ServiceOperations"]

SERVICE_PROFILES_LIST = Operation(
    "serviceProfilesList", "GET", "/organizations/{organizationId}/serviceProfiles", repeatable=True
)
INSTANCE_GET_LIST = Operation(
    "instanceGetList", "GET", "/organizations/{organizationId}/services", repeatable=True
)
INSTANCE_CREATE = Operation(
    "instanceCreate", "POST", "/organizations/{organizationId}/services", repeatable=False
)
INSTANCE_GET = Operation(
    "instanceGet", "GET", "/organizations/{organizationId}/services/{serviceId}", repeatable=True
)
INSTANCE_UPDATE = Operation(
    "instanceUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}",
    repeatable=True,
)
INSTANCE_DELETE = Operation(
    "instanceDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}",
    repeatable=True,
)
INSTANCE_PRIVATE_ENDPOINT_CONFIG_GET = Operation(
    "instancePrivateEndpointConfigGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/privateEndpointConfig",
    repeatable=True,
)
INSTANCE_QUERY_ENDPOINT_GET = Operation(
    "instanceQueryEndpointGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/serviceQueryEndpoint",
    repeatable=True,
)
INSTANCE_QUERY_ENDPOINT_DELETE = Operation(
    "instanceQueryEndpointDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/serviceQueryEndpoint",
    repeatable=True,
)
INSTANCE_QUERY_ENDPOINT_UPSERT = Operation(
    "instanceQueryEndpointUpsert",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/serviceQueryEndpoint",
    repeatable=True,
)
INSTANCE_STATE_UPDATE = Operation(
    "instanceStateUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/state",
    repeatable=True,
)
INSTANCE_SCALING_UPDATE = Operation(
    "instanceScalingUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/scaling",
    repeatable=True,
)
INSTANCE_REPLICA_SCALING_UPDATE = Operation(
    "instanceReplicaScalingUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/replicaScaling",
    repeatable=True,
)
INSTANCE_PASSWORD_UPDATE = Operation(
    "instancePasswordUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/password",
    repeatable=True,
)
INSTANCE_PRIVATE_ENDPOINT_CREATE = Operation(
    "instancePrivateEndpointCreate",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/privateEndpoint",
    repeatable=False,
)
SCALING_SCHEDULE_GET = Operation(
    "scalingScheduleGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/scalingSchedule",
    repeatable=True,
)
SCALING_SCHEDULE_UPSERT = Operation(
    "scalingScheduleUpsert",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/scalingSchedule",
    repeatable=True,
)
SCALING_SCHEDULE_DELETE = Operation(
    "scalingScheduleDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/scalingSchedule",
    repeatable=True,
)
UPGRADE_WINDOW_GET = Operation(
    "upgradeWindowGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/upgradeWindow",
    repeatable=True,
)
UPGRADE_WINDOW_UPDATE = Operation(
    "upgradeWindowUpdate",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/upgradeWindow",
    repeatable=True,
)
UPGRADE_WINDOW_DELETE = Operation(
    "upgradeWindowDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/upgradeWindow",
    repeatable=True,
)
SERVICE_CLICKHOUSE_SETTINGS_LIST_GET = Operation(
    "serviceClickhouseSettingsListGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickhouseSettings",
    repeatable=True,
)
SERVICE_CLICKHOUSE_SETTINGS_UPDATE = Operation(
    "serviceClickhouseSettingsUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/clickhouseSettings",
    repeatable=True,
)
SERVICE_CLICKHOUSE_SETTINGS_SCHEMA_GET = Operation(
    "serviceClickhouseSettingsSchemaGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickhouseSettings/schema",
    repeatable=True,
)
SERVICE_CLICKHOUSE_SETTING_GET = Operation(
    "serviceClickhouseSettingGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickhouseSettings/{settingName}",
    repeatable=True,
)
SERVICE_CLICKHOUSE_SETTING_DELETE = Operation(
    "serviceClickhouseSettingDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/clickhouseSettings/{settingName}",
    repeatable=True,
)
REPLICA_AWARE_ROUTING_GET = Operation(
    "replicaAwareRoutingGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/replicaAwareRouting",
    repeatable=True,
)
REPLICA_AWARE_ROUTING_UPDATE = Operation(
    "replicaAwareRoutingUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/replicaAwareRouting",
    repeatable=True,
)


class ServiceOperations:
    """Operations tagged Service; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def service_profiles_list(
        self,
        organization_id: str,
        *,
        region_id: str | None = None,
        byoc_id: str | None = None,
    ) -> Page[models.ServiceProfile]:
        """GET …/serviceProfiles.

        Source: operation `serviceProfilesList`.
        """
        return self._caller.page(
            SERVICE_PROFILES_LIST,
            path=(organization_id,),
            query={
                "region_id": region_id,
                "byoc_id": byoc_id,
            },
            result=models.ServiceProfile,
        )

    def instance_get_list(
        self,
        organization_id: str,
        *,
        filter: Sequence[str] | None = None,
    ) -> Page[models.Service]:
        """GET …/services.

        Source: operation `instanceGetList`.
        """
        return self._caller.page(
            INSTANCE_GET_LIST,
            path=(organization_id,),
            query={
                "filter": filter,
            },
            result=models.Service,
        )

    def instance_create(
        self,
        organization_id: str,
        body: models.ServicePostRequest,
    ) -> models.ServicePostResponse:
        """POST …/services.

        Source: operation `instanceCreate`.
        """
        return self._caller.one(
            INSTANCE_CREATE,
            path=(organization_id,),
            body=body,
            result=models.ServicePostResponse,
        )

    def instance_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.Service:
        """GET …/services/{serviceId}.

        Source: operation `instanceGet`.
        """
        return self._caller.one(
            INSTANCE_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.Service,
        )

    def instance_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServicePatchRequest,
    ) -> models.Service:
        """PATCH …/services/{serviceId}.

        Source: operation `instanceUpdate`.
        """
        return self._caller.one(
            INSTANCE_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.Service,
        )

    def instance_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/services/{serviceId}.

        Source: operation `instanceDelete`.
        """
        self._caller.nothing(
            INSTANCE_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )

    def instance_private_endpoint_config_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.PrivateEndpointConfig:
        """GET …/privateEndpointConfig.

        Source: operation `instancePrivateEndpointConfigGet`.
        """
        return self._caller.one(
            INSTANCE_PRIVATE_ENDPOINT_CONFIG_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.PrivateEndpointConfig,
        )

    def instance_query_endpoint_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ServiceQueryAPIEndpoint:
        """GET …/serviceQueryEndpoint.

        Source: operation `instanceQueryEndpointGet`.
        """
        return self._caller.one(
            INSTANCE_QUERY_ENDPOINT_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ServiceQueryAPIEndpoint,
        )

    def instance_query_endpoint_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/serviceQueryEndpoint.

        Source: operation `instanceQueryEndpointDelete`.
        """
        self._caller.nothing(
            INSTANCE_QUERY_ENDPOINT_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )

    def instance_query_endpoint_upsert(
        self,
        organization_id: str,
        service_id: str,
        body: models.InstanceServiceQueryApiEndpointsPostRequest,
    ) -> models.ServiceQueryAPIEndpoint:
        """POST …/serviceQueryEndpoint.

        Source: operation `instanceQueryEndpointUpsert`.
        """
        return self._caller.one(
            INSTANCE_QUERY_ENDPOINT_UPSERT,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ServiceQueryAPIEndpoint,
        )

    def instance_state_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServiceStatePatchRequest,
    ) -> models.Service:
        """PATCH …/state.

        Source: operation `instanceStateUpdate`.
        """
        return self._caller.one(
            INSTANCE_STATE_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.Service,
        )

    def instance_scaling_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServiceScalingPatchRequest,
    ) -> models.Service:
        """PATCH …/scaling (deprecated by the vendor).

        Source: operation `instanceScalingUpdate`.
        """
        return self._caller.one(
            INSTANCE_SCALING_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.Service,
        )

    def instance_replica_scaling_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServiceReplicaScalingPatchRequest,
    ) -> models.ServiceScalingPatchResponse:
        """PATCH …/replicaScaling.

        Source: operation `instanceReplicaScalingUpdate`.
        """
        return self._caller.one(
            INSTANCE_REPLICA_SCALING_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ServiceScalingPatchResponse,
        )

    def instance_password_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServicePasswordPatchRequest,
    ) -> models.ServicePasswordPatchResponse:
        """PATCH …/password.

        Source: operation `instancePasswordUpdate`.
        """
        return self._caller.one(
            INSTANCE_PASSWORD_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ServicePasswordPatchResponse,
        )

    def instance_private_endpoint_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServicPrivateEndpointePostRequest,
    ) -> models.InstancePrivateEndpoint:
        """POST …/privateEndpoint.

        Source: operation `instancePrivateEndpointCreate`.
        """
        return self._caller.one(
            INSTANCE_PRIVATE_ENDPOINT_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.InstancePrivateEndpoint,
        )

    def scaling_schedule_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ScalingSchedule:
        """GET …/scalingSchedule.

        Source: operation `scalingScheduleGet`.
        """
        return self._caller.one(
            SCALING_SCHEDULE_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ScalingSchedule,
        )

    def scaling_schedule_upsert(
        self,
        organization_id: str,
        service_id: str,
        body: models.ScalingSchedulePostRequest,
    ) -> models.ScalingSchedule:
        """POST …/scalingSchedule.

        Source: operation `scalingScheduleUpsert`.
        """
        return self._caller.one(
            SCALING_SCHEDULE_UPSERT,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ScalingSchedule,
        )

    def scaling_schedule_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/scalingSchedule.

        Source: operation `scalingScheduleDelete`.
        """
        self._caller.nothing(
            SCALING_SCHEDULE_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )

    def upgrade_window_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.UpgradeWindow:
        """GET …/upgradeWindow.

        Source: operation `upgradeWindowGet`.
        """
        return self._caller.one(
            UPGRADE_WINDOW_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.UpgradeWindow,
        )

    def upgrade_window_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.UpgradeWindowPutRequest,
    ) -> models.UpgradeWindow:
        """PUT …/upgradeWindow.

        Source: operation `upgradeWindowUpdate`.
        """
        return self._caller.one(
            UPGRADE_WINDOW_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.UpgradeWindow,
        )

    def upgrade_window_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/upgradeWindow.

        Source: operation `upgradeWindowDelete`.
        """
        self._caller.nothing(
            UPGRADE_WINDOW_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )

    def service_clickhouse_settings_list_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ServiceClickhouseSettingsList:
        """GET …/clickhouseSettings.

        Source: operation `serviceClickhouseSettingsListGet`.
        """
        return self._caller.one(
            SERVICE_CLICKHOUSE_SETTINGS_LIST_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ServiceClickhouseSettingsList,
        )

    def service_clickhouse_settings_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServiceClickhouseSettingsPatchRequest,
    ) -> models.ServiceClickhouseSettingsPatchResponse:
        """PATCH …/clickhouseSettings.

        Source: operation `serviceClickhouseSettingsUpdate`.
        """
        return self._caller.one(
            SERVICE_CLICKHOUSE_SETTINGS_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ServiceClickhouseSettingsPatchResponse,
        )

    def service_clickhouse_settings_schema_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ServiceClickhouseSettingsSchema:
        """GET …/clickhouseSettings/schema.

        Source: operation `serviceClickhouseSettingsSchemaGet`.
        """
        return self._caller.one(
            SERVICE_CLICKHOUSE_SETTINGS_SCHEMA_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ServiceClickhouseSettingsSchema,
        )

    def service_clickhouse_setting_get(
        self,
        organization_id: str,
        service_id: str,
        setting_name: str,
    ) -> models.ServiceClickhouseSetting:
        """GET …/clickhouseSettings/{settingName}.

        Source: operation `serviceClickhouseSettingGet`.
        """
        return self._caller.one(
            SERVICE_CLICKHOUSE_SETTING_GET,
            path=(
                organization_id,
                service_id,
                setting_name,
            ),
            result=models.ServiceClickhouseSetting,
        )

    def service_clickhouse_setting_delete(
        self,
        organization_id: str,
        service_id: str,
        setting_name: str,
    ) -> None:
        """DELETE …/clickhouseSettings/{settingName}.

        Source: operation `serviceClickhouseSettingDelete`.
        """
        self._caller.nothing(
            SERVICE_CLICKHOUSE_SETTING_DELETE,
            path=(
                organization_id,
                service_id,
                setting_name,
            ),
        )

    def replica_aware_routing_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ReplicaAwareRouting:
        """GET …/replicaAwareRouting.

        Source: operation `replicaAwareRoutingGet`.
        """
        return self._caller.one(
            REPLICA_AWARE_ROUTING_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ReplicaAwareRouting,
        )

    def replica_aware_routing_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ReplicaAwareRoutingPatchRequest,
    ) -> models.ReplicaAwareRouting:
        """PATCH …/replicaAwareRouting.

        Source: operation `replicaAwareRoutingUpdate`.
        """
        return self._caller.one(
            REPLICA_AWARE_ROUTING_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ReplicaAwareRouting,
        )


class AsyncServiceOperations:
    """Operations tagged Service, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def service_profiles_list(
        self,
        organization_id: str,
        *,
        region_id: str | None = None,
        byoc_id: str | None = None,
    ) -> Page[models.ServiceProfile]:
        """GET …/serviceProfiles.

        Source: operation `serviceProfilesList`.
        """
        return await self._caller.page(
            SERVICE_PROFILES_LIST,
            path=(organization_id,),
            query={
                "region_id": region_id,
                "byoc_id": byoc_id,
            },
            result=models.ServiceProfile,
        )

    async def instance_get_list(
        self,
        organization_id: str,
        *,
        filter: Sequence[str] | None = None,
    ) -> Page[models.Service]:
        """GET …/services.

        Source: operation `instanceGetList`.
        """
        return await self._caller.page(
            INSTANCE_GET_LIST,
            path=(organization_id,),
            query={
                "filter": filter,
            },
            result=models.Service,
        )

    async def instance_create(
        self,
        organization_id: str,
        body: models.ServicePostRequest,
    ) -> models.ServicePostResponse:
        """POST …/services.

        Source: operation `instanceCreate`.
        """
        return await self._caller.one(
            INSTANCE_CREATE,
            path=(organization_id,),
            body=body,
            result=models.ServicePostResponse,
        )

    async def instance_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.Service:
        """GET …/services/{serviceId}.

        Source: operation `instanceGet`.
        """
        return await self._caller.one(
            INSTANCE_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.Service,
        )

    async def instance_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServicePatchRequest,
    ) -> models.Service:
        """PATCH …/services/{serviceId}.

        Source: operation `instanceUpdate`.
        """
        return await self._caller.one(
            INSTANCE_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.Service,
        )

    async def instance_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/services/{serviceId}.

        Source: operation `instanceDelete`.
        """
        await self._caller.nothing(
            INSTANCE_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )

    async def instance_private_endpoint_config_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.PrivateEndpointConfig:
        """GET …/privateEndpointConfig.

        Source: operation `instancePrivateEndpointConfigGet`.
        """
        return await self._caller.one(
            INSTANCE_PRIVATE_ENDPOINT_CONFIG_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.PrivateEndpointConfig,
        )

    async def instance_query_endpoint_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ServiceQueryAPIEndpoint:
        """GET …/serviceQueryEndpoint.

        Source: operation `instanceQueryEndpointGet`.
        """
        return await self._caller.one(
            INSTANCE_QUERY_ENDPOINT_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ServiceQueryAPIEndpoint,
        )

    async def instance_query_endpoint_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/serviceQueryEndpoint.

        Source: operation `instanceQueryEndpointDelete`.
        """
        await self._caller.nothing(
            INSTANCE_QUERY_ENDPOINT_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )

    async def instance_query_endpoint_upsert(
        self,
        organization_id: str,
        service_id: str,
        body: models.InstanceServiceQueryApiEndpointsPostRequest,
    ) -> models.ServiceQueryAPIEndpoint:
        """POST …/serviceQueryEndpoint.

        Source: operation `instanceQueryEndpointUpsert`.
        """
        return await self._caller.one(
            INSTANCE_QUERY_ENDPOINT_UPSERT,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ServiceQueryAPIEndpoint,
        )

    async def instance_state_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServiceStatePatchRequest,
    ) -> models.Service:
        """PATCH …/state.

        Source: operation `instanceStateUpdate`.
        """
        return await self._caller.one(
            INSTANCE_STATE_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.Service,
        )

    async def instance_scaling_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServiceScalingPatchRequest,
    ) -> models.Service:
        """PATCH …/scaling (deprecated by the vendor).

        Source: operation `instanceScalingUpdate`.
        """
        return await self._caller.one(
            INSTANCE_SCALING_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.Service,
        )

    async def instance_replica_scaling_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServiceReplicaScalingPatchRequest,
    ) -> models.ServiceScalingPatchResponse:
        """PATCH …/replicaScaling.

        Source: operation `instanceReplicaScalingUpdate`.
        """
        return await self._caller.one(
            INSTANCE_REPLICA_SCALING_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ServiceScalingPatchResponse,
        )

    async def instance_password_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServicePasswordPatchRequest,
    ) -> models.ServicePasswordPatchResponse:
        """PATCH …/password.

        Source: operation `instancePasswordUpdate`.
        """
        return await self._caller.one(
            INSTANCE_PASSWORD_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ServicePasswordPatchResponse,
        )

    async def instance_private_endpoint_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServicPrivateEndpointePostRequest,
    ) -> models.InstancePrivateEndpoint:
        """POST …/privateEndpoint.

        Source: operation `instancePrivateEndpointCreate`.
        """
        return await self._caller.one(
            INSTANCE_PRIVATE_ENDPOINT_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.InstancePrivateEndpoint,
        )

    async def scaling_schedule_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ScalingSchedule:
        """GET …/scalingSchedule.

        Source: operation `scalingScheduleGet`.
        """
        return await self._caller.one(
            SCALING_SCHEDULE_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ScalingSchedule,
        )

    async def scaling_schedule_upsert(
        self,
        organization_id: str,
        service_id: str,
        body: models.ScalingSchedulePostRequest,
    ) -> models.ScalingSchedule:
        """POST …/scalingSchedule.

        Source: operation `scalingScheduleUpsert`.
        """
        return await self._caller.one(
            SCALING_SCHEDULE_UPSERT,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ScalingSchedule,
        )

    async def scaling_schedule_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/scalingSchedule.

        Source: operation `scalingScheduleDelete`.
        """
        await self._caller.nothing(
            SCALING_SCHEDULE_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )

    async def upgrade_window_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.UpgradeWindow:
        """GET …/upgradeWindow.

        Source: operation `upgradeWindowGet`.
        """
        return await self._caller.one(
            UPGRADE_WINDOW_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.UpgradeWindow,
        )

    async def upgrade_window_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.UpgradeWindowPutRequest,
    ) -> models.UpgradeWindow:
        """PUT …/upgradeWindow.

        Source: operation `upgradeWindowUpdate`.
        """
        return await self._caller.one(
            UPGRADE_WINDOW_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.UpgradeWindow,
        )

    async def upgrade_window_delete(
        self,
        organization_id: str,
        service_id: str,
    ) -> None:
        """DELETE …/upgradeWindow.

        Source: operation `upgradeWindowDelete`.
        """
        await self._caller.nothing(
            UPGRADE_WINDOW_DELETE,
            path=(
                organization_id,
                service_id,
            ),
        )

    async def service_clickhouse_settings_list_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ServiceClickhouseSettingsList:
        """GET …/clickhouseSettings.

        Source: operation `serviceClickhouseSettingsListGet`.
        """
        return await self._caller.one(
            SERVICE_CLICKHOUSE_SETTINGS_LIST_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ServiceClickhouseSettingsList,
        )

    async def service_clickhouse_settings_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ServiceClickhouseSettingsPatchRequest,
    ) -> models.ServiceClickhouseSettingsPatchResponse:
        """PATCH …/clickhouseSettings.

        Source: operation `serviceClickhouseSettingsUpdate`.
        """
        return await self._caller.one(
            SERVICE_CLICKHOUSE_SETTINGS_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ServiceClickhouseSettingsPatchResponse,
        )

    async def service_clickhouse_settings_schema_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ServiceClickhouseSettingsSchema:
        """GET …/clickhouseSettings/schema.

        Source: operation `serviceClickhouseSettingsSchemaGet`.
        """
        return await self._caller.one(
            SERVICE_CLICKHOUSE_SETTINGS_SCHEMA_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ServiceClickhouseSettingsSchema,
        )

    async def service_clickhouse_setting_get(
        self,
        organization_id: str,
        service_id: str,
        setting_name: str,
    ) -> models.ServiceClickhouseSetting:
        """GET …/clickhouseSettings/{settingName}.

        Source: operation `serviceClickhouseSettingGet`.
        """
        return await self._caller.one(
            SERVICE_CLICKHOUSE_SETTING_GET,
            path=(
                organization_id,
                service_id,
                setting_name,
            ),
            result=models.ServiceClickhouseSetting,
        )

    async def service_clickhouse_setting_delete(
        self,
        organization_id: str,
        service_id: str,
        setting_name: str,
    ) -> None:
        """DELETE …/clickhouseSettings/{settingName}.

        Source: operation `serviceClickhouseSettingDelete`.
        """
        await self._caller.nothing(
            SERVICE_CLICKHOUSE_SETTING_DELETE,
            path=(
                organization_id,
                service_id,
                setting_name,
            ),
        )

    async def replica_aware_routing_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ReplicaAwareRouting:
        """GET …/replicaAwareRouting.

        Source: operation `replicaAwareRoutingGet`.
        """
        return await self._caller.one(
            REPLICA_AWARE_ROUTING_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ReplicaAwareRouting,
        )

    async def replica_aware_routing_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ReplicaAwareRoutingPatchRequest,
    ) -> models.ReplicaAwareRouting:
        """PATCH …/replicaAwareRouting.

        Source: operation `replicaAwareRoutingUpdate`.
        """
        return await self._caller.one(
            REPLICA_AWARE_ROUTING_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ReplicaAwareRouting,
        )
