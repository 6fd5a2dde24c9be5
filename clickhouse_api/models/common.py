# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: common."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from clickhouse_api.base import Number, Open, RequestModel, ResponseModel, UnknownVariant

__all__ = [
    "AssignedRole",
    "AwsBackupBucketProperties",
    "AzureBackupBucketProperties",
    "GcpBackupBucketProperties",
    "IpAccessListEntry",
    "IpAccessListEntryOutput",
    "PostgresLogsGetListSortOrder",
    "RBACRoleType",
    "ResourceTagsV1",
    "ResourceTagsV1Output",
    "ServiceProvider",
    "ServiceRegion",
    "Snapshot",
    "SnapshotStatus",
]


class AwsBackupBucketProperties(ResponseModel):
    bucket_provider: Literal["AWS"] | None = None
    bucket_path: str | None = None
    iam_role_arn: str | None = None
    iam_role_session_name: str | None = None
    iam_role_external_id: str | None = None


class AzureBackupBucketProperties(ResponseModel):
    bucket_provider: Literal["AZURE"] | None = None
    container_name: str | None = None


class GcpBackupBucketProperties(ResponseModel):
    bucket_provider: Literal["GCP"] | None = None
    bucket_path: str | None = None
    access_key_id: str | None = None


class IpAccessListEntry(RequestModel):
    source: str | None = None
    description: str | None = None


class IpAccessListEntryOutput(ResponseModel):
    source: str | None = None
    description: str | None = None


class PostgresLogsGetListSortOrder(StrEnum):
    DESC = "desc"
    ASC = "asc"


class RBACRoleType(StrEnum):
    SYSTEM = "system"
    CUSTOM = "custom"


class ResourceTagsV1(RequestModel):
    key: Annotated[str, Field(max_length=128, min_length=1, pattern="^[a-zA-Z0-9._-]+$")]
    value: Annotated[str | None, Field(max_length=256, pattern="^[a-zA-Z0-9._-]+$")] = None


class ResourceTagsV1Output(ResponseModel):
    key: str | None = None
    value: str | None = None


class ServiceProvider(StrEnum):
    AWS = "aws"
    GCP = "gcp"
    AZURE = "azure"


class ServiceRegion(StrEnum):
    AP_NORTHEAST_1 = "ap-northeast-1"
    AP_NORTHEAST_2 = "ap-northeast-2"
    AP_SOUTH_1 = "ap-south-1"
    AP_SOUTHEAST_1 = "ap-southeast-1"
    AP_SOUTHEAST_2 = "ap-southeast-2"
    CA_CENTRAL_1 = "ca-central-1"
    EU_CENTRAL_1 = "eu-central-1"
    EU_WEST_1 = "eu-west-1"
    EU_WEST_2 = "eu-west-2"
    IL_CENTRAL_1 = "il-central-1"
    US_EAST_1 = "us-east-1"
    US_EAST_2 = "us-east-2"
    US_WEST_2 = "us-west-2"
    US_EAST1 = "us-east1"
    US_CENTRAL1 = "us-central1"
    EUROPE_WEST2 = "europe-west2"
    EUROPE_WEST4 = "europe-west4"
    ASIA_SOUTHEAST1 = "asia-southeast1"
    ASIA_NORTHEAST1 = "asia-northeast1"
    EASTUS = "eastus"
    EASTUS2 = "eastus2"
    WESTUS3 = "westus3"
    GERMANYWESTCENTRAL = "germanywestcentral"
    CENTRALUS = "centralus"


class SnapshotStatus(StrEnum):
    DONE = "done"
    ERROR = "error"
    IN_PROGRESS = "in_progress"
    THROTTLED = "throttled"


class AssignedRole(ResponseModel):
    role_id: str | None = None
    role_name: str | None = None
    role_type: Open[RBACRoleType] | None = None


class Snapshot(ResponseModel):
    id: str | None = None
    status: Open[SnapshotStatus] | None = None
    service_id: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    size_in_bytes: Number | None = None
    duration_in_seconds: Number | None = None
    type: str | None = None
    backup_name: str | None = None
    bucket: (
        AwsBackupBucketProperties
        | GcpBackupBucketProperties
        | AzureBackupBucketProperties
        | UnknownVariant
        | None
    ) = None
