# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: organization."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from typing_extensions import TypeAliasType

from clickhouse_api.base import Open, RequestModel, ResponseModel
from clickhouse_api.models.common import ServiceProvider, ServiceRegion

__all__ = [
    "Activity",
    "ActivityActorType",
    "ActivityKeyUpdateType",
    "ActivityType",
    "ByocConfig",
    "ByocInfrastructureAvailabilityZoneSuffix",
    "ByocInfrastructureDetails",
    "ByocInfrastructurePatchRequest",
    "ByocInfrastructurePostRequest",
    "ByocInfrastructurePrivateEndpointConfig",
    "ByocInfrastructureProgress",
    "ByocInfrastructureProgressStage",
    "ByocInfrastructureProgressStatus",
    "ByocInfrastructureTags",
    "ByocInfrastructureTagsOutput",
    "ByocInfrastructureTagsResponse",
    "ByocInfrastructureValidatePostRequest",
    "ByocInfrastructureValidation",
    "ByocInfrastructureValidationCheck",
    "ByocState",
    "Organization",
    "OrganizationCapabilities",
    "OrganizationCloudRegionPrivateEndpointConfig",
    "OrganizationPatchPrivateEndpoint",
    "OrganizationPatchRequest",
    "OrganizationPrivateEndpoint",
    "OrganizationPrivateEndpointsPatch",
    "OrganizationQuota",
    "OrganizationQuotaQuotaCode",
    "OrganizationQuotaScope",
]


class ActivityActorType(StrEnum):
    USER = "user"
    SUPPORT = "support"
    SYSTEM = "system"
    API = "api"


class ActivityKeyUpdateType(StrEnum):
    CREATED = "created"
    DELETED = "deleted"
    NAME_CHANGED = "name-changed"
    ROLE_CHANGED = "role-changed"
    STATE_CHANGED = "state-changed"
    DATE_CHANGED = "date-changed"
    IP_ACCESS_LIST_CHANGED = "ip-access-list-changed"
    ORG_ROLE_CHANGED = "org-role-changed"
    DEFAULT_SERVICE_ROLE_CHANGED = "default-service-role-changed"
    SERVICE_ROLE_CHANGED = "service-role-changed"
    ROLES_V2_CHANGED = "roles-v2-changed"


