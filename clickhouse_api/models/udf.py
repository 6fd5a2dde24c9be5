# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: udf."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from clickhouse_api.base import Open, RequestModel, ResponseModel

__all__ = [
    "Udf",
    "UdfArgument",
    "UdfArgumentOutput",
    "UdfAttachRequest",
    "UdfAttachment",
    "UdfAttachmentStatus",
    "UdfCreateRequest",
    "UdfExecutableCreateRequest",
    "UdfExecutableVersionCreateRequest",
    "UdfPoolCreateRequest",
    "UdfPoolVersionCreateRequest",
    "UdfRuntime",
    "UdfSandboxType",
    "UdfSandboxVersion",
    "UdfStatus",
    "UdfType",
    "UdfUploadSession",
    "UdfVersionCreateRequest",
]


class UdfArgument(RequestModel):
    name: Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]*$")]
    type: str


class UdfArgumentOutput(ResponseModel):
    name: str | None = None
    type: str | None = None


class UdfAttachRequest(RequestModel):
    version: Annotated[int | None, Field(gt=0)] = None


class UdfAttachmentStatus(StrEnum):
    DEPLOYED = "deployed"
    DEPROVISIONING = "deprovisioning"
    ERROR = "error"
    PROVISIONING = "provisioning"
    STANDBY = "standby"


class UdfRuntime(StrEnum):
    PYTHON3_11 = "python3.11"
    NATIVE = "native"


class UdfSandboxType(StrEnum):
    BASIC = "basic"
    NETENABLE = "netenable"


class UdfSandboxVersion(StrEnum):
    V1 = "v1"
    V2 = "v2"
    V3 = "v3"


class UdfStatus(StrEnum):
    BUILDING = "building"
    ERROR = "error"
    READY = "ready"


class UdfType(StrEnum):
    EXECUTABLE = "executable"
    EXECUTABLE_POOL = "executable_pool"


class UdfUploadSession(ResponseModel):
    upload_id: str | None = None
    upload_url: str | None = None
    expires_at: datetime | None = None


class Udf(ResponseModel):
    function_name: str | None = None
    version: int | None = None
    status: Open[UdfStatus] | None = None
    runtime: Open[UdfRuntime] | None = None
    type: Open[UdfType] | None = None
    arguments: list[UdfArgumentOutput] | None = None
    return_type: str | None = None
    return_name: str | None = None
    pool_size: int | None = None
    command_read_timeout: int | None = None
    command_write_timeout: int | None = None
    max_command_execution_time: int | None = None
    memory_limit_mib: int | None = None
    send_chunk_header: bool | None = None
    deterministic: bool | None = None
    format: str | None = None
    sandbox_type: Open[UdfSandboxType] | None = None
    sandbox_version: Open[UdfSandboxVersion] | None = None
    error: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class UdfAttachment(ResponseModel):
    function_name: str | None = None
    service_id: str | None = None
    status: Open[UdfAttachmentStatus] | None = None
    version: int | None = None


class UdfExecutableCreateRequest(RequestModel):
    upload_id: Annotated[
        str,
        Field(
            pattern="^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000)$"
        ),
    ]
    runtime: UdfRuntime
    arguments: list[UdfArgument]
    return_type: str
    return_name: Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]*$")] | None = None
    command_read_timeout: Annotated[int | None, Field(gt=0)] = None
    command_write_timeout: Annotated[int | None, Field(gt=0)] = None
    memory_limit_mib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    send_chunk_header: bool | None = None
    deterministic: bool | None = None
    format: str | None = None
    sandbox_type: UdfSandboxType | None = None
    type: Literal["executable"]
    pool_size: Annotated[None, Field(None)] = None
    max_command_execution_time: Annotated[int, Field(gt=0)] | None = None
    function_name: Annotated[str, Field(max_length=64, pattern="^[A-Za-z][A-Za-z0-9_]*$")]


class UdfExecutableVersionCreateRequest(RequestModel):
    upload_id: Annotated[
        str,
        Field(
            pattern="^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000)$"
        ),
    ]
    runtime: UdfRuntime
    arguments: list[UdfArgument]
    return_type: str
    return_name: Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]*$")] | None = None
    command_read_timeout: Annotated[int | None, Field(gt=0)] = None
    command_write_timeout: Annotated[int | None, Field(gt=0)] = None
    memory_limit_mib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    send_chunk_header: bool | None = None
    deterministic: bool | None = None
    format: str | None = None
    sandbox_type: UdfSandboxType | None = None
    type: Literal["executable"]
    pool_size: Annotated[None, Field(None)] = None
    max_command_execution_time: Annotated[int, Field(gt=0)] | None = None


class UdfPoolCreateRequest(RequestModel):
    upload_id: Annotated[
        str,
        Field(
            pattern="^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000)$"
        ),
    ]
    runtime: UdfRuntime
    arguments: list[UdfArgument]
    return_type: str
    return_name: Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]*$")] | None = None
    command_read_timeout: Annotated[int | None, Field(gt=0)] = None
    command_write_timeout: Annotated[int | None, Field(gt=0)] = None
    memory_limit_mib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    send_chunk_header: bool | None = None
    deterministic: bool | None = None
    format: str | None = None
    sandbox_type: UdfSandboxType | None = None
    type: Literal["executable_pool"]
    pool_size: Annotated[int | None, Field(gt=0)] = None
    max_command_execution_time: Annotated[int | None, Field(gt=0)] = None
    function_name: Annotated[str, Field(max_length=64, pattern="^[A-Za-z][A-Za-z0-9_]*$")]


class UdfPoolVersionCreateRequest(RequestModel):
    upload_id: Annotated[
        str,
        Field(
            pattern="^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000)$"
        ),
    ]
    runtime: UdfRuntime
    arguments: list[UdfArgument]
    return_type: str
    return_name: Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]*$")] | None = None
    command_read_timeout: Annotated[int | None, Field(gt=0)] = None
    command_write_timeout: Annotated[int | None, Field(gt=0)] = None
    memory_limit_mib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    send_chunk_header: bool | None = None
    deterministic: bool | None = None
    format: str | None = None
    sandbox_type: UdfSandboxType | None = None
    type: Literal["executable_pool"]
    pool_size: Annotated[int | None, Field(gt=0)] = None
    max_command_execution_time: Annotated[int | None, Field(gt=0)] = None


UdfVersionCreateRequest = TypeAliasType(
    "UdfVersionCreateRequest", UdfExecutableVersionCreateRequest | UdfPoolVersionCreateRequest
)


UdfCreateRequest = TypeAliasType(
    "UdfCreateRequest", UdfExecutableCreateRequest | UdfPoolCreateRequest
)
