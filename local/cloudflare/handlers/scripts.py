"""Scripts: upload, read, settings, secrets, delete."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from typing import Any

from aiohttp import MultipartWriter, web

from local.cloudflare.bindings import known_binding, resolve, shown, with_secret
from local.cloudflare.cloud import CloudflareCloud
from local.cloudflare.deploys import upload_script
from local.cloudflare.errors import CloudflareError
from local.cloudflare.paging import page_response
from local.cloudflare.responses import (
    namespace_json,
    script_json,
    service_json,
    settings_json,
    success,
)
from local.cloudflare.state import Binding, Script, now
from local.cloudflare.uploads import checked_settings, read_json, read_upload

__all__ = [
    "delete_script",
    "delete_secret",
    "get_content",
    "get_references",
    "get_schedules",
    "get_secret",
    "get_service",
    "get_settings",
    "get_subdomain",
    "get_worker",
    "list_namespaces",
    "list_scripts",
    "list_secrets",
    "patch_script_settings",
    "patch_settings",
    "put_script",
    "put_secret",
    "set_subdomain",
]

# Letters, digits, `_` and `-`; 63 as in a DNS label (255 for a script without workers.dev name).
_SCRIPT_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}")
_SCRIPT_WIDE = ("logpush", "tail_consumers", "observability", "tags")


async def list_scripts(cloud: CloudflareCloud, _request: web.Request) -> web.Response:
    """Return all scripts of the account."""
    return success([script_json(script) for script in cloud.account.scripts.values()])


async def put_script(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Upload a script and deploy it."""
    name = request.match_info["script"]
    if not _SCRIPT_NAME.fullmatch(name):
        raise CloudflareError(400, 10016, f"'{name}' is not a valid Worker name.")
    upload = await read_upload(request)
    script = await upload_script(cloud, name, upload, source=_source(request))
    return success(script_json(script))


