# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged UDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncUdfOperations", "UdfOperations"]

UDF_UPLOAD_SESSION_CREATE = Operation(
    "udfUploadSessionCreate",
    "POST",
    "/organizations/{organizationId}/udfUploads/url",
    repeatable=False,
)
UDF_LIST = Operation("udfList", "GET", "/organizations/{organizationId}/udfs", repeatable=True)
UDF_CREATE = Operation(
    "udfCreate", "POST", "/organizations/{organizationId}/udfs", repeatable=False
)
UDF_DELETE = Operation(
    "udfDelete", "DELETE", "/organizations/{organizationId}/udfs/{functionName}", repeatable=True
)
UDF_GET = Operation(
    "udfGet", "GET", "/organizations/{organizationId}/udfs/{functionName}", repeatable=True
)
UDF_ATTACHMENT_LIST = Operation(
    "udfAttachmentList",
    "GET",
    "/organizations/{organizationId}/udfs/{functionName}/attachments",
    repeatable=True,
)
UDF_DETACH = Operation(
    "udfDetach",
    "DELETE",
    "/organizations/{organizationId}/udfs/{functionName}/attachments/{serviceId}",
    repeatable=True,
)
UDF_ATTACHMENT_GET = Operation(
    "udfAttachmentGet",
    "GET",
    "/organizations/{organizationId}/udfs/{functionName}/attachments/{serviceId}",
    repeatable=True,
)
UDF_ATTACH = Operation(
    "udfAttach",
    "PUT",
    "/organizations/{organizationId}/udfs/{functionName}/attachments/{serviceId}",
    repeatable=True,
)
UDF_VERSION_LIST = Operation(
    "udfVersionList",
    "GET",
    "/organizations/{organizationId}/udfs/{functionName}/versions",
    repeatable=True,
)
UDF_VERSION_CREATE = Operation(
    "udfVersionCreate",
    "POST",
    "/organizations/{organizationId}/udfs/{functionName}/versions",
    repeatable=False,
)
UDF_VERSION_DELETE = Operation(
    "udfVersionDelete",
    "DELETE",
    "/organizations/{organizationId}/udfs/{functionName}/versions/{version}",
    repeatable=True,
)