class ActivityType(StrEnum):
    CREATE_ORGANIZATION = "create_organization"
    DELETE_ORGANIZATION = "delete_organization"
    ORGANIZATION_UPDATE_NAME = "organization_update_name"
    TRANSFER_SERVICE_IN = "transfer_service_in"
    TRANSFER_SERVICE_OUT = "transfer_service_out"
    SAVE_PAYMENT_METHOD = "save_payment_method"
    MARKETPLACE_SUBSCRIPTION = "marketplace_subscription"
    MIGRATE_MARKETPLACE_BILLING_DETAILS_IN = "migrate_marketplace_billing_details_in"
    MIGRATE_MARKETPLACE_BILLING_DETAILS_OUT = "migrate_marketplace_billing_details_out"
    ORGANIZATION_UPDATE_TIER = "organization_update_tier"
    ORGANIZATION_INVITE_CREATE = "organization_invite_create"
    ORGANIZATION_INVITE_DELETE = "organization_invite_delete"
    ORGANIZATION_MEMBER_JOIN = "organization_member_join"
    ORGANIZATION_MEMBER_ADD = "organization_member_add"
    ORGANIZATION_MEMBER_LEAVE = "organization_member_leave"
    ORGANIZATION_MEMBER_DELETE = "organization_member_delete"
    ORGANIZATION_MEMBER_UPDATE_ROLE = "organization_member_update_role"
    ORGANIZATION_MEMBER_UPDATE_ROLES = "organization_member_update_roles"
    ORGANIZATION_MEMBER_UPDATE_MFA_METHOD = "organization_member_update_mfa_method"
    ORGANIZATION_SAML_CONNECTION_CREATE = "organization_saml_connection_create"
    ORGANIZATION_SAML_CONNECTION_UPDATE = "organization_saml_connection_update"
    USER_LOGIN = "user_login"
    USER_LOGIN_FAILED = "user_login_failed"
    USER_LOGOUT = "user_logout"
    KEY_CREATE = "key_create"
    KEY_DELETE = "key_delete"
    OPENAPI_KEY_UPDATE = "openapi_key_update"
    SERVICE_CREATE = "service_create"
    SERVICE_START = "service_start"
    SERVICE_STOP = "service_stop"
    SERVICE_AWAKEN = "service_awaken"
    SERVICE_IDLE = "service_idle"
    SERVICE_RUNNING = "service_running"
    SERVICE_PARTIALLY_RUNNING = "service_partially_running"
    SERVICE_DELETE = "service_delete"
    SERVICE_UPDATE_NAME = "service_update_name"
    SERVICE_UPDATE_IP_ACCESS_LIST = "service_update_ip_access_list"
    SERVICE_UPDATE_AUTOSCALING_MEMORY = "service_update_autoscaling_memory"
    SERVICE_UPDATE_AUTOSCALING_IDLING = "service_update_autoscaling_idling"
    SERVICE_UPDATE_PASSWORD = "service_update_password"  # noqa: S105
    SERVICE_UPDATE_AUTOSCALING_REPLICAS = "service_update_autoscaling_replicas"
    SERVICE_UPDATE_MAX_ALLOWABLE_REPLICAS = "service_update_max_allowable_replicas"
    SERVICE_UPDATE_BACKUP_CONFIGURATION = "service_update_backup_configuration"
    SERVICE_RESTORE_BACKUP = "service_restore_backup"
    SERVICE_UPDATE_RELEASE_CHANNEL = "service_update_release_channel"
    SERVICE_UPDATE_GPT_USAGE_CONSENT = "service_update_gpt_usage_consent"
    SERVICE_UPDATE_PRIVATE_ENDPOINTS = "service_update_private_endpoints"
    SERVICE_IMPORT_TO_ORGANIZATION = "service_import_to_organization"
    SERVICE_EXPORT_FROM_ORGANIZATION = "service_export_from_organization"
    SERVICE_MAINTENANCE_START = "service_maintenance_start"
    SERVICE_MAINTENANCE_END = "service_maintenance_end"
    SERVICE_UPDATE_CORE_DUMP = "service_update_core_dump"
    SERVICE_UPDATE_AUTOSCALING_SCHEDULE = "service_update_autoscaling_schedule"
    SERVICE_UPDATE_QUERY_ENDPOINTS = "service_update_query_endpoints"
    SERVICE_UPDATE_DIRECT_CONNECTION = "service_update_direct_connection"
    SERVICE_UPDATE_SQL_CONSOLE_JWT_AUTH = "service_update_sql_console_jwt_auth"
    SERVICE_UPDATE_SNAPSHOT_CONFIGURATION = "service_update_snapshot_configuration"
    SERVICE_UPDATE_COLLECTOR_IP_ACCESS_LIST = "service_update_collector_ip_access_list"
    SERVICE_UPDATE_MYSQL_INTERFACE = "service_update_mysql_interface"
    SERVICE_UPDATE_UPGRADE_WINDOW = "service_update_upgrade_window"
    SERVICE_DELETE_UPGRADE_WINDOW = "service_delete_upgrade_window"
    SERVICE_TRIGGER_FAILOVER = "service_trigger_failover"
    SERVICE_TRIGGER_RECOVERY = "service_trigger_recovery"
    SERVICE_MCP_ENABLED = "service_mcp_enabled"
    SERVICE_MCP_DISABLED = "service_mcp_disabled"
    SERVICE_UPGRADE = "service_upgrade"
    SERVICE_SCALED_DOWN_FOR_TIER_CHANGE = "service_scaled_down_for_tier_change"
    SERVICE_ENCRYPTION_KEY_CHECK_FAILED = "service_encryption_key_check_failed"
    SERVICE_ENCRYPTION_KEY_ROTATION_FAILED = "service_encryption_key_rotation_failed"
    SERVICE_ENCRYPTION_KEY_ROTATED = "service_encryption_key_rotated"
    SERVICE_STOP_ENCRYPTION_KEY_INACCESSIBLE = "service_stop_encryption_key_inaccessible"
    SERVICE_RESTART_ENCRYPTION_KEY_ROTATION = "service_restart_encryption_key_rotation"
    BACKUP_DELETE = "backup_delete"
    BACKUP_BUCKET_CREATE = "backup_bucket_create"
    BACKUP_BUCKET_UPDATE = "backup_bucket_update"
    BACKUP_BUCKET_DELETE = "backup_bucket_delete"
    BACKUP_BUCKET_ARCHIVE = "backup_bucket_archive"
    WAREHOUSE_UPDATE_NAME = "warehouse_update_name"
    WAREHOUSE_UPDATE_RELEASE_CHANNEL = "warehouse_update_release_channel"
    ROLE_CREATE = "role_create"
    ROLE_UPDATE = "role_update"
    ROLE_DELETE = "role_delete"
    ROLE_RESOURCES_DELETE = "role_resources_delete"
    ORGANIZATION_MEMBER_REMOVE_ROLES = "organization_member_remove_roles"
    SCIM_USER_PROFILE_UPDATE = "scim_user_profile_update"
    SCIM_GROUP_CREATE = "scim_group_create"
    SCIM_GROUP_UPDATE = "scim_group_update"
    SCIM_GROUP_DELETE = "scim_group_delete"
    ORGANIZATION_SAML_CONNECTION_DELETE = "organization_saml_connection_delete"
    ORGANIZATION_UPDATE_SAML_QUERY_OWNERSHIP_MIGRATION = (
        "organization_update_saml_query_ownership_migration"
    )
    ORGANIZATION_APPROVED_DOMAIN_VERIFY = "organization_approved_domain_verify"
    ORGANIZATION_APPROVED_DOMAIN_UPDATE = "organization_approved_domain_update"
    ORGANIZATION_APPROVED_DOMAIN_DELETE = "organization_approved_domain_delete"
    ORGANIZATION_APPROVED_DOMAIN_AUTO_JOIN = "organization_approved_domain_auto_join"
    ORGANIZATION_APPROVED_DOMAIN_AUTO_INVITE = "organization_approved_domain_auto_invite"
    DATADOG_INTEGRATION_CREATE = "datadog_integration_create"
    DATADOG_INTEGRATION_DELETE = "datadog_integration_delete"
    ORGANIZATION_UPDATE_SPEND_ALERT = "organization_update_spend_alert"
    ORGANIZATION_UPDATE_CORE_DUMPS = "organization_update_core_dumps"
    ORGANIZATION_UPDATE_PRIVATE_ENDPOINTS = "organization_update_private_endpoints"
    ORGANIZATION_UPDATE_PCI_COMPLIANCE = "organization_update_pci_compliance"
    ORGANIZATION_UPDATE_HIPAA_STATUS = "organization_update_hipaa_status"
    ORGANIZATION_SECURITY_CONTACT_ADD = "organization_security_contact_add"
    ORGANIZATION_SECURITY_CONTACT_REMOVE = "organization_security_contact_remove"
    ORGANIZATION_SECURITY_CONTACT_REPLACE = "organization_security_contact_replace"
    ORGANIZATION_UPDATE_PUBLIC_PREVIEW = "organization_update_public_preview"
    TRANSFER_CREDITS_IN = "transfer_credits_in"
    TRANSFER_CREDITS_OUT = "transfer_credits_out"
    PROMO_CODE_CLAIM = "promo_code_claim"
    SCHEMA_ADVISOR_SEED = "schema_advisor_seed"
    SCHEMA_ADVISOR_GENERATE_PLAN = "schema_advisor_generate_plan"
    SCHEMA_ADVISOR_APPROVE_PLAN = "schema_advisor_approve_plan"
    SCHEMA_ADVISOR_START_DEPLOYMENT = "schema_advisor_start_deployment"
    SCHEMA_ADVISOR_START_BENCHMARK = "schema_advisor_start_benchmark"
    SCHEMA_ADVISOR_RUN_BENCHMARK = "schema_advisor_run_benchmark"
    SCHEMA_ADVISOR_START_PROMOTION = "schema_advisor_start_promotion"
    SCHEMA_ADVISOR_EXCHANGE_TABLES = "schema_advisor_exchange_tables"
    SCHEMA_ADVISOR_DROP_SANDBOX = "schema_advisor_drop_sandbox"
    UDF_CREATE = "udf_create"
    UDF_UPDATE = "udf_update"
    UDF_DELETE = "udf_delete"
    UDF_VERSION_CREATE = "udf_version_create"
    UDF_VERSION_DELETE = "udf_version_delete"
    UDF_ATTACH = "udf_attach"
    UDF_DETACH = "udf_detach"
    UDF_UPDATE_SERVICES = "udf_update_services"
    UDF_REDEPLOY = "udf_redeploy"
    UDF_REBUILD = "udf_rebuild"
    POSTGRES_ACTION = "postgres_action"


