"""A thing in the shape that the document gives it: known fields kept, secrets and others left out.

A request's schema and the answer's differ: what only the request has, as credentials, is dropped;
what the answer requires and nobody gave is filled with the plainest value that fits.
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
    """Fits values to schemas of one document.

    Args:
        resolve: a reference -> its schema.
        fits: whether a value satisfies a schema, objects closed.
    """

    def __init__(
        self, *, resolve: Callable[[str], Json], fits: Callable[[Json, Json], bool]
    ) -> None:
        self._resolve = resolve
        self._fits = fits

    def fit(self, schema: Json, value: Json = _MISSING) -> Json:
        """The value as the schema has it; the plainest one where there is none."""
        schema = self._merged(schema)
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                return self._chosen(schema, schema[choice], value)
        if value is _MISSING:
            value = _plainest(schema)
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
                # Null in a request means "none", and an answer that knows no null leaves it out.
                given = _MISSING
            if given is not _MISSING or name in schema.get("required", ()):
                fitted[name] = self.fit(inner, given)
        if schema.get("additionalProperties"):
            fitted |= {name: given for name, given in value.items() if name not in fitted}
        return fitted

    def _chosen(self, schema: Json, variants: Json, value: Json) -> Json:
        """The variant that keeps most of the value."""
        candidates = [self.fit(variant, value) for variant in variants]
        fitting = [c for c in candidates if self._fits(schema, c)]
        return max(fitting or candidates, key=_size)

    def _merged(self, schema: Json) -> Json:
        """The schema without references at its top, members of allOf put together."""
        while "$ref" in schema:
            schema = self._resolve(schema["$ref"])
        members = schema.get("allOf")
        if not members:
            return schema
        whole = {key: value for key, value in schema.items() if key != "allOf"}
        for member in map(self._merged, members):
            both = {**member, **whole}
            # Members may be patterns of a string, which have neither.
            if "properties" in both:
                both["properties"] = {**whole.get("properties", {}), **member.get("properties", {})}
                both["required"] = [*whole.get("required", ()), *member.get("required", ())]
            whole = both
        return whole


def _plainest(schema: Json) -> Json:
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
    """How many values there are that say something."""
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    if isinstance(value, list):
        return sum(map(_size, value))
    return int(value not in (None, ""))
