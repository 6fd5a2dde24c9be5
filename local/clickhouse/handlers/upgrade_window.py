"""The upgrade window of a service: stored and returned. No service is upgraded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, NotFound
from local.clickhouse.handlers.call import Call, Handler

__all__ = ["HANDLERS"]

Json = Any

_PART = "upgradeWindow"
_HOURS = 6


async def get(call: Call) -> Json:
    window = call.service.record.parts.get(_PART)
    if window is None:
        raise NotFound("The service has no upgrade window")
    return window


async def update(call: Call) -> Json:
    service = call.service
    if not service.record.fields["isPrimary"]:
        raise BadRequest("the upgrade window belongs to the primary service of the warehouse")
    service.record.parts[_PART] = window = {**call.body, "duration": _HOURS}
    service.record.save()
    return window


async def delete(call: Call) -> None:
    await get(call)
    del call.service.record.parts[_PART]
    call.service.record.save()


HANDLERS: Mapping[str, Handler] = {
    "upgradeWindowGet": get,
    "upgradeWindowUpdate": update,
    "upgradeWindowDelete": delete,
}
