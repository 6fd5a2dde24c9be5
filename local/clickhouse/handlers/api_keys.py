"""API keys of the organization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.clickhouse.handlers.access import custom_roles
from local.clickhouse.handlers.call import Call, Handler, Page, page_of

__all__ = ["HANDLERS"]

Json = Any


async def get_list(call: Call) -> Page:
    custom = custom_roles(call)
    shown, fields = page_of([key.to_api(custom) for key in call.keys], call.query)
    return Page(shown, {**fields, "totalCount": len(call.keys)})


async def create(call: Call) -> Json:
    custom = custom_roles(call)
    key, key_id, secret = call.keys.create(call.body, custom_roles=custom)
    if key_id is None:
        return {"key": key.to_api(custom)}
    return {"key": key.to_api(custom), "keyId": key_id, "keySecret": secret}


async def get(call: Call) -> Json:
    return call.keys[call.path["keyId"]].to_api(custom_roles(call))


async def update(call: Call) -> Json:
    custom = custom_roles(call)
    return call.keys.change(call.path["keyId"], call.body, custom_roles=custom).to_api(custom)


async def delete(call: Call) -> None:
    call.keys.delete(call.path["keyId"])


HANDLERS: Mapping[str, Handler] = {
    "openapiKeyGetList": get_list,
    "openapiKeyCreate": create,
    "openapiKeyGet": get,
    "openapiKeyUpdate": update,
    "openapiKeyDelete": delete,
}
