# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged ClickStack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation
from clickhouse_api.results import Page

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncClickStackOperations", "ClickStackOperations"]

CLICK_STACK_LIST_DASHBOARDS = Operation(
    "clickStackListDashboards",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/dashboards",
    repeatable=True,
)
CLICK_STACK_CREATE_DASHBOARD = Operation(
    "clickStackCreateDashboard",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/dashboards",
    repeatable=False,
)
CLICK_STACK_GET_DASHBOARD = Operation(
    "clickStackGetDashboard",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/dashboards/{clickStackDashboardId}",
    repeatable=True,
)
CLICK_STACK_UPDATE_DASHBOARD = Operation(
    "clickStackUpdateDashboard",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/dashboards/{clickStackDashboardId}",
    repeatable=True,
)
CLICK_STACK_DELETE_DASHBOARD = Operation(
    "clickStackDeleteDashboard",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/dashboards/{clickStackDashboardId}",
    repeatable=True,
)
CLICK_STACK_VALIDATE_DASHBOARD = Operation(
    "clickStackValidateDashboard",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/dashboards/validate",
    repeatable=True,
)
CLICK_STACK_LIST_ALERTS = Operation(
    "clickStackListAlerts",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/alerts",
    repeatable=True,
)
CLICK_STACK_CREATE_ALERT = Operation(
    "clickStackCreateAlert",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/alerts",
    repeatable=False,
)
CLICK_STACK_LIST_SOURCES = Operation(
    "clickStackListSources",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/sources",
    repeatable=True,
)
CLICK_STACK_CREATE_SOURCE = Operation(
    "clickStackCreateSource",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/sources",
    repeatable=False,
)
CLICK_STACK_GET_SOURCE = Operation(
    "clickStackGetSource",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/sources/{clickStackSourceId}",
    repeatable=True,
)
CLICK_STACK_UPDATE_SOURCE = Operation(
    "clickStackUpdateSource",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/sources/{clickStackSourceId}",
    repeatable=True,
)
CLICK_STACK_DELETE_SOURCE = Operation(
    "clickStackDeleteSource",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/sources/{clickStackSourceId}",
    repeatable=True,
)
CLICK_STACK_GET_ALERT = Operation(
    "clickStackGetAlert",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/alerts/{clickStackAlertId}",
    repeatable=True,
)
CLICK_STACK_UPDATE_ALERT = Operation(
    "clickStackUpdateAlert",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/alerts/{clickStackAlertId}",
    repeatable=True,
)
CLICK_STACK_DELETE_ALERT = Operation(
    "clickStackDeleteAlert",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/alerts/{clickStackAlertId}",
    repeatable=True,
)
CLICK_STACK_LIST_WEBHOOKS = Operation(
    "clickStackListWebhooks",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/webhooks",
    repeatable=True,
)
CLICK_STACK_CREATE_WEBHOOK = Operation(
    "clickStackCreateWebhook",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/webhooks",
    repeatable=False,
)
CLICK_STACK_VALIDATE_WEBHOOK = Operation(
    "clickStackValidateWebhook",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/webhooks/validate",
    repeatable=True,
)
CLICK_STACK_UPDATE_WEBHOOK = Operation(
    "clickStackUpdateWebhook",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/webhooks/{clickStackWebhookId}",
    repeatable=True,
)
CLICK_STACK_DELETE_WEBHOOK = Operation(
    "clickStackDeleteWebhook",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/webhooks/{clickStackWebhookId}",
    repeatable=True,
)
CLICK_STACK_LIST_ROLES = Operation(
    "clickStackListRoles",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/roles",
    repeatable=True,
)
CLICK_STACK_CREATE_ROLE = Operation(
    "clickStackCreateRole",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/roles",
    repeatable=False,
)
CLICK_STACK_GET_ROLE = Operation(
    "clickStackGetRole",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/roles/{clickStackRoleId}",
    repeatable=True,
)
CLICK_STACK_UPDATE_ROLE = Operation(
    "clickStackUpdateRole",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/roles/{clickStackRoleId}",
    repeatable=True,
)
CLICK_STACK_DELETE_ROLE = Operation(
    "clickStackDeleteRole",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/roles/{clickStackRoleId}",
    repeatable=True,
)
CLICK_STACK_LIST_SAVED_SEARCHES = Operation(
    "clickStackListSavedSearches",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/saved-searches",
    repeatable=True,
)
CLICK_STACK_CREATE_SAVED_SEARCH = Operation(
    "clickStackCreateSavedSearch",
    "POST",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/saved-searches",
    repeatable=False,
)
CLICK_STACK_GET_SAVED_SEARCH = Operation(
    "clickStackGetSavedSearch",
    "GET",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/saved-searches/{clickStackSavedSearchId}",
    repeatable=True,
)
CLICK_STACK_UPDATE_SAVED_SEARCH = Operation(
    "clickStackUpdateSavedSearch",
    "PUT",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/saved-searches/{clickStackSavedSearchId}",
    repeatable=True,
)
CLICK_STACK_DELETE_SAVED_SEARCH = Operation(
    "clickStackDeleteSavedSearch",
    "DELETE",
    "/organizations/{organizationId}/services/{serviceId}/clickstack/saved-searches/{clickStackSavedSearchId}",
    repeatable=True,
)


