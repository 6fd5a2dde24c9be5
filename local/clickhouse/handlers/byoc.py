"""Infrastructure in the customer's cloud account: stored with its state, but not created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict
from local.clickhouse.handlers.call import Call, Handler
from local.clickhouse.handlers.collection import Collection, soon
from local.clickhouse.handlers.service_fields import provider_of
from local.clickhouse.state import now_text

__all__ = ["HANDLERS", "check_infrastructure", "shown_infrastructures"]

Json = Any


def _new(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    return {
        **body,
        "cloudProvider": provider_of(body["regionId"]),
        "accountName": body.get("displayName", body["accountId"]),
        "_asked": body,
        # `ByocConfig` has no timestamps.
        "_made": now_text(),
        **soon(
            call,
            "state",
            now="infra-provisioning",
            then="infra-ready",
            failed="infra-degraded",
        ),
    }


def _changed(_: Call, before: dict[str, Json], body: dict[str, Json]) -> dict[str, Json]:
    return {**before, **body, "_asked": {**before["_asked"], **body}}


def _is_unused(call: Call, infrastructure: dict[str, Json]) -> None:
    for service in call.services.list():
        if service.record.fields.get("byocId") == infrastructure["id"]:
            raise Conflict(f"service {service.record.fields['name']} runs in it")


_INFRASTRUCTURES = Collection(
    name="byocInfrastructures",
    title="BYOC infrastructure",
    placeholder="byocInfrastructureId",
    create="organizationByocInfrastructureCreate",
    update="organizationByocInfrastructureUpdate",
    delete="organizationByocInfrastructureDelete",
    build=_new,
    changed=_changed,
    before_delete=_is_unused,
)


def check_infrastructure(call: Call, body: Mapping[str, Json]) -> None:
    """Check a request for a service in an infrastructure: id, size and region.

    Raises:
        BadRequest: the infrastructure does not exist, or the request does not fit it.
        Conflict: the infrastructure is not ready.
    """
    id = body["byocId"]
    infrastructure = _INFRASTRUCTURES.items(call).get(id)
    if infrastructure is None:
        raise BadRequest(f"byocId: {id} is not an infrastructure of this organization")
    for name in ("minReplicaMemoryGb", "maxReplicaMemoryGb"):
        if name not in body:
            raise BadRequest(f"{name}: required with byocId")
    if body["region"] != infrastructure["regionId"]:
        raise BadRequest(f"region: {body['region']}, but {id} is in {infrastructure['regionId']}")
    if infrastructure["state"] != "infra-ready":
        raise Conflict(f"byocId: {id} is {infrastructure['state']}")


def shown_infrastructures(call: Call) -> list[Json]:
    """Return the infrastructures for the organization's `byocConfig`."""
    items = _INFRASTRUCTURES.items(call).values()
    return [{n: v for n, v in item.items() if not n.startswith("_")} for item in items]


async def get(call: Call) -> Json:
    item = _INFRASTRUCTURES.find(call)
    return call.fitted({**item["_asked"], **item})


async def validate(_: Call) -> Json:
    """Return success. This cloud cannot check an account."""
    return {"allPassed": False, "anyPassed": False, "supported": False, "checks": []}


async def progress(call: Call) -> Json:
    item = _INFRASTRUCTURES.find(call)
    status = "in_progress" if item["state"] == "infra-provisioning" else "ready"
    return {"id": item["id"], "status": status, "updatedAt": item["_made"], "stages": []}


async def tags(call: Call) -> Json:
    return {"tags": _INFRASTRUCTURES.find(call)["_asked"].get("tags", {})}


async def private_endpoint_config(call: Call) -> Json:
    id = _INFRASTRUCTURES.find(call)["id"]
    return {"endpointName": f"vpce-svc-{id[:8]}", "privateDnsHostname": f"{id[:8]}.byoc.localhost"}


HANDLERS: Mapping[str, Handler] = {
    **_INFRASTRUCTURES.handlers,
    "organizationByocInfrastructureGet": get,
    "organizationByocInfrastructureValidate": validate,
    "organizationByocInfrastructureProgressGet": progress,
    "organizationByocInfrastructureTagsGet": tags,
    "organizationByocInfrastructurePrivateEndpointConfigGet": private_endpoint_config,
}
