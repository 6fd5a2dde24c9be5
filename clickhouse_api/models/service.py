# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: service."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from clickhouse_api.base import Number, Open, RequestModel, ResponseModel
from clickhouse_api.models.common import (
    IpAccessListEntry,
    IpAccessListEntryOutput,
    ResourceTagsV1,
    ResourceTagsV1Output,
    ServiceProvider,
    ServiceRegion,
)

__all__ = [
    "BackupEncryptionConfig",
    "CurrentScaling",
    "InstancePrivateEndpoint",
    "InstancePrivateEndpointsPatch",
    "InstanceServiceQueryApiEndpointsPostRequest",
    "InstanceTagsPatch",
    "IpAccessListPatch",
    "PrivateEndpointConfig",
    "ReplicaAwareRouting",
    "ReplicaAwareRoutingPatchRequest",
    "ScalingSchedule",
    "ScalingScheduleBaseConfig",
    "ScalingScheduleEntry",
    "ScalingScheduleEntryRequest",
    "ScalingSchedulePostRequest",
    "ServicPrivateEndpointePostRequest",
    "Service",
    "ServiceAutoscalingMode",
    "ServiceClickhouseSetting",
    "ServiceClickhouseSettingSchemaEntry",
    "ServiceClickhouseSettingValue",
    "ServiceClickhouseSettingValueOutput",
    "ServiceClickhouseSettingWarning",
    "ServiceClickhouseSettingsList",
    "ServiceClickhouseSettingsMap",
    "ServiceClickhouseSettingsMapOutput",
    "ServiceClickhouseSettingsPatchRequest",
    "ServiceClickhouseSettingsPatchResponse",
    "ServiceClickhouseSettingsSchema",
    "ServiceComplianceType",
    "ServiceEndpoint",
    "ServiceEndpointChange",
    "ServiceEndpointProtocol",
    "ServicePasswordPatchRequest",
    "ServicePasswordPatchResponse",
    "ServicePatchRequest",
    "ServicePostRequest",
    "ServicePostRequestTier",
    "ServicePostResponse",
    "ServiceProfile",
    "ServiceQueryAPIEndpoint",
    "ServiceQueryAPIEndpointRole",
    "ServiceReleaseChannel",
    "ServiceReplicaScalingPatchRequest",
    "ServiceScalingPatchRequest",
    "ServiceScalingPatchResponse",
    "ServiceState",
    "ServiceStatePatchRequest",
    "ServiceStatePatchRequestCommand",
    "ServiceTier",
    "UpgradeWindow",
    "UpgradeWindowPutRequest",
]


BackupEncryptionConfig = TypeAliasType("BackupEncryptionConfig", dict[str, Any])


class InstancePrivateEndpointsPatch(RequestModel):
    add: list[str] | None = None
    remove: list[str] | None = None


class IpAccessListPatch(RequestModel):
    add: list[IpAccessListEntry] | None = None
    remove: list[IpAccessListEntry] | None = None


class PrivateEndpointConfig(ResponseModel):
    endpoint_service_id: str | None = None
    private_dns_hostname: str | None = None


class ReplicaAwareRouting(ResponseModel):
    http_enabled: bool | None = None
    native_enabled: bool | None = None


class ReplicaAwareRoutingPatchRequest(RequestModel):
    http_enabled: bool | None = None
    native_enabled: bool | None = None


class ServicPrivateEndpointePostRequest(RequestModel):
    id: str
    description: str | None = None


class ServiceAutoscalingMode(StrEnum):
    VERTICAL = "vertical"
    HORIZONTAL = "horizontal"


class ServiceClickhouseSettingSchemaEntry(ResponseModel):
    name: str | None = None
    type: str | None = None
    description: str | None = None
    enum: list[int] | None = None
    warning: str | None = None
    deprecation_notice: str | None = None
    example: str | None = None


ServiceClickhouseSettingValue = TypeAliasType("ServiceClickhouseSettingValue", str | int)


