"""Run datamodel-code-generator on the derived schemas, and sort its classes into modules."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from datamodel_code_generator import (
    InputFileType,
    LiteralType,
    OpenAPIScope,
    PythonVersion,
    generate,
)
from datamodel_code_generator.enums import DataModelType

from clickhouse_api.generator.document import JsonObject
from clickhouse_api.generator.names import snake
from clickhouse_api.generator.schemas import Shapes, references

__all__ = ["ModelModule", "model_modules"]

_COMMON = "common"
_UNREFERENCED = "unreferenced"


@dataclass(frozen=True)
class ModelModule:
    """Classes of one tag: their code in order of definition, and its imports."""

    name: str
    classes: tuple[str, ...]
    code: tuple[str, ...]
    imports: tuple[str, ...]


def model_modules(document: JsonObject, shapes: Shapes) -> list[ModelModule]:
    """Return all classes by the tag that uses them. Those of several tags are in `common`."""
    definitions = _definitions(_generated(shapes), shapes)
    uses = {name: _names_in(code, definitions) - {name} for name, code in definitions.items()}
    homes = _homes(document, shapes, uses)
    return [
        _module(
            home, [name for name in definitions if homes[name] == home], definitions, uses, homes
        )
        for home in sorted(set(homes.values()))
    ]


def _generated(shapes: Shapes) -> str:
    bases: dict[str, str | list[str]] = {
        name: f"clickhouse_api.base.{base}" for name, base in shapes.bases.items()
    }
    code = generate(
        json.dumps(shapes.document),
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        openapi_scopes=[OpenAPIScope.Schemas],
        base_class="clickhouse_api.base.ResponseModel",
        base_class_map=bases,
        snake_case_field=True,
        use_annotated=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_type_alias=True,
        use_type_alias_type=True,
        enum_field_as_literal=LiteralType.One,
        enum_field_as_literal_map=dict.fromkeys(_numeric_enums(shapes.document), "literal"),
        use_specialized_enum=True,
        capitalise_enum_members=True,
        special_field_name_prefix="value",
        disable_timestamp=True,
        formatters=[],
    )
    if not isinstance(code, str):
        raise TypeError("datamodel-code-generator returned several modules for one spec")
    return code


def _numeric_enums(node: object) -> Iterator[str]:
    """Yield properties with an enum of numbers. Members such as INTEGER_6 would have no meaning."""
    if isinstance(node, dict):
        for name, schema in node.get("properties", {}).items():
            if isinstance(schema, dict) and schema.get("type") == "integer" and "enum" in schema:
                yield name
        for value in node.values():
            yield from _numeric_enums(value)


def _definitions(code: str, shapes: Shapes) -> dict[str, str]:
    """Return the source of each class and alias, in an order in which they can be defined."""
    lines = code.splitlines()
    helpers: dict[str, str] = {}
    definitions: dict[str, str] = {}
    for node in ast.parse(code).body:
        name = _defined_name(node)
        if name in shapes.enums or name in shapes.sides:
            definitions[name] = _source(lines, node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            helpers[name] = _source(lines, node.value.args[1])
    return {
        name: _polish(name, _without_helpers(text, helpers), shapes)
        for name, text in definitions.items()
    }


def _source(lines: list[str], node: ast.stmt | ast.expr) -> str:
    # ast.get_source_segment splits the whole source in each call: 15 s instead of 3 s.
    if node.end_lineno == node.lineno:
        return lines[node.lineno - 1][node.col_offset : node.end_col_offset]
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])


def _without_helpers(text: str, helpers: dict[str, str]) -> str:
    """Replace the aliases of constrained items (`PullBatchSize`) by their definition."""
    return re.sub(r"(?<=[\[ ])[A-Z]\w+\b", lambda match: helpers.get(match[0], match[0]), text)


# A member with the name of a password, which the linter reports as a password.
_PASSWORD_MEMBER = re.compile(r"^ +(?:\w*_)?(?:PASSWORD|TOKEN|SECRET)(?:_\w*)? = .*$", re.MULTILINE)


def _defined_name(node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _polish(name: str, text: str, shapes: Shapes) -> str:
    """Apply changes for which datamodel-code-generator has no option."""
    if name in shapes.enums:
        return _PASSWORD_MEMBER.sub(r"\g<0>  # noqa: S105", text)
    text = re.sub(r"\bfloat\b", "Number", text).replace("date_aliased", "calendar_date")
    if shapes.sides[name] == "response":
        text = text.replace("AwareDatetime", "datetime")
        head, newline, body = text.partition("\n") if text.startswith("class") else ("", "", text)
        body = re.sub(
            r"\b[A-Z]\w+\b",
            lambda match: f"Open[{match[0]}]" if match[0] in shapes.enums else match[0],
            body,
        )
        text = head + newline + body
    return text


def _names_in(code: str, known: Mapping[str, object]) -> set[str]:
    return {word for word in re.findall(r"\b[A-Z]\w*\b", code) if word in known}


def _homes(document: JsonObject, shapes: Shapes, uses: dict[str, set[str]]) -> dict[str, str]:
    tags: dict[str, set[str]] = defaultdict(set)
    for path in document["paths"].values():
        for operation in path.values():
            tag = snake(operation["tags"][0])
            for name in _reached(_entry_classes(operation, shapes), uses):
                tags[name].add(tag)
    homes = {}
    for name in uses:
        several = len(tags[name]) > 1
        homes[name] = _COMMON if several else next(iter(tags[name]), _UNREFERENCED)
    # A class used by one tag and by unreferenced schemas stays with the tag. No module imports
    # from `unreferenced`, so there is no import cycle.
    return homes


def _entry_classes(operation: JsonObject, shapes: Shapes) -> set[str]:
    sent = references([operation.get("requestBody"), operation["parameters"]])
    returned = references(operation["responses"])
    return {shapes.classes[name, "request"] for name in sent} | {
        shapes.classes[name, "response"] for name in returned
    }


def _reached(names: set[str], uses: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(uses[name])
    return reached


def _module(
    home: str,
    classes: list[str],
    definitions: dict[str, str],
    uses: dict[str, set[str]],
    homes: dict[str, str],
) -> ModelModule:
    foreign: dict[str, set[str]] = defaultdict(set)
    for name in classes:
        for used in uses[name]:
            if homes[used] != home:
                foreign[homes[used]].add(used)
    imports = [
        f"from clickhouse_api.models.{module} import {', '.join(sorted(names))}"
        for module, names in sorted(foreign.items())
    ]
    code = tuple(definitions[name] for name in classes)
    return ModelModule(
        home, tuple(classes), code, tuple(_library_imports("\n".join(code)) + imports)
    )


_LIBRARY = {
    "datetime": ("datetime",),
    "enum": ("StrEnum",),
    "typing": ("Annotated", "Any", "Literal"),
    "pydantic": ("AwareDatetime", "Field"),
    "typing_extensions": ("TypeAliasType",),
    "clickhouse_api.base": (
        "Number",
        "Open",
        "RequestModel",
        "ResponseModel",
        "UnknownVariant",
        "VerbatimRequestModel",
        "VerbatimResponseModel",
    ),
}


def _library_imports(code: str) -> list[str]:
    used = set(re.findall(r"\b\w+\b", code))
    # Under another name because a field is called `date`.
    aliased = ["from datetime import date as calendar_date"] if "calendar_date" in used else []
    return aliased + [
        f"from {module} import {', '.join(name for name in names if name in used)}"
        for module, names in _LIBRARY.items()
        if any(name in used for name in names)
    ]
