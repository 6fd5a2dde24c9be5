"""The look-ups `getZone` and `getZones`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.pulumi_resource_cloudflare.client import ApiFailure, Client

__all__ = ["LOOKUPS", "get_zone", "get_zones"]

# Field of the API -> the look-up's name. The others differ only in their case.
_NAMES = {"original_dnshost": "originalDnshost", "id": "id"}


def get_zone(client: Client, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return one zone, by its id or by a filter that matches exactly one.

    Raises:
        ApiFailure: no zone matches, or several do.
    """
    identifier = arguments.get("zoneId")
    if identifier is None:
        found = _search(client, arguments.get("filter") or {})
        if len(found) != 1:
            raise ApiFailure(0, f"the filter matches {len(found)} zones instead of one")
        identifier = found[0]["id"]
    zone = _camel(client.get(f"/zones/{identifier}"))
    return {**zone, "zoneId": identifier, "filter": arguments.get("filter")}


def get_zones(client: Client, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return all zones that match the arguments."""
    return {
        **arguments,
        "match": arguments.get("match", "all"),
        "results": [_camel(zone) for zone in _search(client, arguments)],
    }


LOOKUPS = {
    "cloudflare:index/getZone:getZone": get_zone,
    "cloudflare:index/getZones:getZones": get_zones,
}


def _search(client: Client, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    query = {
        k: str(wanted[k])
        for k in ("name", "status", "match", "order", "direction")
        if wanted.get(k)
    }
    for key, value in (wanted.get("account") or {}).items():
        query[f"account.{key}"] = value
    zones: list[dict[str, Any]] = client.get("/zones", query)
    return zones


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {_camel_name(key): _camel(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_camel(item) for item in value]
    return value


def _camel_name(name: str) -> str:
    first, *rest = name.split("_")
    return _NAMES.get(name) or first + "".join(word.capitalize() for word in rest)