ServiceClickhouseSettingValueOutput = TypeAliasType(
    "ServiceClickhouseSettingValueOutput", str | int
)


class ServiceClickhouseSettingWarning(ResponseModel):
    name: str | None = None
    message: str | None = None


ServiceClickhouseSettingsMap = TypeAliasType(
    "ServiceClickhouseSettingsMap", dict[str, ServiceClickhouseSettingValue]
)


ServiceClickhouseSettingsMapOutput = TypeAliasType(
    "ServiceClickhouseSettingsMapOutput", dict[str, ServiceClickhouseSettingValueOutput]
)


class ServiceClickhouseSettingsPatchRequest(RequestModel):
    settings: ServiceClickhouseSettingsMap


class ServiceClickhouseSettingsPatchResponse(ResponseModel):
    settings: ServiceClickhouseSettingsMapOutput | None = None
    warnings: list[ServiceClickhouseSettingWarning] | None = None


class ServiceClickhouseSettingsSchema(ResponseModel):
    settings: list[ServiceClickhouseSettingSchemaEntry] | None = None


class ServiceComplianceType(StrEnum):
    HIPAA = "hipaa"
    PCI = "pci"


class ServiceEndpointChange(RequestModel):
    protocol: Literal["mysql"] | None = None
    enabled: bool | None = None


class ServiceEndpointProtocol(StrEnum):
    HTTPS = "https"
    NATIVESECURE = "nativesecure"
    MYSQL = "mysql"


class ServicePasswordPatchRequest(RequestModel):
    new_password_hash: str | None = None
    new_double_sha1_hash: str | None = None


class ServicePasswordPatchResponse(ResponseModel):
    password: str | None = None


