# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: unreferenced."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field
from typing_extensions import TypeAliasType

from clickhouse_api.base import Open, RequestModel, ResponseModel, UnknownVariant
from clickhouse_api.models.click_stack import ClickStackWhereLanguage
from clickhouse_api.models.common import (
    AwsBackupBucketProperties,
    AzureBackupBucketProperties,
    GcpBackupBucketProperties,
)
from clickhouse_api.models.postgres import PgHaType, PgProvider, PgSize, PgTagsOutput, PgVersion

__all__ = [
    "BackupBucketProperties",
    "BasePostgresService",
    "ClickStackAlertChartConfigOverlay",
    "License",
    "PgCreatedAtProperty",
    "PgIdProperty",
    "PgIsPrimaryProperty",
    "PgStorageSize",
    "ScimAuthenticationScheme",
    "ScimBooleanFeature",
    "ScimEnterpriseManager",
    "ScimEnterpriseManagerOutput",
    "ScimEnterpriseUser",
    "ScimEnterpriseUserOutput",
    "ScimGroup",
    "ScimGroupListResponse",
    "ScimGroupMember",
    "ScimGroupMemberOutput",
    "ScimGroupMeta",
    "ScimGroupMetaOutput",
    "ScimGroupPostRequest",
    "ScimGroupPutRequest",
    "ScimListResponse",
    "ScimPatchOp",
    "ScimPatchOperation",
    "ScimPatchOperationOp",
    "ScimResourceType",
    "ScimResourceTypeListResponse",
    "ScimResourceTypeMeta",
    "ScimSchema",
    "ScimSchemaAttribute",
    "ScimSchemaExtension",
    "ScimSchemaListResponse",
    "ScimSchemaMeta",
    "ScimServiceProviderConfig",
    "ScimServiceProviderConfigBulk",
    "ScimServiceProviderConfigFilter",
    "ScimServiceProviderConfigMeta",
    "ScimServiceProviderConfigPatch",
    "ScimUser",
    "ScimUserAddress",
    "ScimUserAddressOutput",
    "ScimUserEmail",
    "ScimUserEmailOutput",
    "ScimUserEntitlement",
    "ScimUserEntitlementOutput",
    "ScimUserGroup",
    "ScimUserGroupOutput",
    "ScimUserIm",
    "ScimUserImOutput",
    "ScimUserMeta",
    "ScimUserMetaOutput",
    "ScimUserName",
    "ScimUserNameOutput",
    "ScimUserPhoneNumber",
    "ScimUserPhoneNumberOutput",
    "ScimUserPhoto",
    "ScimUserPhotoOutput",
    "ScimUserPostRequest",
    "ScimUserPutRequest",
    "ScimUserRole",
    "ScimUserRoleOutput",
    "ScimX509Certificate",
    "ScimX509CertificateOutput",
]


class License(ResponseModel):
    id: str | None = None
    name: str | None = None
    expiration: datetime | None = None
    memory: str | None = None
    environment_fingerprint: str | None = None


PgCreatedAtProperty = TypeAliasType("PgCreatedAtProperty", datetime)


PgIdProperty = TypeAliasType("PgIdProperty", str)


PgIsPrimaryProperty = TypeAliasType("PgIsPrimaryProperty", bool)


PgStorageSize = TypeAliasType("PgStorageSize", int)


class ScimAuthenticationScheme(ResponseModel):
    type: str | None = None
    name: str | None = None
    description: str | None = None
    spec_uri: str | None = None
    primary: bool | None = None


class ScimBooleanFeature(ResponseModel):
    supported: bool | None = None


class ScimEnterpriseManager(RequestModel):
    value: str | None = None
    display_name: str | None = None


class ScimEnterpriseManagerOutput(ResponseModel):
    value: str | None = None
    display_name: str | None = None


class ScimEnterpriseUser(RequestModel):
    employee_number: str | None = None
    cost_center: str | None = None
    organization: str | None = None
    division: str | None = None
    department: str | None = None
    manager: ScimEnterpriseManager | None = None