class ByocInfrastructureAvailabilityZoneSuffix(StrEnum):
    A = "a"
    B = "b"
    C = "c"
    D = "d"
    E = "e"
    F = "f"


class ByocInfrastructurePrivateEndpointConfig(ResponseModel):
    endpoint_name: str | None = None
    private_dns_hostname: str | None = None


class ByocInfrastructureProgressStatus(StrEnum):
    NOT_STARTED = "not_started"
    PENDING = "pending"
    WAITING = "waiting"
    IN_PROGRESS = "in_progress"
    READY = "ready"
    FAILED = "failed"


ByocInfrastructureTags = TypeAliasType("ByocInfrastructureTags", dict[str, str])


ByocInfrastructureTagsOutput = TypeAliasType("ByocInfrastructureTagsOutput", dict[str, str])


class ByocInfrastructureTagsResponse(ResponseModel):
    tags: ByocInfrastructureTagsOutput | None = None


class ByocInfrastructureValidationCheck(ResponseModel):
    name: str | None = None
    action: str | None = None
    allowed: bool | None = None
    reason: str | None = None
    group: str | None = None


class ByocState(StrEnum):
    INFRA_PROVISIONING = "infra-provisioning"
    INFRA_TERMINATED = "infra-terminated"
    INFRA_TERMINATING = "infra-terminating"
    INFRA_READY = "infra-ready"
    INFRA_DEGRADED = "infra-degraded"
    INFRA_UPGRADING = "infra-upgrading"


