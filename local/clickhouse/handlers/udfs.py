"""User-defined functions and where they are attached: built in name only, never called."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict, NotFound
from local.clickhouse.handlers.call import Call, Handler, Page, page_of
from local.clickhouse.handlers.collections import settled, soon
from local.clickhouse.state import now_text

__all__ = ["HANDLERS"]

Json = Any

_UPLOAD_MINUTES = 15
_DEFAULTS: dict[str, Json] = {
    "returnName": None,
    "commandReadTimeout": 10_000,
    "commandWriteTimeout": 10_000,
    "memoryLimitMib": None,
    "sendChunkHeader": False,
    "deterministic": False,
    "format": "TabSeparated",
    "sandboxType": "basic",
    "sandboxVersion": "v1",
    "poolSize": None,
    "maxCommandExecutionTime": 10,
    "error": None,
}
_POOL_SIZE = 3


async def create_upload(call: Call) -> Json:
    """A place to put a function's archive; what is put there is counted and forgotten."""
    id = str(uuid.uuid4())
    uploads = call.organization.parts.setdefault("udfUploads", [])
    uploads.append(id)
    call.organization.save()
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=_UPLOAD_MINUTES)
    return {
        "uploadId": id,
        "uploadUrl": f"{call.origin}/local/uploads/{id}",
        "expiresAt": end.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


async def get_list(call: Call) -> Page:
    return _paged(call, [_newest(udf) for udf in _udfs(call).values()])


async def create(call: Call) -> Json:
    name = call.body["functionName"]
    if name in _udfs(call):
        raise Conflict(f"The function {name} exists already")
    udf = {"versions": [_version(call, name, 1)], "attachments": {}}
    _udfs(call)[name] = udf
    call.organization.save()
    return call.fitted(_newest(udf))


async def get(call: Call) -> Json:
    return call.fitted(_newest(_udf(call)))


async def delete(call: Call) -> None:
    if _udf(call)["attachments"]:
        raise Conflict("The function is attached to services; detach it first")
    del _udfs(call)[call.path["functionName"]]
    call.organization.save()


async def list_versions(call: Call) -> Page:
    return _paged(call, _udf(call)["versions"])


async def create_version(call: Call) -> Json:
    udf = _udf(call)
    made = _version(call, call.path["functionName"], _newest(udf)["version"] + 1)
    udf["versions"].append(made)
    call.organization.save()
    return call.fitted(made)


async def delete_version(call: Call) -> None:
    udf, number = _udf(call), int(call.path["version"])
    left = [version for version in udf["versions"] if version["version"] != number]
    if len(left) == len(udf["versions"]):
        raise NotFound(f"The function has no version {number}")
    if not left:
        raise Conflict("The only version of a function goes with the function")
    if any(a["version"] == number for a in udf["attachments"].values()):
        raise Conflict(f"Version {number} is attached to a service")
    udf["versions"] = left
    call.organization.save()


async def list_attachments(call: Call) -> Page:
    return _paged(call, list(_udf(call)["attachments"].values()))


async def get_attachment(call: Call) -> Json:
    return call.fitted(_attachment(call))


async def attach(call: Call) -> Json:
    """The newest version, unless the request names one; it must be built."""
    udf, service = _udf(call), call.service
    wanted = (call.body or {}).get("version", _newest(udf)["version"])
    version = next((v for v in udf["versions"] if v["version"] == wanted), None)
    if version is None:
        raise NotFound(f"The function has no version {wanted}")
    if version["status"] != "ready":
        raise Conflict(f"Version {wanted} is {version['status']}, not ready")
    udf["attachments"][service.record.id] = attachment = {
        "functionName": call.path["functionName"],
        "serviceId": service.record.id,
        "version": wanted,
        **soon(call, "status", now="provisioning", then="deployed", failed="error"),
    }
    call.organization.save()
    return call.fitted(attachment)


async def detach(call: Call) -> None:
    _attachment(call)
    del _udf(call)["attachments"][call.path["serviceId"]]
    call.organization.save()


def _version(call: Call, name: str, number: int) -> dict[str, Json]:
    body = call.body
    uploads = call.organization.parts.get("udfUploads", [])
    if body["uploadId"] not in uploads:
        raise BadRequest(f"uploadId: {body['uploadId']} is not an upload, or is used already")
    uploads.remove(body["uploadId"])
    pool = {"poolSize": _POOL_SIZE} if body["type"] == "executable_pool" else {}
    now = now_text()
    made = {**_DEFAULTS, **pool, **body, "functionName": name, "version": number}
    state = soon(call, "status", now="building", then="ready", failed="error")
    return {**made, "createdAt": now, "updatedAt": now, **state}


def _udfs(call: Call) -> dict[str, Json]:
    """All functions, as they are now; attachments go with their service."""
    udfs: dict[str, Json] = call.organization.parts.setdefault("udfs", {})
    services = {service.record.id for service in call.fleet.list()}
    for udf in udfs.values():
        attachments = udf["attachments"].items()
        udf["attachments"] = {id: a for id, a in attachments if id in services}
        for thing in (*udf["versions"], *udf["attachments"].values()):
            settled(call, thing)
    return udfs


def _udf(call: Call) -> dict[str, Json]:
    name = call.path["functionName"]
    udf: dict[str, Json] | None = _udfs(call).get(name)
    if udf is None:
        raise NotFound(f"Function {name} was not found")
    return udf


def _attachment(call: Call) -> dict[str, Json]:
    attachment: dict[str, Json] | None = _udf(call)["attachments"].get(call.path["serviceId"])
    if attachment is None:
        raise NotFound("The function is not attached to this service")
    return attachment


def _newest(udf: Mapping[str, Json]) -> dict[str, Json]:
    return dict(max(udf["versions"], key=lambda version: int(version["version"])))


def _paged(call: Call, things: list[Json]) -> Page:
    items, beside = page_of([call.fitted(thing, each=True) for thing in things], call.query)
    return Page(items, {**beside, "totalCount": len(things)})


HANDLERS: Mapping[str, Handler] = {
    "udfUploadSessionCreate": create_upload,
    "udfList": get_list,
    "udfCreate": create,
    "udfGet": get,
    "udfDelete": delete,
    "udfVersionList": list_versions,
    "udfVersionCreate": create_version,
    "udfVersionDelete": delete_version,
    "udfAttachmentList": list_attachments,
    "udfAttachmentGet": get_attachment,
    "udfAttach": attach,
    "udfDetach": detach,
}
