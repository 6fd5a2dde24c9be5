# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations by tag. The module of a tag is loaded on its first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller
    from clickhouse_api.operations.api_keys import ApiKeysOperations, AsyncApiKeysOperations
    from clickhouse_api.operations.backup import AsyncBackupOperations, BackupOperations
    from clickhouse_api.operations.billing import AsyncBillingOperations, BillingOperations
    from clickhouse_api.operations.click_pipes import (
        AsyncClickPipesOperations,
        ClickPipesOperations,
    )
    from clickhouse_api.operations.click_stack import (
        AsyncClickStackOperations,
        ClickStackOperations,
    )
    from clickhouse_api.operations.notifications import (
        AsyncNotificationsOperations,
        NotificationsOperations,
    )
    from clickhouse_api.operations.organization import (
        AsyncOrganizationOperations,
        OrganizationOperations,
    )
    from clickhouse_api.operations.postgres import AsyncPostgresOperations, PostgresOperations
    from clickhouse_api.operations.prometheus import AsyncPrometheusOperations, PrometheusOperations
    from clickhouse_api.operations.query_api_endpoints import (
        AsyncQueryApiEndpointsOperations,
        QueryApiEndpointsOperations,
    )
    from clickhouse_api.operations.role_management import (
        AsyncRoleManagementOperations,
        RoleManagementOperations,
    )
    from clickhouse_api.operations.saved_queries import (
        AsyncSavedQueriesOperations,
        SavedQueriesOperations,
    )
    from clickhouse_api.operations.service import AsyncServiceOperations, ServiceOperations
    from clickhouse_api.operations.snapshot import AsyncSnapshotOperations, SnapshotOperations
    from clickhouse_api.operations.udf import AsyncUdfOperations, UdfOperations
    from clickhouse_api.operations.user_management import (
        AsyncUserManagementOperations,
        UserManagementOperations,
    )

__all__ = ["AsyncOperations", "Operations"]


class Operations:
    """One attribute per tag of the OpenAPI spec."""

    _caller: Caller

    @cached_property
    def api_keys(self) -> ApiKeysOperations:
        """5 operations tagged API keys."""
        from clickhouse_api.operations.api_keys import ApiKeysOperations

        return ApiKeysOperations(self._caller)

    @cached_property
    def backup(self) -> BackupOperations:
        """8 operations tagged Backup."""
        from clickhouse_api.operations.backup import BackupOperations

        return BackupOperations(self._caller)

    @cached_property
    def billing(self) -> BillingOperations:
        """3 operations tagged Billing."""
        from clickhouse_api.operations.billing import BillingOperations

        return BillingOperations(self._caller)

    @cached_property
    def click_pipes(self) -> ClickPipesOperations:
        """18 operations tagged ClickPipes."""
        from clickhouse_api.operations.click_pipes import ClickPipesOperations

        return ClickPipesOperations(self._caller)

    @cached_property
    def click_stack(self) -> ClickStackOperations:
        """31 operations tagged ClickStack."""
        from clickhouse_api.operations.click_stack import ClickStackOperations

        return ClickStackOperations(self._caller)

    @cached_property
    def notifications(self) -> NotificationsOperations:
        """2 operations tagged Notifications."""
        from clickhouse_api.operations.notifications import NotificationsOperations

        return NotificationsOperations(self._caller)

    @cached_property
    def organization(self) -> OrganizationOperations:
        """16 operations tagged Organization."""
        from clickhouse_api.operations.organization import OrganizationOperations

        return OrganizationOperations(self._caller)

    @cached_property
    def postgres(self) -> PostgresOperations:
        """18 operations tagged Postgres."""
        from clickhouse_api.operations.postgres import PostgresOperations

        return PostgresOperations(self._caller)

    @cached_property
    def prometheus(self) -> PrometheusOperations:
        """5 operations tagged Prometheus."""
        from clickhouse_api.operations.prometheus import PrometheusOperations

        return PrometheusOperations(self._caller)

    @cached_property
    def query_api_endpoints(self) -> QueryApiEndpointsOperations:
        """5 operations tagged Query API endpoints."""
        from clickhouse_api.operations.query_api_endpoints import QueryApiEndpointsOperations

        return QueryApiEndpointsOperations(self._caller)

    @cached_property
    def role_management(self) -> RoleManagementOperations:
        """5 operations tagged Role Management."""
        from clickhouse_api.operations.role_management import RoleManagementOperations

        return RoleManagementOperations(self._caller)

    @cached_property
    def saved_queries(self) -> SavedQueriesOperations:
        """5 operations tagged Saved queries."""
        from clickhouse_api.operations.saved_queries import SavedQueriesOperations

        return SavedQueriesOperations(self._caller)

    @cached_property
    def service(self) -> ServiceOperations:
        """28 operations tagged Service."""
        from clickhouse_api.operations.service import ServiceOperations

        return ServiceOperations(self._caller)

    @cached_property
    def snapshot(self) -> SnapshotOperations:
        """4 operations tagged Snapshot."""
        from clickhouse_api.operations.snapshot import SnapshotOperations

        return SnapshotOperations(self._caller)

    @cached_property
    def udf(self) -> UdfOperations:
        """12 operations tagged UDF."""
        from clickhouse_api.operations.udf import UdfOperations

        return UdfOperations(self._caller)

    @cached_property
    def user_management(self) -> UserManagementOperations:
        """9 operations tagged User management."""
        from clickhouse_api.operations.user_management import UserManagementOperations

        return UserManagementOperations(self._caller)


