"""Read the public names of `resources/` with their docstrings, arguments and outputs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import resources

__all__ = ["ROOT", "DocumentationError", "File", "Property", "Public", "read_files", "sections"]

ROOT = Path(__file__).resolve().parents[1]

_SECTIONS = ("Attributes", "Args", "Returns", "Raises", "Yields", "Source")
_SECTION = re.compile(rf"^({'|'.join(_SECTIONS)}):(.*)$")
_ENTRY = re.compile(r"^ {4}([\w.]+): ?(.*)$")
# Plain types: an argument with one of these types accepts no output.
_PLAIN = frozenset({"str", "int", "float", "bool"})


class DocumentationError(Exception):
    """A docstring cannot become a page. The message names the docstring and the reason."""


@dataclass(frozen=True)
class Property:
    """An argument, an output or a parameter.

    Attributes:
        type: the annotation, without Pulumi's wrappers and `| None`.
        keyword: whether it is a keyword-only parameter of a function.
        plain: whether it accepts plain values only, and no outputs.
        default: the default in the source; None if the property is required.
        text: its description in the docstring.
    """

    name: str
    type: str
    plain: bool
    default: str | None
    text: str
    keyword: bool = False


@dataclass(frozen=True)
class Public:
    """A name that `resources` exports.

    Attributes:
        kind: `resource`, `values` (a dataclass) or `function`.
        text: the docstring without the sections.
        raises: the errors that it raises, with their conditions.
        arguments: fields of a dataclass, parameters of anything else.
        outputs: outputs of a resource.
        returns: annotation of a function's result.
    """

    name: str
    kind: str
    text: str
    raises: Mapping[str, str]
    arguments: tuple[Property, ...]
    outputs: tuple[Property, ...]
    returns: str


@dataclass(frozen=True)
class File:
    """A file of `resources/` with public names.

    Attributes:
        name: name of the module and of the page, `role`.
        path: path of the file, relative to the repository: `resources/organization/role.py`.
        text: docstring of the file.
        public: resources first, then their arguments, values and functions.
    """

    name: str
    path: str
    text: str
    public: tuple[Public, ...]

    @property
    def module(self) -> str:
        """Return the dotted name of the module: `resources.organization.role`."""
        return self.path.removesuffix(".py").replace("/", ".")

    @property
    def folder(self) -> str:
        """Return the name of the folder of the file's family: `organization`."""
        return Path(self.path).parent.name


def read_files() -> list[File]:
    """Return all files of `resources` with public names, sorted by name.

    Raises:
        DocumentationError: a registered file or name does not exist.
    """
    names: dict[Path, list[str]] = {}
    for name, module in resources.MODULES.items():
        path = ROOT.joinpath("resources", *module.split(".")).with_suffix(".py")
        names.setdefault(path, []).append(name)
    return [_file(path, names[path]) for path in sorted(names, key=lambda path: path.stem)]


def sections(docstring: str) -> tuple[str, dict[str, dict[str, str]]]:
    """Return the text of a docstring, and its sections as name -> entry -> text.

    The text of an entry is one line. `Returns` has one entry with the name ``.
    """
    text: list[str] = []
    found: dict[str, dict[str, str]] = {}
    section = entry = ""
    for line in docstring.splitlines():
        if heading := _SECTION.match(line):
            section, entry = heading[1], ""
            found[section] = {"": heading[2].strip()} if heading[2].strip() else {}
        elif not section:
            text.append(line)
        elif (start := _ENTRY.match(line)) and section not in ("Returns", "Yields", "Source"):
            entry = start[1]
            found[section][entry] = start[2]
        elif line.strip():
            found[section][entry] = f"{found[section].get(entry, '')} {line.strip()}".strip()
    return "\n".join(text).strip(), found


def _file(path: Path, names: list[str]) -> File:
    if not path.exists():
        raise DocumentationError(
            f"the package exports {names[0]} of {path.name}, which does not exist"
        )
    tree = ast.parse(path.read_text())
    nodes = {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name in names
    }
    constants = {
        target.id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if missing := sorted(set(names) - set(nodes)):
        raise DocumentationError(f"{path.name} has no {missing[0]}, but the package exports it")
    public = [_public(node, constants) for node in nodes.values()]
    order = ("resource", "values", "function")
    public.sort(key=lambda found: order.index(found.kind))
    where = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return File(path.stem, where, ast.get_docstring(tree) or "", tuple(public))


def _public(node: ast.ClassDef | ast.FunctionDef, constants: Mapping[str, str]) -> Public:
    text, found = sections(ast.get_docstring(node) or "")
    outputs: tuple[Property, ...] = ()
    returns = ""
    if isinstance(node, ast.FunctionDef):
        kind, arguments = "function", _parameters(node, found.get("Args", {}))
        returns = "" if node.returns is None else ast.unparse(node.returns)
    elif any(_name(base).endswith("Resource") for base in node.bases):
        kind, outputs = "resource", tuple(_outputs(node))
        arguments = _parameters(_initializer(node), found.get("Args", {}))
    else:
        kind = "values"
        arguments = tuple(_fields(node, found.get("Attributes", {})))
    arguments = tuple(
        replace(argument, default=constants.get(argument.default or "", argument.default))
        for argument in arguments
    )
    return Public(node.name, kind, text, found.get("Raises", {}), arguments, outputs, returns)


def _fields(node: ast.ClassDef, texts: Mapping[str, str]) -> Iterator[Property]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield _property(statement.target.id, statement.annotation, statement.value, texts)


def _outputs(node: ast.ClassDef) -> Iterator[Property]:
    for statement, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            text = _text(after)
            yield _property(name, statement.annotation, None, {name: text})


def _parameters(node: ast.FunctionDef | None, texts: Mapping[str, str]) -> tuple[Property, ...]:
    if node is None:
        return ()
    given = node.args
    defaults: list[ast.expr | None] = [None] * (len(given.args) - len(given.defaults))
    defaults += given.defaults
    pairs = [*zip(given.args, defaults, strict=True)]
    pairs += zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return tuple(
        replace(
            _property(argument.arg, argument.annotation, default, texts),
            keyword=argument in given.kwonlyargs,
        )
        for argument, default in pairs
        if argument.arg not in ("self", "resource_name", "args", "opts")
    )


def _property(
    name: str, annotation: ast.expr | None, default: ast.expr | None, texts: Mapping[str, str]
) -> Property:
    kind = _type(annotation)
    wrapped = annotation is not None and ast.unparse(annotation) != ast.unparse(
        _unwrapped(annotation)
    )
    return Property(
        name=name,
        type=kind,
        plain=not wrapped and kind in _PLAIN,
        default=None if default is None else ast.unparse(default),
        text=texts.get(name, ""),
    )


def _type(annotation: ast.expr | None) -> str:
    """Return the annotation without `pulumi.Input[…]`, `pulumi.Output[…]` and `| None`."""
    if annotation is None:
        return ""
    return re.sub(r" \| None\b", "", ast.unparse(_unwrapped(annotation)))


class _Unwrap(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        return node.slice if _name(node.value) in ("Input", "Output") else node


def _unwrapped(annotation: ast.expr) -> ast.expr:
    copy = ast.parse(ast.unparse(annotation), mode="eval")
    return cast("ast.Expression", _Unwrap().visit(copy)).body


def _initializer(node: ast.ClassDef) -> ast.FunctionDef | None:
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return statement
    return None


def _text(statement: ast.stmt | None) -> str:
    """Return the docstring of a field: the string after it."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return " ".join(value.value.split())
    return ""


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
