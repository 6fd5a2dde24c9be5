"""Build a program from an example in a docstring, its imports, and the examples that it uses.

An example is an excerpt. It may use a name that the example of another file defines (`warehouse`,
`organization`). A program begins with those examples. One test previews all examples as one
program.
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from docs.source import DocumentationError, File

__all__ = ["Example", "examples_of", "pieces", "program"]

_LINE_LENGTH = 88
_INDENTED = re.compile(r"((?:^ {4}.*\n|^\n(?= {4}))+)", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """The code in the docstring of a file.

    Attributes:
        file: name of the module.
        code: all code of the docstring, with blank lines instead of the text in between.
        defines: names that the code assigns.
        uses: names that the code does not define.
    """

    file: str
    code: str
    defines: frozenset[str]
    uses: frozenset[str]


def pieces(docstring: str) -> list[str]:
    """Split a docstring into text and code in alternation. The first and the last part are text."""
    found = _INDENTED.split(docstring + "\n")
    return [
        textwrap.dedent(piece).strip() if number % 2 else piece.strip()
        for number, piece in enumerate(found)
    ]


def examples_of(files: Iterable[File]) -> dict[str, Example]:
    """Return the examples of the files, by file.

    Raises:
        DocumentationError: an example is not Python, or two define the same name.
    """
    examples: dict[str, Example] = {}
    owners: dict[str, str] = {}
    for file in files:
        code = "\n\n".join(pieces(file.text)[1::2])
        if not code:
            continue
        example = examples[file.name] = _example(file.name, code)
        for name in example.defines:
            if owners.setdefault(name, file.name) != file.name:
                raise DocumentationError(
                    f"the examples of {owners[name]}.py and {file.name}.py both define {name}"
                )
    return examples


def program(wanted: Sequence[str], examples: Mapping[str, Example], exported: set[str]) -> str:
    """Return a program of the wanted files' examples, after the examples that they use.

    Args:
        exported: names that `resources` exports.
    Raises:
        DocumentationError: an example uses a name that no example defines.
    """
    owners = {name: example.file for example in examples.values() for name in example.defines}
    order: list[str] = []
    for name in wanted:
        _add(name, order, examples, owners, exported)
    used = set().union(*(examples[name].uses for name in order))
    imports = ["import pulumi"] if "pulumi" in used else []
    names = sorted(used & exported, key=_import_order)
    lines = "\n".join(imports) + ("\n\n" if imports and names else "")
    lines += _from_resources(names)
    return "\n\n".join([lines.strip(), *(examples[name].code for name in order)]) + "\n"


def _example(file: str, code: str) -> Example:
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise DocumentationError(f"the example of {file}.py is not Python: {error}") from None
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    defines = frozenset(node.id for node in names if isinstance(node.ctx, ast.Store))
    loads = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    return Example(file, code, defines, frozenset(loads - defines - set(dir(builtins))))


def _add(
    name: str,
    order: list[str],
    examples: Mapping[str, Example],
    owners: Mapping[str, str],
    exported: set[str],
) -> None:
    if name in order:
        return
    for used in sorted(examples[name].uses - exported - {"pulumi"}):
        if used not in owners:
            raise DocumentationError(
                f"the example of {name}.py uses {used}, which no example defines"
            )
        _add(owners[used], order, examples, owners, exported)
    order.append(name)


def _import_order(name: str) -> tuple[bool, str]:
    return name[0].islower(), name


def _from_resources(names: Sequence[str]) -> str:
    if not names:
        return ""
    line = f"from resources import {', '.join(names)}"
    if len(line) <= _LINE_LENGTH:
        return line
    return "from resources import (\n" + "".join(f"    {name},\n" for name in names) + ")"