class AsyncOperations:
    """One attribute per tag of the OpenAPI spec, with coroutines."""

    _caller: AsyncCaller

    @cached_property
    def api_keys(self) -> AsyncApiKeysOperations:
        """5 operations tagged API keys."""
        from clickhouse_api.operations.api_keys import AsyncApiKeysOperations

        return AsyncApiKeysOperations(self._caller)

    @cached_property
    def backup(self) -> AsyncBackupOperations:
        """8 operations tagged Backup."""
        from clickhouse_api.operations.backup import AsyncBackupOperations

        return AsyncBackupOperations(self._caller)

    @cached_property
    def billing(self) -> AsyncBillingOperations:
        """3 operations tagged Billing."""
        from clickhouse_api.operations.billing import AsyncBillingOperations

        return AsyncBillingOperations(self._caller)

    @cached_property
    def click_pipes(self) -> AsyncClickPipesOperations:
        """18 operations tagged ClickPipes."""
        from clickhouse_api.operations.click_pipes import AsyncClickPipesOperations

        return AsyncClickPipesOperations(self._caller)

    @cached_property
    def click_stack(self) -> AsyncClickStackOperations:
        """31 operations tagged ClickStack."""
        from clickhouse_api.operations.click_stack import AsyncClickStackOperations

        return AsyncClickStackOperations(self._caller)

    @cached_property
    def notifications(self) -> AsyncNotificationsOperations:
        """2 operations tagged Notifications."""
        from clickhouse_api.operations.notifications import AsyncNotificationsOperations

        return AsyncNotificationsOperations(self._caller)

    @cached_property
    def organization(self) -> AsyncOrganizationOperations:
        """16 operations tagged Organization."""
        from clickhouse_api.operations.organization import AsyncOrganizationOperations

        return AsyncOrganizationOperations(self._caller)

    @cached_property
    def postgres(self) -> AsyncPostgresOperations:
        """18 operations tagged Postgres."""
        from clickhouse_api.operations.postgres import AsyncPostgresOperations

        return AsyncPostgresOperations(self._caller)

    @cached_property
    def prometheus(self) -> AsyncPrometheusOperations:
        """5 operations tagged Prometheus."""
        from clickhouse_api.operations.prometheus import AsyncPrometheusOperations

        return AsyncPrometheusOperations(self._caller)

    @cached_property
    def query_api_endpoints(self) -> AsyncQueryApiEndpointsOperations:
        """5 operations tagged Query API endpoints."""
        from clickhouse_api.operations.query_api_endpoints import AsyncQueryApiEndpointsOperations

        return AsyncQueryApiEndpointsOperations(self._caller)

    @cached_property
    def role_management(self) -> AsyncRoleManagementOperations:
        """5 operations tagged Role Management."""
        from clickhouse_api.operations.role_management import AsyncRoleManagementOperations

        return AsyncRoleManagementOperations(self._caller)

    @cached_property
    def saved_queries(self) -> AsyncSavedQueriesOperations:
        """5 operations tagged Saved queries."""
        from clickhouse_api.operations.saved_queries import AsyncSavedQueriesOperations

        return AsyncSavedQueriesOperations(self._caller)

    @cached_property
    def service(self) -> AsyncServiceOperations:
        """28 operations tagged Service."""
        from clickhouse_api.operations.service import AsyncServiceOperations

        return AsyncServiceOperations(self._caller)

    @cached_property
    def snapshot(self) -> AsyncSnapshotOperations:
        """4 operations tagged Snapshot."""
        from clickhouse_api.operations.snapshot import AsyncSnapshotOperations

        return AsyncSnapshotOperations(self._caller)

    @cached_property
    def udf(self) -> AsyncUdfOperations:
        """12 operations tagged UDF."""
        from clickhouse_api.operations.udf import AsyncUdfOperations

        return AsyncUdfOperations(self._caller)

    @cached_property
    def user_management(self) -> AsyncUserManagementOperations:
        """9 operations tagged User management."""
        from clickhouse_api.operations.user_management import AsyncUserManagementOperations

        return AsyncUserManagementOperations(self._caller)
