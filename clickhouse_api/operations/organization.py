# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Organization."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncOrganizationOperations", "OrganizationOperations"]

ORGANIZATION_GET_LIST = Operation("organizationGetList", "GET", "/organizations", repeatable=True)
ORGANIZATION_GET = Operation(
    "organizationGet", "GET", "/organizations/{organizationId}", repeatable=True
)
ORGANIZATION_UPDATE = Operation(
    "organizationUpdate", "PATCH", "/organizations/{organizationId}", repeatable=True
)
ORGANIZATION_QUOTAS_GET_LIST = Operation(
    "organizationQuotasGetList", "GET", "/organizations/{organizationId}/quotas", repeatable=True
)
ORGANIZATION_QUOTA_GET = Operation(
    "organizationQuotaGet",
    "GET",
    "/organizations/{organizationId}/quotas/{quotaCode}",
    repeatable=True,
)
ACTIVITY_GET_LIST = Operation(
    "activityGetList", "GET", "/organizations/{organizationId}/activities", repeatable=True
)
ACTIVITY_GET = Operation(
    "activityGet", "GET", "/organizations/{organizationId}/activities/{activityId}", repeatable=True
)
ORGANIZATION_PRIVATE_ENDPOINT_CONFIG_GET_LIST = Operation(
    "organizationPrivateEndpointConfigGetList",
    "GET",
    "/organizations/{organizationId}/privateEndpointConfig",
    repeatable=True,
)
ORGANIZATION_BYOC_INFRASTRUCTURE_CREATE = Operation(
    "organizationByocInfrastructureCreate",
    "POST",
    "/organizations/{organizationId}/byocInfrastructure",
    repeatable=False,
)
ORGANIZATION_BYOC_INFRASTRUCTURE_VALIDATE = Operation(
    "organizationByocInfrastructureValidate",
    "POST",
    "/organizations/{organizationId}/byocInfrastructure/validate",
    repeatable=True,
)
ORGANIZATION_BYOC_INFRASTRUCTURE_GET = Operation(
    "organizationByocInfrastructureGet",
    "GET",
    "/organizations/{organizationId}/byocInfrastructure/{byocInfrastructureId}",
    repeatable=True,
)
ORGANIZATION_BYOC_INFRASTRUCTURE_DELETE = Operation(
    "organizationByocInfrastructureDelete",
    "DELETE",
    "/organizations/{organizationId}/byocInfrastructure/{byocInfrastructureId}",
    repeatable=True,
)
ORGANIZATION_BYOC_INFRASTRUCTURE_UPDATE = Operation(
    "organizationByocInfrastructureUpdate",
    "PATCH",
    "/organizations/{organizationId}/byocInfrastructure/{byocInfrastructureId}",
    repeatable=True,
)
ORGANIZATION_BYOC_INFRASTRUCTURE_PROGRESS_GET = Operation(
    "organizationByocInfrastructureProgressGet",
    "GET",
    "/organizations/{organizationId}/byocInfrastructure/{byocInfrastructureId}/progress",
    repeatable=True,
)
ORGANIZATION_BYOC_INFRASTRUCTURE_TAGS_GET = Operation(
    "organizationByocInfrastructureTagsGet",
    "GET",
    "/organizations/{organizationId}/byocInfrastructure/{byocInfrastructureId}/tags",
    repeatable=True,
)
ORGANIZATION_BYOC_INFRASTRUCTURE_PRIVATE_ENDPOINT_CONFIG_GET = Operation(
    "organizationByocInfrastructurePrivateEndpointConfigGet",
    "GET",
    "/organizations/{organizationId}/byocInfrastructure/{byocInfrastructureId}/privateEndpointConfig",
    repeatable=True,
)


