"""Give each inline enum a name, from its owner and its property. Equal enums become one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clickhouse_api.generator.document import JsonObject
from clickhouse_api.generator.names import class_name, common_words, singular

__all__ = ["hoist_enums"]


@dataclass(frozen=True)
class _Use:
    """One place of the spec with a list of values."""

    owner: str
    property_name: str
    node: JsonObject


def hoist_enums(document: JsonObject) -> None:
    """Move every inline list of two or more strings to a named schema, and refer to it.

    Equal sets of values become one enum. Its name starts with the words that its owners' names
    share (`ServiceReleaseChannel`). If they share none, or the name is taken, it starts with the
    shortest owner (`ClickPipeKafkaSourceAuthentication`).
    """
    schemas: JsonObject = document["components"]["schemas"]
    groups: dict[frozenset[str], list[_Use]] = defaultdict(list)
    for use in _uses(document):
        groups[frozenset(use.node["enum"])].append(use)
    short = {values: _short_name(uses) for values, uses in groups.items()}
    taken = Counter(short.values()) + Counter(class_name(name) for name in schemas)
    for values, uses in groups.items():
        name = short[values] if taken[short[values]] == 1 else _long_name(uses)
        if name in schemas:
            raise ValueError(f"two enums or schemas would have the name {name}: patch the spec")
        schemas[name] = {"type": "string", "enum": list(uses[0].node["enum"])}
        for use in uses:
            _refer(use.node, name)


def _uses(document: JsonObject) -> Iterator[_Use]:
    for name, schema in document["components"]["schemas"].items():
        if not _is_enum(schema):
            yield from _inside(schema, class_name(name), "")
    for path in document["paths"].values():
        for operation in path.values():
            owner = class_name(operation["operationId"])
            for parameter in operation["parameters"]:
                yield from _inside(parameter["schema"], owner, parameter["name"])


def _inside(node: Any, owner: str, property_name: str) -> Iterator[_Use]:
    if isinstance(node, list):
        for item in node:
            yield from _inside(item, owner, property_name)
    if not isinstance(node, dict):
        return
    if _is_enum(node):
        yield _Use(owner, property_name, node)
    for key, value in node.items():
        if key == "properties":
            for name, schema in value.items():
                yield from _inside(schema, owner, name)
        elif key == "items":
            yield from _inside(value, owner, singular(property_name))
        elif key in ("additionalProperties", "oneOf", "anyOf", "allOf"):
            yield from _inside(value, owner, property_name)


def _is_enum(node: JsonObject) -> bool:
    values = node.get("enum")
    return isinstance(values, list) and len(values) > 1 and all(isinstance(v, str) for v in values)


def _property_part(uses: list[_Use]) -> str:
    counts = Counter(use.property_name for use in uses)
    name = min(counts, key=lambda name: (-counts[name], name))
    return class_name("".join(class_name(word) for word in name.split("_")))


def _short_name(uses: list[_Use]) -> str:
    shared = common_words(use.owner for use in uses)
    return f"{shared}{_property_part(uses)}" if shared else _long_name(uses)


def _long_name(uses: list[_Use]) -> str:
    owner = min((use.owner for use in uses), key=lambda owner: (len(owner), owner))
    return f"{owner}{_property_part([use for use in uses if use.owner == owner])}"


def _refer(node: JsonObject, name: str) -> None:
    reference = {"$ref": f"#/components/schemas/{name}"}
    nullable = isinstance(node["type"], list) and "null" in node["type"]
    node.clear()
    node.update({"anyOf": [reference, {"type": "null"}]} if nullable else reference)
