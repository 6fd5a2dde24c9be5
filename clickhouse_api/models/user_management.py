# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: user management."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from typing_extensions import TypeAliasType

from clickhouse_api.base import Open, RequestModel, ResponseModel, UnknownVariant
from clickhouse_api.models.common import AssignedRole

__all__ = [
    "Invitation",
    "InvitationPostRequest",
    "Member",
    "MemberPatchRequest",
    "MemberRole",
    "Whoami",
    "WhoamiApiKey",
    "WhoamiOrganization",
    "WhoamiUser",
]


class MemberRole(StrEnum):
    ADMIN = "admin"
    DEVELOPER = "developer"


class WhoamiApiKey(ResponseModel):
    actor_type: Literal["apiKey"] | None = None
    key_id: str | None = None
    name: str | None = None
    organization_id: str | None = None


class WhoamiOrganization(ResponseModel):
    organization_id: str | None = None
    organization_name: str | None = None


class WhoamiUser(ResponseModel):
    actor_type: Literal["user"] | None = None
    user_id: str | None = None
    email: str | None = None
    name: str | None = None
    organizations: list[WhoamiOrganization] | None = None


class Invitation(ResponseModel):
    role: Open[MemberRole] | None = None
    id: str | None = None
    email: str | None = None
    created_at: datetime | None = None
    expire_at: datetime | None = None
    assigned_roles: list[AssignedRole] | None = None


class InvitationPostRequest(RequestModel):
    email: str
    role: MemberRole | None = None
    assigned_role_ids: list[str] | None = None


class Member(ResponseModel):
    user_id: str | None = None
    name: str | None = None
    email: str | None = None
    role: Open[MemberRole] | None = None
    joined_at: datetime | None = None
    assigned_roles: list[AssignedRole] | None = None


class MemberPatchRequest(RequestModel):
    role: MemberRole | None = None
    assigned_role_ids: list[str] | None = None


Whoami = TypeAliasType("Whoami", WhoamiUser | WhoamiApiKey | UnknownVariant)
