"""Build the wheel with one import package, `clickhouse_telemetry`.

In the repository, programs import `resources`, and `resources` imports `clickhouse_api`. Both names
are too common for an installed package: a user's project may have a folder with the same name, and
Python would import that folder instead. In the wheel, `clickhouse_telemetry` therefore has the
content of `resources/`, and `clickhouse_telemetry.clickhouse_api` that of `clickhouse_api/`. This
hook copies both and rewrites their import statements and the module names in their strings.
"""

from __future__ import annotations

import ast
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["ImportPackageHook", "rewritten"]

PACKAGE = "clickhouse_telemetry"
PLACES = {"resources": PACKAGE, "clickhouse_api": f"{PACKAGE}.clickhouse_api"}
"""Package in the repository -> its name in the wheel."""
LEFT_OUT = shutil.ignore_patterns("__pycache__", "generator", "openapi.json", "*.md")
"""Files that only generate code or describe it. The installed package does not read them."""

# A module named in a string: `resources.orphans`, or the package in `from resources import`.
_MENTIONED = re.compile(r"(?<![\w./])(resources|clickhouse_api)(?=\.[a-z]| import )")


class ImportPackageHook(BuildHookInterface[Any]):
    """Adds the rewritten package to the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Write the package to a temporary folder and include that folder."""
        self._folder = Path(tempfile.mkdtemp(prefix=PACKAGE))
        write_package(Path(self.root), self._folder)
        build_data["force_include"][str(self._folder / PACKAGE)] = PACKAGE

    def finalize(self, _version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Remove the temporary folder."""
        shutil.rmtree(self._folder)


def write_package(root: Path, folder: Path) -> None:
    """Write `clickhouse_telemetry/` into a folder, from a checkout or an unpacked sdist."""
    for name, place in PLACES.items():
        target = folder.joinpath(*place.split("."))
        shutil.copytree(root / name, target, ignore=LEFT_OUT, dirs_exist_ok=True)
    for file in folder.rglob("*.py*"):
        file.write_text(rewritten(file.read_text()))


def rewritten(source: str) -> str:
    """Return a module's source with the names that its packages have in the wheel."""
    lines = source.splitlines(keepends=True)
    tree = ast.parse(source)
    # From the last to the first, so that the columns of those that follow stay right.
    for line, column, name in sorted(_imported(tree), reverse=True):
        text = lines[line - 1].encode()
        before, after = text[:column].decode(), text[column:].decode()
        lines[line - 1] = before + after.replace(name, PLACES[name], 1)
    for first, last in _strings(tree):
        for line in range(first - 1, last):
            lines[line] = _MENTIONED.sub(lambda match: PLACES[match[1]], lines[line])
    return "".join(lines)


def _imported(tree: ast.Module) -> Iterator[tuple[int, int, str]]:
    """Yield the line, the column in bytes, and the package of each import to rewrite."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            package = str(node.module).partition(".")[0]
            if package in PLACES:
                yield node.lineno, node.col_offset + len("from "), package
        elif isinstance(node, ast.Import):
            for alias in node.names:
                package = alias.name.partition(".")[0]
                if package in PLACES and not alias.asname:
                    # `import a.b` binds `a`, which the wheel's name would not.
                    raise ValueError(f"line {node.lineno}: write `from {package} import …`")
                if package in PLACES:
                    yield alias.lineno, alias.col_offset, package


def _strings(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each string: docstrings with examples, messages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.end_lineno or node.lineno
