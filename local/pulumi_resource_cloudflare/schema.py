"""Properties of resources and look-ups, their checks, and their names in the API."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.pulumi_resource_cloudflare.values import UNKNOWN, Secret

__all__ = ["Failure", "Property", "check", "computed", "from_api", "inputs", "package", "to_api"]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
# Names in the API that differ from the provider's names.
_API_NAMES = {
    ("WorkersScriptAnnotations", "workers_message"): "workers/message",
    ("WorkersScriptAnnotations", "workers_tag"): "workers/tag",
    ("WorkersScriptAnnotations", "workers_triggered_by"): "workers/triggered_by",
}


@dataclass(frozen=True)
class Property:
    """One property of a resource or of an object inside one."""

    name: str
    api: str
    type: Any
    required: bool = False
    values: Sequence[str] = ()


@dataclass(frozen=True)
class Failure:
    """An error of an input, with its path: `bindings[0].type`."""

    path: str
    reason: str


@functools.cache
def package() -> dict[str, Any]:
    """Return the content of `schema.json`."""
    file = Path(__file__).with_name("schema.json")
    value: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return value


@functools.cache
def inputs(token: str) -> tuple[Property, ...]:
    """Return the inputs of a resource or look-up.

    Raises:
        KeyError: `schema.json` does not have it.
    """
    known = {**package()["resources"], **package()["functions"]}
    return tuple(_property(token, item) for item in known[token]["inputs"])


def computed(token: str) -> list[str]:
    """Return the outputs of a resource that are not inputs."""
    names: list[str] = package()["resources"][token]["computed"]
    return names


def check(token: str, values: Mapping[str, Any]) -> list[Failure]:
    """Return all errors in the inputs of a resource or look-up."""
    return list(_check_object(inputs(token), values, ""))


def to_api(token: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return revealed inputs with the API's names."""
    return _renamed(inputs(token), values, lambda item: (item.name, item.api))


def from_api(token: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the known fields of a response with the provider's names, without nulls."""
    return _renamed(inputs(token), values, lambda item: (item.api, item.name))


@functools.cache
def _members(name: str) -> tuple[Property, ...]:
    return tuple(_property(name, item) for item in package()["types"][name])


def _property(owner: str, item: Mapping[str, Any]) -> Property:
    return Property(
        name=item["name"],
        api=_API_NAMES.get((owner, item["api"]), item["api"]),
        type=item["type"],
        required=item.get("required", False),
        values=tuple(item.get("values", ())),
    )


def _check_object(
    properties: Sequence[Property], values: Mapping[str, Any], path: str
) -> Iterator[Failure]:
    known = {item.name: item for item in properties}
    for item in properties:
        if item.required and item.name not in values:
            yield Failure(path + item.name, f"Missing required property '{path}{item.name}'")
    for name, value in values.items():
        if name.startswith("__"):
            continue
        if name not in known:
            yield Failure(path + name, f"Unexpected property '{path}{name}'")
        else:
            yield from _check_value(known[name], known[name].type, value, path + name)


def _check_value(item: Property, kind: Any, value: Any, path: str) -> Iterator[Failure]:
    if isinstance(value, Secret):
        yield from _check_value(item, kind, value.value, path)
    elif value is UNKNOWN or value is None or kind == "any":
        return
    elif isinstance(kind, dict):
        yield from _check_nested(item, kind, value, path)
    elif not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield Failure(path, f"Expected {kind}, got {_kind_of(value)}, at '{path}'")
    elif item.values and isinstance(value, str) and value.lower() not in item.values:
        choices = ", ".join(f'"{choice}"' for choice in item.values)
        yield Failure(path, f"Value must be one of: {choices}; got '{value}' at '{path}'")


def _check_nested(
    item: Property, kind: Mapping[str, Any], value: Any, path: str
) -> Iterator[Failure]:
    if "list" in kind:
        if not isinstance(value, list):
            yield Failure(path, f"Expected a list, got {_kind_of(value)}, at '{path}'")
            return
        for index, element in enumerate(value):
            yield from _check_value(item, kind["list"], element, f"{path}[{index}]")
    elif not isinstance(value, dict):
        yield Failure(path, f"Expected an object, got {_kind_of(value)}, at '{path}'")
    elif "map" in kind:
        for key, element in value.items():
            yield from _check_value(item, kind["map"], element, f"{path}.{key}")
    else:
        yield from _check_object(_members(kind["object"]), value, f"{path}.")


def _kind_of(value: Any) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "a list"}
    return names.get(type(value), "an object")


def _renamed(
    properties: Sequence[Property], values: Mapping[str, Any], names: Any
) -> dict[str, Any]:
    renamed = {}
    for item in properties:
        source, target = names(item)
        value = values.get(source)
        if value is not None:
            renamed[target] = _renamed_value(item.type, value, names)
    return renamed


def _renamed_value(kind: Any, value: Any, names: Any) -> Any:
    if not isinstance(kind, dict):
        return value
    if "list" in kind and isinstance(value, list):
        return [_renamed_value(kind["list"], item, names) for item in value]
    if "map" in kind and isinstance(value, dict):
        return {key: _renamed_value(kind["map"], item, names) for key, item in value.items()}
    if "object" in kind and isinstance(value, dict):
        return _renamed(_members(kind["object"]), value, names)
    return value
