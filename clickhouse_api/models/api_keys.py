# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: api keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from clickhouse_api.base import Open, RequestModel, ResponseModel
from clickhouse_api.models.common import AssignedRole, IpAccessListEntry, IpAccessListEntryOutput

__all__ = [
    "ApiKey",
    "ApiKeyHashData",
    "ApiKeyPatchRequest",
    "ApiKeyPostRequest",
    "ApiKeyPostResponse",
    "ApiKeyRole",
    "ApiKeyState",
]


class ApiKeyHashData(RequestModel):
    key_id_hash: str | None = None
    key_id_suffix: str | None = None
    key_secret_hash: str | None = None


class ApiKeyRole(StrEnum):
    ADMIN = "admin"
    DEVELOPER = "developer"
    QUERY_ENDPOINTS = "query_endpoints"


class ApiKeyState(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"


class ApiKeyPatchRequest(RequestModel):
    name: str | None = None
    roles: list[ApiKeyRole] | None = None
    assigned_role_ids: list[str] | None = None
    expire_at: AwareDatetime | None = None
    state: ApiKeyState | None = None
    ip_access_list: list[IpAccessListEntry] | None = None


class ApiKeyPostRequest(RequestModel):
    name: str
    expire_at: AwareDatetime | None = None
    state: ApiKeyState | None = None
    hash_data: ApiKeyHashData | None = None
    roles: list[ApiKeyRole] | None = None
    assigned_role_ids: list[str] | None = None
    ip_access_list: list[IpAccessListEntry] | None = None


class ApiKey(ResponseModel):
    id: str | None = None
    name: str | None = None
    state: Open[ApiKeyState] | None = None
    roles: list[Open[ApiKeyRole]] | None = None
    assigned_roles: list[AssignedRole] | None = None
    key_suffix: str | None = None
    created_at: datetime | None = None
    expire_at: datetime | None = None
    used_at: datetime | None = None
    ip_access_list: list[IpAccessListEntryOutput] | None = None


class ApiKeyPostResponse(ResponseModel):
    key: ApiKey | None = None
    key_id: str | None = None
    key_secret: str | None = None
