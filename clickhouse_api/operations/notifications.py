# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Notifications."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncNotificationsOperations", "NotificationsOperations"]

NOTIFICATION_GET_LIST = Operation(
    "notificationGetList", "GET", "/organizations/{organizationId}/notifications", repeatable=True
)
NOTIFICATION_TYPES_GET_LIST = Operation(
    "notificationTypesGetList",
    "GET",
    "/organizations/{organizationId}/notificationTypes",
    repeatable=True,
)


class NotificationsOperations:
    """Operations tagged Notifications; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def notification_get_list(
        self,
        organization_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        severity: str | None = None,
        type: str | None = None,
        resource_id: str | None = None,
        resource_type: str | None = None,
        from_date: datetime | str | None = None,
        to_date: datetime | str | None = None,
    ) -> Page[models.Notification]:
        """GET …/notifications.

        Source: operation `notificationGetList`.
        """
        return self._caller.page(
            NOTIFICATION_GET_LIST,
            path=(organization_id,),
            query={
                "limit": limit,
                "cursor": cursor,
                "severity": severity,
                "type": type,
                "resource_id": resource_id,
                "resource_type": resource_type,
                "from_date": from_date,
                "to_date": to_date,
            },
            result=models.Notification,
        )

    def notification_types_get_list(
        self,
        organization_id: str,
    ) -> Page[models.NotificationType]:
        """GET …/notificationTypes.

        Source: operation `notificationTypesGetList`.
        """
        return self._caller.page(
            NOTIFICATION_TYPES_GET_LIST,
            path=(organization_id,),
            result=models.NotificationType,
        )


class AsyncNotificationsOperations:
    """Operations tagged Notifications, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def notification_get_list(
        self,
        organization_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        severity: str | None = None,
        type: str | None = None,
        resource_id: str | None = None,
        resource_type: str | None = None,
        from_date: datetime | str | None = None,
        to_date: datetime | str | None = None,
    ) -> Page[models.Notification]:
        """GET …/notifications.

        Source: operation `notificationGetList`.
        """
        return await self._caller.page(
            NOTIFICATION_GET_LIST,
            path=(organization_id,),
            query={
                "limit": limit,
                "cursor": cursor,
                "severity": severity,
                "type": type,
                "resource_id": resource_id,
                "resource_type": resource_type,
                "from_date": from_date,
                "to_date": to_date,
            },
            result=models.Notification,
        )

    async def notification_types_get_list(
        self,
        organization_id: str,
    ) -> Page[models.NotificationType]:
        """GET …/notificationTypes.

        Source: operation `notificationTypesGetList`.
        """
        return await self._caller.page(
            NOTIFICATION_TYPES_GET_LIST,
            path=(organization_id,),
            result=models.NotificationType,
        )
