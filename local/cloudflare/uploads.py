"""Reads a script upload: multipart parts and the metadata that describes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from local.cloudflare.bindings import MODULE_TYPES, known_binding, module_name
from local.cloudflare.errors import CloudflareError
from local.cloudflare.observability import with_defaults
from local.cloudflare.state import Binding

__all__ = ["MAX_UPLOAD_BYTES", "Upload", "UploadPart", "read_json", "read_upload"]

# A Worker may have 64 MB before compression; the rest is for source maps.
MAX_UPLOAD_BYTES = 100 * 1024 * 1024
_SETTINGS_PARTS = ("metadata", "settings")
_IGNORED_TYPES = {"application/source-map"}
# Settings that a response returns as they were uploaded.
_SETTINGS: dict[str, type | tuple[type, ...]] = {
    "annotations": dict,
    "cache_options": dict,
    "compatibility_date": str,
    "compatibility_flags": list,
    "exports": dict,
    "limits": dict,
    "logpush": bool,
    "observability": dict,
    "package_dependencies": list,
    "placement": dict,
    "tags": list,
    "tail_consumers": list,
    "usage_model": str,
}
# Fields that are read before the settings are checked.
_SHAPES = (
    ("bindings", list),
    ("exports", dict),
    ("main_module", str),
    ("body_part", str),
    ("migrations", dict),
)


@dataclass(frozen=True)
class UploadPart:
    """One module of an upload, with its normalised name."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Upload:
    """A checked upload. `main_module` is None for a service-worker script, which has one part."""

    parts: tuple[UploadPart, ...]
    main_module: str | None
    bindings: tuple[Binding, ...]
    keep_bindings: tuple[str, ...]
    strict_inherit: bool
    settings: dict[str, Any]
    migrations: dict[str, Any] | None