class ScimEnterpriseUserOutput(ResponseModel):
    employee_number: str | None = None
    cost_center: str | None = None
    organization: str | None = None
    division: str | None = None
    department: str | None = None
    manager: ScimEnterpriseManagerOutput | None = None


class ScimGroupMember(RequestModel):
    value: str
    display: str | None = None
    type: str | None = None


class ScimGroupMemberOutput(ResponseModel):
    value: str | None = None
    display: str | None = None
    type: str | None = None


class ScimGroupMeta(RequestModel):
    resource_type: str
    created: AwareDatetime
    last_modified: AwareDatetime
    location: str | None = None


class ScimGroupMetaOutput(ResponseModel):
    resource_type: str | None = None
    created: datetime | None = None
    last_modified: datetime | None = None
    location: str | None = None


class ScimGroupPostRequest(RequestModel):
    schemas: list[str]
    external_id: str | None = None
    display_name: str
    members: list[ScimGroupMember] | None = None
    id: str | None = None
    meta: ScimGroupMeta | None = None


class ScimGroupPutRequest(RequestModel):
    schemas: list[str]
    external_id: str | None = None
    display_name: str
    members: list[ScimGroupMember] | None = None
    id: str | None = None
    meta: ScimGroupMeta | None = None


class ScimPatchOperationOp(StrEnum):
    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


class ScimResourceTypeMeta(ResponseModel):
    resource_type: str | None = None
    location: str | None = None


class ScimSchemaAttribute(ResponseModel):
    name: str | None = None
    type: str | None = None
    sub_attributes: list[ScimSchemaAttribute] | None = None
    multi_valued: bool | None = None
    description: str | None = None
    required: bool | None = None
    case_exact: bool | None = None
    mutability: str | None = None
    returned: str | None = None
    uniqueness: str | None = None
    reference_types: list[str] | None = None
    canonical_values: list[str] | None = None


class ScimSchemaExtension(ResponseModel):
    schema_: Annotated[str | None, Field(alias="schema")] = None
    required: bool | None = None


class ScimSchemaMeta(ResponseModel):
    resource_type: str | None = None
    location: str | None = None


class ScimServiceProviderConfigBulk(ResponseModel):
    supported: bool | None = None
    max_operations: int | None = None
    max_payload_size: int | None = None


class ScimServiceProviderConfigFilter(ResponseModel):
    supported: bool | None = None
    max_results: int | None = None


class ScimServiceProviderConfigMeta(ResponseModel):
    resource_type: str | None = None
    location: str | None = None


class ScimServiceProviderConfigPatch(ResponseModel):
    supported: bool | None = None


class ScimUserAddress(RequestModel):
    formatted: str | None = None
    street_address: str | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserAddressOutput(ResponseModel):
    formatted: str | None = None
    street_address: str | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserEmail(RequestModel):
    value: str
    type: str | None = None
    primary: bool | None = None


class ScimUserEmailOutput(ResponseModel):
    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserEntitlement(RequestModel):
    value: str | None = None
    display: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserEntitlementOutput(ResponseModel):
    value: str | None = None
    display: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserGroup(RequestModel):
    value: str | None = None
    display: str | None = None
    type: str | None = None


class ScimUserGroupOutput(ResponseModel):
    value: str | None = None
    display: str | None = None
    type: str | None = None


class ScimUserIm(RequestModel):
    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserImOutput(ResponseModel):
    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserMeta(RequestModel):
    resource_type: str
    created: AwareDatetime
    last_modified: AwareDatetime
    location: str | None = None


class ScimUserMetaOutput(ResponseModel):
    resource_type: str | None = None
    created: datetime | None = None
    last_modified: datetime | None = None
    location: str | None = None


class ScimUserName(RequestModel):
    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None
    middle_name: str | None = None
    honorific_prefix: str | None = None
    honorific_suffix: str | None = None


