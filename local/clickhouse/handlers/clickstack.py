"""ClickStack: dashboards, alerts, sources, webhooks, roles and saved searches, kept and shown.

No alert is ever evaluated and no webhook called. What the document leaves open is as in HyperDX,
which ClickStack is made of: ids of tiles and filters are the server's, a PUT keeps those that it
names, and an alert goes with its tile. Any text is taken for a connection: no operation lists them.
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


# Fields of a source or of a filter or chart that name a source.
_SOURCE_FIELDS = ("sourceId", "logSourceId", "traceSourceId", "metricSourceId", "sessionSourceId")
# What an alert watches -> the fields that say which.
_WATCHED = {
    "tile": ("dashboardId", "tileId"),
    "saved_search": ("savedSearchId",),
    "inline": ("chartConfig",),
}


def _dashboard(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    """Tiles and filters have the ids that they had, new ones new ids, whatever was asked for."""
    for path, message in _wrong_in(call, body):
        raise BadRequest(f"{path}: {message}")
    known = _DASHBOARDS.find(call) if _DASHBOARDS.placeholder in call.path else {}
    for name in ("tiles", "filters"):
        ids = {item["id"] for item in known.get(name, [])}
        body[name] = [_with_id(item, ids) for item in body.get(name, [])]
    for tile in body["tiles"]:
        for item in _selected(tile):
            item.setdefault("where", "")
            item.setdefault("whereLanguage", "lucene")
    _forget_alerts(call, known.get("id"), {tile["id"] for tile in body["tiles"]})
    return {"tags": [], "savedFilterValues": [], **body}


def _with_id(item: dict[str, Json], ids: Container[str]) -> dict[str, Json]:
    return {**item, "id": item["id"] if item.get("id") in ids else secrets.token_hex(12)}


def _selected(tile: Mapping[str, Json]) -> list[dict[str, Json]]:
    select = tile.get("config", {}).get("select")
    return select if isinstance(select, list) else []


def _wrong_in(call: Call, body: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """What in a dashboard names something that is not there."""
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
        if id not in _SOURCES.things(call):
            yield f"{path}.{name}", f"{_SOURCES.title} {id} was not found"


def _forget_alerts(call: Call, dashboard: str | None, tiles: Container[str]) -> None:
    """An alert goes with its tile, as in HyperDX, which ClickStack is made of."""
    for id, alert in list(_ALERTS.things(call).items()):
        if dashboard and alert.get("dashboardId") == dashboard and alert["tileId"] not in tiles:
            del _ALERTS.things(call)[id]


def _alert(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    """An alert watches something that exists and tells somebody who exists."""
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
    """The id is the server's, whatever the request says."""
    for path, message in _unknown_sources(call, body, ""):
        raise BadRequest(f"{path.removeprefix('.')}: {message}")
    return {name: value for name, value in body.items() if name != "id"}


def _webhook_is_free(call: Call, webhook: dict[str, Json]) -> None:
    for alert in _ALERTS.things(call).values():
        channels = [alert.get("channel"), *alert.get("channels", [])]
        if any((channel or {}).get("webhookId") == webhook["id"] for channel in channels):
            raise Conflict(f"Webhook {webhook['id']} is used by alert {alert['id']}")


def _check_known(call: Call, field: str, id: str | None, collection: Collection) -> None:
    if id is not None and id not in collection.things(call):
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
    _forget_alerts(call, dashboard["id"], ())


_DASHBOARDS = _collection(
    "Dashboard", "Dashboards", made=_dashboard, before_delete=_dashboard_is_free
)
_SOURCES = _collection("Source", "Sources", made=_source)
_WEBHOOKS = _collection("Webhook", "Webhooks", get=False, before_delete=_webhook_is_free)
_SAVED_SEARCHES = _collection("SavedSearch", "SavedSearches", made=_saved_search)
_ALERTS = _collection("Alert", "Alerts", made=_alert)
_ROLES = _collection("Role", "Roles", made=lambda _, body: {"isPredefined": False, **body})


async def _valid(call: Call) -> Json:
    """What reaches a handler fits the document; nothing is made."""
    call.services.find(call.path["serviceId"])
    return {"valid": True, "errors": [], "normalized": None}


async def _valid_dashboard(call: Call) -> Json:
    """What it names has to be there, too."""
    call.services.find(call.path["serviceId"])
    errors = [{"path": path, "message": message} for path, message in _wrong_in(call, call.body)]
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
