"""API keys of the organization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.clickhouse.handlers.call import Call, Handler, Page, page_of

__all__ = ["HANDLERS"]

Json = Any


async def get_list(call: Call) -> Page:
    shown, beside = page_of([key.to_api() for key in call.keys], call.query)
    return Page(shown, {**beside, "totalCount": len(call.keys)})


async def create(call: Call) -> Json:
    key, key_id, secret = call.keys.create(call.body)
    if key_id is None:
        return {"key": key.to_api()}
    return {"key": key.to_api(), "keyId": key_id, "keySecret": secret}


async def get(call: Call) -> Json:
    return call.keys[call.path["keyId"]].to_api()


async def update(call: Call) -> Json:
    return call.keys.change(call.path["keyId"], call.body).to_api()


async def delete(call: Call) -> None:
    call.keys.delete(call.path["keyId"])


HANDLERS: Mapping[str, Handler] = {
    "openapiKeyGetList": get_list,
    "openapiKeyCreate": create,
    "openapiKeyGet": get,
    "openapiKeyUpdate": update,
    "openapiKeyDelete": delete,
}
