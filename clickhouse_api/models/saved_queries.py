# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: saved queries."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clickhouse_api.base import RequestModel, ResponseModel

__all__ = [
    "PublicSavedQuery",
    "PublicSavedQueryListItem",
    "PublicSavedQueryRequest",
]


class PublicSavedQuery(ResponseModel):
    id: str | None = None
    name: str | None = None
    sql: str | None = None
    database: str | None = None
    parameters: dict[str, str] | None = None


class PublicSavedQueryListItem(ResponseModel):
    id: str | None = None
    name: str | None = None
    database: str | None = None


class PublicSavedQueryRequest(RequestModel):
    name: Annotated[str, Field(min_length=1)]
    sql: Annotated[str, Field(max_length=4194304)]
    database: str
    parameters: dict[str, str] | None = None