class OrganizationOperations:
    """Operations tagged Organization; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def organization_get_list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[models.Organization]:
        """GET /organizations.

        Source: operation `organizationGetList`.
        """
        return self._caller.page(
            ORGANIZATION_GET_LIST,
            query={
                "limit": limit,
                "cursor": cursor,
            },
            result=models.Organization,
        )

    def organization_get(
        self,
        organization_id: str,
    ) -> models.Organization:
        """GET /organizations/{organizationId}.

        Source: operation `organizationGet`.
        """
        return self._caller.one(
            ORGANIZATION_GET,
            path=(organization_id,),
            result=models.Organization,
        )

    def organization_update(
        self,
        organization_id: str,
        body: models.OrganizationPatchRequest,
    ) -> models.Organization:
        """PATCH /organizations/{organizationId}.

        Source: operation `organizationUpdate`.
        """
        return self._caller.one(
            ORGANIZATION_UPDATE,
            path=(organization_id,),
            body=body,
            result=models.Organization,
        )

    def organization_quotas_get_list(
        self,
        organization_id: str,
    ) -> Page[models.OrganizationQuota]:
        """GET …/quotas.

        Source: operation `organizationQuotasGetList`.
        """
        return self._caller.page(
            ORGANIZATION_QUOTAS_GET_LIST,
            path=(organization_id,),
            result=models.OrganizationQuota,
        )

    def organization_quota_get(
        self,
        organization_id: str,
        quota_code: str,
    ) -> models.OrganizationQuota:
        """GET …/quotas/{quotaCode}.

        Source: operation `organizationQuotaGet`.
        """
        return self._caller.one(
            ORGANIZATION_QUOTA_GET,
            path=(
                organization_id,
                quota_code,
            ),
            result=models.OrganizationQuota,
        )

    def activity_get_list(
        self,
        organization_id: str,
        *,
        from_date: datetime | str | None = None,
        to_date: datetime | str | None = None,
    ) -> Page[models.Activity]:
        """GET …/activities.

        Source: operation `activityGetList`.
        """
        return self._caller.page(
            ACTIVITY_GET_LIST,
            path=(organization_id,),
            query={
                "from_date": from_date,
                "to_date": to_date,
            },
            result=models.Activity,
        )

    def activity_get(
        self,
        organization_id: str,
        activity_id: str,
    ) -> models.Activity:
        """GET …/activities/{activityId}.

        Source: operation `activityGet`.
        """
        return self._caller.one(
            ACTIVITY_GET,
            path=(
                organization_id,
                activity_id,
            ),
            result=models.Activity,
        )

    def organization_private_endpoint_config_get_list(
        self,
        organization_id: str,
        *,
        cloud_provider: str,
        region_id: str,
    ) -> models.OrganizationCloudRegionPrivateEndpointConfig:
        """GET …/privateEndpointConfig (deprecated by the vendor).

        Source: operation `organizationPrivateEndpointConfigGetList`.
        """
        return self._caller.one(
            ORGANIZATION_PRIVATE_ENDPOINT_CONFIG_GET_LIST,
            path=(organization_id,),
            query={
                "cloud_provider": cloud_provider,
                "region_id": region_id,
            },
            result=models.OrganizationCloudRegionPrivateEndpointConfig,
        )

    def organization_byoc_infrastructure_create(
        self,
        organization_id: str,
        body: models.ByocInfrastructurePostRequest,
    ) -> models.ByocConfig:
        """POST …/byocInfrastructure.

        Source: operation `organizationByocInfrastructureCreate`.
        """
        return self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_CREATE,
            path=(organization_id,),
            body=body,
            result=models.ByocConfig,
        )

    def organization_byoc_infrastructure_validate(
        self,
        organization_id: str,
        body: models.ByocInfrastructureValidatePostRequest,
    ) -> models.ByocInfrastructureValidation:
        """POST …/byocInfrastructure/validate.

        Source: operation `organizationByocInfrastructureValidate`.
        """
        return self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_VALIDATE,
            path=(organization_id,),
            body=body,
            result=models.ByocInfrastructureValidation,
        )

    def organization_byoc_infrastructure_get(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> models.ByocInfrastructureDetails:
        """GET …/byocInfrastructure/{byocInfrastructureId}.

        Source: operation `organizationByocInfrastructureGet`.
        """
        return self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_GET,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            result=models.ByocInfrastructureDetails,
        )

    def organization_byoc_infrastructure_delete(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> None:
        """DELETE …/byocInfrastructure/{byocInfrastructureId}.

        Source: operation `organizationByocInfrastructureDelete`.
        """
        self._caller.nothing(
            ORGANIZATION_BYOC_INFRASTRUCTURE_DELETE,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
        )

    def organization_byoc_infrastructure_update(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
        body: models.ByocInfrastructurePatchRequest,
    ) -> models.ByocConfig:
        """PATCH …/byocInfrastructure/{byocInfrastructureId}.

        Source: operation `organizationByocInfrastructureUpdate`.
        """
        return self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_UPDATE,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            body=body,
            result=models.ByocConfig,
        )

    def organization_byoc_infrastructure_progress_get(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> models.ByocInfrastructureProgress:
        """GET …/byocInfrastructure/{byocInfrastructureId}/progress.

        Source: operation `organizationByocInfrastructureProgressGet`.
        """
        return self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_PROGRESS_GET,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            result=models.ByocInfrastructureProgress,
        )

    def organization_byoc_infrastructure_tags_get(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> models.ByocInfrastructureTagsResponse:
        """GET …/byocInfrastructure/{byocInfrastructureId}/tags.

        Source: operation `organizationByocInfrastructureTagsGet`.
        """
        return self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_TAGS_GET,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            result=models.ByocInfrastructureTagsResponse,
        )

    def organization_byoc_infrastructure_private_endpoint_config_get(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> models.ByocInfrastructurePrivateEndpointConfig:
        """GET …/byocInfrastructure/{byocInfrastructureId}/privateEndpointConfig.

        Source: operation `organizationByocInfrastructurePrivateEndpointConfigGet`.
        """
        return self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_PRIVATE_ENDPOINT_CONFIG_GET,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            result=models.ByocInfrastructurePrivateEndpointConfig,
        )


class AsyncOrganizationOperations:
    """Operations tagged Organization, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def organization_get_list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[models.Organization]:
        """GET /organizations.

        Source: operation `organizationGetList`.
        """
        return await self._caller.page(
            ORGANIZATION_GET_LIST,
            query={
                "limit": limit,
                "cursor": cursor,
            },
            result=models.Organization,
        )

    async def organization_get(
        self,
        organization_id: str,
    ) -> models.Organization:
        """GET /organizations/{organizationId}.

        Source: operation `organizationGet`.
        """
        return await self._caller.one(
            ORGANIZATION_GET,
            path=(organization_id,),
            result=models.Organization,
        )

    async def organization_update(
        self,
        organization_id: str,
        body: models.OrganizationPatchRequest,
    ) -> models.Organization:
        """PATCH /organizations/{organizationId}.

        Source: operation `organizationUpdate`.
        """
        return await self._caller.one(
            ORGANIZATION_UPDATE,
            path=(organization_id,),
            body=body,
            result=models.Organization,
        )

    async def organization_quotas_get_list(
        self,
        organization_id: str,
    ) -> Page[models.OrganizationQuota]:
        """GET …/quotas.

        Source: operation `organizationQuotasGetList`.
        """
        return await self._caller.page(
            ORGANIZATION_QUOTAS_GET_LIST,
            path=(organization_id,),
            result=models.OrganizationQuota,
        )

    async def organization_quota_get(
        self,
        organization_id: str,
        quota_code: str,
    ) -> models.OrganizationQuota:
        """GET …/quotas/{quotaCode}.

        Source: operation `organizationQuotaGet`.
        """
        return await self._caller.one(
            ORGANIZATION_QUOTA_GET,
            path=(
                organization_id,
                quota_code,
            ),
            result=models.OrganizationQuota,
        )

    async def activity_get_list(
        self,
        organization_id: str,
        *,
        from_date: datetime | str | None = None,
        to_date: datetime | str | None = None,
    ) -> Page[models.Activity]:
        """GET …/activities.

        Source: operation `activityGetList`.
        """
        return await self._caller.page(
            ACTIVITY_GET_LIST,
            path=(organization_id,),
            query={
                "from_date": from_date,
                "to_date": to_date,
            },
            result=models.Activity,
        )

    async def activity_get(
        self,
        organization_id: str,
        activity_id: str,
    ) -> models.Activity:
        """GET …/activities/{activityId}.

        Source: operation `activityGet`.
        """
        return await self._caller.one(
            ACTIVITY_GET,
            path=(
                organization_id,
                activity_id,
            ),
            result=models.Activity,
        )

    async def organization_private_endpoint_config_get_list(
        self,
        organization_id: str,
        *,
        cloud_provider: str,
        region_id: str,
    ) -> models.OrganizationCloudRegionPrivateEndpointConfig:
        """GET …/privateEndpointConfig (deprecated by the vendor).

        Source: operation `organizationPrivateEndpointConfigGetList`.
        """
        return await self._caller.one(
            ORGANIZATION_PRIVATE_ENDPOINT_CONFIG_GET_LIST,
            path=(organization_id,),
            query={
                "cloud_provider": cloud_provider,
                "region_id": region_id,
            },
            result=models.OrganizationCloudRegionPrivateEndpointConfig,
        )

    async def organization_byoc_infrastructure_create(
        self,
        organization_id: str,
        body: models.ByocInfrastructurePostRequest,
    ) -> models.ByocConfig:
        """POST …/byocInfrastructure.

        Source: operation `organizationByocInfrastructureCreate`.
        """
        return await self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_CREATE,
            path=(organization_id,),
            body=body,
            result=models.ByocConfig,
        )

    async def organization_byoc_infrastructure_validate(
        self,
        organization_id: str,
        body: models.ByocInfrastructureValidatePostRequest,
    ) -> models.ByocInfrastructureValidation:
        """POST …/byocInfrastructure/validate.

        Source: operation `organizationByocInfrastructureValidate`.
        """
        return await self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_VALIDATE,
            path=(organization_id,),
            body=body,
            result=models.ByocInfrastructureValidation,
        )

    async def organization_byoc_infrastructure_get(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> models.ByocInfrastructureDetails:
        """GET …/byocInfrastructure/{byocInfrastructureId}.

        Source: operation `organizationByocInfrastructureGet`.
        """
        return await self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_GET,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            result=models.ByocInfrastructureDetails,
        )

    async def organization_byoc_infrastructure_delete(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> None:
        """DELETE …/byocInfrastructure/{byocInfrastructureId}.

        Source: operation `organizationByocInfrastructureDelete`.
        """
        await self._caller.nothing(
            ORGANIZATION_BYOC_INFRASTRUCTURE_DELETE,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
        )

    async def organization_byoc_infrastructure_update(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
        body: models.ByocInfrastructurePatchRequest,
    ) -> models.ByocConfig:
        """PATCH …/byocInfrastructure/{byocInfrastructureId}.

        Source: operation `organizationByocInfrastructureUpdate`.
        """
        return await self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_UPDATE,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            body=body,
            result=models.ByocConfig,
        )

    async def organization_byoc_infrastructure_progress_get(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> models.ByocInfrastructureProgress:
        """GET …/byocInfrastructure/{byocInfrastructureId}/progress.

        Source: operation `organizationByocInfrastructureProgressGet`.
        """
        return await self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_PROGRESS_GET,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            result=models.ByocInfrastructureProgress,
        )

    async def organization_byoc_infrastructure_tags_get(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> models.ByocInfrastructureTagsResponse:
        """GET …/byocInfrastructure/{byocInfrastructureId}/tags.

        Source: operation `organizationByocInfrastructureTagsGet`.
        """
        return await self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_TAGS_GET,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            result=models.ByocInfrastructureTagsResponse,
        )

    async def organization_byoc_infrastructure_private_endpoint_config_get(
        self,
        organization_id: str,
        byoc_infrastructure_id: str,
    ) -> models.ByocInfrastructurePrivateEndpointConfig:
        """GET …/byocInfrastructure/{byocInfrastructureId}/privateEndpointConfig.

        Source: operation `organizationByocInfrastructurePrivateEndpointConfigGet`.
        """
        return await self._caller.one(
            ORGANIZATION_BYOC_INFRASTRUCTURE_PRIVATE_ENDPOINT_CONFIG_GET,
            path=(
                organization_id,
                byoc_infrastructure_id,
            ),
            result=models.ByocInfrastructurePrivateEndpointConfig,
        )
