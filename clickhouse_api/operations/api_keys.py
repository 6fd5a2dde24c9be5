# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["ApiKeysOperations", "AsyncApiKeysOperations"]

OPENAPI_KEY_GET_LIST = Operation(
    "openapiKeyGetList", "GET", "/organizations/{organizationId}/keys", repeatable=True
)
OPENAPI_KEY_CREATE = Operation(
    "openapiKeyCreate", "POST", "/organizations/{organizationId}/keys", repeatable=False
)
OPENAPI_KEY_GET = Operation(
    "openapiKeyGet", "GET", "/organizations/{organizationId}/keys/{keyId}", repeatable=True
)
OPENAPI_KEY_UPDATE = Operation(
    "openapiKeyUpdate", "PATCH", "/organizations/{organizationId}/keys/{keyId}", repeatable=True
)
OPENAPI_KEY_DELETE = Operation(
    "openapiKeyDelete", "DELETE", "/organizations/{organizationId}/keys/{keyId}", repeatable=True
)


class ApiKeysOperations:
    """Operations tagged API keys; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def openapi_key_get_list(
        self,
        organization_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[models.ApiKey]:
        """GET …/keys.

        Source: operation `openapiKeyGetList`.
        """
        return self._caller.page(
            OPENAPI_KEY_GET_LIST,
            path=(organization_id,),
            query={
                "limit": limit,
                "cursor": cursor,
            },
            result=models.ApiKey,
        )

    def openapi_key_create(
        self,
        organization_id: str,
        body: models.ApiKeyPostRequest,
    ) -> models.ApiKeyPostResponse:
        """POST …/keys.

        Source: operation `openapiKeyCreate`.
        """
        return self._caller.one(
            OPENAPI_KEY_CREATE,
            path=(organization_id,),
            body=body,
            result=models.ApiKeyPostResponse,
        )

    def openapi_key_get(
        self,
        organization_id: str,
        key_id: str,
    ) -> models.ApiKey:
        """GET …/keys/{keyId}.

        Source: operation `openapiKeyGet`.
        """
        return self._caller.one(
            OPENAPI_KEY_GET,
            path=(
                organization_id,
                key_id,
            ),
            result=models.ApiKey,
        )

    def openapi_key_update(
        self,
        organization_id: str,
        key_id: str,
        body: models.ApiKeyPatchRequest,
    ) -> models.ApiKey:
        """PATCH …/keys/{keyId}.

        Source: operation `openapiKeyUpdate`.
        """
        return self._caller.one(
            OPENAPI_KEY_UPDATE,
            path=(
                organization_id,
                key_id,
            ),
            body=body,
            result=models.ApiKey,
        )

    def openapi_key_delete(
        self,
        organization_id: str,
        key_id: str,
    ) -> None:
        """DELETE …/keys/{keyId}.

        Source: operation `openapiKeyDelete`.
        """
        self._caller.nothing(
            OPENAPI_KEY_DELETE,
            path=(
                organization_id,
                key_id,
            ),
        )


class AsyncApiKeysOperations:
    """Operations tagged API keys, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def openapi_key_get_list(
        self,
        organization_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[models.ApiKey]:
        """GET …/keys.

        Source: operation `openapiKeyGetList`.
        """
        return await self._caller.page(
            OPENAPI_KEY_GET_LIST,
            path=(organization_id,),
            query={
                "limit": limit,
                "cursor": cursor,
            },
            result=models.ApiKey,
        )

    async def openapi_key_create(
        self,
        organization_id: str,
        body: models.ApiKeyPostRequest,
    ) -> models.ApiKeyPostResponse:
        """POST …/keys.

        Source: operation `openapiKeyCreate`.
        """
        return await self._caller.one(
            OPENAPI_KEY_CREATE,
            path=(organization_id,),
            body=body,
            result=models.ApiKeyPostResponse,
        )

    async def openapi_key_get(
        self,
        organization_id: str,
        key_id: str,
    ) -> models.ApiKey:
        """GET …/keys/{keyId}.

        Source: operation `openapiKeyGet`.
        """
        return await self._caller.one(
            OPENAPI_KEY_GET,
            path=(
                organization_id,
                key_id,
            ),
            result=models.ApiKey,
        )

    async def openapi_key_update(
        self,
        organization_id: str,
        key_id: str,
        body: models.ApiKeyPatchRequest,
    ) -> models.ApiKey:
        """PATCH …/keys/{keyId}.

        Source: operation `openapiKeyUpdate`.
        """
        return await self._caller.one(
            OPENAPI_KEY_UPDATE,
            path=(
                organization_id,
                key_id,
            ),
            body=body,
            result=models.ApiKey,
        )

    async def openapi_key_delete(
        self,
        organization_id: str,
        key_id: str,
    ) -> None:
        """DELETE …/keys/{keyId}.

        Source: operation `openapiKeyDelete`.
        """
        await self._caller.nothing(
            OPENAPI_KEY_DELETE,
            path=(
                organization_id,
                key_id,
            ),
        )