class ScimUserNameOutput(ResponseModel):
    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None
    middle_name: str | None = None
    honorific_prefix: str | None = None
    honorific_suffix: str | None = None


class ScimUserPhoneNumber(RequestModel):
    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserPhoneNumberOutput(ResponseModel):
    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserPhoto(RequestModel):
    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserPhotoOutput(ResponseModel):
    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserRole(RequestModel):
    value: str | None = None
    display: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimUserRoleOutput(ResponseModel):
    value: str | None = None
    display: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimX509Certificate(RequestModel):
    value: str | None = None


class ScimX509CertificateOutput(ResponseModel):
    value: str | None = None


BackupBucketProperties = TypeAliasType(
    "BackupBucketProperties",
    AwsBackupBucketProperties
    | GcpBackupBucketProperties
    | AzureBackupBucketProperties
    | UnknownVariant,
)


class ClickStackAlertChartConfigOverlay(ResponseModel):
    name: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


class ScimGroup(ResponseModel):
    schemas: list[str] | None = None
    id: str | None = None
    external_id: str | None = None
    display_name: str | None = None
    members: list[ScimGroupMemberOutput] | None = None
    meta: ScimGroupMetaOutput | None = None


class ScimGroupListResponse(ResponseModel):
    schemas: list[str] | None = None
    total_results: int | None = None
    start_index: int | None = None
    items_per_page: int | None = None
    resources: Annotated[list[ScimGroup] | None, Field(alias="Resources")] = None


class ScimPatchOperation(ResponseModel):
    op: Open[ScimPatchOperationOp] | None = None
    path: str | None = None
    value: str | None = None


class ScimResourceType(ResponseModel):
    schemas: list[str] | None = None
    id: str | None = None
    name: str | None = None
    endpoint: str | None = None
    description: str | None = None
    schema_: Annotated[str | None, Field(alias="schema")] = None
    schema_extensions: list[ScimSchemaExtension] | None = None
    meta: ScimResourceTypeMeta | None = None


class ScimResourceTypeListResponse(ResponseModel):
    schemas: list[str] | None = None
    total_results: int | None = None
    items_per_page: int | None = None
    start_index: int | None = None
    resources: Annotated[list[ScimResourceType] | None, Field(alias="Resources")] = None


class ScimSchema(ResponseModel):
    schemas: list[str] | None = None
    id: str | None = None
    name: str | None = None
    description: str | None = None
    attributes: list[ScimSchemaAttribute] | None = None
    meta: ScimSchemaMeta | None = None


class ScimSchemaListResponse(ResponseModel):
    schemas: list[str] | None = None
    total_results: int | None = None
    items_per_page: int | None = None
    start_index: int | None = None
    resources: Annotated[list[ScimSchema] | None, Field(alias="Resources")] = None


class ScimServiceProviderConfig(ResponseModel):
    schemas: list[str] | None = None
    documentation_uri: str | None = None
    patch: ScimServiceProviderConfigPatch | None = None
    bulk: ScimServiceProviderConfigBulk | None = None
    filter: ScimServiceProviderConfigFilter | None = None
    change_password: ScimBooleanFeature | None = None
    sort: ScimBooleanFeature | None = None
    etag: ScimBooleanFeature | None = None
    authentication_schemes: list[ScimAuthenticationScheme] | None = None
    meta: ScimServiceProviderConfigMeta | None = None


