# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: query api endpoints."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from clickhouse_api.base import Open, RequestModel, ResponseModel

__all__ = [
    "PublicQueryApiEndpoint",
    "PublicQueryApiEndpointListItem",
    "PublicQueryApiEndpointOwnerType",
    "PublicQueryApiEndpointRequest",
]


class PublicQueryApiEndpointOwnerType(StrEnum):
    USER = "user"
    QUERY_API_ENDPOINT = "queryApiEndpoint"


class PublicQueryApiEndpointRequest(RequestModel):
    name: Annotated[str, Field(min_length=1, pattern="\\S")]
    sql: Annotated[str, Field(max_length=4194304, pattern="\\S")]
    database: Annotated[str, Field(pattern="\\S")]
    parameters: dict[str, str] | None = None
    api_key_ids: Annotated[
        list[
            Annotated[
                str,
                Field(
                    pattern="^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000)$"
                ),
            ]
        ],
        Field(min_length=1),
    ]
    roles: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    allowed_origins: list[str] | None = None


class PublicQueryApiEndpoint(ResponseModel):
    id: str | None = None
    name: str | None = None
    sql: str | None = None
    database: str | None = None
    parameters: dict[str, str] | None = None
    api_key_ids: list[str] | None = None
    roles: list[str] | None = None
    allowed_origins: list[str] | None = None
    url: str | None = None
    owner_type: Open[PublicQueryApiEndpointOwnerType] | None = None


class PublicQueryApiEndpointListItem(ResponseModel):
    id: str | None = None
    name: str | None = None
    database: str | None = None
    api_key_ids: list[str] | None = None
    roles: list[str] | None = None
    allowed_origins: list[str] | None = None
    url: str | None = None
    owner_type: Open[PublicQueryApiEndpointOwnerType] | None = None
