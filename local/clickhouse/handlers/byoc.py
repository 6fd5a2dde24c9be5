"""Infrastructure in the customer's own cloud account: kept with its state; nothing is built."""

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
        # `ByocConfig` has no times.
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
    made=_new,
    changed=_changed,
    before_delete=_is_unused,
)


def check_infrastructure(call: Call, body: Mapping[str, Json]) -> None:
    """A service in an infrastructure says how large it is, and is where that is, once it is ready.

    Raises:
        BadRequest: it has no such infrastructure, or does not go with it.
        Conflict: the infrastructure is not ready.
    """
    id = body["byocId"]
    infrastructure = _INFRASTRUCTURES.things(call).get(id)
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
    """For the organization's `byocConfig`."""
    things = _INFRASTRUCTURES.things(call).values()
    return [{n: v for n, v in thing.items() if not n.startswith("_")} for thing in things]


async def get(call: Call) -> Json:
    thing = _INFRASTRUCTURES.find(call)
    return call.fitted({**thing["_asked"], **thing})


async def validate(_: Call) -> Json:
    """No account can be looked into from here."""
    return {"allPassed": False, "anyPassed": False, "supported": False, "checks": []}


async def progress(call: Call) -> Json:
    thing = _INFRASTRUCTURES.find(call)
    status = "in_progress" if thing["state"] == "infra-provisioning" else "ready"
    return {"id": thing["id"], "status": status, "updatedAt": thing["_made"], "stages": []}


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
