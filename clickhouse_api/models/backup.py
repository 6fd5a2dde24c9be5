# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: backup."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from typing_extensions import TypeAliasType

from clickhouse_api.base import Number, Open, RequestModel, ResponseModel, UnknownVariant
from clickhouse_api.models.common import (
    AwsBackupBucketProperties,
    AzureBackupBucketProperties,
    GcpBackupBucketProperties,
)

__all__ = [
    "AwsBackupBucket",
    "AwsBackupBucketPatchRequestV1",
    "AwsBackupBucketPostRequestV1",
    "AzureBackupBucket",
    "AzureBackupBucketPatchRequestV1",
    "AzureBackupBucketPostRequestV1",
    "Backup",
    "BackupBucket",
    "BackupBucketPatchRequest",
    "BackupBucketPostRequest",
    "BackupConfiguration",
    "BackupConfigurationPatchRequest",
    "BackupStatus",
    "BackupType",
    "GcpBackupBucket",
    "GcpBackupBucketPatchRequestV1",
    "GcpBackupBucketPostRequestV1",
]


class AwsBackupBucket(ResponseModel):
    id: str | None = None
    bucket_provider: Literal["AWS"] | None = None
    bucket_path: str | None = None
    iam_role_arn: str | None = None
    iam_role_session_name: str | None = None
    iam_role_external_id: str | None = None


class AwsBackupBucketPatchRequestV1(RequestModel):
    bucket_provider: Literal["AWS"] | None = None
    bucket_path: str | None = None
    iam_role_arn: str | None = None
    iam_role_session_name: str | None = None
    iam_role_external_id: str | None = None


class AwsBackupBucketPostRequestV1(RequestModel):
    bucket_provider: Literal["AWS"] | None = None
    bucket_path: str | None = None
    iam_role_arn: str | None = None
    iam_role_session_name: str | None = None
    iam_role_external_id: str | None = None


class AzureBackupBucket(ResponseModel):
    id: str | None = None
    bucket_provider: Literal["AZURE"] | None = None
    container_name: str | None = None


class AzureBackupBucketPatchRequestV1(RequestModel):
    bucket_provider: Literal["AZURE"] | None = None
    container_name: str | None = None
    connection_string: str | None = None


class AzureBackupBucketPostRequestV1(RequestModel):
    bucket_provider: Literal["AZURE"] | None = None
    container_name: str | None = None
    connection_string: str | None = None


class BackupConfiguration(ResponseModel):
    backup_period_in_hours: Number | None = None
    backup_retention_period_in_hours: Number | None = None
    backup_start_time: str | None = None


class BackupConfigurationPatchRequest(RequestModel):
    backup_period_in_hours: Number | None = None
    backup_retention_period_in_hours: Number | None = None
    backup_start_time: str | None = None


class BackupStatus(StrEnum):
    DONE = "done"
    ERROR = "error"
    IN_PROGRESS = "in_progress"


class BackupType(StrEnum):
    FULL = "full"
    INCREMENTAL = "incremental"


class GcpBackupBucket(ResponseModel):
    id: str | None = None
    bucket_provider: Literal["GCP"] | None = None
    bucket_path: str | None = None
    access_key_id: str | None = None


class GcpBackupBucketPatchRequestV1(RequestModel):
    bucket_provider: Literal["GCP"] | None = None
    bucket_path: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None


class GcpBackupBucketPostRequestV1(RequestModel):
    bucket_provider: Literal["GCP"] | None = None
    bucket_path: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None


class Backup(ResponseModel):
    id: str | None = None
    status: Open[BackupStatus] | None = None
    service_id: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    size_in_bytes: Number | None = None
    duration_in_seconds: Number | None = None
    type: Open[BackupType] | None = None
    backup_name: str | None = None
    bucket: (
        AwsBackupBucketProperties
        | GcpBackupBucketProperties
        | AzureBackupBucketProperties
        | UnknownVariant
        | None
    ) = None


BackupBucket = TypeAliasType(
    "BackupBucket", AwsBackupBucket | GcpBackupBucket | AzureBackupBucket | UnknownVariant
)


BackupBucketPatchRequest = TypeAliasType(
    "BackupBucketPatchRequest",
    AwsBackupBucketPatchRequestV1 | GcpBackupBucketPatchRequestV1 | AzureBackupBucketPatchRequestV1,
)


BackupBucketPostRequest = TypeAliasType(
    "BackupBucketPostRequest",
    AwsBackupBucketPostRequestV1 | GcpBackupBucketPostRequestV1 | AzureBackupBucketPostRequestV1,
)
