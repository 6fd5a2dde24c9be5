"""Fits an object to the schema of a response: keeps known fields, drops secrets and all others.

The schemas of a request and of its response differ. Fields that only the request has, credentials
for example, are dropped. Required fields of the response without a value get a default.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["ResponseShaper"]

Json = Any

_MISSING: Json = object()
_PLAIN: Mapping[str, Json] = {"string": "", "integer": 0, "number": 0, "boolean": False}
_PLAIN_FORMATS: Mapping[str, str] = {
    "date-time": "1970-01-01T00:00:00.000Z",
    "date": "1970-01-01",
    "uuid": str(uuid.UUID(int=0)),
    "uri": "http://localhost/",
    "email": "nobody@localhost",
}


class ResponseShaper:
    """Fits values to schemas of one OpenAPI spec.

    Args:
        resolve: returns the schema of a reference.
        fits: returns whether a value satisfies a schema, without unknown fields.
    """

    def __init__(
        self, *, resolve: Callable[[str], Json], fits: Callable[[Json, Json], bool]
    ) -> None:
        self._resolve = resolve
        self._fits = fits

    def fit(self, schema: Json, value: Json = _MISSING) -> Json:
        """Return the value in the schema's shape, or without a value the simplest valid one."""
        schema = self._merged(schema)
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                return self._chosen(schema, schema[choice], value)
        if value is _MISSING:
            value = _simplest(schema)
        if isinstance(value, dict) and "properties" in schema:
            return self._object(schema, value)
        if isinstance(value, list) and "items" in schema:
            return [self.fit(schema["items"], item) for item in value]
        return value

    def _object(self, schema: Json, value: Mapping[str, Json]) -> dict[str, Json]:
        fitted = {}
        for name, inner in schema["properties"].items():
            given = value.get(name, _MISSING)
            if given is None and not self._fits(inner, None):
                # Null in a request means "none". A response whose schema has no null omits it.
                given = _MISSING
            if given is not _MISSING or name in schema.get("required", ()):
                fitted[name] = self.fit(inner, given)
        if schema.get("additionalProperties"):
            fitted |= {name: given for name, given in value.items() if name not in fitted}
        return fitted

    def _chosen(self, schema: Json, variants: Json, value: Json) -> Json:
        """Return the variant that keeps most of the value."""
        candidates = [self.fit(variant, value) for variant in variants]
        fitting = [c for c in candidates if self._fits(schema, c)]
        return max(fitting or candidates, key=_size)

    def _merged(self, schema: Json) -> Json:
        """Return the schema with its top reference resolved and the members of allOf merged."""
        while "$ref" in schema:
            schema = self._resolve(schema["$ref"])
        members = schema.get("allOf")
        if not members:
            return schema
        whole = {key: value for key, value in schema.items() if key != "allOf"}
        for member in map(self._merged, members):
            both = {**member, **whole}
            # Members can be patterns of a string, which have no properties.
            if "properties" in both:
                both["properties"] = {**whole.get("properties", {}), **member.get("properties", {})}
                both["required"] = [*whole.get("required", ()), *member.get("required", ())]
            whole = both
        return whole


def _simplest(schema: Json) -> Json:
    if "default" in schema:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "string":
        return _PLAIN_FORMATS.get(schema.get("format", ""), "")
    if kind == "array":
        return []
    if kind == "object" or "properties" in schema:
        return {}
    return _PLAIN.get(kind or "")


def _size(value: Json) -> int:
    """Return the number of values that are not empty."""
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    if isinstance(value, list):
        return sum(map(_size, value))
    return int(value not in (None, ""))
