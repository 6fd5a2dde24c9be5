# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: role management."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from clickhouse_api.base import Open, RequestModel, ResponseModel
from clickhouse_api.models.common import RBACRoleType

__all__ = [
    "RBACPolicy",
    "RBACPolicyAllowDeny",
    "RBACPolicyCreateRequest",
    "RBACPolicyTags",
    "RBACPolicyTagsOutput",
    "RBACPolicyTagsRoleV2",
    "RBACRole",
    "RoleCreateRequest",
    "RoleUpdateRequest",
]


class RBACPolicyAllowDeny(StrEnum):
    ALLOW = "ALLOW"
    DENY = "DENY"


class RBACPolicyTagsRoleV2(StrEnum):
    SQL_CONSOLE_READONLY = "sql-console-readonly"
    SQL_CONSOLE_ADMIN = "sql-console-admin"


class RBACPolicyTags(RequestModel):
    grants: list[str] | None = None
    role_v2: RBACPolicyTagsRoleV2 | None = None


class RBACPolicyTagsOutput(ResponseModel):
    grants: list[str] | None = None
    role_v2: Open[RBACPolicyTagsRoleV2] | None = None


class RBACPolicy(ResponseModel):
    id: str | None = None
    role_id: str | None = None
    tenant_id: str | None = None
    allow_deny: Open[RBACPolicyAllowDeny] | None = None
    permissions: list[str] | None = None
    resources: list[str] | None = None
    tags: RBACPolicyTagsOutput | None = None


class RBACPolicyCreateRequest(RequestModel):
    allow_deny: RBACPolicyAllowDeny
    permissions: list[str]
    resources: list[str]
    tags: RBACPolicyTags | None = None


class RBACRole(ResponseModel):
    id: str | None = None
    tenant_id: str | None = None
    owner_id: str | None = None
    name: str | None = None
    type: Open[RBACRoleType] | None = None
    actors: list[str] | None = None
    policies: list[RBACPolicy] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class RoleCreateRequest(RequestModel):
    name: str
    actors: list[str]
    policies: list[RBACPolicyCreateRequest]


class RoleUpdateRequest(RequestModel):
    name: str | None = None
    actors: list[str] | None = None
    policies: list[RBACPolicyCreateRequest] | None = None