class OrganizationCapabilities(ResponseModel):
    snapshots: bool | None = None


class OrganizationCloudRegionPrivateEndpointConfig(ResponseModel):
    endpoint_service_id: str | None = None


class OrganizationQuotaQuotaCode(StrEnum):
    SERVICES_PER_ORGANIZATION = "services-per-organization"
    POSTGRES_SERVICES_PER_ORGANIZATION = "postgres-services-per-organization"
    REPLICAS_PER_WAREHOUSE = "replicas-per-warehouse"
    API_KEYS_PER_ORGANIZATION = "api-keys-per-organization"


class OrganizationQuotaScope(StrEnum):
    ORGANIZATION = "organization"
    WAREHOUSE = "warehouse"


class Activity(ResponseModel):
    id: str | None = None
    created_at: datetime | None = None
    type: Open[ActivityType] | None = None
    actor_type: Open[ActivityActorType] | None = None
    actor_id: str | None = None
    actor_details: str | None = None
    actor_ip_address: str | None = None
    organization_id: str | None = None
    service_id: str | None = None
    user_agent: str | None = None
    target_key_id: str | None = None
    key_update_type: Open[ActivityKeyUpdateType] | None = None
    target_role_ids: list[str] | None = None
    target_role_names: list[str] | None = None
    target_actor_ids: list[str] | None = None
    target_resource_ids: list[str] | None = None


class ByocConfig(ResponseModel):
    id: str | None = None
    state: Open[ByocState] | None = None
    account_id: str | None = None
    account_name: str | None = None
    region_id: Open[ServiceRegion] | None = None
    cloud_provider: Open[ServiceProvider] | None = None
    display_name: str | None = None


class ByocInfrastructureDetails(ResponseModel):
    id: str | None = None
    state: Open[ByocState] | None = None
    account_id: str | None = None
    region_id: Open[ServiceRegion] | None = None
    cloud_provider: Open[ServiceProvider] | None = None
    display_name: str | None = None
    enable_private_link: bool | None = None
    enable_private_load_balancer: bool | None = None
    enable_public_load_balancer: bool | None = None
    vpc_cidr_range: str | None = None
    vpc_availability_zone_list: list[str] | None = None
    is_byo_vpc: bool | None = None
    byo_vpc_id: str | None = None
    byo_vpc_private_subnet_ids: list[str] | None = None
    byo_vpc_pod_cidr_range_names: list[str] | None = None
    byo_vpc_shared_vpc_host_project_id: str | None = None
    gcp_psc_subnet_id: str | None = None


