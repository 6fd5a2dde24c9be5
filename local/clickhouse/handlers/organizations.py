"""The organization, and the API key of the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest
from local.clickhouse.handlers.byoc import shown_infrastructures
from local.clickhouse.handlers.call import Call, Handler, Page, page_of

__all__ = ["HANDLERS"]

Json = Any


async def whoami(call: Call) -> Json:
    return {
        "actorType": "apiKey",
        "keyId": call.key.id,
        "name": call.key.name,
        "organizationId": call.organization.id,
    }


async def get_list(call: Call) -> Page:
    others = call.faults.other_organization_ids()
    listed = [{**_shown(call), "id": id, "name": f"Other {id}"} for id in others]
    query = {"limit": 1, **call.query} if others else call.query
    return Page(*page_of([*listed, _shown(call)], query))


async def get(call: Call) -> Json:
    return _shown(call)


async def update(call: Call) -> Json:
    organization, body = call.organization, call.body
    organization.name = body.get("name", organization.name)
    organization.core_dumps = body.get("enableCoreDumps", organization.core_dumps)
    endpoints = body.get("privateEndpoints", {})
    for entry in [*endpoints.get("remove", []), *endpoints.get("add", [])]:
        if "id" not in entry:
            raise BadRequest("privateEndpoints: an entry has no id")
    gone = {entry["id"] for entry in endpoints.get("remove", [])}
    added = {entry["id"]: entry for entry in endpoints.get("add", [])}
    kept = [e for e in organization.private_endpoints if e["id"] not in gone | set(added)]
    organization.private_endpoints = [*kept, *added.values()]
    organization.save()
    return _shown(call)


def _shown(call: Call) -> Json:
    organization = call.organization
    return {
        "id": organization.id,
        "createdAt": organization.created_at,
        "name": organization.name,
        "privateEndpoints": organization.private_endpoints,
        "byocConfig": shown_infrastructures(call),
        "enableCoreDumps": organization.core_dumps,
        "capabilities": {"snapshots": False},
    }


HANDLERS: Mapping[str, Handler] = {
    "whoamiGet": whoami,
    "organizationGetList": get_list,
    "organizationGet": get,
    "organizationUpdate": update,
}
