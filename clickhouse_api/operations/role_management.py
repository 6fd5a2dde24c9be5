# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Role Management."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncRoleManagementOperations", "RoleManagementOperations"]

ORGANIZATION_ROLES_GET_LIST = Operation(
    "organizationRolesGetList", "GET", "/organizations/{organizationId}/roles", repeatable=True
)
ORGANIZATION_ROLE_POST = Operation(
    "organizationRolePost", "POST", "/organizations/{organizationId}/roles", repeatable=False
)
ORGANIZATION_ROLE_GET = Operation(
    "organizationRoleGet", "GET", "/organizations/{organizationId}/roles/{roleId}", repeatable=True
)
ORGANIZATION_ROLE_PATCH = Operation(
    "organizationRolePatch",
    "PATCH",
    "/organizations/{organizationId}/roles/{roleId}",
    repeatable=True,
)
ORGANIZATION_ROLE_DELETE = Operation(
    "organizationRoleDelete",
    "DELETE",
    "/organizations/{organizationId}/roles/{roleId}",
    repeatable=True,
)


class RoleManagementOperations:
    """Operations tagged Role Management; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def organization_roles_get_list(
        self,
        organization_id: str,
    ) -> Page[models.RBACRole]:
        """GET …/roles.

        Source: operation `organizationRolesGetList`.
        """
        return self._caller.page(
            ORGANIZATION_ROLES_GET_LIST,
            path=(organization_id,),
            result=models.RBACRole,
        )

    def organization_role_post(
        self,
        organization_id: str,
        body: models.RoleCreateRequest,
    ) -> models.RBACRole:
        """POST …/roles.

        Source: operation `organizationRolePost`.
        """
        return self._caller.one(
            ORGANIZATION_ROLE_POST,
            path=(organization_id,),
            body=body,
            result=models.RBACRole,
        )

    def organization_role_get(
        self,
        organization_id: str,
        role_id: str,
    ) -> models.RBACRole:
        """GET …/roles/{roleId}.

        Source: operation `organizationRoleGet`.
        """
        return self._caller.one(
            ORGANIZATION_ROLE_GET,
            path=(
                organization_id,
                role_id,
            ),
            result=models.RBACRole,
        )

    def organization_role_patch(
        self,
        organization_id: str,
        role_id: str,
        body: models.RoleUpdateRequest,
    ) -> models.RBACRole:
        """PATCH …/roles/{roleId}.

        Source: operation `organizationRolePatch`.
        """
        return self._caller.one(
            ORGANIZATION_ROLE_PATCH,
            path=(
                organization_id,
                role_id,
            ),
            body=body,
            result=models.RBACRole,
        )

    def organization_role_delete(
        self,
        organization_id: str,
        role_id: str,
    ) -> None:
        """DELETE …/roles/{roleId}.

        Source: operation `organizationRoleDelete`.
        """
        self._caller.nothing(
            ORGANIZATION_ROLE_DELETE,
            path=(
                organization_id,
                role_id,
            ),
        )


class AsyncRoleManagementOperations:
    """Operations tagged Role Management, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def organization_roles_get_list(
        self,
        organization_id: str,
    ) -> Page[models.RBACRole]:
        """GET …/roles.

        Source: operation `organizationRolesGetList`.
        """
        return await self._caller.page(
            ORGANIZATION_ROLES_GET_LIST,
            path=(organization_id,),
            result=models.RBACRole,
        )

    async def organization_role_post(
        self,
        organization_id: str,
        body: models.RoleCreateRequest,
    ) -> models.RBACRole:
        """POST …/roles.

        Source: operation `organizationRolePost`.
        """
        return await self._caller.one(
            ORGANIZATION_ROLE_POST,
            path=(organization_id,),
            body=body,
            result=models.RBACRole,
        )

    async def organization_role_get(
        self,
        organization_id: str,
        role_id: str,
    ) -> models.RBACRole:
        """GET …/roles/{roleId}.

        Source: operation `organizationRoleGet`.
        """
        return await self._caller.one(
            ORGANIZATION_ROLE_GET,
            path=(
                organization_id,
                role_id,
            ),
            result=models.RBACRole,
        )

    async def organization_role_patch(
        self,
        organization_id: str,
        role_id: str,
        body: models.RoleUpdateRequest,
    ) -> models.RBACRole:
        """PATCH …/roles/{roleId}.

        Source: operation `organizationRolePatch`.
        """
        return await self._caller.one(
            ORGANIZATION_ROLE_PATCH,
            path=(
                organization_id,
                role_id,
            ),
            body=body,
            result=models.RBACRole,
        )

    async def organization_role_delete(
        self,
        organization_id: str,
        role_id: str,
    ) -> None:
        """DELETE …/roles/{roleId}.

        Source: operation `organizationRoleDelete`.
        """
        await self._caller.nothing(
            ORGANIZATION_ROLE_DELETE,
            path=(
                organization_id,
                role_id,
            ),
        )
