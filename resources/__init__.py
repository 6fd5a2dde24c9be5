"""Pulumi resources: ClickHouse Cloud services, their schema and users, and the ingest worker.

    from resources import Service, ServiceArgs, get_organization

Each name is loaded when it is first used (PEP 562): a dynamic provider's process imports this
package for one resource at a time, and pays only for that one.

`provider_named` is frozen: every state calls it under this module path and name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from resources import retired_providers

if TYPE_CHECKING:
    from pulumi.dynamic import ResourceProvider

    from resources.click_pipes.click_pipe import ClickPipe, ClickPipeArgs
    from resources.click_pipes.click_pipe_database_scaling import (
        ClickPipeDatabaseScaling,
        ClickPipeDatabaseScalingArgs,
    )
    from resources.click_stack.click_stack_alert import ClickStackAlert, ClickStackAlertArgs
    from resources.click_stack.click_stack_dashboard import (
        ClickStackDashboard,
        ClickStackDashboardArgs,
    )
    from resources.click_stack.click_stack_source import ClickStackSource, ClickStackSourceArgs
    from resources.click_stack.click_stack_webhook import ClickStackWebhook, ClickStackWebhookArgs
    from resources.lookups import (
        FoundService,
        PrivateEndpointConfig,
        find_service,
        list_backups,
        private_endpoint_config,
        prometheus_url,
        usage_cost,
    )
    from resources.organization.api_key import ApiKey, ApiKeyArgs
    from resources.organization.invitation import Invitation, InvitationArgs
    from resources.organization.member import Member, MemberArgs
    from resources.organization.organization import Organization, get_organization
    from resources.organization.organization_settings import (
        OrganizationSettings,
        OrganizationSettingsArgs,
    )
    from resources.organization.role import Role, RoleArgs
    from resources.organization.role_assignment import RoleAssignment, RoleAssignmentArgs
    from resources.postgres.postgres_service import PostgresService, PostgresServiceArgs
    from resources.service.service import Service, ServiceArgs
    from resources.service_parts.backup_bucket import BackupBucket, BackupBucketArgs
    from resources.service_parts.backup_configuration import (
        BackupConfiguration,
        BackupConfigurationArgs,
    )
    from resources.service_parts.private_endpoint_attachment import (
        PrivateEndpointAttachment,
        PrivateEndpointAttachmentArgs,
    )
    from resources.service_parts.query_endpoint import QueryEndpoint, QueryEndpointArgs
    from resources.service_parts.scaling_schedule import ScalingSchedule, ScalingScheduleArgs
    from resources.service_parts.service_settings import ServiceSettings, ServiceSettingsArgs
    from resources.service_parts.upgrade_window import UpgradeWindow, UpgradeWindowArgs
    from resources.sql.connection import Connection, connection_of
    from resources.sql.database import Database, DatabaseArgs
    from resources.sql.database_names import probe_database
    from resources.sql.grant import Grant, GrantArgs
    from resources.sql.migrations import Migrations, MigrationsArgs
    from resources.sql.retention import Retention, RetentionArgs
    from resources.sql.settings_profile import SettingsProfile, SettingsProfileArgs
    from resources.sql.sql_role import SqlRole, SqlRoleArgs
    from resources.sql.user import User, UserArgs
    from resources.telemetry.access import Access, PublicArgs, TeamArgs, TokenArgs
    from resources.telemetry.ingest_probe import IngestProbe, IngestProbeArgs
    from resources.telemetry.ingest_users import ingest_writer, team_readers
    from resources.telemetry.settings import Settings, load_settings
    from resources.telemetry.shard_layouts import ShardLayouts
    from resources.telemetry.team_schemas import team_schemas
    from resources.telemetry.telemetry import Telemetry, TelemetryArgs
    from resources.telemetry.token import Token
    from resources.telemetry.worker_build import build_worker
    from resources.telemetry.worker_logs import WorkerLogs
    from resources.udf.udf import Udf, UdfArgs
    from resources.udf.udf_attachment import UdfAttachment, UdfAttachmentArgs

__all__ = [
    "Access",
    "ApiKey",
    "ApiKeyArgs",
    "BackupBucket",
    "BackupBucketArgs",
    "BackupConfiguration",
    "BackupConfigurationArgs",
    "ClickPipe",
    "ClickPipeArgs",
    "ClickPipeDatabaseScaling",
    "ClickPipeDatabaseScalingArgs",
    "ClickStackAlert",
    "ClickStackAlertArgs",
    "ClickStackDashboard",
    "ClickStackDashboardArgs",
    "ClickStackSource",
    "ClickStackSourceArgs",
    "ClickStackWebhook",
    "ClickStackWebhookArgs",
    "Connection",
    "Database",
    "DatabaseArgs",
    "FoundService",
    "Grant",
    "GrantArgs",
    "IngestProbe",
    "IngestProbeArgs",
    "Invitation",
    "InvitationArgs",
    "Member",
    "MemberArgs",
    "Migrations",
    "MigrationsArgs",
    "Organization",
    "OrganizationSettings",
    "OrganizationSettingsArgs",
    "PostgresService",
    "PostgresServiceArgs",
    "PrivateEndpointAttachment",
    "PrivateEndpointAttachmentArgs",
    "PrivateEndpointConfig",
    "PublicArgs",
    "QueryEndpoint",
    "QueryEndpointArgs",
    "Retention",
    "RetentionArgs",
    "Role",
    "RoleArgs",
    "RoleAssignment",
    "RoleAssignmentArgs",
    "ScalingSchedule",
    "ScalingScheduleArgs",
    "Service",
    "ServiceArgs",
    "ServiceSettings",
    "ServiceSettingsArgs",
    "Settings",
    "SettingsProfile",
    "SettingsProfileArgs",
    "ShardLayouts",
    "SqlRole",
    "SqlRoleArgs",
    "TeamArgs",
    "Telemetry",
    "TelemetryArgs",
    "Token",
    "TokenArgs",
    "Udf",
    "UdfArgs",
    "UdfAttachment",
    "UdfAttachmentArgs",
    "UpgradeWindow",
    "UpgradeWindowArgs",
    "User",
    "UserArgs",
    "WorkerLogs",
    "build_worker",
    "connection_of",
    "find_service",
    "get_organization",
    "ingest_writer",
    "list_backups",
    "load_settings",
    "private_endpoint_config",
    "probe_database",
    "prometheus_url",
    "team_readers",
    "team_schemas",
    "usage_cost",
]

_HOMES = {
    "PostgresServiceArgs": "postgres.postgres_service",
    "PostgresService": "postgres.postgres_service",
    "Udf": "udf.udf",
    "UdfArgs": "udf.udf",
    "UdfAttachment": "udf.udf_attachment",
    "UdfAttachmentArgs": "udf.udf_attachment",
    "ClickPipe": "click_pipes.click_pipe",
    "ClickPipeArgs": "click_pipes.click_pipe",
    "ClickPipeDatabaseScaling": "click_pipes.click_pipe_database_scaling",
    "ClickPipeDatabaseScalingArgs": "click_pipes.click_pipe_database_scaling",
    "ClickStackWebhookArgs": "click_stack.click_stack_webhook",
    "ClickStackWebhook": "click_stack.click_stack_webhook",
    "ClickStackSourceArgs": "click_stack.click_stack_source",
    "ClickStackSource": "click_stack.click_stack_source",
    "ClickStackDashboardArgs": "click_stack.click_stack_dashboard",
    "ClickStackDashboard": "click_stack.click_stack_dashboard",
    "ClickStackAlertArgs": "click_stack.click_stack_alert",
    "ClickStackAlert": "click_stack.click_stack_alert",
    "Access": "telemetry.access",
    "PublicArgs": "telemetry.access",
    "TeamArgs": "telemetry.access",
    "TokenArgs": "telemetry.access",
    "team_schemas": "telemetry.team_schemas",
    "BackupBucket": "service_parts.backup_bucket",
    "BackupBucketArgs": "service_parts.backup_bucket",
    "FoundService": "lookups",
    "PrivateEndpointConfig": "lookups",
    "find_service": "lookups",
    "list_backups": "lookups",
    "private_endpoint_config": "lookups",
    "prometheus_url": "lookups",
    "usage_cost": "lookups",
    "Invitation": "organization.invitation",
    "InvitationArgs": "organization.invitation",
    "Member": "organization.member",
    "MemberArgs": "organization.member",
    "OrganizationSettings": "organization.organization_settings",
    "OrganizationSettingsArgs": "organization.organization_settings",
    "Role": "organization.role",
    "RoleArgs": "organization.role",
    "RoleAssignment": "organization.role_assignment",
    "RoleAssignmentArgs": "organization.role_assignment",
    "ServiceSettings": "service_parts.service_settings",
    "ServiceSettingsArgs": "service_parts.service_settings",
    "ApiKey": "organization.api_key",
    "ApiKeyArgs": "organization.api_key",
    "BackupConfiguration": "service_parts.backup_configuration",
    "BackupConfigurationArgs": "service_parts.backup_configuration",
    "Connection": "sql.connection",
    "Database": "sql.database",
    "DatabaseArgs": "sql.database",
    "IngestProbe": "telemetry.ingest_probe",
    "IngestProbeArgs": "telemetry.ingest_probe",
    "build_worker": "telemetry.worker_build",
    "ingest_writer": "telemetry.ingest_users",
    "probe_database": "sql.database_names",
    "team_readers": "telemetry.ingest_users",
    "Grant": "sql.grant",
    "GrantArgs": "sql.grant",
    "Migrations": "sql.migrations",
    "MigrationsArgs": "sql.migrations",
    "Organization": "organization.organization",
    "PrivateEndpointAttachment": "service_parts.private_endpoint_attachment",
    "PrivateEndpointAttachmentArgs": "service_parts.private_endpoint_attachment",
    "QueryEndpoint": "service_parts.query_endpoint",
    "QueryEndpointArgs": "service_parts.query_endpoint",
    "Retention": "sql.retention",
    "RetentionArgs": "sql.retention",
    "ScalingSchedule": "service_parts.scaling_schedule",
    "ScalingScheduleArgs": "service_parts.scaling_schedule",
    "Service": "service.service",
    "ServiceArgs": "service.service",
    "Settings": "telemetry.settings",
    "SettingsProfile": "sql.settings_profile",
    "SettingsProfileArgs": "sql.settings_profile",
    "ShardLayouts": "telemetry.shard_layouts",
    "SqlRole": "sql.sql_role",
    "SqlRoleArgs": "sql.sql_role",
    "Telemetry": "telemetry.telemetry",
    "TelemetryArgs": "telemetry.telemetry",
    "Token": "telemetry.token",
    "UpgradeWindow": "service_parts.upgrade_window",
    "UpgradeWindowArgs": "service_parts.upgrade_window",
    "User": "sql.user",
    "UserArgs": "sql.user",
    "WorkerLogs": "telemetry.worker_logs",
    "connection_of": "sql.connection",
    "get_organization": "organization.organization",
    "load_settings": "telemetry.settings",
}

# Providers of resources that only this package creates. All others are next to their resource.
_INTERNAL_PROVIDERS = {
    "ConfirmationProvider": "base.confirmation",
    "DurableObjectClassProvider": "telemetry.durable_object_class",
}


def provider_named(name: str) -> ResourceProvider:
    """Create the provider that a state names.

    Frozen: a state is a pickle of this call. Neither this module nor this function may ever be
    renamed or get another parameter. Provider classes may move, and with an entry in
    `resources/retired_providers.py` they may be renamed.
    """
    return provider_class(name)()


def provider_class(name: str) -> type[ResourceProvider]:
    """Return the class of a provider by its present name or by any earlier one."""
    present = retired_providers.RENAMED_PROVIDERS.get(name, name)
    home = _INTERNAL_PROVIDERS.get(present) or _HOMES.get(present.removesuffix("Provider"))
    if home is None or not present.endswith("Provider"):
        raise AttributeError(f"module {__name__!r} has no provider {name!r}")
    found: type[ResourceProvider] = getattr(import_module(f"{__name__}.{home}"), present)
    return found


retired_providers.install()

if not TYPE_CHECKING:  # a type checker must still reject names that do not exist

    def __getattr__(name: str) -> object:
        """Load a public name's module on first use."""
        if name in _HOMES:
            return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
