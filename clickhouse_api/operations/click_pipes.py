# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged ClickPipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncClickPipesOperations", "ClickPipesOperations"]

CLICK_PIPE_GET_LIST = Operation(
    "clickPipeGetList",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes",
    repeatable=True,
)
CLICK_PIPE_CREATE = Operation(
    "clickPipeCreate",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes",
    repeatable=False,
)
CLICK_PIPES_SERVICE_CONTEXT_GET = Operation(
    "clickPipesServiceContextGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes/context",
    repeatable=True,
)
CLICK_PIPE_GET = Operation(
    "clickPipeGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes/{clickPipeId}",
    repeatable=True,
)
CLICK_PIPE_UPDATE = Operation(
    "clickPipeUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes/{clickPipeId}",
    repeatable=True,
)
CLICK_PIPE_DELETE = Operation(
    "clickPipeDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes/{clickPipeId}",
    repeatable=True,
)
CLICK_PIPE_SETTINGS_GET = Operation(
    "clickPipeSettingsGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes/{clickPipeId}/settings",
    repeatable=True,
)
CLICK_PIPE_SETTINGS_UPDATE = Operation(
    "clickPipeSettingsUpdate",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes/{clickPipeId}/settings",
    repeatable=True,
)
CLICK_PIPE_SCHEMA_DISCOVERY = Operation(
    "clickPipeSchemaDiscovery",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes/schemaDiscovery",
    repeatable=True,
)
CLICK_PIPE_SCALING_UPDATE = Operation(
    "clickPipeScalingUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes/{clickPipeId}/scaling",
    repeatable=True,
)
CLICK_PIPE_STATE_UPDATE = Operation(
    "clickPipeStateUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/clickpipes/{clickPipeId}/state",
    repeatable=True,
)
CLICK_PIPE_CDC_SCALING_GET = Operation(
    "clickPipeCdcScalingGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickpipesCdcScaling",
    repeatable=True,
)
CLICK_PIPE_CDC_SCALING_UPDATE = Operation(
    "clickPipeCdcScalingUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/clickpipesCdcScaling",
    repeatable=True,
)
CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_GET_LIST = Operation(
    "clickPipeReversePrivateEndpointGetList",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickpipesReversePrivateEndpoints",
    repeatable=True,
)
CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_CREATE = Operation(
    "clickPipeReversePrivateEndpointCreate",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickpipesReversePrivateEndpoints",
    repeatable=False,
)
CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_GET = Operation(
    "clickPipeReversePrivateEndpointGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickpipesReversePrivateEndpoints/{reversePrivateEndpointId}",
    repeatable=True,
)
CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_DELETE = Operation(
    "clickPipeReversePrivateEndpointDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/clickpipesReversePrivateEndpoints/{reversePrivateEndpointId}",
    repeatable=True,
)
CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_UPDATE = Operation(
    "clickPipeReversePrivateEndpointUpdate",
    "PATCH",
    "/organizations/{organizationId}/services/{serviceId}/clickpipesReversePrivateEndpoints/{reversePrivateEndpointId}",
    repeatable=True,
)


