"""Render the generated files, format them with ruff, and compare or write them."""

from __future__ import annotations

import copy
import subprocess
import sys
import tempfile
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from clickhouse_api.generator.blocking import blocking_files
from clickhouse_api.generator.document import JsonObject
from clickhouse_api.generator.enums import hoist_enums
from clickhouse_api.generator.models import ModelModule, model_modules
from clickhouse_api.generator.operations import Group, operation_groups
from clickhouse_api.generator.patches import apply_patches
from clickhouse_api.generator.schemas import derive

__all__ = ["GENERATED_FOLDERS", "PACKAGE", "differences", "generated_files", "write"]

PACKAGE = Path(__file__).parent.parent
GENERATED_FOLDERS = ("blocking", "models", "operations")

_TEMPLATES = Path(__file__).parent / "templates"
# Explicit, so that the output does not depend on the repository's settings.
_RUFF = ("--isolated", "--config", "line-length=100", "--config", "target-version='py311'")
_SORTING = (
    "--select=I,F401,UP,RUF022",
    "--config=lint.isort.known-first-party=['clickhouse_api']",
)


def generated_files(document: JsonObject) -> dict[str, str]:
    """Return the text of each generated file by its path in the package."""
    document = copy.deepcopy(document)
    apply_patches(document)
    hoist_enums(document)
    shapes = derive(document)
    modules = model_modules(document, shapes)
    groups = operation_groups(document, shapes)
    return _formatted(_model_files(modules) | _operation_files(groups) | blocking_files())


def _model_files(modules: list[ModelModule]) -> dict[str, str]:
    files = {f"models/{m.name}.py": _render("models.py.jinja2", module=m) for m in modules}
    files["models/__init__.py"] = _render("models_init.py.jinja2", modules=modules)
    return files


def _operation_files(groups: list[Group]) -> dict[str, str]:
    files = {f"operations/{g.name}.py": _render("operations.py.jinja2", group=g) for g in groups}
    files["operations/__init__.py"] = _render("operations_init.py.jinja2", groups=groups)
    return files


def _render(template: str, **values: object) -> str:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python source, not HTML
    )
    return environment.get_template(template).render(values)


def _formatted(files: dict[str, str]) -> dict[str, str]:
    """Format all files with one run of `ruff check --fix` and one of `ruff format`."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            file = Path(folder, PACKAGE.name, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        for step in (["check", *_RUFF, *_SORTING, "--fix-only", "--quiet"], ["format", *_RUFF]):
            command = [sys.executable, "-m", "ruff", *step, "--no-cache", folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise ValueError(f"ruff cannot format the generated files: {done.stderr.strip()}")
        return {path: Path(folder, PACKAGE.name, path).read_text() for path in sorted(files)}


def differences(files: dict[str, str]) -> list[str]:
    """Return the paths that are missing, that differ, or that are no longer generated."""
    differing = [path for path, text in files.items() if _committed(path) != text]
    return sorted(differing + [path for path in _present() if path not in files])


def _committed(path: str) -> str | None:
    file = PACKAGE / path
    return file.read_text() if file.is_file() else None


def _present() -> list[str]:
    return [
        str(file.relative_to(PACKAGE))
        for folder in GENERATED_FOLDERS
        for file in (PACKAGE / folder).rglob("*.py")
    ]


def write(files: dict[str, str]) -> list[str]:
    """Write the files that differ, and delete those no longer generated. Return their paths."""
    touched = differences(files)
    for path in touched:
        file = PACKAGE / path
        if path in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(files[path])
        else:
            file.unlink()
    return touched
