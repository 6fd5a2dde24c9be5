"""Postgres services, which are stored with their states and settings.

No Postgres runs: passwords, parameters and addresses are stored without an effect, and there is no
certificate. A new size or standby restarts the service. A parameter takes effect after a requested
restart. A deletion takes as long as provisioning.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict, NotFound
from local.clickhouse.handlers.call import Call, Handler, Page, Text, page_of
from local.clickhouse.handlers.collection import Collection, merged, save, soon
from local.clickhouse.sql_accounts import generated_password

__all__ = ["HANDLERS"]

Json = Any

_CONFIGS: Mapping[str, Json] = {
    "pgConfig": {"max_connections": 100},
    "pgBouncerConfig": {"default_pool_size": "20"},
}
_STORAGE_GB = 118
# These need other machines, so the service restarts.
_RESIZING = ("size", "haType")
_GONE = "gone"
_RESTART_NEEDED = "Some settings take effect after a restart."


def _new(call: Call, body: Mapping[str, Json], *, primary: bool) -> dict[str, Json]:
    id = str(uuid.uuid4())
    _check_tags(body)
    _check_size(body["size"], body["provider"])
    return {
        "postgresVersion": "18",
        "haType": "none",
        "tags": [],
        "ipAccessList": [],
        **{name: value for name, value in body.items() if name not in _CONFIGS},
        "id": id,
        "isPrimary": primary,
        "storageSize": _STORAGE_GB,
        "username": "postgres",
        "hostname": f"{id[:10]}.postgres.localhost",
        "_config": {name: {**default, **body.get(name, {})} for name, default in _CONFIGS.items()},
        **soon(call, "state", now="creating", then="running", failed="unavailable"),
    }


def _check_tags(body: Mapping[str, Json]) -> None:
    keys = [tag["key"] for tag in body.get("tags", [])]
    if len(set(keys)) < len(keys):
        raise BadRequest("tags: a key is given twice")


def _check_size(size: str, provider: str) -> None:
    if (provider == "gcp") != ("lssd" in size):
        raise BadRequest(f"size: {size} is not a size of {provider}")


def _changed(call: Call, before: dict[str, Json], body: dict[str, Json]) -> dict[str, Json]:
    """A PATCH without tags clears them (ClickHouse/clickhousectl#827)."""
    if before["state"] == "deleting":
        raise Conflict("The Postgres service is deleting")
    _check_tags(body)
    _check_size(body.get("size") or before["size"], before["provider"])
    resized = any(body.get(name, before.get(name)) != before.get(name) for name in _RESIZING)
    patch = body.pop("ipAccessList", {})
    gone = {entry["id"] for entry in patch.get("remove", [])}
    kept = [entry for entry in before.get("ipAccessList", []) if entry["id"] not in gone]
    after = merged({**before, "tags": []}, body)
    after["ipAccessList"] = [*kept, *_with_ids(patch.get("add", []))]
    if resized:
        after |= soon(call, "state", now="restarting", then="running", failed="unavailable")
    return after


def _with_ids(entries: list[Json]) -> list[Json]:
    return [{**entry, "id": str(uuid.uuid4())} for entry in entries]


class _Services(Collection):
    """Postgres services, without those whose deletion has ended."""

    def items(self, call: Call) -> dict[str, dict[str, Json]]:
        """Return the current services by id."""
        items = super().items(call)
        for id in [id for id, item in items.items() if item["state"] == _GONE]:
            del items[id]
        return items


_SERVICES = _Services(
    name="postgres",
    title="Postgres service",
    placeholder="postgresId",
    list="postgresServiceGetList",
    get="postgresServiceGet",
    update="postgresServicePatch",
    delete="postgresServiceDelete",
    changed=_changed,
)


async def create(call: Call) -> Json:
    """Create a service. Only this response contains its password."""
    fields = _new(call, call.body, primary=True)
    return _added(call, {**fields, "ipAccessList": _with_ids(fields["ipAccessList"])})


async def create_replica(call: Call) -> Json:
    return _added(call, _new(call, _copied(call), primary=False) | {"_of": call.path["postgresId"]})


async def restore(call: Call) -> Json:
    text = call.body["restoreTarget"]
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        # RFC 3339 has leap seconds, which Python does not parse.
        raise BadRequest(f"restoreTarget: {text!r} is not a date and time") from None
    now = datetime.datetime.now(datetime.UTC)
    created = datetime.datetime.fromisoformat(_SERVICES.find(call)["createdAt"])
    if not created <= (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)) <= now:
        raise BadRequest(f"restoreTarget: {text} is not between the service's create and now")
    fields = {n: v for n, v in _copied(call).items() if n != "restoreTarget"}
    return _added(call, _new(call, fields, primary=True))


