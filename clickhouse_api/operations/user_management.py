# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged User management."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncUserManagementOperations", "UserManagementOperations"]

WHOAMI_GET = Operation("whoamiGet", "GET", "/whoami", repeatable=True)
MEMBER_GET_LIST = Operation(
    "memberGetList", "GET", "/organizations/{organizationId}/members", repeatable=True
)
MEMBER_GET = Operation(
    "memberGet", "GET", "/organizations/{organizationId}/members/{userId}", repeatable=True
)
MEMBER_UPDATE = Operation(
    "memberUpdate", "PATCH", "/organizations/{organizationId}/members/{userId}", repeatable=True
)
MEMBER_DELETE = Operation(
    "memberDelete", "DELETE", "/organizations/{organizationId}/members/{userId}", repeatable=True
)
INVITATION_GET_LIST = Operation(
    "invitationGetList", "GET", "/organizations/{organizationId}/invitations", repeatable=True
)
INVITATION_CREATE = Operation(
    "invitationCreate", "POST", "/organizations/{organizationId}/invitations", repeatable=False
)
INVITATION_GET = Operation(
    "invitationGet",
    "GET",
    "/organizations/{organizationId}/invitations/{invitationId}",
    repeatable=True,
)
INVITATION_DELETE = Operation(
    "invitationDelete",
    "DELETE",
    "/organizations/{organizationId}/invitations/{invitationId}",
    repeatable=True,
)


class UserManagementOperations:
    """Operations tagged User management; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def whoami_get(
        self,
    ) -> models.Whoami:
        """GET /whoami.

        Source: operation `whoamiGet`.
        """
        result: models.Whoami = self._caller.any_of(
            WHOAMI_GET,
            result=models.Whoami,
        )
        return result

    def member_get_list(
        self,
        organization_id: str,
    ) -> Page[models.Member]:
        """GET …/members.

        Source: operation `memberGetList`.
        """
        return self._caller.page(
            MEMBER_GET_LIST,
            path=(organization_id,),
            result=models.Member,
        )

    def member_get(
        self,
        organization_id: str,
        user_id: str,
    ) -> models.Member:
        """GET …/members/{userId}.

        Source: operation `memberGet`.
        """
        return self._caller.one(
            MEMBER_GET,
            path=(
                organization_id,
                user_id,
            ),
            result=models.Member,
        )

    def member_update(
        self,
        organization_id: str,
        user_id: str,
        body: models.MemberPatchRequest,
    ) -> models.Member:
        """PATCH …/members/{userId}.

        Source: operation `memberUpdate`.
        """
        return self._caller.one(
            MEMBER_UPDATE,
            path=(
                organization_id,
                user_id,
            ),
            body=body,
            result=models.Member,
        )

    def member_delete(
        self,
        organization_id: str,
        user_id: str,
    ) -> None:
        """DELETE …/members/{userId}.

        Source: operation `memberDelete`.
        """
        self._caller.nothing(
            MEMBER_DELETE,
            path=(
                organization_id,
                user_id,
            ),
        )

    def invitation_get_list(
        self,
        organization_id: str,
    ) -> Page[models.Invitation]:
        """GET …/invitations.

        Source: operation `invitationGetList`.
        """
        return self._caller.page(
            INVITATION_GET_LIST,
            path=(organization_id,),
            result=models.Invitation,
        )

    def invitation_create(
        self,
        organization_id: str,
        body: models.InvitationPostRequest,
    ) -> models.Invitation:
        """POST …/invitations.

        Source: operation `invitationCreate`.
        """
        return self._caller.one(
            INVITATION_CREATE,
            path=(organization_id,),
            body=body,
            result=models.Invitation,
        )

    def invitation_get(
        self,
        organization_id: str,
        invitation_id: str,
    ) -> models.Invitation:
        """GET …/invitations/{invitationId}.

        Source: operation `invitationGet`.
        """
        return self._caller.one(
            INVITATION_GET,
            path=(
                organization_id,
                invitation_id,
            ),
            result=models.Invitation,
        )

    def invitation_delete(
        self,
        organization_id: str,
        invitation_id: str,
    ) -> None:
        """DELETE …/invitations/{invitationId}.

        Source: operation `invitationDelete`.
        """
        self._caller.nothing(
            INVITATION_DELETE,
            path=(
                organization_id,
                invitation_id,
            ),
        )


class AsyncUserManagementOperations:
    """Operations tagged User management, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def whoami_get(
        self,
    ) -> models.Whoami:
        """GET /whoami.

        Source: operation `whoamiGet`.
        """
        result: models.Whoami = await self._caller.any_of(
            WHOAMI_GET,
            result=models.Whoami,
        )
        return result

    async def member_get_list(
        self,
        organization_id: str,
    ) -> Page[models.Member]:
        """GET …/members.

        Source: operation `memberGetList`.
        """
        return await self._caller.page(
            MEMBER_GET_LIST,
            path=(organization_id,),
            result=models.Member,
        )

    async def member_get(
        self,
        organization_id: str,
        user_id: str,
    ) -> models.Member:
        """GET …/members/{userId}.

        Source: operation `memberGet`.
        """
        return await self._caller.one(
            MEMBER_GET,
            path=(
                organization_id,
                user_id,
            ),
            result=models.Member,
        )

    async def member_update(
        self,
        organization_id: str,
        user_id: str,
        body: models.MemberPatchRequest,
    ) -> models.Member:
        """PATCH …/members/{userId}.

        Source: operation `memberUpdate`.
        """
        return await self._caller.one(
            MEMBER_UPDATE,
            path=(
                organization_id,
                user_id,
            ),
            body=body,
            result=models.Member,
        )

    async def member_delete(
        self,
        organization_id: str,
        user_id: str,
    ) -> None:
        """DELETE …/members/{userId}.

        Source: operation `memberDelete`.
        """
        await self._caller.nothing(
            MEMBER_DELETE,
            path=(
                organization_id,
                user_id,
            ),
        )

    async def invitation_get_list(
        self,
        organization_id: str,
    ) -> Page[models.Invitation]:
        """GET …/invitations.

        Source: operation `invitationGetList`.
        """
        return await self._caller.page(
            INVITATION_GET_LIST,
            path=(organization_id,),
            result=models.Invitation,
        )

    async def invitation_create(
        self,
        organization_id: str,
        body: models.InvitationPostRequest,
    ) -> models.Invitation:
        """POST …/invitations.

        Source: operation `invitationCreate`.
        """
        return await self._caller.one(
            INVITATION_CREATE,
            path=(organization_id,),
            body=body,
            result=models.Invitation,
        )

    async def invitation_get(
        self,
        organization_id: str,
        invitation_id: str,
    ) -> models.Invitation:
        """GET …/invitations/{invitationId}.

        Source: operation `invitationGet`.
        """
        return await self._caller.one(
            INVITATION_GET,
            path=(
                organization_id,
                invitation_id,
            ),
            result=models.Invitation,
        )

    async def invitation_delete(
        self,
        organization_id: str,
        invitation_id: str,
    ) -> None:
        """DELETE …/invitations/{invitationId}.

        Source: operation `invitationDelete`.
        """
        await self._caller.nothing(
            INVITATION_DELETE,
            path=(
                organization_id,
                invitation_id,
            ),
        )