class ByocInfrastructurePatchRequest(RequestModel):
    display_name: str | None = None
    enable_private_link: bool | None = None
    gcp_psc_subnet_id: str | None = None
    enable_private_load_balancer: bool | None = None
    enable_public_load_balancer: bool | None = None
    tags: ByocInfrastructureTags | None = None


class ByocInfrastructurePostRequest(RequestModel):
    region_id: ServiceRegion
    account_id: str
    availability_zone_suffixes: list[ByocInfrastructureAvailabilityZoneSuffix] | None = None
    vpc_cidr_range: str | None = None
    external_id: str | None = None
    tenant_id: str | None = None
    service_principal_client_id: str | None = None
    vpc_id: str | None = None
    private_subnet_ids: list[str] | None = None
    public_subnet_ids: list[str] | None = None
    gcp_pod_cidr_range_names: list[str] | None = None
    gcp_shared_vpc_host_project_id: str | None = None
    tags: ByocInfrastructureTags | None = None
    display_name: str | None = None


class ByocInfrastructureProgressStage(ResponseModel):
    name: str | None = None
    status: Open[ByocInfrastructureProgressStatus] | None = None
    updated_at: datetime | None = None
    message: str | None = None
    sub_stages: list[ByocInfrastructureProgressStage] | None = None


class ByocInfrastructureValidatePostRequest(RequestModel):
    region_id: ServiceRegion
    account_id: str
    availability_zone_suffixes: list[ByocInfrastructureAvailabilityZoneSuffix] | None = None
    vpc_cidr_range: str | None = None
    external_id: str | None = None
    tenant_id: str | None = None
    service_principal_client_id: str | None = None
    vpc_id: str | None = None
    private_subnet_ids: list[str] | None = None
    public_subnet_ids: list[str] | None = None
    gcp_pod_cidr_range_names: list[str] | None = None
    gcp_shared_vpc_host_project_id: str | None = None
    tags: ByocInfrastructureTags | None = None


class ByocInfrastructureValidation(ResponseModel):
    cloud_provider: Open[ServiceProvider] | None = None
    all_passed: bool | None = None
    any_passed: bool | None = None
    supported: bool | None = None
    checks: list[ByocInfrastructureValidationCheck] | None = None


class OrganizationPatchPrivateEndpoint(RequestModel):
    id: str | None = None
    description: str | None = None
    cloud_provider: ServiceProvider | None = None
    region: ServiceRegion | None = None


class OrganizationPrivateEndpoint(ResponseModel):
    id: str | None = None
    description: str | None = None
    cloud_provider: Open[ServiceProvider] | None = None
    region: Open[ServiceRegion] | None = None


class OrganizationPrivateEndpointsPatch(RequestModel):
    add: list[OrganizationPatchPrivateEndpoint] | None = None
    remove: list[OrganizationPatchPrivateEndpoint] | None = None


class OrganizationQuota(ResponseModel):
    quota_code: Open[OrganizationQuotaQuotaCode] | None = None
    name: str | None = None
    description: str | None = None
    scope: Open[OrganizationQuotaScope] | None = None
    value: int | None = None
    usage: int | None = None
    adjustable: bool | None = None


class ByocInfrastructureProgress(ResponseModel):
    id: str | None = None
    status: Open[ByocInfrastructureProgressStatus] | None = None
    updated_at: datetime | None = None
    stages: list[ByocInfrastructureProgressStage] | None = None


class Organization(ResponseModel):
    id: str | None = None
    created_at: datetime | None = None
    name: str | None = None
    private_endpoints: list[OrganizationPrivateEndpoint] | None = None
    byoc_config: list[ByocConfig] | None = None
    enable_core_dumps: bool | None = None
    capabilities: OrganizationCapabilities | None = None


class OrganizationPatchRequest(RequestModel):
    name: str | None = None
    private_endpoints: OrganizationPrivateEndpointsPatch | None = None
    enable_core_dumps: bool | None = None
