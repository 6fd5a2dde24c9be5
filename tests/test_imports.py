"""Rules for imports of the Python source: no cycles, and one direction between folders."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.support.paths import ROOT, module_of

ROOMS = ("resources", "clickhouse_api", "local")


def files_of(room: str) -> Iterator[Path]:
    """Yield the Python files of a top-level folder, without installed packages."""
    for file in (ROOT / room).rglob("*.py"):
        if "node_modules" not in file.parts:
            yield file


FILES = {module_of(file): file for room in ROOMS for file in files_of(room)}


def statements_of(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that an import of the module executes, also those in classes."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            yield from statements_of(statement.orelse)
            continue
        yield statement
        for nested in ("body", "orelse", "finalbody"):
            yield from statements_of(getattr(statement, nested, []))


def base_of(statement: ast.ImportFrom, module: str, file: Path) -> str:
    """Return the absolute name of the module after `from`."""
    if not statement.level:
        return statement.module or ""
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    parts = package.split(".")[: len(package.split(".")) - statement.level + 1]
    return ".".join([*parts, *([statement.module] if statement.module else [])])


def imports_of(module: str, file: Path) -> Iterator[str]:
    """Yield each module of `FILES` that an import of `module` imports directly."""
    for statement in statements_of(ast.parse(file.read_text()).body):
        names: list[str] = []
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            base = base_of(statement, module, file)
            for alias in statement.names:
                submodule = f"{base}.{alias.name}"
                names.append(submodule if submodule in FILES else base)
        yield from (name for name in names if name in FILES and name != module)


IMPORTS = {module: set(imports_of(module, file)) for module, file in FILES.items()}


def cycle_in(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the names on one cycle of the graph, or an empty list."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def folder_of(module: str) -> str:
    """Return the folder of a module of `resources`: `service`, or `` for the top level."""
    parts = FILES[module].relative_to(ROOT / "resources").parts
    return parts[0] if len(parts) > 1 else ""


def test_imports_are_found() -> None:
    """Without this test, an error in reading imports would let the other rules pass."""
    assert "resources.base.polling" in IMPORTS["resources.service.waits"]
    assert "local.clickhouse.engine" in {name for names in IMPORTS.values() for name in names}
    assert cycle_in({"a": {"b"}, "b": {"a"}})


def test_no_module_imports_itself_through_others() -> None:
    """Imports inside functions and for type checkers are not executed by an import."""
    assert cycle_in(IMPORTS) == []


def test_folders_of_resources_import_one_another_in_one_direction() -> None:
    """A family imports `base` and at most families that do not import it."""
    folders: dict[str, set[str]] = {}
    for module, imported in IMPORTS.items():
        if module.split(".")[0] == "resources":
            inner = {name for name in imported if name.split(".")[0] == "resources"}
            folders.setdefault(folder_of(module), set()).update(map(folder_of, inner))
    graph = {folder: imported - {folder} for folder, imported in folders.items()}
    assert graph["base"] == set()
    assert cycle_in(graph) == []


@pytest.mark.parametrize("room", ["clickhouse_api", "local"])
def test_no_other_room_imports_resources(room: str) -> None:
    """`resources` imports `clickhouse_api`, which does not import `resources`."""
    modules = {name for name in IMPORTS if name.split(".")[0] == room}
    found = {
        f"{module} imports {name}"
        for module in modules
        for name in IMPORTS[module]
        if name.split(".")[0] == "resources"
    }
    assert found == set()
