"""Describe the operations of the spec for the template: names, types, kind of response."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from clickhouse_api.generator.document import JsonObject
from clickhouse_api.generator.names import class_name, snake
from clickhouse_api.generator.patches import REPEATABLE_POSTS
from clickhouse_api.generator.schemas import Shapes, references

__all__ = ["Group", "Operation", "Parameter", "operation_groups"]

# The base URL ends in the version, so paths start after it.
_VERSION = "/v1"


@dataclass(frozen=True)
class Parameter:
    """One path or query parameter of a method."""

    wire_name: str
    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class Operation:
    """One method.

    Attributes:
        constant: name of the generated `Operation` constant.
        call: method of the caller for this kind of response: `one`, `page`, `any_of`, `items`,
            `text` or `nothing`.
        result: class (or alias) of the result, empty for `text` and `nothing`.
        returns: annotation of the method.
    """

    id: str
    name: str
    constant: str
    http_method: str
    path: str
    repeatable: bool
    deprecated: bool
    path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    body: str
    call: str
    result: str
    returns: str

    @property
    def short_path(self) -> str:
        """The path without the part that nearly all paths share, so that it fits a line."""
        shared = r"^/organizations/{organizationId}(/services/{serviceId})?(?=/)"
        return re.sub(shared, "…", self.path)

    @property
    def statement(self) -> str:
        """The beginning of the method's last statement."""
        if self.call == "nothing":
            return ""
        # A union is not a class, so a type checker needs the annotation.
        return f"result: {self.returns} = " if self.call == "any_of" else "return "


@dataclass
class Group:
    """Operations of one tag."""

    tag: str
    name: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def class_name(self) -> str:
        return "".join(class_name(word) for word in self.name.split("_")) + "Operations"


def operation_groups(document: JsonObject, shapes: Shapes) -> list[Group]:
    """Return all operations by tag, in the order of the spec."""
    groups: dict[str, Group] = {}
    seen: dict[str, set[str]] = defaultdict(set)
    for path, methods in document["paths"].items():
        for http_method, operation in methods.items():
            tag = operation["tags"][0]
            group = groups.setdefault(snake(tag), Group(tag, snake(tag)))
            described = _operation(path, http_method, operation, shapes)
            if described.name in seen[tag]:
                raise ValueError(f"two operations of {tag} would have the name {described.name}")
            seen[tag].add(described.name)
            group.operations.append(described)
    return [groups[name] for name in sorted(groups)]


def _operation(path: str, http_method: str, operation: JsonObject, shapes: Shapes) -> Operation:
    name = snake(operation["operationId"])
    call, result, returns = _result(operation, shapes)
    body = next(references(operation.get("requestBody")), "")
    return Operation(
        id=operation["operationId"],
        name=name,
        constant=name.upper(),
        http_method=http_method.upper(),
        path=path.removeprefix(_VERSION),
        repeatable=http_method != "post" or operation["operationId"] in REPEATABLE_POSTS,
        deprecated=operation.get("deprecated", False),
        path_parameters=_path_parameters(path, operation, shapes),
        query_parameters=_query_parameters(operation, shapes),
        body=shapes.classes[body, "request"] if body else "",
        call=call,
        result=result,
        returns=returns,
    )


def _path_parameters(path: str, operation: JsonObject, shapes: Shapes) -> tuple[Parameter, ...]:
    by_name = {p["name"]: p for p in operation["parameters"] if p["in"] == "path"}
    return tuple(_parameter(by_name[name], shapes) for name in re.findall(r"{(\w+)}", path))


def _query_parameters(operation: JsonObject, shapes: Shapes) -> tuple[Parameter, ...]:
    query = [_parameter(p, shapes) for p in operation["parameters"] if p["in"] == "query"]
    return tuple(sorted(query, key=lambda parameter: not parameter.required))


def _parameter(parameter: JsonObject, shapes: Shapes) -> Parameter:
    name = parameter["name"]
    annotation = _parameter_type(parameter["schema"], shapes)
    return Parameter(name, snake(name), annotation, parameter.get("required", False))


def _parameter_type(schema: JsonObject, shapes: Shapes) -> str:
    if "$ref" in schema:
        return f"models.{shapes.classes[next(references(schema)), 'request']}"
    if schema["type"] == "array":
        return f"Sequence[{_parameter_type(schema['items'], shapes)}]"
    formats = {"date-time": "datetime | str", "date": "date | str", "boolean": "bool"}
    types = {"string": "str", "integer": "int", "number": "int | float", "boolean": "bool"}
    return formats.get(schema.get("format", ""), types[schema["type"]])


def _result(operation: JsonObject, shapes: Shapes) -> tuple[str, str, str]:
    """Return the method of the caller, the class of the result, and the annotation."""
    success = [operation["responses"][s] for s in sorted(operation["responses"]) if s[0] == "2"]
    content_type, content = next(iter(success[0]["content"].items()))
    schema = content["schema"]
    if content_type != "application/json":
        return "text", "", "str"
    if schema["type"] == "array":
        item = _class_of(schema["items"], shapes)
        return "items", item, f"list[{item}]"
    result: dict[str, Any] | None = schema["properties"].get("result")
    if result is None:
        return "nothing", "", "None"
    if result.get("type") == "array":
        item = _class_of(result["items"], shapes)
        return "page", item, f"Page[{item}]"
    name = _class_of(result, shapes)
    is_model = name.removeprefix("models.") in shapes.bases
    return "one" if is_model else "any_of", name, name


def _class_of(schema: JsonObject, shapes: Shapes) -> str:
    return f"models.{shapes.classes[next(references(schema)), 'response']}"
