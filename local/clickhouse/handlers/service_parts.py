"""Parts of a service: snapshots, replica-aware routing, server settings, backup bucket."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict, NotFound
from local.clickhouse.handlers.call import Call, Handler, Page, Text, page_of

__all__ = ["HANDLERS"]

Json = Any

_BUCKET = "backupBucket"
_SETTINGS = "clickhouseSettings"
# Four of the server's settings, one for each kind of value.
_KNOWN_SETTINGS: Mapping[str, Json] = {
    "max_concurrent_queries": {
        "type": "integer",
        "description": "Maximum queries at a time.",
    },
    "max_table_size_to_drop": {
        "type": "integer",
        "description": "Bytes of the largest table that DROP TABLE may drop; 0 is no limit.",
        "warning": "With 0, any table can be dropped.",
    },
    "mark_cache_size": {"type": "integer", "description": "Bytes of the cache for marks."},
    "timezone": {
        "type": "string",
        "description": "Of date and time values.",
        "example": "UTC",
    },
}
_SECRETS = ("secretAccessKey", "connectionString")


def _part(name: str, defaults: Mapping[str, Json]) -> tuple[Handler, Handler]:
    """Return the handlers to get and update a part that every service has."""

    async def get(call: Call) -> Json:
        return {**defaults, **call.service.record.parts.get(name, {})}

    async def update(call: Call) -> Json:
        record = call.service.record
        record.parts[name] = {**record.parts.get(name, {}), **call.body}
        record.save()
        return await get(call)

    return get, update


_get_snapshots, _update_snapshots = _part(
    "snapshotConfiguration", {"enabled": False, "gap": 1, "timeFrame": 24}
)
_get_routing, _update_routing = _part(
    "replicaAwareRouting", {"httpEnabled": False, "nativeEnabled": False}
)


async def list_no_snapshots(call: Call) -> Page:
    call.services.find(call.path["serviceId"])
    items, fields = page_of([], call.query)
    return Page(items, {**fields, "totalCount": 0})


async def get_no_snapshot(call: Call) -> Json:
    call.services.find(call.path["serviceId"])
    raise NotFound(f"Snapshot {call.path['snapshotId']} was not found")


async def get_bucket(call: Call) -> Json:
    bucket = call.service.record.parts.get(_BUCKET)
    if bucket is None:
        raise NotFound("The service has no backup bucket")
    return bucket


async def create_bucket(call: Call) -> Json:
    if _BUCKET in call.service.record.parts:
        raise Conflict("The service has a backup bucket already")
    if "bucketProvider" not in call.body:
        raise BadRequest("bucketProvider: it must be AWS, GCP or AZURE")
    return _save_bucket(call, {**call.body, "id": str(uuid.uuid4())})


async def update_bucket(call: Call) -> Json:
    before = await get_bucket(call)
    provider = call.body.get("bucketProvider", before["bucketProvider"])
    if provider != before["bucketProvider"]:
        raise BadRequest(f"bucketProvider: {provider}; the bucket is of {before['bucketProvider']}")
    return _save_bucket(call, {**before, **call.body})


async def delete_bucket(call: Call) -> None:
    await get_bucket(call)
    del call.service.record.parts[_BUCKET]
    call.service.record.save()


def _save_bucket(call: Call, bucket: Mapping[str, Json]) -> Json:
    shown = call.fitted({n: v for n, v in bucket.items() if n not in _SECRETS})
    call.service.record.parts[_BUCKET] = shown
    call.service.record.save()
    return shown


async def settings_schema(call: Call) -> Json:
    call.services.find(call.path["serviceId"])
    return {"settings": [{"name": name, **entry} for name, entry in _KNOWN_SETTINGS.items()]}


async def list_settings(call: Call) -> Json:
    values = _settings(call)
    return {"settings": [{"name": name, "value": value} for name, value in values.items()]}


async def get_setting(call: Call) -> Json:
    name = _known(call.path["settingName"])
    if name not in _settings(call):
        raise NotFound(f"The setting {name} is not set")
    return {"name": name, "value": _settings(call)[name]}


async def update_settings(call: Call) -> Json:
    """Change all given settings or none. Other settings keep their values."""
    given = {_known(name): _typed(name, v) for name, v in call.body["settings"].items()}
    record = call.service.record
    record.parts[_SETTINGS] = {**_settings(call), **given}
    record.save()
    warnings = [
        {"name": name, "message": _KNOWN_SETTINGS[name]["warning"]}
        for name in given
        if "warning" in _KNOWN_SETTINGS[name]
    ]
    return {"settings": given, "warnings": warnings}


async def delete_setting(call: Call) -> None:
    await get_setting(call)
    del call.service.record.parts[_SETTINGS][call.path["settingName"]]
    call.service.record.save()


def _settings(call: Call) -> dict[str, Json]:
    return dict(call.service.record.parts.get(_SETTINGS, {}))


def _known(name: str) -> str:
    if name not in _KNOWN_SETTINGS:
        raise BadRequest(f"settings: {name!r} is not one of {', '.join(_KNOWN_SETTINGS)}")
    return name


def _typed(name: str, value: Json) -> Json:
    """Return the value of a setting. A whole number may be a string."""
    if _KNOWN_SETTINGS[name]["type"] == "string":
        if not isinstance(value, str):
            raise BadRequest(f"settings.{name}: {value!r} is not a string")
        return value
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,18}", str(value)):
        raise BadRequest(f"settings.{name}: {value!r} is not a whole number of 0 or more")
    return int(value)


async def prometheus(call: Call) -> Text:
    return Text(f'ClickHouse_ServiceInfo{{clickhouse_service="{call.service.record.id}"}} 1\n')


HANDLERS: Mapping[str, Handler] = {
    "snapshotGetList": list_no_snapshots,
    "snapshotGet": get_no_snapshot,
    "snapshotConfigurationGet": _get_snapshots,
    "snapshotConfigurationUpdate": _update_snapshots,
    "replicaAwareRoutingGet": _get_routing,
    "replicaAwareRoutingUpdate": _update_routing,
    "backupBucketGet": get_bucket,
    "backupBucketCreate": create_bucket,
    "backupBucketUpdate": update_bucket,
    "backupBucketDelete": delete_bucket,
    "serviceClickhouseSettingsSchemaGet": settings_schema,
    "serviceClickhouseSettingsListGet": list_settings,
    "serviceClickhouseSettingGet": get_setting,
    "serviceClickhouseSettingsUpdate": update_settings,
    "serviceClickhouseSettingDelete": delete_setting,
    "instancePrometheusGet": prometheus,
}
