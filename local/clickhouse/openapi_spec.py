"""The vendor's OpenAPI document: its operations, and whether a request or an answer fits them."""

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
_URI = "urn:document"

Json = Any


@dataclass(frozen=True)
class Operation:
    """One operation of the document.

    Attributes:
        id: its `operationId`.
        path: with `{placeholders}`.
        parameters: name -> (where, schema, required).
        body: schema of the request, or None where it takes none.
        answer: schema of the JSON answer to success, or None.
        status: of success.
    """

    id: str
    method: str
    path: str
    parameters: Mapping[str, tuple[str, Json, bool]]
    body: Json | None
    body_required: bool
    answer: Json | None
    status: int = 200


class OpenApiSpec:
    """The document, with validators made when first needed.

    Args:
        source: the parsed JSON.
    """

    def __init__(self, source: Json) -> None:
        source = _inlined(source, source)
        self._source = source
        # Strict for answers too: a field of ours that the document lacks is a mistake of ours.
        strict = Resource.from_contents(_strict(source), DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_URI, strict)
        self.operations = {operation.id: operation for operation in _operations(source)}
        self._fitter = ResponseShaper(resolve=self._resolved, fits=self._fits)

    @classmethod
    def load(cls, path: Path = SPEC_FILE) -> OpenApiSpec:
        """Read the pinned snapshot."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def wrong_body(self, operation: Operation, body: Json) -> str | None:
        """What is wrong with a request's body, naming field, value and rule; None if nothing is."""
        return _first_error(self._validator(operation.id, answer=False), body)

    def wrong_parameter(self, operation: Operation, name: str, value: Json) -> str | None:
        """What is wrong with a path or query parameter, or None."""
        schema = operation.parameters[name][1]
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        return _first_error(validator, value, prefix=name)

    def wrong_answer(self, operation: Operation, answer: Json) -> str | None:
        """What in an answer of ours the document does not know; None if nothing."""
        return _first_error(self._validator(operation.id, answer=True), answer)

    def fitted(self, operation: Operation, thing: Json, *, each: bool = False) -> Json:
        """A thing in the shape of an operation's `result`; with `each`, of one of its items."""
        schema = (operation.answer or {})["properties"]["result"]
        return self._fitter.fit(schema["items"] if each else schema, thing)

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

    @functools.cache  # noqa: B019 (one document lives as long as the process)
    def _validator(self, operation_id: str, *, answer: bool) -> Draft202012Validator:
        operation = self.operations[operation_id]
        schema = _rooted(_strict(operation.answer if answer else operation.body))
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
                answer=_json_schema(_success(operation["responses"])),
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
    """The schema with its references leading into the registry's document."""
    if isinstance(schema, list):
        return [_rooted(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"{_URI}{value}" if key == "$ref" else _rooted(value) for key, value in schema.items()
    }


def _strict(schema: Json) -> Json:
    """The schema with every object closed: the document leaves them open and the API does not."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _strict(value) for key, value in schema.items()}
    # Members of allOf see only their part of the object, so none of them may close it.
    if "allOf" in closed:
        closed["allOf"] = [_open(member) for member in closed["allOf"]]
        closed.setdefault("unevaluatedProperties", False)
    elif isinstance(schema.get("properties"), dict) and "$ref" not in schema:
        closed.setdefault("type", "object")
        closed.setdefault("additionalProperties", False)
    return closed


def _inlined(schema: Json, source: Json) -> Json:
    """Without references in allOf: what they lead to is closed, and here must not be."""
    if isinstance(schema, list):
        return [_inlined(item, source) for item in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {key: _inlined(value, source) for key, value in schema.items()}
    if "allOf" in whole:
        whole["allOf"] = [_inlined(_led(member, source), source) for member in whole["allOf"]]
    return whole


def _led(schema: Json, source: Json) -> Json:
    """Where a reference leads."""
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
