"""Creates a version from an upload, tries it in a separate workerd, and deploys it."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

from local.cloudflare.bindings import resolve
from local.cloudflare.cloud import CloudflareCloud
from local.cloudflare.durable_object_migrations import migrate
from local.cloudflare.errors import CloudflareError
from local.cloudflare.state import (
    CloudflareAccount,
    Namespace,
    Script,
    Version,
    new_id,
    now,
)
from local.cloudflare.uploads import Upload

__all__ = ["add_version", "deploy_version", "upload_script"]


@dataclass(frozen=True)
class _Exports:
    handlers: tuple[str, ...]
    named: tuple[dict[str, Any], ...]
    classes: frozenset[str]
    startup_time_ms: int


async def upload_script(
    cloud: CloudflareCloud, name: str, upload: Upload, *, source: str
) -> Script:
    """Create the script or deploy a new version of it, and apply its migrations.

    Raises:
        CloudflareError: the upload is rejected; the former version keeps running.
    """
    async with cloud.changing() as account:
        script, version, classes = await _new_version(cloud, account, name, upload, source=source)
        namespaces, tag = migrate(
            script.namespaces,
            script.migration_tag,
            upload.migrations,
            exported=classes,
            bound=_bound_classes(script, version),
        )
        version = _with_class_names(version, namespaces)
        script = replace(script, namespaces=namespaces, migration_tag=tag)
        _check_targets(account.with_script(script), name, version)
        script = script.with_version(version, deploy=True)
        await cloud.commit(account.with_script(script))
        return script


async def add_version(cloud: CloudflareCloud, name: str, upload: Upload, *, source: str) -> Version:
    """Store a new version of an existing script without deploying it.

    Raises:
        CloudflareError: the script is unknown, or the upload is rejected († 10211 for migrations).
    """
    async with cloud.changing() as account:
        cloud.script(name)
        if upload.migrations:
            raise CloudflareError(
                400,
                10211,
                "Version upload failed: migrations must be fully applied by running "
                "`wrangler deploy`.",
            )
        script, version, classes = await _new_version(cloud, account, name, upload, source=source)
        migrate(script.namespaces, script.migration_tag, None, exported=classes, bound=())
        version = _with_class_names(version, script.namespaces)
        _check_targets(account, name, version)
        cloud.save(account.with_script(script.with_version(version, deploy=False)))
        return version


async def deploy_version(cloud: CloudflareCloud, name: str, version_id: str) -> Script:
    """Deploy a version that was uploaded before.

    Raises:
        CloudflareError: the script or the version is unknown.
    """
    async with cloud.changing() as account:
        script = cloud.script(name)
        if all(version.id != version_id for version in script.versions):
            raise CloudflareError(404, 10222, f"Version {version_id} does not exist.")
        _check_targets(account, name, next(v for v in script.versions if v.id == version_id))
        script = script.with_deployed(version_id)
        await cloud.commit(account.with_script(script))
        return script


async def _new_version(
    cloud: CloudflareCloud, account: CloudflareAccount, name: str, upload: Upload, *, source: str
) -> tuple[Script, Version, frozenset[str]]:
    script = account.scripts.get(name) or _new_script(name)
    former = script.versions[-1] if script.versions else None
    bindings = resolve(
        upload.bindings,
        former.bindings if former else (),
        keep=upload.keep_bindings,
        strict=upload.strict_inherit,
    )
    modules = tuple(
        cloud.store.add_module(part.name, part.content_type, part.content) for part in upload.parts
    )
    version = Version(
        id=str(uuid.uuid4()),
        number=former.number + 1 if former else 1,
        created_on=now(),
        source=source,
        modules=modules,
        main_module=upload.main_module,
        bindings=bindings,
        settings=upload.settings,
        handlers=(),
        named_handlers=(),
        startup_time_ms=0,
    )
    exports = await _try_out(cloud, version)
    version = replace(
        version,
        handlers=exports.handlers,
        named_handlers=exports.named,
        startup_time_ms=exports.startup_time_ms,
    )
    return script, version, exports.classes


def _new_script(name: str) -> Script:
    moment = now()
    return Script(
        name=name,
        tag=new_id(),
        created_on=moment,
        modified_on=moment,
        versions=(),
        deployed_id="",
        deployment_id="",
        subdomain={"enabled": False, "previews_enabled": False},
    )


async def _try_out(cloud: CloudflareCloud, version: Version) -> _Exports:
    started = time.monotonic()
    exported = await cloud.runtime.try_out(cloud.writer.trial(version))
    took = int((time.monotonic() - started) * 1000)
    if version.main_module is None:
        # workerd does not report the events that a service-worker script listens to.
        return _Exports(("fetch",), (), frozenset(), took)
    for name, value in exported.items():
        if value["kind"] == "primitive":
            # The trial imports the script and does not fail, but workerd cannot serve it.
            raise CloudflareError.invalid_upload(
                f"Uncaught TypeError: Incorrect type for map entry '{name}': the provided value is "
                "not of type 'function or ExportedHandler'."
            )
    default = exported.pop("default", {"methods": []})
    classes = {name for name, value in exported.items() if value["kind"] == "class"}
    named = tuple(
        {"name": name, "handlers": ["class"] if value["kind"] == "class" else value["methods"]}
        for name, value in sorted(exported.items())
        if value["kind"] != "function"
    )
    if not default["methods"] and not named:
        raise CloudflareError(400, 10068, "The uploaded script has no registered event handlers.")
    return _Exports(tuple(default["methods"]), named, frozenset(classes), took)


def _bound_classes(script: Script, version: Version) -> set[str]:
    """Return the script's classes that bindings name, in the new version or in the deployed one.

    The real Cloudflare rejects the deletion of a class that the deployed version still binds, too:
    one upload removes the binding and the next one deletes the class.
    """
    bindings = [*version.bindings, *(script.deployed.bindings if script.versions else ())]
    return {
        binding["class_name"]
        for binding in bindings
        if binding["type"] == "durable_object_namespace"
        and "class_name" in binding
        and (binding.get("script_name") or script.name) == script.name
    }


def _with_class_names(version: Version, namespaces: tuple[Namespace, ...]) -> Version:
    """Add the namespace to bindings of the script's own classes, as the real service does."""
    ids = {namespace.class_name: namespace.id for namespace in namespaces}
    names = {namespace.id: namespace.class_name for namespace in namespaces}
    bindings = []
    for binding in version.bindings:
        if binding["type"] == "durable_object_namespace" and not binding.get("script_name"):
            class_name = binding.get("class_name") or names.get(binding.get("namespace_id", ""))
            binding = {**binding, "class_name": class_name}
            if class_name in ids:
                binding["namespace_id"] = ids[class_name]
        bindings.append(binding)
    return replace(version, bindings=tuple(bindings))


def _check_targets(account: CloudflareAccount, name: str, version: Version) -> None:
    """Check that the target of every binding exists († 10061, † 10143)."""
    for binding in version.bindings:
        if binding["type"] == "service" and binding["service"] not in (*account.scripts, name):
            raise CloudflareError(
                400,
                10143,
                f"Could not resolve service binding '{binding['name']}'. Target script "
                f"'{binding['service']}' not found. Please verify the target script and try "
                "again.",
            )
        if binding["type"] != "durable_object_namespace":
            continue
        class_name, owner = binding.get("class_name"), binding.get("script_name") or name
        script = account.scripts.get(owner)
        if script is None:
            raise CloudflareError(
                400,
                10061,
                f"Cannot create binding for class '{class_name}' in script '{owner}' that does "
                "not exist.",
            )
        if class_name not in {namespace.class_name for namespace in script.namespaces}:
            raise CloudflareError(
                400,
                10061,
                f"Cannot create binding for class '{class_name}' because it is not currently "
                "configured to implement Durable Objects. Ensure a --new-class migration has "
                "been applied to it.",
            )
