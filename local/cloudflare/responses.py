"""Builds the API's responses and the objects in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from local.cloudflare.bindings import shown
from local.cloudflare.errors import CloudflareError
from local.cloudflare.state import Domain, Identity, Namespace, Script, Version

__all__ = [
    "domain_json",
    "failure",
    "namespace_json",
    "script_json",
    "service_json",
    "settings_json",
    "success",
    "version_json",
    "zone_json",
]


def success(
    result: object,
    *,
    messages: Sequence[Mapping[str, Any]] = (),
    result_info: Mapping[str, int] | None = None,
) -> web.Response:
    """Return a response for success, in the envelope of every operation.

    Args:
        result_info: the page's number and size, for a list; see `paging`.
    """
    body: dict[str, Any] = {
        "success": True,
        "errors": [],
        "messages": list(messages),
        "result": result,
    }
    if result_info is not None:
        body["result_info"] = dict(result_info)
    return web.json_response(body)


def failure(error: CloudflareError) -> web.Response:
    """Return a response for an error, in the same envelope."""
    body = {
        "success": False,
        "errors": [{"code": error.code, "message": error.message}],
        "messages": [],
        "result": None,
    }
    return web.json_response(body, status=error.status)


def script_json(script: Script) -> dict[str, Any]:
    """Return a script in the form of the upload's response and of the list."""
    version = script.deployed
    settings = version.settings
    return {
        "id": script.name,
        "tag": script.tag,
        "etag": version.etag,
        "handlers": list(version.handlers),
        "named_handlers": list(version.named_handlers),
        "has_assets": False,
        "has_modules": version.main_module is not None,
        "entry_point": version.main_module,
        "created_on": script.created_on,
        "modified_on": script.modified_on,
        # wrangler prints it as the "Current Version ID", after it has added the hyphens again.
        "deployment_id": script.deployed_id.replace("-", ""),
        "last_deployed_from": version.source,
        "migration_tag": script.migration_tag,
        "startup_time_ms": version.startup_time_ms,
        "compatibility_date": settings.get("compatibility_date"),
        "compatibility_flags": settings.get("compatibility_flags", []),
        "logpush": settings.get("logpush", False),
        "usage_model": settings.get("usage_model", "standard"),
        "observability": settings.get("observability"),
        "tail_consumers": settings.get("tail_consumers"),
        "tags": settings.get("tags"),
        "placement": settings.get("placement", {}),
    }


def settings_json(script: Script) -> dict[str, Any]:
    """Return the result of `GET …/settings`. Secrets have a name and no value."""
    version = script.deployed
    settings = version.settings
    result: dict[str, Any] = {
        "bindings": shown(version.bindings),
        "compatibility_date": settings.get("compatibility_date"),
        "compatibility_flags": settings.get("compatibility_flags", []),
        "logpush": settings.get("logpush", False),
        "placement": settings.get("placement", {}),
        "tags": settings.get("tags", []),
        "tail_consumers": settings.get("tail_consumers", []),
        "usage_model": settings.get("usage_model", "standard"),
    }
    for key in ("annotations", "cache_options", "exports", "limits", "observability"):
        if key in settings:
            result[key] = settings[key]
    if script.migration_tag is not None:
        result["migration_tag"] = script.migration_tag
    return result


def service_json(script: Script) -> dict[str, Any]:
    """Return a script in the form of the `services` operations, with its only environment."""
    environment = {
        "environment": "production",
        "created_on": script.created_on,
        "modified_on": script.modified_on,
        "script": script_json(script),
        "script_tag": script.tag,
    }
    return {
        "id": script.name,
        "created_on": script.created_on,
        "modified_on": script.modified_on,
        "default_environment": environment,
        "environments": [environment],
        "usage_model": "standard",
    }


def version_json(version: Version) -> dict[str, Any]:
    """Return a version with its script, bindings and settings."""
    annotations = version.settings.get("annotations", {})
    return {
        "id": version.id,
        "number": version.number,
        "metadata": {
            "created_on": version.created_on,
            "modified_on": version.created_on,
            "source": version.source,
            "author_id": "",
            "author_email": "",
            "has_preview": False,
        },
        "annotations": annotations,
        "startup_time_ms": version.startup_time_ms,
        "resources": {
            "bindings": shown(version.bindings),
            "script": {
                "etag": version.etag,
                "handlers": list(version.handlers),
                "named_handlers": list(version.named_handlers),
                "last_deployed_from": version.source,
            },
            "script_runtime": {
                "compatibility_date": version.settings.get("compatibility_date"),
                "compatibility_flags": version.settings.get("compatibility_flags", []),
                "usage_model": version.settings.get("usage_model", "standard"),
                "limits": version.settings.get("limits", {}),
            },
        },
    }


def namespace_json(namespace: Namespace, script: Script) -> dict[str, Any]:
    return {
        "id": namespace.id,
        "name": f"{script.name}_{namespace.class_name}",
        "class": namespace.class_name,
        "script": script.name,
        "use_sqlite": namespace.sqlite,
    }


def domain_json(domain: Domain, identity: Identity) -> dict[str, Any]:
    return {
        "id": domain.id,
        "hostname": domain.hostname,
        "service": domain.service,
        "environment": domain.environment,
        "zone_id": identity.zone_id,
        "zone_name": identity.zone_name,
        "cert_id": domain.cert_id,
    }


def zone_json(identity: Identity) -> dict[str, Any]:
    return {
        "id": identity.zone_id,
        "name": identity.zone_name,
        "status": "active",
        "paused": False,
        "type": "full",
        "development_mode": 0,
        "name_servers": [],
        "original_name_servers": [],
        "created_on": identity.created_on,
        "modified_on": identity.created_on,
        "activated_on": identity.created_on,
        "owner": {"id": None, "type": "user", "email": None},
        "account": {"id": identity.account_id, "name": "Local account"},
        "permissions": ["#worker:edit", "#worker:read", "#zone:read"],
        "plan": {"id": "0" * 32, "name": "Free Website", "legacy_id": "free"},
        "meta": {"phishing_detected": False},
    }