class ClickPipesOperations:
    """Operations tagged ClickPipes; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def click_pipe_get_list(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ClickPipe]:
        """GET …/clickpipes.

        Source: operation `clickPipeGetList`.
        """
        return self._caller.page(
            CLICK_PIPE_GET_LIST,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickPipe,
        )

    def click_pipe_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickPipePostRequest,
    ) -> models.ClickPipe:
        """POST …/clickpipes.

        Source: operation `clickPipeCreate`.
        """
        return self._caller.one(
            CLICK_PIPE_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickPipe,
        )

    def click_pipes_service_context_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ClickPipesServiceContext:
        """GET …/clickpipes/context.

        Source: operation `clickPipesServiceContextGet`.
        """
        return self._caller.one(
            CLICK_PIPES_SERVICE_CONTEXT_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickPipesServiceContext,
        )

    def click_pipe_get(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
    ) -> models.ClickPipe:
        """GET …/clickpipes/{clickPipeId}.

        Source: operation `clickPipeGet`.
        """
        return self._caller.one(
            CLICK_PIPE_GET,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            result=models.ClickPipe,
        )

    def click_pipe_update(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
        body: models.ClickPipePatchRequest,
    ) -> models.ClickPipe:
        """PATCH …/clickpipes/{clickPipeId}.

        Source: operation `clickPipeUpdate`.
        """
        return self._caller.one(
            CLICK_PIPE_UPDATE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            body=body,
            result=models.ClickPipe,
        )

    def click_pipe_delete(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
    ) -> None:
        """DELETE …/clickpipes/{clickPipeId}.

        Source: operation `clickPipeDelete`.
        """
        self._caller.nothing(
            CLICK_PIPE_DELETE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
        )

    def click_pipe_settings_get(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
    ) -> models.ClickPipeSettingsOutput:
        """GET …/clickpipes/{clickPipeId}/settings.

        Source: operation `clickPipeSettingsGet`.
        """
        return self._caller.one(
            CLICK_PIPE_SETTINGS_GET,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            result=models.ClickPipeSettingsOutput,
        )

    def click_pipe_settings_update(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
        body: models.ClickPipeSettingsPutRequest,
    ) -> models.ClickPipeSettingsOutput:
        """PUT …/clickpipes/{clickPipeId}/settings.

        Source: operation `clickPipeSettingsUpdate`.
        """
        return self._caller.one(
            CLICK_PIPE_SETTINGS_UPDATE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            body=body,
            result=models.ClickPipeSettingsOutput,
        )

    def click_pipe_schema_discovery(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickPipeSchemaDiscoveryRequest,
    ) -> models.ClickPipeSchemaDiscoveryResponse:
        """POST …/clickpipes/schemaDiscovery.

        Source: operation `clickPipeSchemaDiscovery`.
        """
        return self._caller.one(
            CLICK_PIPE_SCHEMA_DISCOVERY,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickPipeSchemaDiscoveryResponse,
        )

    def click_pipe_scaling_update(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
        body: models.ClickPipeScalingPatchRequest,
    ) -> models.ClickPipe:
        """PATCH …/clickpipes/{clickPipeId}/scaling.

        Source: operation `clickPipeScalingUpdate`.
        """
        return self._caller.one(
            CLICK_PIPE_SCALING_UPDATE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            body=body,
            result=models.ClickPipe,
        )

    def click_pipe_state_update(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
        body: models.ClickPipeStatePatchRequest,
    ) -> models.ClickPipe:
        """PATCH …/clickpipes/{clickPipeId}/state.

        Source: operation `clickPipeStateUpdate`.
        """
        return self._caller.one(
            CLICK_PIPE_STATE_UPDATE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            body=body,
            result=models.ClickPipe,
        )

    def click_pipe_cdc_scaling_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ClickPipesCdcScaling:
        """GET …/clickpipesCdcScaling.

        Source: operation `clickPipeCdcScalingGet`.
        """
        return self._caller.one(
            CLICK_PIPE_CDC_SCALING_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickPipesCdcScaling,
        )

    def click_pipe_cdc_scaling_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickPipesCdcScalingPatchRequest,
    ) -> models.ClickPipesCdcScaling:
        """PATCH …/clickpipesCdcScaling.

        Source: operation `clickPipeCdcScalingUpdate`.
        """
        return self._caller.one(
            CLICK_PIPE_CDC_SCALING_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickPipesCdcScaling,
        )

    def click_pipe_reverse_private_endpoint_get_list(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ReversePrivateEndpoint]:
        """GET …/clickpipesReversePrivateEndpoints.

        Source: operation `clickPipeReversePrivateEndpointGetList`.
        """
        return self._caller.page(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_GET_LIST,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ReversePrivateEndpoint,
        )

    def click_pipe_reverse_private_endpoint_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.CreateReversePrivateEndpoint,
    ) -> models.ReversePrivateEndpoint:
        """POST …/clickpipesReversePrivateEndpoints.

        Source: operation `clickPipeReversePrivateEndpointCreate`.
        """
        return self._caller.one(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ReversePrivateEndpoint,
        )

    def click_pipe_reverse_private_endpoint_get(
        self,
        organization_id: str,
        service_id: str,
        reverse_private_endpoint_id: str,
    ) -> models.ReversePrivateEndpoint:
        """GET …/clickpipesReversePrivateEndpoints/{reversePrivateEndpointId}.

        Source: operation `clickPipeReversePrivateEndpointGet`.
        """
        return self._caller.one(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_GET,
            path=(
                organization_id,
                service_id,
                reverse_private_endpoint_id,
            ),
            result=models.ReversePrivateEndpoint,
        )

    def click_pipe_reverse_private_endpoint_delete(
        self,
        organization_id: str,
        service_id: str,
        reverse_private_endpoint_id: str,
    ) -> None:
        """DELETE …/clickpipesReversePrivateEndpoints/{reversePrivateEndpointId}.

        Source: operation `clickPipeReversePrivateEndpointDelete`.
        """
        self._caller.nothing(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_DELETE,
            path=(
                organization_id,
                service_id,
                reverse_private_endpoint_id,
            ),
        )

    def click_pipe_reverse_private_endpoint_update(
        self,
        organization_id: str,
        service_id: str,
        reverse_private_endpoint_id: str,
        body: models.UpdateReversePrivateEndpoint,
    ) -> models.ReversePrivateEndpoint:
        """PATCH …/clickpipesReversePrivateEndpoints/{reversePrivateEndpointId}.

        Source: operation `clickPipeReversePrivateEndpointUpdate`.
        """
        return self._caller.one(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_UPDATE,
            path=(
                organization_id,
                service_id,
                reverse_private_endpoint_id,
            ),
            body=body,
            result=models.ReversePrivateEndpoint,
        )


class AsyncClickPipesOperations:
    """Operations tagged ClickPipes, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def click_pipe_get_list(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ClickPipe]:
        """GET …/clickpipes.

        Source: operation `clickPipeGetList`.
        """
        return await self._caller.page(
            CLICK_PIPE_GET_LIST,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickPipe,
        )

    async def click_pipe_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickPipePostRequest,
    ) -> models.ClickPipe:
        """POST …/clickpipes.

        Source: operation `clickPipeCreate`.
        """
        return await self._caller.one(
            CLICK_PIPE_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickPipe,
        )

    async def click_pipes_service_context_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ClickPipesServiceContext:
        """GET …/clickpipes/context.

        Source: operation `clickPipesServiceContextGet`.
        """
        return await self._caller.one(
            CLICK_PIPES_SERVICE_CONTEXT_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickPipesServiceContext,
        )

    async def click_pipe_get(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
    ) -> models.ClickPipe:
        """GET …/clickpipes/{clickPipeId}.

        Source: operation `clickPipeGet`.
        """
        return await self._caller.one(
            CLICK_PIPE_GET,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            result=models.ClickPipe,
        )

    async def click_pipe_update(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
        body: models.ClickPipePatchRequest,
    ) -> models.ClickPipe:
        """PATCH …/clickpipes/{clickPipeId}.

        Source: operation `clickPipeUpdate`.
        """
        return await self._caller.one(
            CLICK_PIPE_UPDATE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            body=body,
            result=models.ClickPipe,
        )

    async def click_pipe_delete(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
    ) -> None:
        """DELETE …/clickpipes/{clickPipeId}.

        Source: operation `clickPipeDelete`.
        """
        await self._caller.nothing(
            CLICK_PIPE_DELETE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
        )

    async def click_pipe_settings_get(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
    ) -> models.ClickPipeSettingsOutput:
        """GET …/clickpipes/{clickPipeId}/settings.

        Source: operation `clickPipeSettingsGet`.
        """
        return await self._caller.one(
            CLICK_PIPE_SETTINGS_GET,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            result=models.ClickPipeSettingsOutput,
        )

    async def click_pipe_settings_update(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
        body: models.ClickPipeSettingsPutRequest,
    ) -> models.ClickPipeSettingsOutput:
        """PUT …/clickpipes/{clickPipeId}/settings.

        Source: operation `clickPipeSettingsUpdate`.
        """
        return await self._caller.one(
            CLICK_PIPE_SETTINGS_UPDATE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            body=body,
            result=models.ClickPipeSettingsOutput,
        )

    async def click_pipe_schema_discovery(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickPipeSchemaDiscoveryRequest,
    ) -> models.ClickPipeSchemaDiscoveryResponse:
        """POST …/clickpipes/schemaDiscovery.

        Source: operation `clickPipeSchemaDiscovery`.
        """
        return await self._caller.one(
            CLICK_PIPE_SCHEMA_DISCOVERY,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickPipeSchemaDiscoveryResponse,
        )

    async def click_pipe_scaling_update(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
        body: models.ClickPipeScalingPatchRequest,
    ) -> models.ClickPipe:
        """PATCH …/clickpipes/{clickPipeId}/scaling.

        Source: operation `clickPipeScalingUpdate`.
        """
        return await self._caller.one(
            CLICK_PIPE_SCALING_UPDATE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            body=body,
            result=models.ClickPipe,
        )

    async def click_pipe_state_update(
        self,
        organization_id: str,
        service_id: str,
        click_pipe_id: str,
        body: models.ClickPipeStatePatchRequest,
    ) -> models.ClickPipe:
        """PATCH …/clickpipes/{clickPipeId}/state.

        Source: operation `clickPipeStateUpdate`.
        """
        return await self._caller.one(
            CLICK_PIPE_STATE_UPDATE,
            path=(
                organization_id,
                service_id,
                click_pipe_id,
            ),
            body=body,
            result=models.ClickPipe,
        )

    async def click_pipe_cdc_scaling_get(
        self,
        organization_id: str,
        service_id: str,
    ) -> models.ClickPipesCdcScaling:
        """GET …/clickpipesCdcScaling.

        Source: operation `clickPipeCdcScalingGet`.
        """
        return await self._caller.one(
            CLICK_PIPE_CDC_SCALING_GET,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickPipesCdcScaling,
        )

    async def click_pipe_cdc_scaling_update(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickPipesCdcScalingPatchRequest,
    ) -> models.ClickPipesCdcScaling:
        """PATCH …/clickpipesCdcScaling.

        Source: operation `clickPipeCdcScalingUpdate`.
        """
        return await self._caller.one(
            CLICK_PIPE_CDC_SCALING_UPDATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickPipesCdcScaling,
        )

    async def click_pipe_reverse_private_endpoint_get_list(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ReversePrivateEndpoint]:
        """GET …/clickpipesReversePrivateEndpoints.

        Source: operation `clickPipeReversePrivateEndpointGetList`.
        """
        return await self._caller.page(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_GET_LIST,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ReversePrivateEndpoint,
        )

    async def click_pipe_reverse_private_endpoint_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.CreateReversePrivateEndpoint,
    ) -> models.ReversePrivateEndpoint:
        """POST …/clickpipesReversePrivateEndpoints.

        Source: operation `clickPipeReversePrivateEndpointCreate`.
        """
        return await self._caller.one(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ReversePrivateEndpoint,
        )

    async def click_pipe_reverse_private_endpoint_get(
        self,
        organization_id: str,
        service_id: str,
        reverse_private_endpoint_id: str,
    ) -> models.ReversePrivateEndpoint:
        """GET …/clickpipesReversePrivateEndpoints/{reversePrivateEndpointId}.

        Source: operation `clickPipeReversePrivateEndpointGet`.
        """
        return await self._caller.one(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_GET,
            path=(
                organization_id,
                service_id,
                reverse_private_endpoint_id,
            ),
            result=models.ReversePrivateEndpoint,
        )

    async def click_pipe_reverse_private_endpoint_delete(
        self,
        organization_id: str,
        service_id: str,
        reverse_private_endpoint_id: str,
    ) -> None:
        """DELETE …/clickpipesReversePrivateEndpoints/{reversePrivateEndpointId}.

        Source: operation `clickPipeReversePrivateEndpointDelete`.
        """
        await self._caller.nothing(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_DELETE,
            path=(
                organization_id,
                service_id,
                reverse_private_endpoint_id,
            ),
        )

    async def click_pipe_reverse_private_endpoint_update(
        self,
        organization_id: str,
        service_id: str,
        reverse_private_endpoint_id: str,
        body: models.UpdateReversePrivateEndpoint,
    ) -> models.ReversePrivateEndpoint:
        """PATCH …/clickpipesReversePrivateEndpoints/{reversePrivateEndpointId}.

        Source: operation `clickPipeReversePrivateEndpointUpdate`.
        """
        return await self._caller.one(
            CLICK_PIPE_REVERSE_PRIVATE_ENDPOINT_UPDATE,
            path=(
                organization_id,
                service_id,
                reverse_private_endpoint_id,
            ),
            body=body,
            result=models.ReversePrivateEndpoint,
        )
