# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Saved queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncSavedQueriesOperations", "SavedQueriesOperations"]

SAVED_QUERY_LIST = Operation(
    "savedQueryList",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/saved-queries",
    repeatable=True,
)
SAVED_QUERY_CREATE = Operation(
    "savedQueryCreate",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/saved-queries",
    repeatable=False,
)
SAVED_QUERY_DELETE = Operation(
    "savedQueryDelete",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/saved-queries/{queryId}",
    repeatable=True,
)
SAVED_QUERY_GET = Operation(
    "savedQueryGet",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/saved-queries/{queryId}",
    repeatable=True,
)
SAVED_QUERY_UPDATE = Operation(
    "savedQueryUpdate",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/saved-queries/{queryId}",
    repeatable=True,
)


class SavedQueriesOperations:
    """Operations tagged Saved queries; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def saved_query_list(
        self,
        organization_id: str,
        service_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.PublicSavedQueryListItem]:
        """GET …/saved-queries.

        Source: operation `savedQueryList`.
        """
        return self._caller.page(
            SAVED_QUERY_LIST,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.PublicSavedQueryListItem,
        )

    def saved_query_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.PublicSavedQueryRequest,
    ) -> models.PublicSavedQuery:
        """POST …/saved-queries.

        Source: operation `savedQueryCreate`.
        """
        return self._caller.one(
            SAVED_QUERY_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.PublicSavedQuery,
        )

    def saved_query_delete(
        self,
        organization_id: str,
        service_id: str,
        query_id: str,
    ) -> None:
        """DELETE …/saved-queries/{queryId}.

        Source: operation `savedQueryDelete`.
        """
        self._caller.nothing(
            SAVED_QUERY_DELETE,
            path=(
                organization_id,
                service_id,
                query_id,
            ),
        )

    def saved_query_get(
        self,
        organization_id: str,
        service_id: str,
        query_id: str,
    ) -> models.PublicSavedQuery:
        """GET …/saved-queries/{queryId}.

        Source: operation `savedQueryGet`.
        """
        return self._caller.one(
            SAVED_QUERY_GET,
            path=(
                organization_id,
                service_id,
                query_id,
            ),
            result=models.PublicSavedQuery,
        )

    def saved_query_update(
        self,
        organization_id: str,
        service_id: str,
        query_id: str,
        body: models.PublicSavedQueryRequest,
    ) -> models.PublicSavedQuery:
        """PUT …/saved-queries/{queryId}.

        Source: operation `savedQueryUpdate`.
        """
        return self._caller.one(
            SAVED_QUERY_UPDATE,
            path=(
                organization_id,
                service_id,
                query_id,
            ),
            body=body,
            result=models.PublicSavedQuery,
        )


class AsyncSavedQueriesOperations:
    """Operations tagged Saved queries, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def saved_query_list(
        self,
        organization_id: str,
        service_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.PublicSavedQueryListItem]:
        """GET …/saved-queries.

        Source: operation `savedQueryList`.
        """
        return await self._caller.page(
            SAVED_QUERY_LIST,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.PublicSavedQueryListItem,
        )

    async def saved_query_create(
        self,
        organization_id: str,
        service_id: str,
        body: models.PublicSavedQueryRequest,
    ) -> models.PublicSavedQuery:
        """POST …/saved-queries.

        Source: operation `savedQueryCreate`.
        """
        return await self._caller.one(
            SAVED_QUERY_CREATE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.PublicSavedQuery,
        )

    async def saved_query_delete(
        self,
        organization_id: str,
        service_id: str,
        query_id: str,
    ) -> None:
        """DELETE …/saved-queries/{queryId}.

        Source: operation `savedQueryDelete`.
        """
        await self._caller.nothing(
            SAVED_QUERY_DELETE,
            path=(
                organization_id,
                service_id,
                query_id,
            ),
        )

    async def saved_query_get(
        self,
        organization_id: str,
        service_id: str,
        query_id: str,
    ) -> models.PublicSavedQuery:
        """GET …/saved-queries/{queryId}.

        Source: operation `savedQueryGet`.
        """
        return await self._caller.one(
            SAVED_QUERY_GET,
            path=(
                organization_id,
                service_id,
                query_id,
            ),
            result=models.PublicSavedQuery,
        )

    async def saved_query_update(
        self,
        organization_id: str,
        service_id: str,
        query_id: str,
        body: models.PublicSavedQueryRequest,
    ) -> models.PublicSavedQuery:
        """PUT …/saved-queries/{queryId}.

        Source: operation `savedQueryUpdate`.
        """
        return await self._caller.one(
            SAVED_QUERY_UPDATE,
            path=(
                organization_id,
                service_id,
                query_id,
            ),
            body=body,
            result=models.PublicSavedQuery,
        )
