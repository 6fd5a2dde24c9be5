"""ClickStack: dashboards, alerts, sources, webhooks, roles and saved searches, kept and shown.

No alert is ever evaluated and no webhook called.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict
from local.clickhouse.handlers.call import Call, Handler
from local.clickhouse.handlers.collections import Collection

__all__ = ["HANDLERS"]

Json = Any


def _with_ids(_: Call, body: dict[str, Json]) -> dict[str, Json]:
    """Tiles and filters get ids where they have none."""
    for name in ("tiles", "filters"):
        if name in body:
            body[name] = [{"id": str(uuid.uuid4()), **item} for item in body[name]]
    return body


def _alert(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    """An alert watches something that exists and tells somebody who exists."""
    for field, collection in (("dashboardId", _DASHBOARDS), ("savedSearchId", _SAVED_SEARCHES)):
        _check_known(call, field, body.get(field), collection)
    for channel in [body.get("channel"), *body.get("channels", [])]:
        _check_known(call, "webhookId", (channel or {}).get("webhookId"), _WEBHOOKS)
    name = body.get("displayName") or body.get("name") or ""
    return {"tags": [], "state": "INSUFFICIENT_DATA", **body, "displayName": name}


def _saved_search(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    _check_known(call, "sourceId", body["sourceId"], _SOURCES)
    return body


def _source(_: Call, body: dict[str, Json]) -> dict[str, Json]:
    """The id is the server's, whatever the request says."""
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


_DASHBOARDS = _collection("Dashboard", "Dashboards", made=_with_ids)
_SOURCES = _collection("Source", "Sources", made=_source)
_WEBHOOKS = _collection("Webhook", "Webhooks", get=False, before_delete=_webhook_is_free)
_SAVED_SEARCHES = _collection("SavedSearch", "SavedSearches", made=_saved_search)
_ALERTS = _collection("Alert", "Alerts", made=_alert)
_ROLES = _collection("Role", "Roles", made=lambda _, body: {"isPredefined": False, **body})


async def _valid(call: Call) -> Json:
    """What reaches a handler fits the document; nothing is made."""
    call.fleet.find(call.path["serviceId"])
    return {"valid": True, "errors": [], "normalized": None}


HANDLERS: Mapping[str, Handler] = {
    "clickStackValidateDashboard": _valid,
    "clickStackValidateWebhook": _valid,
    **_DASHBOARDS.handlers,
    **_SOURCES.handlers,
    **_WEBHOOKS.handlers,
    **_SAVED_SEARCHES.handlers,
    **_ALERTS.handlers,
    **_ROLES.handlers,
}