def _copied(call: Call) -> dict[str, Json]:
    """Return the fields of the service in the path, overridden by the request's."""
    source = _SERVICES.find(call)
    copied = ("provider", "region", "size", "postgresVersion", "haType", "ipAccessList")
    inherited = {name: source[name] for name in copied if name in source}
    return {**inherited, **source["_config"], **call.body}


def _added(call: Call, fields: dict[str, Json]) -> Json:
    kept = _SERVICES.add(call, fields)
    password = generated_password()
    url = f"postgres://postgres:{password}@{kept['hostname']}:5432/postgres"
    return {**call.fitted(kept), "password": password, "connectionString": url}


async def set_password(call: Call) -> Json:
    _SERVICES.find(call)
    return {"password": (call.body or {}).get("password") or generated_password()}


async def set_state(call: Call) -> Json:
    service, command = _SERVICES.find(call), call.body.get("command")
    if command is None:
        raise BadRequest("command: it must be restart, promote or switchover")
    if service["state"] != "running":
        raise Conflict(f"The Postgres service is {service['state']}; {command} needs running")
    if command == "promote":
        if service["isPrimary"]:
            raise BadRequest("promote: only for a read replica")
        service = {**service, "isPrimary": True}
    elif command == "switchover" and service["haType"] == "none":
        raise BadRequest("switchover: the service has no standby (haType none)")
    else:
        service = {**service, **soon(call, "state", now="restarting", then="running")}
    return call.fitted(_SERVICES.put(call, service))


async def delete(call: Call) -> None:
    """Begin to delete the service. Its read replicas have to be deleted first."""
    id = call.path["postgresId"]
    replicas = [
        s["name"]
        for s in _SERVICES.items(call).values()
        if s.get("_of") == id and not s["isPrimary"]
    ]
    if replicas:
        raise Conflict(f"read replicas of the Postgres service still exist: {', '.join(replicas)}")
    service = _SERVICES.find(call)
    if service["state"] == "deleting":
        raise Conflict("The Postgres service is being deleted already")
    service |= soon(call, "state", now="deleting", then=_GONE)
    save(call)


async def get_config(call: Call) -> Json:
    return _SERVICES.find(call)["_config"]


async def replace_config(call: Call) -> Json:
    return _save_config(call, call.body)


async def patch_config(call: Call) -> Json:
    return _save_config(call, merged(_SERVICES.find(call)["_config"], call.body))


def _save_config(call: Call, config: Mapping[str, Json]) -> Json:
    _SERVICES.find(call)["_config"] = dict(config)
    call.organization.save()
    return {**config, "message": _RESTART_NEEDED}


async def list_nothing(call: Call) -> Json:
    _SERVICES.find(call)
    return []


async def list_backups(call: Call) -> Page:
    _SERVICES.find(call)
    items, fields = page_of([], call.query)
    return Page(items, {**fields, "totalCount": 0})


async def metrics(call: Call) -> Json:
    _SERVICES.find(call)
    return {"metrics": []}


async def no_pattern(call: Call) -> Json:
    _SERVICES.find(call)
    raise NotFound(f"Slow query pattern {call.path['queryId']} was not found")


async def prometheus(call: Call) -> Text:
    services = (
        [_SERVICES.find(call)]
        if "postgresId" in call.path
        else list(_SERVICES.items(call).values())
    )
    return Text("".join(f'Postgres_ServiceInfo{{service="{s["id"]}"}} 1\n' for s in services))


HANDLERS: Mapping[str, Handler] = {
    **_SERVICES.handlers,
    "postgresServiceCreate": create,
    "postgresServiceDelete": delete,
    "postgresInstanceCreateReadReplica": create_replica,
    "postgresInstanceRestore": restore,
    "postgresServiceSetPassword": set_password,
    "postgresServicePatchState": set_state,
    "postgresInstanceConfigGet": get_config,
    "postgresInstanceConfigPost": replace_config,
    "postgresInstanceConfigPatch": patch_config,
    "postgresServiceBackupGetList": list_backups,
    "postgresInstanceMetricsGet": metrics,
    "slowQueryPatternsGetList": list_nothing,
    "slowQueryPatternGet": no_pattern,
    "postgresLogsGetList": list_nothing,
    "postgresInstancePrometheusGet": prometheus,
    "postgresOrgPrometheusGet": prometheus,
}
