"""Reads the vendor's OpenAPI spec: its operations, and whether requests and responses fit them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from local.clickhouse.response_shape import ResponseShaper

__all__ = ["SPEC_FILE", "OpenApiSpec", "Operation"]

SPEC_FILE = Path(__file__).resolve().parents[2] / "clickhouse_api" / "openapi.json"
_METHODS = ("get", "post", "put", "patch", "delete")
_LONGEST_SHOWN = 120
_URI = "urn:spec"

Json = Any


@dataclass(frozen=True)
class Operation:
    """One operation of the OpenAPI spec.

    Attributes:
        id: its `operationId`.
        path: with `{placeholders}`.
        parameters: name -> (where, schema, required).
        body: schema of the request, or None if the operation has no body.
        response: schema of the JSON response to success, or None.
        status: HTTP status of success.
    """

    id: str
    method: str
    path: str
    parameters: Mapping[str, tuple[str, Json, bool]]
    body: Json | None
    body_required: bool
    response: Json | None
    status: int = 200


class OpenApiSpec:
    """The OpenAPI spec, with validators that are created at their first use.

    Args:
        source: the parsed JSON.
    """

    def __init__(self, source: Json) -> None:
        source = _inlined(source, source)
        self._source = source
        # Strict for responses too: a field that the spec does not have is a defect of this cloud.
        strict = Resource.from_contents(_strict(source), DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_URI, strict)
        self.operations = {operation.id: operation for operation in _operations(source)}
        self._shaper = ResponseShaper(resolve=self._resolved, fits=self._fits)

    @classmethod
    def load(cls, path: Path = SPEC_FILE) -> OpenApiSpec:
        """Read the snapshot of the spec that is checked in."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def body_fault(self, operation: Operation, body: Json) -> str | None:
        """Return the first fault of a request's body (field, value, rule), or None if it fits."""
        return _first_error(self._validator(operation.id, response=False), body)

    def parameter_fault(self, operation: Operation, name: str, value: Json) -> str | None:
        """Return the first fault of a path or query parameter, or None if it fits."""
        schema = operation.parameters[name][1]
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        return _first_error(validator, value, prefix=name)

    def response_fault(self, operation: Operation, response: Json) -> str | None:
        """Return the first fault of a response of this cloud, or None if it fits."""
        return _first_error(self._validator(operation.id, response=True), response)

    def fitted(self, operation: Operation, value: Json, *, each: bool = False) -> Json:
        """Return a value in the shape of an operation's `result`; with `each`, of one item."""
        schema = (operation.response or {})["properties"]["result"]
        return self._shaper.fit(schema["items"] if each else schema, value)

    def _resolved(self, reference: str) -> Json:
        schema = self._source
        for part in reference.removeprefix("#/").split("/"):
            schema = schema[part]
        return schema

    def _fits(self, schema: Json, value: Json) -> bool:
        validator = Draft202012Validator(
            _rooted(_strict(schema)), registry=self._registry, format_checker=FormatChecker()
        )
        return bool(validator.is_valid(value))

    @functools.cache  # noqa: B019 (one spec lives as long as the process)
    def _validator(self, operation_id: str, *, response: bool) -> Draft202012Validator:
        operation = self.operations[operation_id]
        schema = _rooted(_strict(operation.response if response else operation.body))
        return Draft202012Validator(schema, registry=self._registry, format_checker=FormatChecker())


def _operations(source: Json) -> Iterator[Operation]:
    for path, methods in source["paths"].items():
        for method, operation in methods.items():
            if method not in _METHODS:
                continue
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                parameters={
                    p["name"]: (p["in"], p["schema"], p.get("required", False))
                    for p in operation.get("parameters", [])
                },
                body=_json_schema(operation.get("requestBody")),
                body_required=operation.get("requestBody", {}).get("required", False),
                response=_json_schema(_success(operation["responses"])),
                status=int(_success_status(operation["responses"])),
            )


def _success(responses: Json) -> Json:
    return responses.get(_success_status(responses))


def _success_status(responses: Json) -> str:
    return next((status for status in responses if status.startswith("2")), "200")


def _json_schema(holder: Json | None) -> Json | None:
    if holder is None:
        return None
    return holder.get("content", {}).get("application/json", {}).get("schema")


def _rooted(schema: Json) -> Json:
    """Return the schema with references into the registry's spec."""
    if isinstance(schema, list):
        return [_rooted(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"{_URI}{value}" if key == "$ref" else _rooted(value) for key, value in schema.items()
    }


def _strict(schema: Json) -> Json:
    """Return the schema with every object closed, as in the real API but not in the spec."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _strict(value) for key, value in schema.items()}
    # A member of allOf describes only some fields of the object, so it must not close the object.
    if "allOf" in closed:
        closed["allOf"] = [_open(member) for member in closed["allOf"]]
        closed.setdefault("unevaluatedProperties", False)
    elif isinstance(schema.get("properties"), dict) and "$ref" not in schema:
        closed.setdefault("type", "object")
        closed.setdefault("additionalProperties", False)
    return closed


def _inlined(schema: Json, source: Json) -> Json:
    """Return the schema with the targets of references in allOf, so that they can stay open."""
    if isinstance(schema, list):
        return [_inlined(item, source) for item in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {key: _inlined(value, source) for key, value in schema.items()}
    if "allOf" in whole:
        whole["allOf"] = [_inlined(_target(member, source), source) for member in whole["allOf"]]
    return whole


def _target(schema: Json, source: Json) -> Json:
    """Return the schema at the end of a chain of references."""
    while "$ref" in schema:
        reference, schema = schema["$ref"], source
        for part in reference.removeprefix("#/").split("/"):
            schema = schema[part]
    return schema


def _open(schema: Json) -> Json:
    if schema.get("additionalProperties") is False:
        return {key: value for key, value in schema.items() if key != "additionalProperties"}
    return schema


def _first_error(validator: Draft202012Validator, value: Json, *, prefix: str = "") -> str | None:
    error = best_match(validator.iter_errors(value))
    return None if error is None else _shortened(_described(error, prefix), 8 * _LONGEST_SHOWN)


def _described(error: ValidationError, prefix: str) -> str:
    if error.validator in ("additionalProperties", "unevaluatedProperties"):
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        instance: Json = error.instance
        unknown = [name for name in instance if name not in known]
        where = _path(error, prefix)
        return f"unknown field {', '.join(repr(_joined(where, n)) for n in unknown)}"
    value = _shortened(json.dumps(error.instance), _LONGEST_SHOWN)
    rule = f"{error.validator}: {json.dumps(error.validator_value)}"
    if error.validator == "required":
        return f"{_path(error, prefix) or 'body'}: {error.message}"
    return f"{_path(error, prefix) or 'body'}: {value} does not satisfy {rule}"


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _path(error: ValidationError, prefix: str) -> str:
    path = prefix
    for part in error.absolute_path:
        path = f"{path}[{part}]" if isinstance(part, int) else _joined(path, str(part))
    return path


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
