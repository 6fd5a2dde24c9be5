"""Derive a spec for datamodel-code-generator, with separate schemas for requests and responses.

A schema of requests becomes a strict schema with the same name, a schema of responses a tolerant
one. A schema of both becomes two schemas, and the name of the tolerant one ends in `Output`, as in
the vendor's `UdfArgumentOutput`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from clickhouse_api.generator.document import JsonObject
from clickhouse_api.generator.names import class_name, round_trips, snake

__all__ = ["Shapes", "Side", "derive", "references"]

Side = Literal["request", "response"]

_COMPONENTS = "#/components/schemas/"
_OUTPUT = "Output"
_NO_ASSERTIONS = frozenset(
    {"default", "title", "deprecated", "writeOnly", "readOnly", "uniqueItems", "propertyNames"}
)
_ASSERTIONS = frozenset(
    {
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern", "minItems", "maxItems"),
        *("minProperties", "maxProperties", "required"),
    }
)
# The other formats (uuid, uri, email, password, boolean) would change the type of a string.
_KEPT_FORMATS = frozenset({"date-time", "date"})
# `{}` would become an empty class. This value becomes a dict.
_ANYTHING: JsonObject = {"nullable": True}
_NUMERIC = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})


@dataclass
class Shapes:
    """The derived schemas, for `models` and `operations`.

    Attributes:
        document: OpenAPI spec with only the derived schemas, which have the names of the classes.
        sides: side of each class; enums belong to both sides and have none.
        enums: names of the enum classes.
        classes: class of a schema on each side.
        bases: class of `clickhouse_api.base` that a class derives from.
    """

    document: JsonObject
    sides: dict[str, Side] = field(default_factory=dict)
    enums: set[str] = field(default_factory=set)
    classes: dict[tuple[str, Side], str] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)


def references(node: Any) -> Iterator[str]:
    """Yield the names of the schemas that a part of the spec refers to."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value.removeprefix(_COMPONENTS)
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def derive(document: JsonObject) -> Shapes:
    """Derive the schemas of a patched spec with named enums."""
    given = document["components"]["schemas"]
    schemas = {name: _flat(schema, given) for name, schema in given.items()}
    shapes = Shapes({"openapi": "3.1.0", "info": document["info"], "paths": {}})
    used: dict[Side, set[str]] = {
        "request": _used(document, schemas, "request"),
        "response": _used(document, schemas, "response"),
    }
    for name, schema in schemas.items():
        if "enum" in schema:
            shapes.enums.add(class_name(name))
        both = name in used["request"] and name in used["response"] and not _is_scalar(schema)
        shapes.classes[name, "request"] = class_name(name)
        shapes.classes[name, "response"] = class_name(name) + (_OUTPUT if both else "")
    derived = _derived(schemas, used, shapes)
    if len({name.lower() for name in derived}) < len(derived):
        raise ValueError("two class names would differ in case only: add a patch for the spec")
    shapes.document["components"] = {"schemas": dict(sorted(derived.items()))}
    return shapes


def _derived(schemas: JsonObject, used: dict[Side, set[str]], shapes: Shapes) -> JsonObject:
    variants = {
        name
        for name in used["response"]
        if any(name in _variants(schema) for schema in schemas.values())
    }
    derived: JsonObject = {"UnknownVariant": {"type": "object", "properties": {"kind": {}}}}
    for name, schema in schemas.items():
        for side in _sides_of(name, schema, used):
            shape = _Deriver(schemas, shapes, side, keep_literals=name in variants)
            derived[shapes.classes[name, side]] = shape.top(shapes.classes[name, side], schema)
            if class_name(name) not in shapes.enums:
                shapes.sides[shapes.classes[name, side]] = side
    return derived


def _sides_of(name: str, schema: JsonObject, used: dict[Side, set[str]]) -> list[Side]:
    if "enum" in schema:
        return ["request"]
    sides: list[Side] = [side for side, names in used.items() if name in names]
    # A scalar needs no tolerant class: its definition is copied into each response.
    return sides[:1] if _is_scalar(schema) else sides


def _flat(schema: JsonObject, schemas: JsonObject) -> JsonObject:
    """Merge `allOf` into one object, for one class with all fields instead of a hierarchy."""
    if "allOf" not in schema:
        return schema
    schema = copy.deepcopy(schema)
    parts = schema.pop("allOf")
    if schema.get("type") == "string":
        return schema  # a password with three patterns, which no single pattern can express
    for part in parts:
        named = part.get("$ref", "").removeprefix(_COMPONENTS)
        merged = _flat(schemas[named] if named else part, schemas)
        schema.setdefault("type", "object")
        schema.setdefault("properties", {}).update(merged.get("properties", {}))
        schema.setdefault("required", []).extend(merged.get("required", []))
    return schema


def _used(document: JsonObject, schemas: JsonObject, side: Side) -> set[str]:
    seeds: set[str] = set()
    for path in document["paths"].values():
        for operation in path.values():
            part = operation.get("requestBody") if side == "request" else operation["responses"]
            seeds.update(references(part))
    used = _closure(seeds, schemas)
    return used | _closure(_unreferenced(document, schemas, side), schemas)


