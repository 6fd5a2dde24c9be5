"""Values that match the schemas of the OpenAPI spec, with every field."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

import clickhouse_api

__all__ = ["DOCUMENT", "SCHEMAS", "check_sample", "most_variants", "operations", "sample"]

DOCUMENT: dict[str, Any] = json.loads(
    (Path(clickhouse_api.__file__).parent / "openapi.json").read_text()
)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]

_BY_FORMAT = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "uuid": "6f1e0a52-5c1d-4f7b-9d2e-0123456789ab",
    "email": "ada@example.com",
    "uri": "https://example.com/x",
    "boolean": "true",
    "password": "Aa0000000000",
}
_BY_PATTERN = {r"^[A-Za-z][A-Za-z0-9_]*$": "name_1", r"\S": "text"}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Yield (path, HTTP method, operation) of the whole spec."""
    return [
        (path, method, operation)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _resolved(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    return schema


def sample(schema: dict[str, Any], choice: int = 0, inside: tuple[str, ...] = ()) -> Any:
    """Return a value that matches `schema`. `choice` selects an alternative of every union.

    A schema with a list of itself gets one level.
    """
    if "$ref" in schema:
        inside = (*inside, schema["$ref"])
    schema = _resolved(schema)
    if "allOf" in schema and schema.get("type") != "string":
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            merged.update(sample(part, choice, inside))
        return merged | sample({k: v for k, v in schema.items() if k != "allOf"}, choice, inside)
    for union in ("oneOf", "anyOf"):
        if union in schema:
            return sample(schema[union][choice % len(schema[union])], choice, inside)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][choice % len(schema["enum"])]
    return _by_type(schema, choice, inside)


def _by_type(schema: dict[str, Any], choice: int, inside: tuple[str, ...]) -> Any:
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = kind[choice % len(kind)]
    if kind == "object":
        return _object(schema, choice, inside)
    if kind == "array":
        if inside.count(schema["items"].get("$ref", "")) > 1:
            return []
        return [sample(schema["items"], choice, inside)] * max(1, schema.get("minItems", 1))
    if kind in ("integer", "number"):
        return _number(schema)
    return {"string": _string(schema), "boolean": True, "null": None}[kind]


def _object(schema: dict[str, Any], choice: int, inside: tuple[str, ...]) -> dict[str, Any]:
    properties = schema.get("properties", {})
    values = {name: sample(node, choice, inside) for name, node in properties.items()}
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        values["some_key"] = sample(extra, choice, inside)
    return values


def _string(schema: dict[str, Any]) -> str:
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    if schema.get("pattern", "").startswith("^([0-9a-fA-F]{8}"):
        return _BY_FORMAT["uuid"]
    if schema.get("title") == "Password":
        return _BY_FORMAT["password"]
    return _BY_PATTERN.get(schema.get("pattern", ""), "text")[: schema.get("maxLength", 99)]


def _number(schema: dict[str, Any]) -> int:
    step = schema.get("multipleOf", 1)
    lowest = max(schema.get("minimum", 0), schema.get("exclusiveMinimum", -1) + 1)
    return int(-(-lowest // step) * step)


def check_sample(schema: dict[str, Any], value: Any) -> None:
    """Fail unless the sampler's value matches the spec."""
    validator(json.dumps(schema)).validate(value)


@cache
def validator(schema: str) -> Any:
    whole = {**json.loads(schema), "components": DOCUMENT["components"]}
    # The spec's alternatives are not exclusive: an object schema without `type` also accepts null.
    return jsonschema.Draft202012Validator(json.loads(json.dumps(whole).replace("oneOf", "anyOf")))


def most_variants(schema: dict[str, Any]) -> int:
    """Return the number of choices that select every alternative of every union once."""
    return max(_widths(schema, frozenset()), default=1)


def _widths(node: Any, seen: frozenset[str]) -> list[int]:
    if isinstance(node, list):
        return [width for item in node for width in _widths(item, seen)]
    if not isinstance(node, dict):
        return []
    widths = [len(node[union]) for union in ("oneOf", "anyOf") if union in node]
    reference = node.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        widths += _widths(_resolved(node), seen | {reference})
    return widths + [w for value in node.values() for w in _widths(value, seen)]
