"""A service's query endpoint: its roles, keys and origins. The endpoint is not served."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, NotFound, ServerError
from local.clickhouse.handlers.call import Call, Handler

__all__ = ["HANDLERS"]

Json = Any

_PART = "queryEndpoint"


async def get(call: Call) -> Json:
    endpoint = call.service.record.parts.get(_PART)
    if endpoint is None:
        raise NotFound("The service has no query endpoint")
    return endpoint


async def upsert(call: Call) -> Json:
    """Replace roles, keys and origins together, as the vendor does."""
    service, body = call.service, call.body
    if service.state == "provisioning":
        # ClickHouse/clickhousectl#242
        raise ServerError("The service is still being provisioned")
    known = {key.id for key in call.keys}
    for id in body["openApiKeys"]:
        if id not in known:
            raise BadRequest(f"openApiKeys: {id} is not the id of an API key")
    before = service.record.parts.get(_PART, {})
    endpoint = {
        "id": before.get("id", str(uuid.uuid4())),
        "openApiKeys": body["openApiKeys"],
        "roles": body["roles"],
        "allowedOrigins": body.get("allowedOrigins", ""),
    }
    service.record.parts[_PART] = endpoint
    service.record.save()
    return endpoint


async def delete(call: Call) -> None:
    await get(call)
    del call.service.record.parts[_PART]
    call.service.record.save()


HANDLERS: Mapping[str, Handler] = {
    "instanceQueryEndpointGet": get,
    "instanceQueryEndpointUpsert": upsert,
    "instanceQueryEndpointDelete": delete,
}