async def get_service(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return a script as a service with its only environment."""
    script = cloud.account.scripts.get(request.match_info["script"])
    if script is None:
        raise CloudflareError.no_service()
    if request.match_info.get("environment", "production") != "production":
        raise CloudflareError(404, 10092, "This environment does not exist on this Worker.")
    service = service_json(script)
    return success(
        service["default_environment"] if "environment" in request.match_info else service
    )


async def get_content(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the uploaded code: a single part as it is, several as a form, the main one first."""
    version = cloud.script(request.match_info["script"]).deployed
    headers = {"CF-Entrypoint": version.main_module} if version.main_module else {}
    if len(version.modules) == 1 and not request.path.endswith("/v2"):
        content = cloud.store.read_module(version.modules[0])
        content_type = version.modules[0].content_type
        return web.Response(body=content, headers={**headers, "Content-Type": content_type})
    form = MultipartWriter("form-data")
    for module in version.modules:
        part = form.append(
            cloud.store.read_module(module),
            {"Content-Type": module.content_type},
        )
        part.set_content_disposition("form-data", name=module.name, filename=module.name)
    return web.Response(body=form, headers={**headers, "Content-Type": form.content_type})


async def delete_script(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Remove a script, its Durable Objects and its domains."""
    name = request.match_info["script"]
    async with cloud.changing() as account:
        cloud.script(name)
        users = [s.name for s in account.scripts.values() if s.name != name and _uses(s, name)]
        if users and request.query.get("force") != "true":
            raise CloudflareError(
                400,
                10064,
                f"This Worker is referenced by other Workers ({', '.join(users)}). Use "
                "force=true to delete it nevertheless.",
            )
        await cloud.commit(account.without_script(name))
    return success({"id": name})


async def get_settings(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the bindings and settings of the deployed version."""
    script = cloud.script(request.match_info["script"])
    settings = settings_json(script)
    if request.path.endswith("/script-settings"):
        settings = {key: settings.get(key) for key in _SCRIPT_WIDE}
    if request.path.endswith("/bindings"):
        return success(settings["bindings"])
    return success(settings)


async def patch_settings(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Change bindings or settings and keep the code."""
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        changes = _json_object(form.get("settings"))
    else:
        changes = await read_json(request)
    script = await _change(cloud, request.match_info["script"], changes, source=_source(request))
    return success(settings_json(script))


async def patch_script_settings(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Change the settings that belong to no version: Logpush, tails, tags, observability."""
    name = request.match_info["script"]
    changes = {k: v for k, v in (await read_json(request)).items() if k in _SCRIPT_WIDE}
    async with cloud.changing() as account:
        script = cloud.script(name)
        settings = {**script.deployed.settings, **checked_settings(changes)}
        version = replace(script.deployed, settings=settings)
        versions = tuple(version if v.id == version.id else v for v in script.versions)
        script = replace(script, versions=versions, modified_on=now())
        cloud.save(account.with_script(script))
    return success({key: settings.get(key) for key in _SCRIPT_WIDE})


async def list_secrets(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the names of the secrets. No response of this server contains their values."""
    bindings = cloud.script(request.match_info["script"]).deployed.bindings
    return success(shown(binding for binding in bindings if binding["type"] == "secret_text"))


async def get_secret(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return a secret's name and type."""
    script = cloud.script(request.match_info["script"])
    return success(shown([_secret(script, request.match_info["secret"])])[0])


async def put_secret(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Add a secret or change its value, and deploy."""
    name = request.match_info["script"]
    secret = known_binding(await read_json(request))
    if secret["type"] != "secret_text":
        raise CloudflareError.not_emulated(f"A secret of type '{secret['type']}'")
    async with cloud.changing() as account:
        script = cloud.script(name)
        bindings = with_secret(script.deployed.bindings, secret["name"], secret["text"])
        script = _with_bindings(script, bindings, source=_source(request))
        await cloud.commit(account.with_script(script))
    return success(shown([secret])[0])


async def delete_secret(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Remove a secret, and deploy."""
    name = request.match_info["script"]
    async with cloud.changing() as account:
        script = cloud.script(name)
        secret = _secret(script, request.match_info["secret"])
        bindings = tuple(b for b in script.deployed.bindings if b is not secret)
        script = _with_bindings(script, bindings, source=_source(request))
        await cloud.commit(account.with_script(script))
    return success(None)


async def get_subdomain(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return whether the script would be served on workers.dev."""
    return success(cloud.script(request.match_info["script"]).subdomain)


async def set_subdomain(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Store whether the script would be served on workers.dev."""
    name = request.match_info["script"]
    body = {} if request.method == "DELETE" else await read_json(request)
    enabled = body.get("enabled", False)
    if not isinstance(enabled, bool):
        raise CloudflareError.bad_request("'enabled' must be a boolean.")
    async with cloud.changing() as account:
        script = cloud.script(name)
        previews = bool(body.get("previews_enabled", enabled))
        script = replace(script, subdomain={"enabled": enabled, "previews_enabled": previews})
        cloud.save(account.with_script(script))
    return success(script.subdomain)


async def get_schedules(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return an empty list of cron triggers."""
    cloud.script(request.match_info["script"])
    return success({"schedules": []})


async def get_worker(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return a script in the form of the newer `workers` operations.

    wrangler reads its subdomain.
    """
    script = cloud.script(request.match_info["script"])
    settings = script.deployed.settings
    return success(
        {
            "id": script.tag,
            "name": script.name,
            "created_on": script.created_on,
            "updated_on": script.modified_on,
            "deployed_on": script.modified_on,
            "logpush": settings.get("logpush", False),
            "observability": settings.get("observability", {"enabled": False}),
            "subdomain": script.subdomain,
            "tags": settings.get("tags", []),
            "tail_consumers": settings.get("tail_consumers", []),
        }
    )


async def get_references(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the scripts that use this script. wrangler reads them before it deletes a script."""
    name = request.match_info["script"]
    cloud.script(name)
    incoming, objects = [], []
    for script in cloud.account.scripts.values():
        for binding in script.deployed.bindings:
            reference = {"name": binding["name"], "service": script.name}
            if binding.get("service") == name:
                incoming.append({**reference, "environment": "production"})
            if binding.get("script_name", script.name) == name and "class_name" in binding:
                objects.append(
                    {
                        **reference,
                        "environment": "production",
                        "durable_object_namespace_id": binding.get("namespace_id", ""),
                        "durable_object_namespace_name": binding["class_name"],
                    }
                )
    services = {"incoming": incoming, "outgoing": [], "pages_function": False}
    return success({"services": services, "durable_objects": objects, "dispatch_outbounds": []})


async def list_namespaces(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return all Durable Object namespaces of the account."""
    found = [
        namespace_json(namespace, script)
        for script in cloud.account.scripts.values()
        for namespace in script.namespaces
    ]
    return page_response(request, found)


def _source(request: web.Request) -> str:
    return "wrangler" if "wrangler" in request.headers.get("User-Agent", "") else "api"


def _uses(script: Script, name: str) -> bool:
    bindings = script.deployed.bindings
    return any(name in (b.get("service"), b.get("script_name")) for b in bindings)


def _secret(script: Script, name: str) -> Binding:
    for binding in script.deployed.bindings:
        if binding["type"] == "secret_text" and binding["name"] == name:
            return binding
    raise CloudflareError(404, 10056, f"Binding '{name}' not found.")


def _with_bindings(script: Script, bindings: tuple[Binding, ...], *, source: str) -> Script:
    """Return the script with a new version that differs from the deployed one in its bindings."""
    version = replace(
        script.deployed,
        id=str(uuid.uuid4()),
        number=script.versions[-1].number + 1,
        created_on=now(),
        source=source,
        bindings=bindings,
    )
    return script.with_version(version, deploy=True)


async def _change(
    cloud: CloudflareCloud, name: str, changes: dict[str, Any], *, source: str
) -> Script:
    async with cloud.changing() as account:
        script = cloud.script(name)
        bindings = script.deployed.bindings
        if changes.get("bindings") is not None:
            wanted = [known_binding(value) for value in changes["bindings"]]
            bindings = resolve(wanted, bindings, keep=changes.get("keep_bindings") or ())
        script = _with_bindings(script, bindings, source=source)
        settings = {**script.deployed.settings, **checked_settings(changes)}
        version = replace(script.deployed, settings=settings)
        await cloud.runtime.try_out(cloud.writer.trial(version))
        versions = tuple(version if v.id == version.id else v for v in script.versions)
        script = replace(script, versions=versions)
        await cloud.commit(account.with_script(script))
        return script


def _json_object(part: object) -> dict[str, Any]:
    raw = part.file.read() if isinstance(part, web.FileField) else part
    try:
        value = json.loads(raw)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise CloudflareError.bad_request("The part 'settings' must be a JSON object.") from None
    if not isinstance(value, dict):
        raise CloudflareError.bad_request("The part 'settings' must be a JSON object.")
    return value
