"""Fetch the OpenAPI spec, remove its prose, and store it as the pinned snapshot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import httpx

__all__ = ["PUBLISHED_URL", "SNAPSHOT", "JsonObject", "dump", "load", "strip_prose"]

JsonObject = dict[str, Any]

# The vendor serves the spec at the API's root, without authentication.
PUBLISHED_URL = "https://api.clickhouse.cloud/v1"
SNAPSHOT = Path(__file__).parent.parent / "openapi.json"

_PROSE = frozenset({"description", "summary", "example", "examples", "externalDocs"})
# Maps whose keys are names: a property with the name `description` is not prose.
_NAME_MAPS = frozenset(
    {"properties", "schemas", "paths", "responses", "content", "securitySchemes"}
)


def load(source: str) -> JsonObject:
    """Read a spec from a file or a URL.

    Raises:
        ValueError: it is not JSON, or has no paths.
    """
    if source.startswith(("http://", "https://")):
        response = httpx.get(source, timeout=60, follow_redirects=True)
        response.raise_for_status()
        document = response.json()
    else:
        document = json.loads(Path(source).read_text())
    if not isinstance(document, dict) or not document.get("paths"):
        raise ValueError(f"{source} is not an OpenAPI spec: it has no paths")
    return cast(JsonObject, document)


def strip_prose(document: JsonObject) -> JsonObject:
    """Remove the vendor's prose and the top-level list of tags, which are not ours to publish."""
    stripped = cast(JsonObject, _strip(document, named=False))
    stripped.pop("tags", None)
    stripped["info"] = {key: document["info"][key] for key in ("title", "version")}
    for path in stripped["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                # OpenAPI requires a description, so the standard phrase replaces the vendor's.
                response["description"] = _PHRASES.get(status, "Response")
    return stripped


_PHRASES = {
    "200": "OK",
    "201": "Created",
    "400": "Bad Request",
    "403": "Forbidden",
    "404": "Not Found",
    "409": "Conflict",
    "410": "Gone",
    "422": "Unprocessable Entity",
    "424": "Failed Dependency",
    "500": "Internal Server Error",
}


def _strip(node: Any, *, named: bool) -> Any:
    if isinstance(node, list):
        return [_strip(item, named=False) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _strip(value, named=key in _NAME_MAPS and not named)
        for key, value in node.items()
        if named or not _is_prose(key)
    }


def _is_prose(key: str) -> bool:
    # Kept, because no other field describes the scopes of `security`.
    return key in _PROSE or (key.startswith("x-") and key != "x-permission-scopes")


def dump(document: JsonObject) -> str:
    """Serialize a spec in one fixed format, so that a diff shows only the vendor's changes."""
    return json.dumps(document, indent=1)