class UdfOperations:
    """Operations tagged UDF; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def udf_upload_session_create(
        self,
        organization_id: str,
    ) -> models.UdfUploadSession:
        """POST …/udfUploads/url.

        Source: operation `udfUploadSessionCreate`.
        """
        return self._caller.one(
            UDF_UPLOAD_SESSION_CREATE,
            path=(organization_id,),
            result=models.UdfUploadSession,
        )

    def udf_list(
        self,
        organization_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.Udf]:
        """GET …/udfs.

        Source: operation `udfList`.
        """
        return self._caller.page(
            UDF_LIST,
            path=(organization_id,),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.Udf,
        )

    def udf_create(
        self,
        organization_id: str,
        body: models.UdfCreateRequest,
    ) -> models.Udf:
        """POST …/udfs.

        Source: operation `udfCreate`.
        """
        return self._caller.one(
            UDF_CREATE,
            path=(organization_id,),
            body=body,
            result=models.Udf,
        )

    def udf_delete(
        self,
        organization_id: str,
        function_name: str,
    ) -> None:
        """DELETE …/udfs/{functionName}.

        Source: operation `udfDelete`.
        """
        self._caller.nothing(
            UDF_DELETE,
            path=(
                organization_id,
                function_name,
            ),
        )

    def udf_get(
        self,
        organization_id: str,
        function_name: str,
    ) -> models.Udf:
        """GET …/udfs/{functionName}.

        Source: operation `udfGet`.
        """
        return self._caller.one(
            UDF_GET,
            path=(
                organization_id,
                function_name,
            ),
            result=models.Udf,
        )

    def udf_attachment_list(
        self,
        organization_id: str,
        function_name: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.UdfAttachment]:
        """GET …/udfs/{functionName}/attachments.

        Source: operation `udfAttachmentList`.
        """
        return self._caller.page(
            UDF_ATTACHMENT_LIST,
            path=(
                organization_id,
                function_name,
            ),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.UdfAttachment,
        )

    def udf_detach(
        self,
        organization_id: str,
        function_name: str,
        service_id: str,
    ) -> None:
        """DELETE …/udfs/{functionName}/attachments/{serviceId}.

        Source: operation `udfDetach`.
        """
        self._caller.nothing(
            UDF_DETACH,
            path=(
                organization_id,
                function_name,
                service_id,
            ),
        )

    def udf_attachment_get(
        self,
        organization_id: str,
        function_name: str,
        service_id: str,
    ) -> models.UdfAttachment:
        """GET …/udfs/{functionName}/attachments/{serviceId}.

        Source: operation `udfAttachmentGet`.
        """
        return self._caller.one(
            UDF_ATTACHMENT_GET,
            path=(
                organization_id,
                function_name,
                service_id,
            ),
            result=models.UdfAttachment,
        )

    def udf_attach(
        self,
        organization_id: str,
        function_name: str,
        service_id: str,
        body: models.UdfAttachRequest,
    ) -> models.UdfAttachment:
        """PUT …/udfs/{functionName}/attachments/{serviceId}.

        Source: operation `udfAttach`.
        """
        return self._caller.one(
            UDF_ATTACH,
            path=(
                organization_id,
                function_name,
                service_id,
            ),
            body=body,
            result=models.UdfAttachment,
        )

    def udf_version_list(
        self,
        organization_id: str,
        function_name: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.Udf]:
        """GET …/udfs/{functionName}/versions.

        Source: operation `udfVersionList`.
        """
        return self._caller.page(
            UDF_VERSION_LIST,
            path=(
                organization_id,
                function_name,
            ),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.Udf,
        )

    def udf_version_create(
        self,
        organization_id: str,
        function_name: str,
        body: models.UdfVersionCreateRequest,
    ) -> models.Udf:
        """POST …/udfs/{functionName}/versions.

        Source: operation `udfVersionCreate`.
        """
        return self._caller.one(
            UDF_VERSION_CREATE,
            path=(
                organization_id,
                function_name,
            ),
            body=body,
            result=models.Udf,
        )

    def udf_version_delete(
        self,
        organization_id: str,
        function_name: str,
        version: int,
    ) -> None:
        """DELETE …/udfs/{functionName}/versions/{version}.

        Source: operation `udfVersionDelete`.
        """
        self._caller.nothing(
            UDF_VERSION_DELETE,
            path=(
                organization_id,
                function_name,
                version,
            ),
        )


class AsyncUdfOperations:
    """Operations tagged UDF, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def udf_upload_session_create(
        self,
        organization_id: str,
    ) -> models.UdfUploadSession:
        """POST …/udfUploads/url.

        Source: operation `udfUploadSessionCreate`.
        """
        return await self._caller.one(
            UDF_UPLOAD_SESSION_CREATE,
            path=(organization_id,),
            result=models.UdfUploadSession,
        )

    async def udf_list(
        self,
        organization_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.Udf]:
        """GET …/udfs.

        Source: operation `udfList`.
        """
        return await self._caller.page(
            UDF_LIST,
            path=(organization_id,),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.Udf,
        )

    async def udf_create(
        self,
        organization_id: str,
        body: models.UdfCreateRequest,
    ) -> models.Udf:
        """POST …/udfs.

        Source: operation `udfCreate`.
        """
        return await self._caller.one(
            UDF_CREATE,
            path=(organization_id,),
            body=body,
            result=models.Udf,
        )

    async def udf_delete(
        self,
        organization_id: str,
        function_name: str,
    ) -> None:
        """DELETE …/udfs/{functionName}.

        Source: operation `udfDelete`.
        """
        await self._caller.nothing(
            UDF_DELETE,
            path=(
                organization_id,
                function_name,
            ),
        )

    async def udf_get(
        self,
        organization_id: str,
        function_name: str,
    ) -> models.Udf:
        """GET …/udfs/{functionName}.

        Source: operation `udfGet`.
        """
        return await self._caller.one(
            UDF_GET,
            path=(
                organization_id,
                function_name,
            ),
            result=models.Udf,
        )

    async def udf_attachment_list(
        self,
        organization_id: str,
        function_name: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.UdfAttachment]:
        """GET …/udfs/{functionName}/attachments.

        Source: operation `udfAttachmentList`.
        """
        return await self._caller.page(
            UDF_ATTACHMENT_LIST,
            path=(
                organization_id,
                function_name,
            ),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.UdfAttachment,
        )

    async def udf_detach(
        self,
        organization_id: str,
        function_name: str,
        service_id: str,
    ) -> None:
        """DELETE …/udfs/{functionName}/attachments/{serviceId}.

        Source: operation `udfDetach`.
        """
        await self._caller.nothing(
            UDF_DETACH,
            path=(
                organization_id,
                function_name,
                service_id,
            ),
        )

    async def udf_attachment_get(
        self,
        organization_id: str,
        function_name: str,
        service_id: str,
    ) -> models.UdfAttachment:
        """GET …/udfs/{functionName}/attachments/{serviceId}.

        Source: operation `udfAttachmentGet`.
        """
        return await self._caller.one(
            UDF_ATTACHMENT_GET,
            path=(
                organization_id,
                function_name,
                service_id,
            ),
            result=models.UdfAttachment,
        )

    async def udf_attach(
        self,
        organization_id: str,
        function_name: str,
        service_id: str,
        body: models.UdfAttachRequest,
    ) -> models.UdfAttachment:
        """PUT …/udfs/{functionName}/attachments/{serviceId}.

        Source: operation `udfAttach`.
        """
        return await self._caller.one(
            UDF_ATTACH,
            path=(
                organization_id,
                function_name,
                service_id,
            ),
            body=body,
            result=models.UdfAttachment,
        )

    async def udf_version_list(
        self,
        organization_id: str,
        function_name: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[models.Udf]:
        """GET …/udfs/{functionName}/versions.

        Source: operation `udfVersionList`.
        """
        return await self._caller.page(
            UDF_VERSION_LIST,
            path=(
                organization_id,
                function_name,
            ),
            query={
                "cursor": cursor,
                "limit": limit,
            },
            result=models.Udf,
        )

    async def udf_version_create(
        self,
        organization_id: str,
        function_name: str,
        body: models.UdfVersionCreateRequest,
    ) -> models.Udf:
        """POST …/udfs/{functionName}/versions.

        Source: operation `udfVersionCreate`.
        """
        return await self._caller.one(
            UDF_VERSION_CREATE,
            path=(
                organization_id,
                function_name,
            ),
            body=body,
            result=models.Udf,
        )

    async def udf_version_delete(
        self,
        organization_id: str,
        function_name: str,
        version: int,
    ) -> None:
        """DELETE …/udfs/{functionName}/versions/{version}.

        Source: operation `udfVersionDelete`.
        """
        await self._caller.nothing(
            UDF_VERSION_DELETE,
            path=(
                organization_id,
                function_name,
                version,
            ),
        )