async def read_json(request: web.Request) -> dict[str, Any]:
    """Return the request's body, which must be a JSON object.

    Raises:
        CloudflareError: the body is not a JSON object.
    """
    try:
        value = _parsed(await request.read())
    except ValueError:
        raise CloudflareError.bad_request("The request body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise CloudflareError.bad_request("The request body must be a JSON object.")
    return value


async def read_upload(request: web.Request) -> Upload:
    """Read and check the body of a script upload.

    Raises:
        CloudflareError: the body is not multipart, has no metadata, or lacks a part, or a part has
            a type that is not emulated.
    """
    parts = await _parts(request)
    raw = next((parts.pop(name) for name in _SETTINGS_PARTS if name in parts), None)
    if raw is None:
        raise CloudflareError.invalid_upload("The upload has no part named 'metadata'.")
    metadata = _metadata(raw.content)
    modules = {
        name: part for name, part in parts.items() if part.content_type not in _IGNORED_TYPES
    }
    main = metadata.get("main_module")
    ordered = _ordered(modules, main, metadata.get("body_part"))
    return Upload(
        parts=tuple(ordered),
        main_module=module_name(main) if main else None,
        bindings=tuple(known_binding(value) for value in metadata.get("bindings") or []),
        keep_bindings=_strings(metadata, "keep_bindings"),
        strict_inherit="strict"
        in (metadata.get("bindings_inherit"), request.query.get("bindings_inherit")),
        settings=checked_settings(metadata),
        migrations=metadata.get("migrations"),
    )


def checked_settings(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the known settings in `metadata`, with Cloudflare's defaults. Null counts as absent.

    Raises:
        CloudflareError: a setting has an invalid type.
    """
    settings: dict[str, Any] = {}
    for key, expected in _SETTINGS.items():
        value = metadata.get(key)
        if value is None:
            continue
        if not isinstance(value, expected):
            raise CloudflareError.invalid_upload(
                f"The field '{key}' of the metadata has an invalid type."
            )
        settings[key] = value
    if "observability" in settings:
        settings["observability"] = with_defaults(settings["observability"])
    return settings


async def _parts(request: web.Request) -> dict[str, UploadPart]:
    if not request.content_type.startswith("multipart/"):
        raise CloudflareError.invalid_upload("A script must be uploaded as multipart/form-data.")
    if (request.content_length or 0) > MAX_UPLOAD_BYTES:
        raise CloudflareError(413, 10027, f"The script is larger than {MAX_UPLOAD_BYTES} bytes.")
    parts: dict[str, UploadPart] = {}
    left = MAX_UPLOAD_BYTES
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise CloudflareError.invalid_upload("A part of the upload has no name.")
            content = bytes(await part.read(decode=True))
            left -= len(content)
            if left < 0:
                raise CloudflareError(
                    413, 10027, f"The script is larger than {MAX_UPLOAD_BYTES} bytes."
                )
            content_type = part.headers.get("Content-Type", "text/plain").split(";")[0].strip()
            name = _name(part.name, part.filename)
            parts[name] = UploadPart(name, content_type.lower(), content)
    except ValueError as error:
        raise CloudflareError.invalid_upload(f"The multipart body is malformed: {error}") from None
    return parts


def _name(name: str, filename: str | None) -> str:
    """Return the name by which the metadata refers to a part: its file name, or else its name.

    Cloudflare's SDKs and Terraform provider call every module part `files`.
    """
    return name if name in _SETTINGS_PARTS else module_name(filename or name)


def _metadata(raw: bytes) -> dict[str, Any]:
    try:
        value = _parsed(raw)
    except ValueError:
        raise CloudflareError.invalid_upload("The part 'metadata' is not valid JSON.") from None
    if not isinstance(value, dict):
        raise CloudflareError.invalid_upload("The part 'metadata' must be a JSON object.")
    for key, expected in _SHAPES:
        if value.get(key) is not None and not isinstance(value[key], expected):
            raise CloudflareError.invalid_upload(
                f"The field '{key}' of the metadata has an invalid type."
            )
    if value.get("assets"):
        raise CloudflareError.not_emulated("The metadata field 'assets'")
    for name, entry in (value.get("exports") or {}).items():
        # The newer way to declare Durable Objects. If it were ignored, their storage would be lost.
        if isinstance(entry, dict) and entry.get("type") not in (None, "worker"):
            raise CloudflareError.not_emulated(f"The export '{name}' of type '{entry['type']}'")
    return value


def _parsed(raw: bytes) -> Any:
    """Parse JSON.

    Raises:
        ValueError: it is not JSON, or a string in it cannot be encoded in UTF-8: JSON may contain
            a lone surrogate, workerd's configuration may not.
    """
    value = json.loads(raw)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _ordered(
    parts: Mapping[str, UploadPart], main: str | None, body: str | None
) -> list[UploadPart]:
    """Return the parts with the main part first, as workerd's configuration requires."""
    if main is None and body is None:
        raise CloudflareError.invalid_upload(
            "The metadata names neither 'main_module' nor 'body_part'."
        )
    entry = module_name(main or body or "")
    if entry not in parts:
        raise CloudflareError.invalid_upload(f"The upload has no part named '{entry}'.")
    if main is None and len(parts) > 1:
        raise CloudflareError.not_emulated("A service-worker script with further parts")
    for part in parts.values():
        if part.content_type == "text/x-python":
            raise CloudflareError.not_emulated("A Python Worker")
        if part.content_type not in MODULE_TYPES:
            raise CloudflareError.invalid_upload(
                f"Part '{part.name}' has the unknown content type '{part.content_type}'."
            )
        if MODULE_TYPES[part.content_type] not in ("data", "wasm"):
            _check_utf8(part)
    return [parts[entry], *(part for name, part in parts.items() if name != entry)]


def _check_utf8(part: UploadPart) -> None:
    try:
        part.content.decode()
    except UnicodeDecodeError:
        raise CloudflareError.invalid_upload(f"Part '{part.name}' is not valid UTF-8.") from None


def _strings(metadata: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = metadata.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CloudflareError.invalid_upload(
            f"The field '{key}' of the metadata has an invalid type."
        )
    return tuple(value)