def _unreferenced(document: JsonObject, schemas: JsonObject, side: Side) -> Iterator[str]:
    """Yield schemas that no operation uses yet (SCIM), on the side that their name indicates."""
    reached = _closure(set(references(document["paths"])), schemas)
    for name in schemas:
        if name not in reached and name.endswith("Request") == (side == "request"):
            yield name


def _closure(seeds: Iterable[str], schemas: JsonObject) -> set[str]:
    reached: set[str] = set()
    waiting = list(seeds)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(references(schemas[name]))
    return reached


def _variants(schema: JsonObject) -> set[str]:
    """Return the schemas that are alternatives of a union anywhere in `schema`."""
    found: set[str] = set()
    if isinstance(schema, dict):
        arms = [*schema.get("oneOf", []), *schema.get("anyOf", [])]
        if len(arms) > 1:
            found.update(references([arm for arm in arms if "$ref" in arm]))
        for value in schema.values():
            found |= _variants(value)
    elif isinstance(schema, list):
        for item in schema:
            found |= _variants(item)
    return found


def _is_scalar(schema: JsonObject) -> bool:
    return schema.get("type") in ("string", "integer", "number", "boolean")


@dataclass
class _Deriver:
    """Converts one schema for one side."""

    schemas: JsonObject
    shapes: Shapes
    side: Side
    keep_literals: bool

    def top(self, name: str, schema: JsonObject) -> JsonObject:
        shape = self.node(schema)
        if "properties" in shape:
            verbatim = self._rename(shape)
            kind = "RequestModel" if self.side == "request" else "ResponseModel"
            self.shapes.bases[name] = f"Verbatim{kind}" if verbatim else kind
        return shape

    def _rename(self, shape: JsonObject) -> bool:
        """Give properties their Python names if the base model derives the wire name.

        Returns:
            Whether a wire name is in snake_case, so that no wire name can be derived.
        """
        names = shape["properties"]
        verbatim = any(snake(name) == name and not round_trips(name) for name in names)
        if not verbatim:
            shape["properties"] = {
                snake(name) if round_trips(name) else name: node for name, node in names.items()
            }
            required = [snake(n) if round_trips(n) else n for n in shape.get("required", [])]
            shape["required"] = required
        return verbatim

    def node(self, node: JsonObject) -> JsonObject:
        if "$ref" in node:
            return self._reference(node["$ref"].removeprefix(_COMPONENTS))
        if isinstance(node.get("type"), list):
            return self.node(_any_of_types(node))
        if "oneOf" in node or "anyOf" in node:
            return self._union([*node.get("oneOf", []), *node.get("anyOf", [])])
        return self._plain(node)

    def _reference(self, name: str) -> JsonObject:
        schema = self.schemas[name]
        if self.side == "response" and _is_scalar(schema) and "enum" not in schema:
            return self.node(schema)
        return {"$ref": _COMPONENTS + self.shapes.classes[name, self.side]}

    def _union(self, arms: list[JsonObject]) -> JsonObject:
        if self.side == "response":
            arms = [arm for arm in arms if arm.get("type") != "null"]
        rewritten = [self.node(arm) for arm in arms]
        if self.side == "response" and _is_union_of_objects(arms, self.schemas):
            rewritten.append({"$ref": f"{_COMPONENTS}UnknownVariant"})
        return rewritten[0] if len(rewritten) == 1 else {"anyOf": rewritten}

    def _plain(self, node: JsonObject) -> JsonObject:
        shape = {key: value for key, value in node.items() if key not in _NO_ASSERTIONS}
        if self.side == "response":
            shape = {key: value for key, value in shape.items() if key not in _ASSERTIONS}
            one_value = "const" in shape or len(shape.get("enum", "")) == 1
            if ("enum" in shape or one_value) and not (self.keep_literals and one_value):
                shape = {"type": shape["type"]}
        if shape.get("format") not in _KEPT_FORMATS:
            shape.pop("format", None)
        if isinstance(shape.get("items"), dict):
            shape["items"] = self.node(shape["items"])
        return self._object(shape)

    def _object(self, shape: JsonObject) -> JsonObject:
        properties = shape.get("properties")
        extra = shape.pop("additionalProperties", None)
        if properties:
            shape["type"] = "object"
            shape["properties"] = {name: self.node(node) for name, node in properties.items()}
        elif shape.get("type") == "object" or properties is not None or extra is not None:
            values = self.node(extra) if isinstance(extra, dict) else _ANYTHING
            return {"type": "object", "additionalProperties": values}
        return shape


def _is_union_of_objects(arms: list[JsonObject], schemas: JsonObject) -> bool:
    named = [schemas[name] for arm in arms for name in references(arm)]
    # In unions of unions, the innermost union gets the extra alternative.
    return len(arms) > 1 and any("properties" in schema for schema in named)


def _any_of_types(node: JsonObject) -> JsonObject:
    """Split `type: [string, integer], minimum: 1` into one alternative for each type."""
    alternatives = []
    for kind in node["type"]:
        alternative = {key: value for key, value in node.items() if key != "type"}
        if kind == "null":
            alternative = {}
        elif kind == "string":
            alternative = {k: v for k, v in alternative.items() if k not in _NUMERIC}
        alternatives.append({**alternative, "type": kind})
    return {"anyOf": alternatives}
