# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Query API endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncQueryApiEndpointsOperations", "QueryApiEndpointsOperations"]

QUERY_API_ENDPOINT_LIST = Operation(
    "queryApiEndpointList",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/query-api-endpoints",
    repeatable=True,
)
QUERY_API_ENDPOINT_CREATE = Operation(
    "queryApiEndpointCreate",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/query-api-endpoints",
    repeatable=False,
)
QUERY_API_ENDPOINT_DELETE = Operation(
    "queryApiEndpointDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/query-api-endpoints/{endpointId}",
    repeatable=True,
)
QUERY_API_ENDPOINT_GET = Operation(
    "queryApiEndpointGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/query-api-endpoints/{endpointId}",
    repeatable=True,
)
QUERY_API_ENDPOINT_UPDATE = Operation(
    "queryApiEndpointUpdate",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/query-api-endpoints/{endpointId}",
    repeatable=True,
)


class QueryApiEndpointsOperations:
    """Operations tagged Query API endpoints; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def query_api_endpoint_list(
        self,
        organization_id: str,
        service_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.PublicQueryApiEndpointListItem]:
        """GET …/query-api-endpoints.

        Source: operation `queryApiEndpointList`.
        """
        return self._caller.page(
            QUERY_API_ENDPOINT_LIST,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.PublicQueryApiEndpointListItem,
        )

    def query_api_endpoint_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.PublicQueryApiEndpointRequest,
    ) -> models.PublicQueryApiEndpoint:
        """POST …/query-api-endpoints.

        Source: operation `queryApiEndpointCreate`.
        """
        return self._caller.one(
            QUERY_API_ENDPOINT_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.PublicQueryApiEndpoint,
        )

    def query_api_endpoint_delete(
        self,
        organization_id: str,
        service_id: str,
        endpoint_id: str,
    ) -> None:
        """DELETE …/query-api-endpoints/{endpointId}.

        Source: operation `queryApiEndpointDelete`.
        """
        self._caller.nothing(
            QUERY_API_ENDPOINT_DELETE,
            path=(
                organization_id,
                service_id,
                endpoint_id,
            ),
        )

    def query_api_endpoint_get(
        self,
        organization_id: str,
        service_id: str,
        endpoint_id: str,
    ) -> models.PublicQueryApiEndpoint:
        """GET …/query-api-endpoints/{endpointId}.

        Source: operation `queryApiEndpointGet`.
        """
        return self._caller.one(
            QUERY_API_ENDPOINT_GET,
            path=(
                organization_id,
                service_id,
                endpoint_id,
            ),
            result=models.PublicQueryApiEndpoint,
        )

    def query_api_endpoint_update(
        self,
        organization_id: str,
        service_id: str,
        endpoint_id: str,
        body: models.PublicQueryApiEndpointRequest,
    ) -> models.PublicQueryApiEndpoint:
        """PUT …/query-api-endpoints/{endpointId}.

        Source: operation `queryApiEndpointUpdate`.
        """
        return self._caller.one(
            QUERY_API_ENDPOINT_UPDATE,
            path=(
                organization_id,
                service_id,
                endpoint_id,
            ),
            body=body,
            result=models.PublicQueryApiEndpoint,
        )


class AsyncQueryApiEndpointsOperations:
    """Operations tagged Query API endpoints, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def query_api_endpoint_list(
        self,
        organization_id: str,
        service_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.PublicQueryApiEndpointListItem]:
        """GET …/query-api-endpoints.

        Source: operation `queryApiEndpointList`.
        """
        return await self._caller.page(
            QUERY_API_ENDPOINT_LIST,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.PublicQueryApiEndpointListItem,
        )

    async def query_api_endpoint_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.PublicQueryApiEndpointRequest,
    ) -> models.PublicQueryApiEndpoint:
        """POST …/query-api-endpoints.

        Source: operation `queryApiEndpointCreate`.
        """
        return await self._caller.one(
            QUERY_API_ENDPOINT_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.PublicQueryApiEndpoint,
        )

    async def query_api_endpoint_delete(
        self,
        organization_id: str,
        service_id: str,
        endpoint_id: str,
    ) -> None:
        """DELETE …/query-api-endpoints/{endpointId}.

        Source: operation `queryApiEndpointDelete`.
        """
        await self._caller.nothing(
            QUERY_API_ENDPOINT_DELETE,
            path=(
                organization_id,
                service_id,
                endpoint_id,
            ),
        )

    async def query_api_endpoint_get(
        self,
        organization_id: str,
        service_id: str,
        endpoint_id: str,
    ) -> models.PublicQueryApiEndpoint:
        """GET …/query-api-endpoints/{endpointId}.

        Source: operation `queryApiEndpointGet`.
        """
        return await self._caller.one(
            QUERY_API_ENDPOINT_GET,
            path=(
                organization_id,
                service_id,
                endpoint_id,
            ),
            result=models.PublicQueryApiEndpoint,
        )

    async def query_api_endpoint_update(
        self,
        organization_id: str,
        service_id: str,
        endpoint_id: str,
        body: models.PublicQueryApiEndpointRequest,
    ) -> models.PublicQueryApiEndpoint:
        """PUT …/query-api-endpoints/{endpointId}.

        Source: operation `queryApiEndpointUpdate`.
        """
        return await self._caller.one(
            QUERY_API_ENDPOINT_UPDATE,
            path=(
                organization_id,
                service_id,
                endpoint_id,
            ),
            body=body,
            result=models.PublicQueryApiEndpoint,
        )