class ScimUser(ResponseModel):
    schemas: list[str] | None = None
    id: str | None = None
    external_id: str | None = None
    user_name: str | None = None
    name: ScimUserNameOutput | None = None
    display_name: str | None = None
    nick_name: str | None = None
    profile_url: str | None = None
    title: str | None = None
    user_type: str | None = None
    preferred_language: str | None = None
    locale: str | None = None
    timezone: str | None = None
    active: bool | None = None
    emails: list[ScimUserEmailOutput] | None = None
    phone_numbers: list[ScimUserPhoneNumberOutput] | None = None
    ims: list[ScimUserImOutput] | None = None
    photos: list[ScimUserPhotoOutput] | None = None
    addresses: list[ScimUserAddressOutput] | None = None
    groups: list[ScimUserGroupOutput] | None = None
    entitlements: list[ScimUserEntitlementOutput] | None = None
    roles: list[ScimUserRoleOutput] | None = None
    x509_certificates: list[ScimX509CertificateOutput] | None = None
    urn_ietf_params_scim_schemas_extension_enterprise_2_0_user: Annotated[
        ScimEnterpriseUserOutput | None,
        Field(alias="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
    ] = None
    meta: ScimUserMetaOutput | None = None


class ScimUserPostRequest(RequestModel):
    schemas: list[str]
    id: str | None = None
    meta: ScimUserMeta | None = None
    user_name: str
    external_id: str | None = None
    name: ScimUserName | None = None
    display_name: str | None = None
    nick_name: str | None = None
    profile_url: str | None = None
    title: str | None = None
    user_type: str | None = None
    preferred_language: str | None = None
    locale: str | None = None
    timezone: str | None = None
    active: bool | None = None
    password: str | None = None
    emails: list[ScimUserEmail]
    phone_numbers: list[ScimUserPhoneNumber] | None = None
    ims: list[ScimUserIm] | None = None
    photos: list[ScimUserPhoto] | None = None
    addresses: list[ScimUserAddress] | None = None
    groups: list[ScimUserGroup] | None = None
    entitlements: list[ScimUserEntitlement] | None = None
    roles: list[ScimUserRole] | None = None
    x509_certificates: list[ScimX509Certificate] | None = None
    urn_ietf_params_scim_schemas_extension_enterprise_2_0_user: Annotated[
        ScimEnterpriseUser | None,
        Field(alias="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
    ] = None


class ScimUserPutRequest(RequestModel):
    schemas: list[str]
    id: str | None = None
    meta: ScimUserMeta | None = None
    user_name: str
    external_id: str | None = None
    name: ScimUserName | None = None
    display_name: str | None = None
    nick_name: str | None = None
    profile_url: str | None = None
    title: str | None = None
    user_type: str | None = None
    preferred_language: str | None = None
    locale: str | None = None
    timezone: str | None = None
    active: bool | None = None
    password: str | None = None
    emails: list[ScimUserEmail]
    phone_numbers: list[ScimUserPhoneNumber] | None = None
    ims: list[ScimUserIm] | None = None
    photos: list[ScimUserPhoto] | None = None
    addresses: list[ScimUserAddress] | None = None
    groups: list[ScimUserGroup] | None = None
    entitlements: list[ScimUserEntitlement] | None = None
    roles: list[ScimUserRole] | None = None
    x509_certificates: list[ScimX509Certificate] | None = None
    urn_ietf_params_scim_schemas_extension_enterprise_2_0_user: Annotated[
        ScimEnterpriseUser | None,
        Field(alias="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
    ] = None


class BasePostgresService(ResponseModel):
    name: str | None = None
    provider: Open[PgProvider] | None = None
    region: str | None = None
    postgres_version: Open[PgVersion] | None = None
    size: Open[PgSize] | None = None
    ha_type: Open[PgHaType] | None = None
    tags: PgTagsOutput | None = None


class ScimListResponse(ResponseModel):
    schemas: list[str] | None = None
    total_results: int | None = None
    start_index: int | None = None
    items_per_page: int | None = None
    resources: Annotated[list[ScimUser] | None, Field(alias="Resources")] = None


class ScimPatchOp(ResponseModel):
    schemas: list[str] | None = None
    operations: Annotated[list[ScimPatchOperation] | None, Field(alias="Operations")] = None
    id: str | None = None
    meta: ScimUserMetaOutput | ScimGroupMetaOutput | UnknownVariant | None = None
