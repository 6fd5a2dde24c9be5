"""Pulumi resources: ClickHouse Cloud services, their schema and users, and the ingest worker.

    from resources import Service, ServiceArgs, get_organization

Each name is loaded when it is first used (PEP 562): a dynamic provider's process imports this
package for one resource at a time, and pays only for that one.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resources.access import Access, PublicArgs, TeamArgs, TokenArgs
    from resources.api_key import ApiKey, ApiKeyArgs
    from resources.backup_bucket import BackupBucket, BackupBucketArgs
    from resources.backup_configuration import BackupConfiguration, BackupConfigurationArgs
    from resources.click_pipe import ClickPipe, ClickPipeArgs
    from resources.click_pipe_database_scaling import (
        ClickPipeDatabaseScaling,
        ClickPipeDatabaseScalingArgs,
    )
    from resources.click_stack_alert import ClickStackAlert, ClickStackAlertArgs
    from resources.click_stack_dashboard import ClickStackDashboard, ClickStackDashboardArgs
    from resources.click_stack_source import ClickStackSource, ClickStackSourceArgs
    from resources.click_stack_webhook import ClickStackWebhook, ClickStackWebhookArgs
    from resources.config import Settings, load_settings
    from resources.database import Database, DatabaseArgs
    from resources.database_names import probe_database
    from resources.grant import Grant, GrantArgs
    from resources.ingest_probe import IngestProbe, IngestProbeArgs
    from resources.ingest_users import ingest_writer, team_readers
    from resources.invitation import Invitation, InvitationArgs
    from resources.lookups import (
        FoundService,
        PrivateEndpointConfig,
        find_service,
        list_backups,
        private_endpoint_config,
        prometheus_url,
        usage_cost,
    )
    from resources.member import Member, MemberArgs
    from resources.migrations import Migrations, MigrationsArgs
    from resources.organization import Organization, get_organization
    from resources.organization_settings import OrganizationSettings, OrganizationSettingsArgs
    from resources.postgres_service import PostgresService, PostgresServiceArgs
    from resources.private_endpoint_attachment import (
        PrivateEndpointAttachment,
        PrivateEndpointAttachmentArgs,
    )
    from resources.query_endpoint import QueryEndpoint, QueryEndpointArgs
    from resources.retention import Retention, RetentionArgs
    from resources.role import Role, RoleArgs
    from resources.role_assignment import RoleAssignment, RoleAssignmentArgs
    from resources.scaling_schedule import ScalingSchedule, ScalingScheduleArgs
    from resources.service import Service, ServiceArgs
    from resources.service_settings import ServiceSettings, ServiceSettingsArgs
    from resources.settings_profile import SettingsProfile, SettingsProfileArgs
    from resources.shard_layouts import ShardLayouts
    from resources.sql_role import SqlRole, SqlRoleArgs
    from resources.teams import team_schemas
    from resources.telemetry import Telemetry, TelemetryArgs
    from resources.token import Token
    from resources.udf import Udf, UdfArgs
    from resources.udf_attachment import UdfAttachment, UdfAttachmentArgs
    from resources.upgrade_window import UpgradeWindow, UpgradeWindowArgs
    from resources.user import User, UserArgs
    from resources.warehouse import Connection, connection_of
    from resources.worker_build import build_worker
    from resources.worker_logs import WorkerLogs

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
    "PostgresServiceArgs": "postgres_service",
    "PostgresService": "postgres_service",
    "Udf": "udf",
    "UdfArgs": "udf",
    "UdfAttachment": "udf_attachment",
    "UdfAttachmentArgs": "udf_attachment",
    "ClickPipe": "click_pipe",
    "ClickPipeArgs": "click_pipe",
    "ClickPipeDatabaseScaling": "click_pipe_database_scaling",
    "ClickPipeDatabaseScalingArgs": "click_pipe_database_scaling",
    "ClickStackWebhookArgs": "click_stack_webhook",
    "ClickStackWebhook": "click_stack_webhook",
    "ClickStackSourceArgs": "click_stack_source",
    "ClickStackSource": "click_stack_source",
    "ClickStackDashboardArgs": "click_stack_dashboard",
    "ClickStackDashboard": "click_stack_dashboard",
    "ClickStackAlertArgs": "click_stack_alert",
    "ClickStackAlert": "click_stack_alert",
    "Access": "access",
    "PublicArgs": "access",
    "TeamArgs": "access",
    "TokenArgs": "access",
    "team_schemas": "teams",
    "BackupBucket": "backup_bucket",
    "BackupBucketArgs": "backup_bucket",
    "FoundService": "lookups",
    "PrivateEndpointConfig": "lookups",
    "find_service": "lookups",
    "list_backups": "lookups",
    "private_endpoint_config": "lookups",
    "prometheus_url": "lookups",
    "usage_cost": "lookups",
    "Invitation": "invitation",
    "InvitationArgs": "invitation",
    "Member": "member",
    "MemberArgs": "member",
    "OrganizationSettings": "organization_settings",
    "OrganizationSettingsArgs": "organization_settings",
    "Role": "role",
    "RoleArgs": "role",
    "RoleAssignment": "role_assignment",
    "RoleAssignmentArgs": "role_assignment",
    "ServiceSettings": "service_settings",
    "ServiceSettingsArgs": "service_settings",
    "ApiKey": "api_key",
    "ApiKeyArgs": "api_key",
    "BackupConfiguration": "backup_configuration",
    "BackupConfigurationArgs": "backup_configuration",
    "Connection": "warehouse",
    "Database": "database",
    "DatabaseArgs": "database",
    "IngestProbe": "ingest_probe",
    "IngestProbeArgs": "ingest_probe",
    "build_worker": "worker_build",
    "ingest_writer": "ingest_users",
    "probe_database": "database_names",
    "team_readers": "ingest_users",
    "Grant": "grant",
    "GrantArgs": "grant",
    "Migrations": "migrations",
    "MigrationsArgs": "migrations",
    "Organization": "organization",
    "PrivateEndpointAttachment": "private_endpoint_attachment",
    "PrivateEndpointAttachmentArgs": "private_endpoint_attachment",
    "QueryEndpoint": "query_endpoint",
    "QueryEndpointArgs": "query_endpoint",
    "Retention": "retention",
    "RetentionArgs": "retention",
    "ScalingSchedule": "scaling_schedule",
    "ScalingScheduleArgs": "scaling_schedule",
    "Service": "service",
    "ServiceArgs": "service",
    "Settings": "config",
    "SettingsProfile": "settings_profile",
    "SettingsProfileArgs": "settings_profile",
    "ShardLayouts": "shard_layouts",
    "SqlRole": "sql_role",
    "SqlRoleArgs": "sql_role",
    "Telemetry": "telemetry",
    "TelemetryArgs": "telemetry",
    "Token": "token",
    "UpgradeWindow": "upgrade_window",
    "UpgradeWindowArgs": "upgrade_window",
    "User": "user",
    "UserArgs": "user",
    "WorkerLogs": "worker_logs",
    "connection_of": "warehouse",
    "get_organization": "organization",
    "load_settings": "config",
}

if not TYPE_CHECKING:  # a type checker must still refuse names that are not there

    def __getattr__(name: str) -> object:
        """Load a public name's module on first use."""
        if name in _HOMES:
            return getattr(import_module(f"resources.{_HOMES[name]}"), name)
        raise AttributeError(f"module 'resources' has no attribute {name!r}")
