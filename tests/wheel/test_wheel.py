"""The wheel: one import package, which works next to a project's own folder `resources/`."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack.paths import StackPaths
from tests.support.local_clouds import local_clouds
from tests.support.paths import ROOT
from tests.support.program_stack import ProgramStack

EXAMPLE = ROOT / "examples" / "service-only"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `pip install` builds it, but without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", str(ROOT), "--no-build-isolation", "--wheel-dir", str(folder))
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the installed wheel."""
    folder = tmp_path_factory.mktemp("site-packages")
    pip("install", str(wheel), "--target", str(folder))
    return folder


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPaths]:
    """Both local clouds, empty."""
    with local_clouds(tmp_path_factory.mktemp("clouds")) as layout:
        yield layout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example in a folder that has another package `resources`."""
    folder = tmp_path / "project"
    shutil.copytree(EXAMPLE, folder)
    program = folder / "__main__.py"
    own = "from resources.buckets import Bucket\n\nBucket.names.append('own')\n"
    program.write_text(f"{program.read_text()}\n{own}pulumi.export('buckets', Bucket.names)\n")
    (folder / "resources").mkdir()
    (folder / "resources" / "__init__.py").touch()
    (folder / "resources" / "buckets.py").write_text("class Bucket:\n    names: list[str] = []\n")
    return folder


def rewritten(source: str) -> str:
    """Rewrite a module as the build does. Without hatchling, only these tests fail."""
    import hatch_build

    return hatch_build.rewritten(source)


def pip(command: str, *arguments: str) -> None:
    """Run `pip`, which must succeed, with no access to an index."""
    line = [sys.executable, "-m", "pip", command, "--no-deps", "--no-index", "--quiet", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_wheel_has_one_import_package(wheel: Path) -> None:
    """Nothing of the wheel can be shadowed by a folder `resources` or `clickhouse_api`."""
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.partition("/")[0] for name in names}
    assert top == {"clickhouse_telemetry", "clickhouse_telemetry-0.1.0.dist-info"}
    assert "clickhouse_telemetry/service/service.py" in names
    assert "clickhouse_telemetry/py.typed" in names  # or a type checker ignores the package
    assert "clickhouse_telemetry/clickhouse_api/errors.py" in names


def names_in(file: Path) -> Iterator[str]:
    """Yield a file's imports, as `import MODULE`, and all its strings."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield f"import {node.module}"
        elif isinstance(node, ast.Import):
            yield from (f"import {alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_module_of_the_wheel_names_the_packages_of_the_repository(installed: Path) -> None:
    """Neither an import nor a string, so no state and no message contains these names."""
    files = list((installed / "clickhouse_telemetry").rglob("*.py"))
    assert len(files) > 100
    old = re.compile(
        r"(?<![\w./])(resources|clickhouse_api)\.[a-z]|^import (resources|clickhouse_api)\b"
    )
    found = {f"{file}: {name}" for file in files for name in names_in(file) if old.search(name)}
    assert found == set()


def test_a_program_next_to_its_own_folder_resources(
    project: Path, installed: Path, clouds: StackPaths, tmp_path: Path
) -> None:
    """The providers, which run in another process, find the wheel's package as well."""
    environment = {"PYTHONPATH": str(installed)}
    stack = ProgramStack(clouds, project, tmp_path, environment=environment)
    stack.up()
    assert json.loads(stack.pulumi("stack", "output", "--json"))["buckets"] == ["own"]
    assert [service["state"] for service in stack.services()] == ["running"]
    stack.up("--expect-no-changes")
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.services() == []


def test_the_example_has_no_type_errors(installed: Path) -> None:
    """A type checker reads the wheel's package."""
    options = [
        "--config-file",
        str(ROOT / "pyproject.toml"),
        "--cache-dir",
        str(installed / "mypy"),
    ]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "__main__.py"],
        cwd=EXAMPLE,
        env={**os.environ, "MYPYPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from resources import Service", "from clickhouse_telemetry import Service"),
        (
            "def f():\n    from clickhouse_api.calls import Page; from resources.base import Live",
            "def f():\n    from clickhouse_telemetry.clickhouse_api.calls import Page; "
            "from clickhouse_telemetry.base import Live",
        ),
        ("import resources.orphans as o", "import clickhouse_telemetry.orphans as o"),
        (
            '"""Ä:\n\n    from resources import A\n"""',
            '"""Ä:\n\n    from clickhouse_telemetry import A\n"""',
        ),
        ('"`python -m resources.orphans`"', '"`python -m clickhouse_telemetry.orphans`"'),
        (
            'resources = {"resources": "All resources."}',
            'resources = {"resources": "All resources."}',
        ),
        ("from other.resources import Service", "from other.resources import Service"),
    ],
)
def test_only_names_of_the_two_packages_are_rewritten(source: str, expected: str) -> None:
    """Words that are spelled like a package stay."""
    assert rewritten(source) == expected


def test_an_import_that_would_bind_another_name_stops_the_build() -> None:
    """`import resources.base` binds `resources`, a name that the wheel's module does not have."""
    with pytest.raises(ValueError, match="line 2: write `from resources import"):
        rewritten("import ast\nimport resources.base\n")
