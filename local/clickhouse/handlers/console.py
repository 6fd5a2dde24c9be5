"""Saved queries of the console and query API endpoints. They are stored and never run."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest
from local.clickhouse.handlers.call import Call, Handler
from local.clickhouse.handlers.collection import Collection

__all__ = ["HANDLERS"]

Json = Any


def _query(_: Call, body: dict[str, Json]) -> dict[str, Json]:
    return {"parameters": {}, **body}


def _endpoint(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    known = {key.id for key in call.keys}
    for id in body["apiKeyIds"]:
        if id not in known:
            raise BadRequest(f"apiKeyIds: {id} is not the id of an API key")
    id = call.path.get("endpointId", str(uuid.uuid4()))
    url = f"{call.origin}/.api/query-endpoints/{id}/run"
    fresh = {"id": id, "url": url, "ownerType": "queryApiEndpoint"}
    return {"parameters": {}, "allowedOrigins": [], **body, **fresh}


_SAVED_QUERIES = Collection(
    name="savedQueries",
    title="Saved query",
    placeholder="queryId",
    list="savedQueryList",
    create="savedQueryCreate",
    get="savedQueryGet",
    replace="savedQueryUpdate",
    delete="savedQueryDelete",
    paged=True,
    build=_query,
)
_ENDPOINTS = Collection(
    name="queryApiEndpoints",
    title="Query API endpoint",
    placeholder="endpointId",
    list="queryApiEndpointList",
    create="queryApiEndpointCreate",
    get="queryApiEndpointGet",
    replace="queryApiEndpointUpdate",
    delete="queryApiEndpointDelete",
    paged=True,
    build=_endpoint,
)

HANDLERS: Mapping[str, Handler] = {**_SAVED_QUERIES.handlers, **_ENDPOINTS.handlers}
