"""Rebuilds `schema.json`: `python -m local.pulumi_resource_cloudflare.schema_from_sdk`.

The installed pulumi_cloudflare package has the properties of each resource, their types and the
allowed values. Its files are parsed and not imported, because an import takes seconds.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Any

__all__ = ["SCHEMA_FILE", "build_schema"]

SCHEMA_FILE = Path(__file__).with_name("schema.json")
_COMMENT = (
    "generated from the pulumi_cloudflare package by "
    "`python -m local.pulumi_resource_cloudflare.schema_from_sdk`"
)
# Token -> the module that defines it, and the class of its arguments there.
_RESOURCES = {
    "cloudflare:index/workersScript:WorkersScript": ("workers_script", "WorkersScript"),
    "cloudflare:index/workersCustomDomain:WorkersCustomDomain": (
        "workers_custom_domain",
        "WorkersCustomDomain",
    ),
    "pulumi:providers:cloudflare": ("provider", "Provider"),
}
# Token -> the function whose parameters are the arguments of the look-up.
_FUNCTIONS = {
    "cloudflare:index/getZone:getZone": ("get_zone", "get_zone"),
    "cloudflare:index/getZones:getZones": ("get_zones", "get_zones"),
}
_SCALARS = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}
_WRAPPERS = {"Input", "Optional"}


def build_schema() -> str:
    """Return the content of `schema.json` for the installed package."""
    package = _package_folder()
    reader = _Reader((package / "_inputs.py").read_text(encoding="utf-8"))
    plugin = json.loads((package / "pulumi-plugin.json").read_text(encoding="utf-8"))
    resources = {}
    for token, (module, name) in _RESOURCES.items():
        source = (package / f"{module}.py").read_text(encoding="utf-8")
        inputs = reader.properties(_class_source(source, f"{name}Args"))
        outputs = _getters(ast.parse(_class_source(source, name)))
        computed = sorted(set(outputs.values()) - {item["name"] for item in inputs})
        resources[token] = {"inputs": inputs, "computed": computed}
    functions = {}
    for token, (module, name) in _FUNCTIONS.items():
        source = (package / f"{module}.py").read_text(encoding="utf-8")
        functions[token] = {"inputs": reader.parameters(source, name)}
    schema = {
        "$comment": _COMMENT,
        "version": plugin["version"],
        "resources": resources,
        "functions": functions,
        "types": dict(sorted(reader.types.items())),
    }
    return json.dumps(schema, indent=1) + "\n"


class _Reader:
    """Reads argument classes, and the classes that they use, into `types`."""

    def __init__(self, inputs_source: str) -> None:
        self._source = inputs_source
        self.types: dict[str, list[dict[str, Any]]] = {}

    def properties(self, source: str) -> list[dict[str, Any]]:
        """Return name, name in the API, type, requiredness and allowed values of each property."""
        tree = ast.parse(source)
        initializer = _function(tree, "__init__")
        names = _getters(tree)
        documentation = ast.get_docstring(initializer) or ""
        return [
            self._property(parameter, default, names[parameter.arg], documentation)
            for parameter, default in zip(
                initializer.args.kwonlyargs, initializer.args.kw_defaults, strict=True
            )
        ]

    def parameters(self, source: str, name: str) -> list[dict[str, Any]]:
        """Return the properties of a look-up's parameters, which are all optional."""
        tree = ast.parse(source)
        function = _function(tree, name)
        # `__args__['zoneId'] = zone_id` has the look-up's names.
        names = dict(re.findall(r"__args__\['(\w+)'\] = (\w+)", source))
        snake_to_camel = {snake: camel for camel, snake in names.items()}
        return [
            self._property(parameter, ast.Constant(None), snake_to_camel[parameter.arg], "")
            for parameter in function.args.args
            if parameter.arg in snake_to_camel
        ]

    def _property(
        self, parameter: ast.arg, default: ast.expr | None, name: str, documentation: str
    ) -> dict[str, Any]:
        item: dict[str, Any] = {
            "name": name,
            "api": parameter.arg,
            "type": self._type(parameter.annotation),
        }
        if default is None:
            item["required"] = True
        values = _allowed_values(documentation, parameter.arg)
        if values and item["type"] == "string":
            item["values"] = values
        return item

    def _type(self, node: ast.expr | None) -> Any:
        if isinstance(node, ast.Attribute) and node.attr in _SCALARS:
            return _SCALARS[node.attr]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return {"object": self._named(node.value.rsplit(".", 1)[-1])}
        if isinstance(node, ast.Subscript):
            outer = node.value.attr if isinstance(node.value, ast.Attribute) else _name(node.value)
            if outer in _WRAPPERS:
                return self._type(node.slice)
            if outer == "Union":
                # `Union['XArgs', 'XArgsDict', …]`: one type in its several Python forms.
                return self._type(_elements(node.slice)[0])
            if outer == "Sequence":
                return {"list": self._type(node.slice)}
            if outer == "Mapping":
                return {"map": self._type(_elements(node.slice)[1])}
        return "any"

    def _named(self, python_name: str) -> str:
        name = python_name.removesuffix("Args")
        if name not in self.types:
            self.types[name] = []
            self.types[name] = self.properties(_class_source(self._source, python_name))
        return name


def _class_source(source: str, name: str) -> str:
    match = re.search(rf"^class {name}\b.*?(?=^(?:@|class |def |if )|\Z)", source, re.M | re.S)
    if match is None:
        raise LookupError(f"the package has no class {name}")
    return match.group(0)


def _function(tree: ast.AST, name: str) -> ast.FunctionDef:
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    return found[-1] if name != "__init__" else found[0]


def _getters(tree: ast.AST) -> dict[str, str]:
    """Return Python name -> Pulumi name, from `@pulumi.getter(name="…")`."""
    names = {}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            target = call.func if call else decorator
            if not isinstance(target, ast.Attribute) or target.attr != "getter":
                continue
            names[function.name] = function.name
            for keyword in call.keywords if call else []:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    names[function.name] = str(keyword.value.value)
    return names


def _allowed_values(documentation: str, name: str) -> list[str]:
    entry = re.search(rf"^:param [^:]*?\b{name}: (.*?)(?=^:param |\Z)", documentation, re.M | re.S)
    listed = re.search(r"Available values: (.*?)\.\s", entry.group(1) + " ") if entry else None
    # The documentation's Markdown turned the underscores of some names into asterisks.
    return (
        [v.replace("*", "_") for v in re.findall(r'"([^"]+)"', listed.group(1))] if listed else []
    )


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _package_folder() -> Path:
    spec = importlib.util.find_spec("pulumi_cloudflare")
    if spec is None or spec.origin is None:
        raise SystemExit("pulumi_cloudflare is not installed")
    return Path(spec.origin).parent


if __name__ == "__main__":
    argparse.ArgumentParser(
        prog="python -m local.pulumi_resource_cloudflare.schema_from_sdk",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    SCHEMA_FILE.write_text(build_schema(), encoding="utf-8")
    sys.stderr.write(f"wrote {SCHEMA_FILE.name}\n")
