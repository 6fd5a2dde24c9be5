"""ClickStack: dashboards, alerts, sources, webhooks, roles and saved searches, which are stored.

No alert is evaluated and no webhook called. Where the OpenAPI spec is not specific, the behaviour
is that of HyperDX, on which ClickStack is based: the server assigns the ids of tiles and filters, a
PUT keeps the ids that it names, and an alert is deleted with its tile. Any string is accepted as a
connection, because no operation lists connections.
"""

from __future__ import annotations

import secrets
from collections.abc import Container, Iterator, Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict
from local.clickhouse.handlers.call import Call, Handler
from local.clickhouse.handlers.collection import Collection

__all__ = ["HANDLERS"]

Json = Any


# Fields of a source, filter or chart that contain the id of a source.
_SOURCE_FIELDS = ("sourceId", "logSourceId", "traceSourceId", "metricSourceId", "sessionSourceId")
# Kind of object that an alert watches -> the fields with its id.
_WATCHED = {
    "tile": ("dashboardId", "tileId"),
    "saved_search": ("savedSearchId",),
    "inline": ("chartConfig",),
}


def _dashboard(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    """Keep the ids of existing tiles and filters. New ones get new ids, even if they have one."""
    for path, message in _unknown_names(call, body):
        raise BadRequest(f"{path}: {message}")
    known = _DASHBOARDS.find(call) if _DASHBOARDS.placeholder in call.path else {}
    for name in ("tiles", "filters"):
        ids = {item["id"] for item in known.get(name, [])}
        body[name] = [_with_id(item, ids) for item in body.get(name, [])]
    for tile in body["tiles"]:
        for item in _selected(tile):
            item.setdefault("where", "")
            item.setdefault("whereLanguage", "lucene")
    _delete_alerts(call, known.get("id"), {tile["id"] for tile in body["tiles"]})
    return {"tags": [], "savedFilterValues": [], **body}


def _with_id(item: dict[str, Json], ids: Container[str]) -> dict[str, Json]:
    return {**item, "id": item["id"] if item.get("id") in ids else secrets.token_hex(12)}


def _selected(tile: Mapping[str, Json]) -> list[dict[str, Json]]:
    select = tile.get("config", {}).get("select")
    return select if isinstance(select, list) else []


def _unknown_names(call: Call, body: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a dashboard that name an object that does not exist."""
    containers = {container["id"]: container for container in body.get("containers", [])}
    for index, tile in enumerate(body["tiles"]):
        config, path = tile.get("config", {}), f"tiles[{index}]"
        yield from _unknown_sources(call, config, f"{path}.config")
        for number, series in enumerate(tile.get("series", [])):
            yield from _unknown_sources(call, series, f"{path}.series[{number}]")
        container = tile.get("containerId")
        if container is not None and container not in containers:
            yield f"{path}.containerId", f"there is no container {container}"
    for index, item in enumerate(body.get("filters", [])):
        yield from _unknown_sources(call, item, f"filters[{index}]")


def _unknown_sources(
    call: Call, fields: Mapping[str, Json], path: str
) -> Iterator[tuple[str, str]]:
    named = [(name, fields[name]) for name in _SOURCE_FIELDS if fields.get(name) is not None]
    named += [("appliesToSourceIds", id) for id in fields.get("appliesToSourceIds", [])]
    for name, id in named:
        if id not in _SOURCES.items(call):
            yield f"{path}.{name}", f"{_SOURCES.title} {id} was not found"


def _delete_alerts(call: Call, dashboard: str | None, tiles: Container[str]) -> None:
    """Delete the alerts of deleted tiles, as HyperDX does."""
    for id, alert in list(_ALERTS.items(call).items()):
        if dashboard and alert.get("dashboardId") == dashboard and alert["tileId"] not in tiles:
            del _ALERTS.items(call)[id]


def _alert(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    """Check that the object and the channel of an alert exist."""
    for field in _WATCHED.get(body.get("source", ""), ()):
        if body.get(field) is None:
            raise BadRequest(f"{field}: required with source {body['source']}")
    for field, collection in (("dashboardId", _DASHBOARDS), ("savedSearchId", _SAVED_SEARCHES)):
        _check_known(call, field, body.get(field), collection)
    if body.get("dashboardId") is not None:
        dashboard = _DASHBOARDS.find(call, body["dashboardId"])
        if body.get("tileId") not in {tile["id"] for tile in dashboard["tiles"]}:
            raise BadRequest(f"tileId: the dashboard has no tile {body.get('tileId')}")
    for path, message in _unknown_sources(call, body.get("chartConfig") or {}, "chartConfig"):
        raise BadRequest(f"{path}: {message}")
    channels = [channel for channel in [body.get("channel"), *body.get("channels", [])] if channel]
    if not channels:
        raise BadRequest("channels: required")
    for channel in channels:
        _check_known(call, "webhookId", channel.get("webhookId"), _WEBHOOKS)
    name = body.get("displayName") or body.get("name") or ""
    return {"tags": [], "state": "INSUFFICIENT_DATA", **body, "displayName": name}


def _saved_search(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    _check_known(call, "sourceId", body["sourceId"], _SOURCES)
    return body


def _source(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    """Return the source with the server's id. The request's id is ignored."""
    for path, message in _unknown_sources(call, body, ""):
        raise BadRequest(f"{path.removeprefix('.')}: {message}")
    return {name: value for name, value in body.items() if name != "id"}


def _webhook_is_free(call: Call, webhook: dict[str, Json]) -> None:
    for alert in _ALERTS.items(call).values():
        channels = [alert.get("channel"), *alert.get("channels", [])]
        if any((channel or {}).get("webhookId") == webhook["id"] for channel in channels):
            raise Conflict(f"Webhook {webhook['id']} is used by alert {alert['id']}")


def _check_known(call: Call, field: str, id: str | None, collection: Collection) -> None:
    if id is not None and id not in collection.items(call):
        raise BadRequest(f"{field}: {collection.title} {id} was not found")


def _collection(kind: str, plural: str, *, get: bool = True, **special: Json) -> Collection:
    return Collection(
        name=f"clickStack{plural}",
        title=f"ClickStack {kind}",
        placeholder=f"clickStack{kind}Id",
        list=f"clickStackList{plural}",
        create=f"clickStackCreate{kind}",
        get=f"clickStackGet{kind}" if get else "",
        replace=f"clickStackUpdate{kind}",
        delete=f"clickStackDelete{kind}",
        **special,
    )


def _dashboard_is_free(call: Call, dashboard: dict[str, Json]) -> None:
    _delete_alerts(call, dashboard["id"], ())


_DASHBOARDS = _collection(
    "Dashboard", "Dashboards", build=_dashboard, before_delete=_dashboard_is_free
)
_SOURCES = _collection("Source", "Sources", build=_source)
_WEBHOOKS = _collection("Webhook", "Webhooks", get=False, before_delete=_webhook_is_free)
_SAVED_SEARCHES = _collection("SavedSearch", "SavedSearches", build=_saved_search)
_ALERTS = _collection("Alert", "Alerts", build=_alert)
_ROLES = _collection("Role", "Roles", build=lambda _, body: {"isPredefined": False, **body})


async def _valid(call: Call) -> Json:
    """Return that the body is valid: it fits the OpenAPI spec. Create nothing."""
    call.services.find(call.path["serviceId"])
    return {"valid": True, "errors": [], "normalized": None}


async def _valid_dashboard(call: Call) -> Json:
    """Return whether the body is valid: the objects that it names must exist."""
    call.services.find(call.path["serviceId"])
    errors = [
        {"path": path, "message": message} for path, message in _unknown_names(call, call.body)
    ]
    return {"valid": not errors, "errors": errors, "normalized": None}


HANDLERS: Mapping[str, Handler] = {
    "clickStackValidateDashboard": _valid_dashboard,
    "clickStackValidateWebhook": _valid,
    **_DASHBOARDS.handlers,
    **_SOURCES.handlers,
    **_WEBHOOKS.handlers,
    **_SAVED_SEARCHES.handlers,
    **_ALERTS.handlers,
    **_ROLES.handlers,
}