class ClickStackOperations:
    """Operations tagged ClickStack; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def click_stack_list_dashboards(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ClickStackDashboardResponse]:
        """GET …/clickstack/dashboards.

        Source: operation `clickStackListDashboards`.
        """
        return self._caller.page(
            CLICK_STACK_LIST_DASHBOARDS,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickStackDashboardResponse,
        )

    def click_stack_create_dashboard(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackCreateDashboardRequest,
    ) -> models.ClickStackDashboardResponse:
        """POST …/clickstack/dashboards.

        Source: operation `clickStackCreateDashboard`.
        """
        return self._caller.one(
            CLICK_STACK_CREATE_DASHBOARD,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackDashboardResponse,
        )

    def click_stack_get_dashboard(
        self,
        organization_id: str,
        service_id: str,
        click_stack_dashboard_id: str,
    ) -> models.ClickStackDashboardResponse:
        """GET …/clickstack/dashboards/{clickStackDashboardId}.

        Source: operation `clickStackGetDashboard`.
        """
        return self._caller.one(
            CLICK_STACK_GET_DASHBOARD,
            path=(
                organization_id,
                service_id,
                click_stack_dashboard_id,
            ),
            result=models.ClickStackDashboardResponse,
        )

    def click_stack_update_dashboard(
        self,
        organization_id: str,
        service_id: str,
        click_stack_dashboard_id: str,
        body: models.ClickStackUpdateDashboardRequest,
    ) -> models.ClickStackDashboardResponse:
        """PUT …/clickstack/dashboards/{clickStackDashboardId}.

        Source: operation `clickStackUpdateDashboard`.
        """
        return self._caller.one(
            CLICK_STACK_UPDATE_DASHBOARD,
            path=(
                organization_id,
                service_id,
                click_stack_dashboard_id,
            ),
            body=body,
            result=models.ClickStackDashboardResponse,
        )

    def click_stack_delete_dashboard(
        self,
        organization_id: str,
        service_id: str,
        click_stack_dashboard_id: str,
    ) -> None:
        """DELETE …/clickstack/dashboards/{clickStackDashboardId}.

        Source: operation `clickStackDeleteDashboard`.
        """
        self._caller.nothing(
            CLICK_STACK_DELETE_DASHBOARD,
            path=(
                organization_id,
                service_id,
                click_stack_dashboard_id,
            ),
        )

    def click_stack_validate_dashboard(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackCreateDashboardRequest,
    ) -> models.ClickStackValidateDashboardResponse:
        """POST …/clickstack/dashboards/validate.

        Source: operation `clickStackValidateDashboard`.
        """
        return self._caller.one(
            CLICK_STACK_VALIDATE_DASHBOARD,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackValidateDashboardResponse,
        )

    def click_stack_list_alerts(
        self,
        organization_id: str,
        service_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ClickStackAlertResponse]:
        """GET …/clickstack/alerts.

        Source: operation `clickStackListAlerts`.
        """
        return self._caller.page(
            CLICK_STACK_LIST_ALERTS,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "limit": limit,
                "offset": offset,
            },
            result=models.ClickStackAlertResponse,
        )

    def click_stack_create_alert(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackCreateAlertRequest,
    ) -> models.ClickStackAlertResponse:
        """POST …/clickstack/alerts.

        Source: operation `clickStackCreateAlert`.
        """
        return self._caller.one(
            CLICK_STACK_CREATE_ALERT,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackAlertResponse,
        )

    def click_stack_list_sources(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ClickStackSourceOutput]:
        """GET …/clickstack/sources.

        Source: operation `clickStackListSources`.
        """
        return self._caller.page(
            CLICK_STACK_LIST_SOURCES,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickStackSourceOutput,
        )

    def click_stack_create_source(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackSource,
    ) -> models.ClickStackSourceOutput:
        """POST …/clickstack/sources.

        Source: operation `clickStackCreateSource`.
        """
        result: models.ClickStackSourceOutput = self._caller.any_of(
            CLICK_STACK_CREATE_SOURCE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackSourceOutput,
        )
        return result

    def click_stack_get_source(
        self,
        organization_id: str,
        service_id: str,
        click_stack_source_id: str,
    ) -> models.ClickStackSourceOutput:
        """GET …/clickstack/sources/{clickStackSourceId}.

        Source: operation `clickStackGetSource`.
        """
        result: models.ClickStackSourceOutput = self._caller.any_of(
            CLICK_STACK_GET_SOURCE,
            path=(
                organization_id,
                service_id,
                click_stack_source_id,
            ),
            result=models.ClickStackSourceOutput,
        )
        return result

    def click_stack_update_source(
        self,
        organization_id: str,
        service_id: str,
        click_stack_source_id: str,
        body: models.ClickStackSource,
    ) -> models.ClickStackSourceOutput:
        """PUT …/clickstack/sources/{clickStackSourceId}.

        Source: operation `clickStackUpdateSource`.
        """
        result: models.ClickStackSourceOutput = self._caller.any_of(
            CLICK_STACK_UPDATE_SOURCE,
            path=(
                organization_id,
                service_id,
                click_stack_source_id,
            ),
            body=body,
            result=models.ClickStackSourceOutput,
        )
        return result

    def click_stack_delete_source(
        self,
        organization_id: str,
        service_id: str,
        click_stack_source_id: str,
    ) -> None:
        """DELETE …/clickstack/sources/{clickStackSourceId}.

        Source: operation `clickStackDeleteSource`.
        """
        self._caller.nothing(
            CLICK_STACK_DELETE_SOURCE,
            path=(
                organization_id,
                service_id,
                click_stack_source_id,
            ),
        )

    def click_stack_get_alert(
        self,
        organization_id: str,
        service_id: str,
        click_stack_alert_id: str,
    ) -> models.ClickStackAlertResponse:
        """GET …/clickstack/alerts/{clickStackAlertId}.

        Source: operation `clickStackGetAlert`.
        """
        return self._caller.one(
            CLICK_STACK_GET_ALERT,
            path=(
                organization_id,
                service_id,
                click_stack_alert_id,
            ),
            result=models.ClickStackAlertResponse,
        )

    def click_stack_update_alert(
        self,
        organization_id: str,
        service_id: str,
        click_stack_alert_id: str,
        body: models.ClickStackUpdateAlertRequest,
    ) -> models.ClickStackAlertResponse:
        """PUT …/clickstack/alerts/{clickStackAlertId}.

        Source: operation `clickStackUpdateAlert`.
        """
        return self._caller.one(
            CLICK_STACK_UPDATE_ALERT,
            path=(
                organization_id,
                service_id,
                click_stack_alert_id,
            ),
            body=body,
            result=models.ClickStackAlertResponse,
        )

    def click_stack_delete_alert(
        self,
        organization_id: str,
        service_id: str,
        click_stack_alert_id: str,
    ) -> None:
        """DELETE …/clickstack/alerts/{clickStackAlertId}.

        Source: operation `clickStackDeleteAlert`.
        """
        self._caller.nothing(
            CLICK_STACK_DELETE_ALERT,
            path=(
                organization_id,
                service_id,
                click_stack_alert_id,
            ),
        )

    def click_stack_list_webhooks(
        self,
        organization_id: str,
        service_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ClickStackWebhook]:
        """GET …/clickstack/webhooks.

        Source: operation `clickStackListWebhooks`.
        """
        return self._caller.page(
            CLICK_STACK_LIST_WEBHOOKS,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "limit": limit,
                "offset": offset,
            },
            result=models.ClickStackWebhook,
        )

    def click_stack_create_webhook(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackWebhookInput,
    ) -> models.ClickStackWebhook:
        """POST …/clickstack/webhooks.

        Source: operation `clickStackCreateWebhook`.
        """
        result: models.ClickStackWebhook = self._caller.any_of(
            CLICK_STACK_CREATE_WEBHOOK,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackWebhook,
        )
        return result

    def click_stack_validate_webhook(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackWebhookInput,
    ) -> models.ClickStackValidateWebhookResponse:
        """POST …/clickstack/webhooks/validate.

        Source: operation `clickStackValidateWebhook`.
        """
        return self._caller.one(
            CLICK_STACK_VALIDATE_WEBHOOK,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackValidateWebhookResponse,
        )

    def click_stack_update_webhook(
        self,
        organization_id: str,
        service_id: str,
        click_stack_webhook_id: str,
        body: models.ClickStackWebhookInput,
    ) -> models.ClickStackWebhook:
        """PUT …/clickstack/webhooks/{clickStackWebhookId}.

        Source: operation `clickStackUpdateWebhook`.
        """
        result: models.ClickStackWebhook = self._caller.any_of(
            CLICK_STACK_UPDATE_WEBHOOK,
            path=(
                organization_id,
                service_id,
                click_stack_webhook_id,
            ),
            body=body,
            result=models.ClickStackWebhook,
        )
        return result

    def click_stack_delete_webhook(
        self,
        organization_id: str,
        service_id: str,
        click_stack_webhook_id: str,
    ) -> None:
        """DELETE …/clickstack/webhooks/{clickStackWebhookId}.

        Source: operation `clickStackDeleteWebhook`.
        """
        self._caller.nothing(
            CLICK_STACK_DELETE_WEBHOOK,
            path=(
                organization_id,
                service_id,
                click_stack_webhook_id,
            ),
        )

    def click_stack_list_roles(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ClickStackRole]:
        """GET …/clickstack/roles.

        Source: operation `clickStackListRoles`.
        """
        return self._caller.page(
            CLICK_STACK_LIST_ROLES,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickStackRole,
        )

    def click_stack_create_role(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackCreateRoleRequest,
    ) -> models.ClickStackRole:
        """POST …/clickstack/roles.

        Source: operation `clickStackCreateRole`.
        """
        return self._caller.one(
            CLICK_STACK_CREATE_ROLE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackRole,
        )

    def click_stack_get_role(
        self,
        organization_id: str,
        service_id: str,
        click_stack_role_id: str,
    ) -> models.ClickStackRole:
        """GET …/clickstack/roles/{clickStackRoleId}.

        Source: operation `clickStackGetRole`.
        """
        return self._caller.one(
            CLICK_STACK_GET_ROLE,
            path=(
                organization_id,
                service_id,
                click_stack_role_id,
            ),
            result=models.ClickStackRole,
        )

    def click_stack_update_role(
        self,
        organization_id: str,
        service_id: str,
        click_stack_role_id: str,
        body: models.ClickStackUpdateRoleRequest,
    ) -> models.ClickStackRole:
        """PUT …/clickstack/roles/{clickStackRoleId}.

        Source: operation `clickStackUpdateRole`.
        """
        return self._caller.one(
            CLICK_STACK_UPDATE_ROLE,
            path=(
                organization_id,
                service_id,
                click_stack_role_id,
            ),
            body=body,
            result=models.ClickStackRole,
        )

    def click_stack_delete_role(
        self,
        organization_id: str,
        service_id: str,
        click_stack_role_id: str,
    ) -> None:
        """DELETE …/clickstack/roles/{clickStackRoleId}.

        Source: operation `clickStackDeleteRole`.
        """
        self._caller.nothing(
            CLICK_STACK_DELETE_ROLE,
            path=(
                organization_id,
                service_id,
                click_stack_role_id,
            ),
        )

    def click_stack_list_saved_searches(
        self,
        organization_id: str,
        service_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ClickStackSavedSearch]:
        """GET …/clickstack/saved-searches.

        Source: operation `clickStackListSavedSearches`.
        """
        return self._caller.page(
            CLICK_STACK_LIST_SAVED_SEARCHES,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "limit": limit,
                "offset": offset,
            },
            result=models.ClickStackSavedSearch,
        )

    def click_stack_create_saved_search(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackSavedSearchInput,
    ) -> models.ClickStackSavedSearch:
        """POST …/clickstack/saved-searches.

        Source: operation `clickStackCreateSavedSearch`.
        """
        return self._caller.one(
            CLICK_STACK_CREATE_SAVED_SEARCH,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackSavedSearch,
        )

    def click_stack_get_saved_search(
        self,
        organization_id: str,
        service_id: str,
        click_stack_saved_search_id: str,
    ) -> models.ClickStackSavedSearch:
        """GET …/clickstack/saved-searches/{clickStackSavedSearchId}.

        Source: operation `clickStackGetSavedSearch`.
        """
        return self._caller.one(
            CLICK_STACK_GET_SAVED_SEARCH,
            path=(
                organization_id,
                service_id,
                click_stack_saved_search_id,
            ),
            result=models.ClickStackSavedSearch,
        )

    def click_stack_update_saved_search(
        self,
        organization_id: str,
        service_id: str,
        click_stack_saved_search_id: str,
        body: models.ClickStackSavedSearchInput,
    ) -> models.ClickStackSavedSearch:
        """PUT …/clickstack/saved-searches/{clickStackSavedSearchId}.

        Source: operation `clickStackUpdateSavedSearch`.
        """
        return self._caller.one(
            CLICK_STACK_UPDATE_SAVED_SEARCH,
            path=(
                organization_id,
                service_id,
                click_stack_saved_search_id,
            ),
            body=body,
            result=models.ClickStackSavedSearch,
        )

    def click_stack_delete_saved_search(
        self,
        organization_id: str,
        service_id: str,
        click_stack_saved_search_id: str,
    ) -> None:
        """DELETE …/clickstack/saved-searches/{clickStackSavedSearchId}.

        Source: operation `clickStackDeleteSavedSearch`.
        """
        self._caller.nothing(
            CLICK_STACK_DELETE_SAVED_SEARCH,
            path=(
                organization_id,
                service_id,
                click_stack_saved_search_id,
            ),
        )


class AsyncClickStackOperations:
    """Operations tagged ClickStack, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def click_stack_list_dashboards(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ClickStackDashboardResponse]:
        """GET …/clickstack/dashboards.

        Source: operation `clickStackListDashboards`.
        """
        return await self._caller.page(
            CLICK_STACK_LIST_DASHBOARDS,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickStackDashboardResponse,
        )

    async def click_stack_create_dashboard(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackCreateDashboardRequest,
    ) -> models.ClickStackDashboardResponse:
        """POST …/clickstack/dashboards.

        Source: operation `clickStackCreateDashboard`.
        """
        return await self._caller.one(
            CLICK_STACK_CREATE_DASHBOARD,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackDashboardResponse,
        )

    async def click_stack_get_dashboard(
        self,
        organization_id: str,
        service_id: str,
        click_stack_dashboard_id: str,
    ) -> models.ClickStackDashboardResponse:
        """GET …/clickstack/dashboards/{clickStackDashboardId}.

        Source: operation `clickStackGetDashboard`.
        """
        return await self._caller.one(
            CLICK_STACK_GET_DASHBOARD,
            path=(
                organization_id,
                service_id,
                click_stack_dashboard_id,
            ),
            result=models.ClickStackDashboardResponse,
        )

    async def click_stack_update_dashboard(
        self,
        organization_id: str,
        service_id: str,
        click_stack_dashboard_id: str,
        body: models.ClickStackUpdateDashboardRequest,
    ) -> models.ClickStackDashboardResponse:
        """PUT …/clickstack/dashboards/{clickStackDashboardId}.

        Source: operation `clickStackUpdateDashboard`.
        """
        return await self._caller.one(
            CLICK_STACK_UPDATE_DASHBOARD,
            path=(
                organization_id,
                service_id,
                click_stack_dashboard_id,
            ),
            body=body,
            result=models.ClickStackDashboardResponse,
        )

    async def click_stack_delete_dashboard(
        self,
        organization_id: str,
        service_id: str,
        click_stack_dashboard_id: str,
    ) -> None:
        """DELETE …/clickstack/dashboards/{clickStackDashboardId}.

        Source: operation `clickStackDeleteDashboard`.
        """
        await self._caller.nothing(
            CLICK_STACK_DELETE_DASHBOARD,
            path=(
                organization_id,
                service_id,
                click_stack_dashboard_id,
            ),
        )

    async def click_stack_validate_dashboard(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackCreateDashboardRequest,
    ) -> models.ClickStackValidateDashboardResponse:
        """POST …/clickstack/dashboards/validate.

        Source: operation `clickStackValidateDashboard`.
        """
        return await self._caller.one(
            CLICK_STACK_VALIDATE_DASHBOARD,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackValidateDashboardResponse,
        )

    async def click_stack_list_alerts(
        self,
        organization_id: str,
        service_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ClickStackAlertResponse]:
        """GET …/clickstack/alerts.

        Source: operation `clickStackListAlerts`.
        """
        return await self._caller.page(
            CLICK_STACK_LIST_ALERTS,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "limit": limit,
                "offset": offset,
            },
            result=models.ClickStackAlertResponse,
        )

    async def click_stack_create_alert(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackCreateAlertRequest,
    ) -> models.ClickStackAlertResponse:
        """POST …/clickstack/alerts.

        Source: operation `clickStackCreateAlert`.
        """
        return await self._caller.one(
            CLICK_STACK_CREATE_ALERT,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackAlertResponse,
        )

    async def click_stack_list_sources(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ClickStackSourceOutput]:
        """GET …/clickstack/sources.

        Source: operation `clickStackListSources`.
        """
        return await self._caller.page(
            CLICK_STACK_LIST_SOURCES,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickStackSourceOutput,
        )

    async def click_stack_create_source(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackSource,
    ) -> models.ClickStackSourceOutput:
        """POST …/clickstack/sources.

        Source: operation `clickStackCreateSource`.
        """
        result: models.ClickStackSourceOutput = await self._caller.any_of(
            CLICK_STACK_CREATE_SOURCE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackSourceOutput,
        )
        return result

    async def click_stack_get_source(
        self,
        organization_id: str,
        service_id: str,
        click_stack_source_id: str,
    ) -> models.ClickStackSourceOutput:
        """GET …/clickstack/sources/{clickStackSourceId}.

        Source: operation `clickStackGetSource`.
        """
        result: models.ClickStackSourceOutput = await self._caller.any_of(
            CLICK_STACK_GET_SOURCE,
            path=(
                organization_id,
                service_id,
                click_stack_source_id,
            ),
            result=models.ClickStackSourceOutput,
        )
        return result

    async def click_stack_update_source(
        self,
        organization_id: str,
        service_id: str,
        click_stack_source_id: str,
        body: models.ClickStackSource,
    ) -> models.ClickStackSourceOutput:
        """PUT …/clickstack/sources/{clickStackSourceId}.

        Source: operation `clickStackUpdateSource`.
        """
        result: models.ClickStackSourceOutput = await self._caller.any_of(
            CLICK_STACK_UPDATE_SOURCE,
            path=(
                organization_id,
                service_id,
                click_stack_source_id,
            ),
            body=body,
            result=models.ClickStackSourceOutput,
        )
        return result

    async def click_stack_delete_source(
        self,
        organization_id: str,
        service_id: str,
        click_stack_source_id: str,
    ) -> None:
        """DELETE …/clickstack/sources/{clickStackSourceId}.

        Source: operation `clickStackDeleteSource`.
        """
        await self._caller.nothing(
            CLICK_STACK_DELETE_SOURCE,
            path=(
                organization_id,
                service_id,
                click_stack_source_id,
            ),
        )

    async def click_stack_get_alert(
        self,
        organization_id: str,
        service_id: str,
        click_stack_alert_id: str,
    ) -> models.ClickStackAlertResponse:
        """GET …/clickstack/alerts/{clickStackAlertId}.

        Source: operation `clickStackGetAlert`.
        """
        return await self._caller.one(
            CLICK_STACK_GET_ALERT,
            path=(
                organization_id,
                service_id,
                click_stack_alert_id,
            ),
            result=models.ClickStackAlertResponse,
        )

    async def click_stack_update_alert(
        self,
        organization_id: str,
        service_id: str,
        click_stack_alert_id: str,
        body: models.ClickStackUpdateAlertRequest,
    ) -> models.ClickStackAlertResponse:
        """PUT …/clickstack/alerts/{clickStackAlertId}.

        Source: operation `clickStackUpdateAlert`.
        """
        return await self._caller.one(
            CLICK_STACK_UPDATE_ALERT,
            path=(
                organization_id,
                service_id,
                click_stack_alert_id,
            ),
            body=body,
            result=models.ClickStackAlertResponse,
        )

    async def click_stack_delete_alert(
        self,
        organization_id: str,
        service_id: str,
        click_stack_alert_id: str,
    ) -> None:
        """DELETE …/clickstack/alerts/{clickStackAlertId}.

        Source: operation `clickStackDeleteAlert`.
        """
        await self._caller.nothing(
            CLICK_STACK_DELETE_ALERT,
            path=(
                organization_id,
                service_id,
                click_stack_alert_id,
            ),
        )

    async def click_stack_list_webhooks(
        self,
        organization_id: str,
        service_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ClickStackWebhook]:
        """GET …/clickstack/webhooks.

        Source: operation `clickStackListWebhooks`.
        """
        return await self._caller.page(
            CLICK_STACK_LIST_WEBHOOKS,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "limit": limit,
                "offset": offset,
            },
            result=models.ClickStackWebhook,
        )

    async def click_stack_create_webhook(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackWebhookInput,
    ) -> models.ClickStackWebhook:
        """POST …/clickstack/webhooks.

        Source: operation `clickStackCreateWebhook`.
        """
        result: models.ClickStackWebhook = await self._caller.any_of(
            CLICK_STACK_CREATE_WEBHOOK,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackWebhook,
        )
        return result

    async def click_stack_validate_webhook(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackWebhookInput,
    ) -> models.ClickStackValidateWebhookResponse:
        """POST …/clickstack/webhooks/validate.

        Source: operation `clickStackValidateWebhook`.
        """
        return await self._caller.one(
            CLICK_STACK_VALIDATE_WEBHOOK,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackValidateWebhookResponse,
        )

    async def click_stack_update_webhook(
        self,
        organization_id: str,
        service_id: str,
        click_stack_webhook_id: str,
        body: models.ClickStackWebhookInput,
    ) -> models.ClickStackWebhook:
        """PUT …/clickstack/webhooks/{clickStackWebhookId}.

        Source: operation `clickStackUpdateWebhook`.
        """
        result: models.ClickStackWebhook = await self._caller.any_of(
            CLICK_STACK_UPDATE_WEBHOOK,
            path=(
                organization_id,
                service_id,
                click_stack_webhook_id,
            ),
            body=body,
            result=models.ClickStackWebhook,
        )
        return result

    async def click_stack_delete_webhook(
        self,
        organization_id: str,
        service_id: str,
        click_stack_webhook_id: str,
    ) -> None:
        """DELETE …/clickstack/webhooks/{clickStackWebhookId}.

        Source: operation `clickStackDeleteWebhook`.
        """
        await self._caller.nothing(
            CLICK_STACK_DELETE_WEBHOOK,
            path=(
                organization_id,
                service_id,
                click_stack_webhook_id,
            ),
        )

    async def click_stack_list_roles(
        self,
        organization_id: str,
        service_id: str,
    ) -> Page[models.ClickStackRole]:
        """GET …/clickstack/roles.

        Source: operation `clickStackListRoles`.
        """
        return await self._caller.page(
            CLICK_STACK_LIST_ROLES,
            path=(
                organization_id,
                service_id,
            ),
            result=models.ClickStackRole,
        )

    async def click_stack_create_role(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackCreateRoleRequest,
    ) -> models.ClickStackRole:
        """POST …/clickstack/roles.

        Source: operation `clickStackCreateRole`.
        """
        return await self._caller.one(
            CLICK_STACK_CREATE_ROLE,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackRole,
        )

    async def click_stack_get_role(
        self,
        organization_id: str,
        service_id: str,
        click_stack_role_id: str,
    ) -> models.ClickStackRole:
        """GET …/clickstack/roles/{clickStackRoleId}.

        Source: operation `clickStackGetRole`.
        """
        return await self._caller.one(
            CLICK_STACK_GET_ROLE,
            path=(
                organization_id,
                service_id,
                click_stack_role_id,
            ),
            result=models.ClickStackRole,
        )

    async def click_stack_update_role(
        self,
        organization_id: str,
        service_id: str,
        click_stack_role_id: str,
        body: models.ClickStackUpdateRoleRequest,
    ) -> models.ClickStackRole:
        """PUT …/clickstack/roles/{clickStackRoleId}.

        Source: operation `clickStackUpdateRole`.
        """
        return await self._caller.one(
            CLICK_STACK_UPDATE_ROLE,
            path=(
                organization_id,
                service_id,
                click_stack_role_id,
            ),
            body=body,
            result=models.ClickStackRole,
        )

    async def click_stack_delete_role(
        self,
        organization_id: str,
        service_id: str,
        click_stack_role_id: str,
    ) -> None:
        """DELETE …/clickstack/roles/{clickStackRoleId}.

        Source: operation `clickStackDeleteRole`.
        """
        await self._caller.nothing(
            CLICK_STACK_DELETE_ROLE,
            path=(
                organization_id,
                service_id,
                click_stack_role_id,
            ),
        )

    async def click_stack_list_saved_searches(
        self,
        organization_id: str,
        service_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ClickStackSavedSearch]:
        """GET …/clickstack/saved-searches.

        Source: operation `clickStackListSavedSearches`.
        """
        return await self._caller.page(
            CLICK_STACK_LIST_SAVED_SEARCHES,
            path=(
                organization_id,
                service_id,
            ),
            query={
                "limit": limit,
                "offset": offset,
            },
            result=models.ClickStackSavedSearch,
        )

    async def click_stack_create_saved_search(
        self,
        organization_id: str,
        service_id: str,
        body: models.ClickStackSavedSearchInput,
    ) -> models.ClickStackSavedSearch:
        """POST …/clickstack/saved-searches.

        Source: operation `clickStackCreateSavedSearch`.
        """
        return await self._caller.one(
            CLICK_STACK_CREATE_SAVED_SEARCH,
            path=(
                organization_id,
                service_id,
            ),
            body=body,
            result=models.ClickStackSavedSearch,
        )

    async def click_stack_get_saved_search(
        self,
        organization_id: str,
        service_id: str,
        click_stack_saved_search_id: str,
    ) -> models.ClickStackSavedSearch:
        """GET …/clickstack/saved-searches/{clickStackSavedSearchId}.

        Source: operation `clickStackGetSavedSearch`.
        """
        return await self._caller.one(
            CLICK_STACK_GET_SAVED_SEARCH,
            path=(
                organization_id,
                service_id,
                click_stack_saved_search_id,
            ),
            result=models.ClickStackSavedSearch,
        )

    async def click_stack_update_saved_search(
        self,
        organization_id: str,
        service_id: str,
        click_stack_saved_search_id: str,
        body: models.ClickStackSavedSearchInput,
    ) -> models.ClickStackSavedSearch:
        """PUT …/clickstack/saved-searches/{clickStackSavedSearchId}.

        Source: operation `clickStackUpdateSavedSearch`.
        """
        return await self._caller.one(
            CLICK_STACK_UPDATE_SAVED_SEARCH,
            path=(
                organization_id,
                service_id,
                click_stack_saved_search_id,
            ),
            body=body,
            result=models.ClickStackSavedSearch,
        )

    async def click_stack_delete_saved_search(
        self,
        organization_id: str,
        service_id: str,
        click_stack_saved_search_id: str,
    ) -> None:
        """DELETE …/clickstack/saved-searches/{clickStackSavedSearchId}.

        Source: operation `clickStackDeleteSavedSearch`.
        """
        await self._caller.nothing(
            CLICK_STACK_DELETE_SAVED_SEARCH,
            path=(
                organization_id,
                service_id,
                click_stack_saved_search_id,
            ),
        )
