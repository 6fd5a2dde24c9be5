"""ClickPipes: stored with their states. No pipe transfers rows.

A pipe can be changed only while its service runs (424 otherwise, which the OpenAPI spec has only
for UDFs). A pipe that replicates a database must be paused for a change, and resumes automatically
afterwards. A pipe of files that is not continuous completes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict, NotFound
from local.clickhouse.handlers.call import Call, Handler
from local.clickhouse.handlers.collection import Collection, merged, save, soon

__all__ = ["HANDLERS"]

Json = Any

_CDC = ("postgres", "mysql", "mongodb", "bigquery")
_STOPPED = ("Stopped", "Paused", "Failed")
_FOR_GOOD = "Completed"
_DEFAULT_SCALING = {
    "replicas": 1,
    "concurrency": 1,
    "replicaCpuMillicores": 250,
    "replicaMemoryGb": 1,
}
# The OpenAPI spec also has this field in responses, but the field is a secret.
_NEVER_SHOWN = ("connectionString",)
_CDC_SCALING = "cdcScaling"
_DEFAULT_CDC_SCALING = {"replicaCpuMillicores": 1000, "replicaMemoryGb": 4}


def _pipe(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    call.require_running()
    kind = _kind(body["source"])
    source = body["source"][kind]
    _check_endpoints(call, source)
    if kind in _CDC:
        _reject_for_databases(body)
        call.service.record.parts.setdefault(_CDC_SCALING, _DEFAULT_CDC_SCALING)
    elif not body["destination"].get("table"):
        raise BadRequest("destination.table is required")
    once = kind == "objectStorage" and not source.get("isContinuous")
    return {
        **body,
        "source": {kind: {n: v for n, v in source.items() if n not in _NEVER_SHOWN}},
        "scaling": {**_DEFAULT_SCALING, **body.get("scaling", {})},
        "settings": body.get("settings", {}),
        "fieldMappings": body.get("fieldMappings", []),
        **soon(
            call,
            "state",
            now="Provisioning",
            then="Stopped" if body.get("startPaused") else _FOR_GOOD if once else "Running",
            failed="Failed",
        ),
    }


def _reject_for_databases(body: Mapping[str, Json]) -> None:
    """Reject fields that a pipe that replicates a database does not have."""
    if body.get("startPaused"):
        raise BadRequest("startPaused: not for a pipe that replicates a database")
    if "scaling" in body:
        raise BadRequest("scaling: pipes that replicate databases share clickpipesCdcScaling")


def _changed(call: Call, before: dict[str, Json], body: dict[str, Json]) -> dict[str, Json]:
    """Return the changed pipe. The kind of its source cannot change. Table mappings can."""
    call.require_running()
    if before["state"] == _FOR_GOOD:
        raise BadRequest("The ClickPipe is completed and cannot be changed")
    source = body.get("source", {})
    kind = _kind(before["source"])
    given = [name for name in source if name != "validateSamples"]
    if any(name != kind for name in given):
        raise BadRequest(f"source: the pipe reads from {kind}, not from {', '.join(given)}")
    if kind not in source:
        return merged(before, body)
    if kind in _CDC and before["state"] not in _STOPPED:
        raise BadRequest(f"{kind.title()} ClickPipe must be paused to edit")
    change = {n: v for n, v in source[kind].items() if n not in _NEVER_SHOWN}
    _check_endpoints(call, change)
    added = change.pop("tableMappingsToAdd", [])
    removed = [_names(m) for m in change.pop("tableMappingsToRemove", [])]
    after = merged(before, {**body, "source": {kind: change}})
    if added or removed:
        mappings = before["source"][kind].get("tableMappings", [])
        kept = [m for m in mappings if _names(m) not in removed]
        after["source"][kind]["tableMappings"] = kept + added
    if kind in _CDC:
        # The vendor resumes the pipe to check that the change works (seen in
        # ClickHouse/terraform-provider-clickhouse#604).
        after |= soon(call, "state", now=before["state"], then="Running", failed="Failed")
    return after


def _names(mapping: Mapping[str, Json]) -> tuple[Json, ...]:
    """Return the fields that identify a table mapping."""
    fields = ("sourceSchemaName", "sourceDatabaseName", "sourceTable", "sourceCollection")
    return (*(mapping.get(f) for f in fields), mapping.get("targetTable"))


def _kind(source: Mapping[str, Json]) -> str:
    kinds = [n for n, v in source.items() if n != "validateSamples" and v is not None]
    if len(kinds) != 1:
        raise BadRequest(f"source: exactly one kind is allowed, not {len(kinds)}")
    return kinds[0]


def _check_endpoints(call: Call, source: Mapping[str, Json]) -> None:
    known = _ENDPOINTS.items(call)
    for id in source.get("reversePrivateEndpointIds", []):
        if id not in known:
            raise BadRequest(f"reversePrivateEndpointIds: {id} was not found")


def _endpoint(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    fresh = {"endpointId": "vpce-local", "dnsNames": [], "privateDnsNames": []}
    return {
        **body,
        **fresh,
        **soon(call, "status", now="Provisioning", then="Ready", failed="Failed"),
    }


def _endpoint_is_free(call: Call, endpoint: dict[str, Json]) -> None:
    for pipe in _PIPES.items(call).values():
        sources = [s for s in pipe["source"].values() if isinstance(s, dict)]
        if any(endpoint["id"] in s.get("reversePrivateEndpointIds", []) for s in sources):
            raise Conflict(f"ClickPipe {pipe['name']} uses the reverse private endpoint")


_PIPES = Collection(
    name="clickPipes",
    title="ClickPipe",
    placeholder="clickPipeId",
    list="clickPipeGetList",
    create="clickPipeCreate",
    get="clickPipeGet",
    update="clickPipeUpdate",
    delete="clickPipeDelete",
    build=_pipe,
    changed=_changed,
)
_ENDPOINTS = Collection(
    name="reversePrivateEndpoints",
    title="Reverse private endpoint",
    placeholder="reversePrivateEndpointId",
    list="clickPipeReversePrivateEndpointGetList",
    create="clickPipeReversePrivateEndpointCreate",
    get="clickPipeReversePrivateEndpointGet",
    update="clickPipeReversePrivateEndpointUpdate",
    delete="clickPipeReversePrivateEndpointDelete",
    build=_endpoint,
    before_delete=_endpoint_is_free,
)


async def update_state(call: Call) -> Json:
    """Execute `start` (rejected if the pipe runs), `stop` or, only for databases, `resync`."""
    call.require_running()
    pipe, command = _PIPES.find(call), call.body["command"]
    is_cdc = _kind(pipe["source"]) in _CDC
    if command == "resync" and not is_cdc:
        raise BadRequest("resync: only for a pipe that replicates a database")
    if command == "start" and pipe["state"] == "Running":
        raise BadRequest("ClickPipe is already running")
    if command == "stop" and pipe["state"] not in (*_STOPPED, _FOR_GOOD):
        now, then = ("Pausing", "Paused") if is_cdc else ("Stopping", "Stopped")
        pipe = {**pipe, **soon(call, "state", now=now, then=then)}
    elif command == "resync":
        pipe = {**pipe, **soon(call, "state", now="Resync", then="Running", failed="Failed")}
    elif command == "start" and pipe["state"] in _STOPPED:
        pipe = {**pipe, **soon(call, "state", now="Provisioning", then="Running", failed="Failed")}
    return call.fitted(_PIPES.put(call, pipe))


async def update_scaling(call: Call) -> Json:
    call.require_running()
    pipe = _PIPES.find(call)
    if _kind(pipe["source"]) in _CDC:
        _reject_for_databases({"scaling": call.body})
    return call.fitted(_PIPES.put(call, merged(pipe, {"scaling": call.body})))


async def get_settings(call: Call) -> Json:
    return call.fitted(_PIPES.find(call).get("settings", {}))


async def put_settings(call: Call) -> Json:
    """Replace all settings."""
    call.require_running()
    _PIPES.find(call)["settings"] = call.body
    save(call)
    return call.fitted(call.body)


async def discover_schema(call: Call) -> Json:
    """Return no fields: this cloud does not connect to sources."""
    call.services.find(call.path["serviceId"])
    _kind(call.body["source"])
    return {"fields": []}


async def get_context(call: Call) -> Json:
    call.services.find(call.path["serviceId"])
    return {"gcpWorkloadIdentity": {"supported": False}}


async def get_cdc_scaling(call: Call) -> Json:
    """Return the scaling, which exists once a pipe that replicates a database was created."""
    scaling = call.service.record.parts.get(_CDC_SCALING)
    if scaling is None:
        raise NotFound("The service never had a pipe that replicates a database")
    return scaling


async def update_cdc_scaling(call: Call) -> Json:
    call.require_running()
    call.service.record.parts[_CDC_SCALING] = {**await get_cdc_scaling(call), **call.body}
    save(call)
    return await get_cdc_scaling(call)


HANDLERS: Mapping[str, Handler] = {
    **_PIPES.handlers,
    **_ENDPOINTS.handlers,
    "clickPipeStateUpdate": update_state,
    "clickPipeScalingUpdate": update_scaling,
    "clickPipeSettingsGet": get_settings,
    "clickPipeSettingsUpdate": put_settings,
    "clickPipeSchemaDiscovery": discover_schema,
    "clickPipesServiceContextGet": get_context,
    "clickPipeCdcScalingGet": get_cdc_scaling,
    "clickPipeCdcScalingUpdate": update_cdc_scaling,
}