class ServicePostRequestTier(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ServiceProfile(ResponseModel):
    profile: str | None = None
    cpu_cores: Number | None = None
    memory_gi: Number | None = None


class ServiceQueryAPIEndpointRole(StrEnum):
    SQL_CONSOLE_READ_ONLY = "sql_console_read_only"
    SQL_CONSOLE_ADMIN = "sql_console_admin"


class ServiceReleaseChannel(StrEnum):
    SLOW = "slow"
    DEFAULT = "default"
    FAST = "fast"


class ServiceReplicaScalingPatchRequest(RequestModel):
    min_replica_memory_gb: Annotated[Number | None, Field(ge=8.0, le=356.0, multiple_of=4.0)] = None
    max_replica_memory_gb: Annotated[Number | None, Field(ge=8.0, le=356.0, multiple_of=4.0)] = None
    autoscaling_mode: ServiceAutoscalingMode | None = None
    num_replicas: Annotated[int | None, Field(ge=1, le=50)] = None
    min_replicas: Annotated[int | None, Field(ge=1, le=50)] = None
    max_replicas: Annotated[int | None, Field(ge=1, le=50)] = None
    idle_scaling: bool | None = None
    idle_timeout_minutes: Number | None = None


class ServiceScalingPatchRequest(RequestModel):
    min_total_memory_gb: Annotated[Number | None, Field(ge=24.0, le=1068.0, multiple_of=12.0)] = (
        None
    )
    max_total_memory_gb: Annotated[Number | None, Field(ge=24.0, le=1068.0, multiple_of=12.0)] = (
        None
    )
    num_replicas: Annotated[int | None, Field(ge=1, le=50)] = None
    idle_scaling: bool | None = None
    idle_timeout_minutes: Number | None = None


class ServiceState(StrEnum):
    STARTING = "starting"
    STOPPING = "stopping"
    TERMINATING = "terminating"
    SOFTDELETING = "softdeleting"
    AWAKING = "awaking"
    PARTIALLY_RUNNING = "partially_running"
    PROVISIONING = "provisioning"
    RUNNING = "running"
    STOPPED = "stopped"
    TERMINATED = "terminated"
    SOFTDELETED = "softdeleted"
    DEGRADED = "degraded"
    FAILED = "failed"
    IDLE = "idle"


class ServiceStatePatchRequestCommand(StrEnum):
    START = "start"
    STOP = "stop"
    AWAKE = "awake"


class ServiceTier(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"
    DEDICATED_HIGH_MEM = "dedicated_high_mem"
    DEDICATED_HIGH_CPU = "dedicated_high_cpu"
    DEDICATED_STANDARD = "dedicated_standard"
    DEDICATED_STANDARD_N2D_STANDARD_4 = "dedicated_standard_n2d_standard_4"
    DEDICATED_STANDARD_N2D_STANDARD_8 = "dedicated_standard_n2d_standard_8"
    DEDICATED_STANDARD_N2D_STANDARD_32 = "dedicated_standard_n2d_standard_32"
    DEDICATED_STANDARD_N2D_STANDARD_128 = "dedicated_standard_n2d_standard_128"
    DEDICATED_STANDARD_N2D_STANDARD_32_16_SSD = "dedicated_standard_n2d_standard_32_16SSD"
    DEDICATED_STANDARD_N2D_STANDARD_64_24_SSD = "dedicated_standard_n2d_standard_64_24SSD"


class UpgradeWindow(ResponseModel):
    weekday: int | None = None
    start_hour_utc: int | None = None
    duration: int | None = None


class UpgradeWindowPutRequest(RequestModel):
    weekday: Annotated[int, Field(ge=0, le=6)]
    start_hour_utc: Literal[0, 6, 12, 18]


class CurrentScaling(ResponseModel):
    effective_autoscaling_mode: Open[ServiceAutoscalingMode] | None = None
    effective_min_replica_memory_gb: Number | None = None
    effective_max_replica_memory_gb: Number | None = None
    effective_min_replicas: int | None = None
    effective_max_replicas: int | None = None
    effective_idle_scaling: bool | None = None
    effective_idle_timeout_minutes: int | None = None
    active_entry_id: str | None = None


class InstancePrivateEndpoint(ResponseModel):
    id: str | None = None
    description: str | None = None
    cloud_provider: Open[ServiceProvider] | None = None
    region: Open[ServiceRegion] | None = None


class InstanceServiceQueryApiEndpointsPostRequest(RequestModel):
    roles: list[ServiceQueryAPIEndpointRole]
    open_api_keys: list[str]
    allowed_origins: str | None = None


class InstanceTagsPatch(RequestModel):
    add: Annotated[list[ResourceTagsV1] | None, Field(max_length=50)] = None
    remove: Annotated[list[ResourceTagsV1] | None, Field(max_length=50)] = None


class ScalingScheduleBaseConfig(ResponseModel):
    autoscaling_mode: Open[ServiceAutoscalingMode] | None = None
    min_replica_memory_gb: Number | None = None
    max_replica_memory_gb: Number | None = None
    min_replicas: int | None = None
    max_replicas: int | None = None
    idle_scaling: bool | None = None
    idle_timeout_minutes: int | None = None


class ScalingScheduleEntry(ResponseModel):
    id: str | None = None
    name: str | None = None
    weekdays: list[int] | None = None
    start_hour_utc: int | None = None
    end_hour_utc: int | None = None
    autoscaling_mode: Open[ServiceAutoscalingMode] | None = None
    min_replica_memory_gb: Number | None = None
    max_replica_memory_gb: Number | None = None
    min_replicas: int | None = None
    max_replicas: int | None = None
    idle_scaling: bool | None = None
    idle_timeout_minutes: int | None = None
    is_active_now: bool | None = None


class ScalingScheduleEntryRequest(RequestModel):
    name: str
    weekdays: Annotated[list[int], Field(min_length=1)]
    start_hour_utc: Annotated[int, Field(ge=0, le=23)]
    end_hour_utc: Annotated[int, Field(ge=1, le=24)]
    autoscaling_mode: ServiceAutoscalingMode | None = None
    min_replica_memory_gb: Annotated[Number | None, Field(ge=8.0, le=356.0, multiple_of=4.0)] = None
    max_replica_memory_gb: Annotated[Number | None, Field(ge=8.0, le=356.0, multiple_of=4.0)] = None
    num_replicas: Annotated[int | None, Field(ge=1)] = None
    min_replicas: Annotated[int | None, Field(ge=1)] = None
    max_replicas: Annotated[int | None, Field(ge=1)] = None
    idle_scaling: bool | None = None
    idle_timeout_minutes: int | None = None


class ScalingSchedulePostRequest(RequestModel):
    entries: list[ScalingScheduleEntryRequest]


class ServiceClickhouseSetting(ResponseModel):
    name: str | None = None
    value: ServiceClickhouseSettingValueOutput | None = None


class ServiceClickhouseSettingsList(ResponseModel):
    settings: list[ServiceClickhouseSetting] | None = None


class ServiceEndpoint(ResponseModel):
    protocol: Open[ServiceEndpointProtocol] | None = None
    host: str | None = None
    port: Number | None = None
    username: str | None = None


class ServicePatchRequest(RequestModel):
    name: Annotated[str | None, Field(max_length=50, min_length=1)] = None
    ip_access_list: IpAccessListPatch | None = None
    private_endpoint_ids: InstancePrivateEndpointsPatch | None = None
    release_channel: ServiceReleaseChannel | None = None
    endpoints: list[ServiceEndpointChange] | None = None
    transparent_data_encryption_key_id: str | None = None
    tags: InstanceTagsPatch | None = None
    enable_core_dumps: bool | None = None


class ServicePostRequest(RequestModel):
    name: Annotated[str, Field(max_length=50, min_length=1)]
    provider: ServiceProvider
    region: ServiceRegion
    tier: ServicePostRequestTier | None = None
    ip_access_list: list[IpAccessListEntry]
    min_total_memory_gb: Annotated[Number | None, Field(ge=24.0, le=1068.0, multiple_of=12.0)] = (
        None
    )
    max_total_memory_gb: Annotated[Number | None, Field(ge=24.0, le=1068.0, multiple_of=12.0)] = (
        None
    )
    autoscaling_mode: ServiceAutoscalingMode | None = None
    min_replica_memory_gb: Annotated[Number | None, Field(ge=8.0, le=356.0, multiple_of=4.0)] = None
    max_replica_memory_gb: Annotated[Number | None, Field(ge=8.0, le=356.0, multiple_of=4.0)] = None
    num_replicas: Annotated[int | None, Field(ge=1, le=50)] = None
    min_replicas: Annotated[int | None, Field(ge=1, le=50)] = None
    max_replicas: Annotated[int | None, Field(ge=1, le=50)] = None
    idle_scaling: bool | None = None
    idle_timeout_minutes: Number | None = None
    is_readonly: bool | None = None
    data_warehouse_id: str | None = None
    backup_id: str | None = None
    backup_encryption_config: BackupEncryptionConfig | None = None
    private_endpoint_ids: list[str] | None = None
    private_preview_terms_checked: bool | None = None
    release_channel: ServiceReleaseChannel | None = None
    byoc_id: str | None = None
    has_transparent_data_encryption: bool | None = None
    endpoints: list[ServiceEndpointChange] | None = None
    profile: str | None = None
    compliance_type: ServiceComplianceType | None = None
    tags: Annotated[list[ResourceTagsV1] | None, Field(max_length=50)] = None
    enable_core_dumps: bool | None = None


class ServiceQueryAPIEndpoint(ResponseModel):
    id: str | None = None
    open_api_keys: list[str] | None = None
    roles: list[Open[ServiceQueryAPIEndpointRole]] | None = None
    allowed_origins: str | None = None


class ServiceStatePatchRequest(RequestModel):
    command: ServiceStatePatchRequestCommand


class ScalingSchedule(ResponseModel):
    entries: list[ScalingScheduleEntry] | None = None
    base_config: ScalingScheduleBaseConfig | None = None
    active_entry_id: str | None = None


class Service(ResponseModel):
    id: str | None = None
    name: str | None = None
    provider: Open[ServiceProvider] | None = None
    region: Open[ServiceRegion] | None = None
    state: Open[ServiceState] | None = None
    clickhouse_version: str | None = None
    endpoints: list[ServiceEndpoint] | None = None
    tier: Open[ServiceTier] | None = None
    min_total_memory_gb: Number | None = None
    max_total_memory_gb: Number | None = None
    min_replica_memory_gb: Number | None = None
    max_replica_memory_gb: Number | None = None
    num_replicas: int | None = None
    min_replicas: int | None = None
    max_replicas: int | None = None
    autoscaling_mode: Open[ServiceAutoscalingMode] | None = None
    replica_memory_gb: Number | None = None
    idle_scaling: bool | None = None
    idle_timeout_minutes: Number | None = None
    ip_access_list: list[IpAccessListEntryOutput] | None = None
    created_at: datetime | None = None
    encryption_key: str | None = None
    encryption_assumed_role_identifier: str | None = None
    iam_role: str | None = None
    private_endpoint_ids: list[str] | None = None
    available_private_endpoint_ids: list[str] | None = None
    data_warehouse_id: str | None = None
    is_primary: bool | None = None
    is_readonly: bool | None = None
    release_channel: Open[ServiceReleaseChannel] | None = None
    byoc_id: str | None = None
    has_transparent_data_encryption: bool | None = None
    profile: str | None = None
    transparent_data_encryption_key_id: str | None = None
    encryption_role_id: str | None = None
    compliance_type: Open[ServiceComplianceType] | None = None
    tags: list[ResourceTagsV1Output] | None = None
    enable_core_dumps: bool | None = None
    scaling_schedule: ScalingSchedule | None = None
    current_scaling: CurrentScaling | None = None


class ServicePostResponse(ResponseModel):
    service: Service | None = None
    password: str | None = None


class ServiceScalingPatchResponse(ResponseModel):
    id: str | None = None
    name: str | None = None
    provider: Open[ServiceProvider] | None = None
    region: Open[ServiceRegion] | None = None
    state: Open[ServiceState] | None = None
    clickhouse_version: str | None = None
    endpoints: list[ServiceEndpoint] | None = None
    tier: Open[ServiceTier] | None = None
    min_total_memory_gb: Number | None = None
    max_total_memory_gb: Number | None = None
    min_replica_memory_gb: Number | None = None
    max_replica_memory_gb: Number | None = None
    num_replicas: int | None = None
    min_replicas: int | None = None
    max_replicas: int | None = None
    autoscaling_mode: Open[ServiceAutoscalingMode] | None = None
    replica_memory_gb: Number | None = None
    idle_scaling: bool | None = None
    idle_timeout_minutes: Number | None = None
    ip_access_list: list[IpAccessListEntryOutput] | None = None
    created_at: datetime | None = None
    encryption_key: str | None = None
    encryption_assumed_role_identifier: str | None = None
    iam_role: str | None = None
    private_endpoint_ids: list[str] | None = None
    available_private_endpoint_ids: list[str] | None = None
    data_warehouse_id: str | None = None
    is_primary: bool | None = None
    is_readonly: bool | None = None
    release_channel: Open[ServiceReleaseChannel] | None = None
    byoc_id: str | None = None
    has_transparent_data_encryption: bool | None = None
    profile: str | None = None
    transparent_data_encryption_key_id: str | None = None
    encryption_role_id: str | None = None
    compliance_type: Open[ServiceComplianceType] | None = None
    tags: list[ResourceTagsV1Output] | None = None
    enable_core_dumps: bool | None = None
    scaling_schedule: ScalingSchedule | None = None
    current_scaling: CurrentScaling | None = None
