"""User-defined functions and their attachments to services. No query can call them.

An archive is checked in the same way as in the vendor's build (`udf_archives`): its faults become
the build's error. Packages of a `requirements.txt` are not installed, and a native program is not
run.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict, NotFound
from local.clickhouse.handlers.call import Call, Handler, Page, page_of
from local.clickhouse.handlers.collection import settled, soon
from local.clickhouse.handlers.udf_archives import NOTHING_YET, problem_of
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
# Some functions of ClickHouse, whose names cannot be used. The vendor rejects all of them.
_RESERVED = ("abs", "avg", "concat", "count", "length", "max", "min", "now", "sum", "toString")
_GONE = "gone"


async def create_upload(call: Call) -> Json:
    """Return a URL for a function's archive, which is checked and not stored."""
    id = str(uuid.uuid4())
    call.organization.parts.setdefault("udfArchives", {})[id] = NOTHING_YET
    call.organization.save()
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=_UPLOAD_MINUTES)
    return {
        "uploadId": id,
        "uploadUrl": f"{call.origin}/local/uploads/{id}",
        "expiresAt": end.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


async def get_list(call: Call) -> Page:
    return _paged(call, [_shown(_newest(udf)) for udf in _udfs(call).values()])


async def create(call: Call) -> Json:
    name = call.body["functionName"]
    if name in _udfs(call):
        raise Conflict(f"The function {name} exists already")
    if name in _RESERVED:
        raise BadRequest(f"functionName: {name} is a function of ClickHouse")
    udf = {"versions": [_version(call, name, 1)], "attachments": {}}
    _udfs(call)[name] = udf
    call.organization.save()
    return call.fitted(_shown(_newest(udf)))


async def get(call: Call) -> Json:
    return call.fitted(_shown(_newest(_udf(call))))


async def delete(call: Call) -> None:
    """Delete all versions, and detach the function from all services."""
    _udf(call)
    del _udfs(call)[call.path["functionName"]]
    call.organization.save()


async def list_versions(call: Call) -> Page:
    return _paged(call, [_shown(version) for version in _udf(call)["versions"]])


async def create_version(call: Call) -> Json:
    udf = _udf(call)
    created = _version(call, call.path["functionName"], _newest(udf)["version"] + 1)
    udf["versions"].append(created)
    call.organization.save()
    return call.fitted(_shown(created))


async def delete_version(call: Call) -> None:
    udf, number = _udf(call), int(call.path["version"])
    left = [version for version in udf["versions"] if version["version"] != number]
    if len(left) == len(udf["versions"]):
        raise NotFound(f"The function has no version {number}")
    if not left:
        raise Conflict("The only version of a function can only be deleted with the function")
    if any(a["version"] == number for a in udf["attachments"].values()):
        raise Conflict(f"Version {number} is attached to a service")
    udf["versions"] = left
    call.organization.save()


async def list_attachments(call: Call) -> Page:
    return _paged(call, list(_udf(call)["attachments"].values()))


async def get_attachment(call: Call) -> Json:
    return call.fitted(_attachment(call))


async def attach(call: Call) -> Json:
    """Attach the requested version, or else the newest one that is ready."""
    udf, service = _udf(call), call.service
    call.require_running()
    ready = [v["version"] for v in udf["versions"] if v["status"] == "ready"]
    wanted = (call.body or {}).get("version") or max(ready, default=_newest(udf)["version"])
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
    """Begin to detach the function."""
    _attachment(call).update(soon(call, "status", now="deprovisioning", then=_GONE))
    call.organization.save()


def _version(call: Call, name: str, number: int) -> dict[str, Json]:
    body = call.body
    archives = call.organization.parts.get("udfArchives", {})
    if body["uploadId"] not in archives:
        raise BadRequest(f"uploadId: {body['uploadId']} is not an upload, or is used already")
    archive = archives.pop(body["uploadId"])
    if archive == NOTHING_YET:
        raise BadRequest(f"uploadId: nothing was uploaded to {body['uploadId']}")
    problem = problem_of(archive, body["runtime"])
    pool = {"poolSize": _POOL_SIZE} if body["type"] == "executable_pool" else {}
    now = now_text()
    version = {**_DEFAULTS, **pool, **body, "functionName": name, "version": number}
    then = "error" if problem else "ready"
    state = soon(call, "status", now="building", then=then, failed="error")
    return {**version, "createdAt": now, "updatedAt": now, "_problem": problem, **state}


def _shown(version: Mapping[str, Json]) -> dict[str, Json]:
    """Return a version. It has an error only after its build has failed."""
    failed = version["status"] == "error"
    return {**version, "error": (version["_problem"] or "the build failed") if failed else None}


def _udfs(call: Call) -> dict[str, Json]:
    """Return the current functions, without attachments to deleted services."""
    udfs: dict[str, Json] = call.organization.parts.setdefault("udfs", {})
    services = {service.record.id for service in call.services.list()}
    for udf in udfs.values():
        for item in (*udf["versions"], *udf["attachments"].values()):
            settled(call, item)
        attachments = udf["attachments"].items()
        udf["attachments"] = {
            id: a for id, a in attachments if id in services and a["status"] != _GONE
        }
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


def _paged(call: Call, items: list[Json]) -> Page:
    page, fields = page_of([call.fitted(item, each=True) for item in items], call.query)
    return Page(page, {**fields, "totalCount": len(items)})


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
