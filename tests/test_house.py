"""Rules for the tree of tests: which modules may import which, and which test names pages use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import resources
from tests.support.paths import ROOT, module_of

TESTS = ROOT / "tests"
PATTERNS = ("*.md", "docs/*.md", "worker/*.md", "migrations/*.md", "local/*/*.md")
PAGES = sorted(str(page.relative_to(ROOT)) for pattern in PATTERNS for page in ROOT.glob(pattern))


MODULES = {
    module_of(file): file for file in TESTS.rglob("*.py") if "node_modules" not in file.parts
}


def imports_of(file: Path) -> Iterator[str]:
    """Yield every module of `tests` that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text())):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (name for name in names if name in MODULES)


IMPORTS = {
    module_of(file): set(imports_of(file))
    for file in [*MODULES.values(), *(ROOT / "bench").rglob("*.py")]
}


def is_test(module: str) -> bool:
    """Return whether pytest collects or loads this module itself."""
    return re.fullmatch(r"test_.*|conftest", module.rpartition(".")[2]) is not None


def folder_of(module: str) -> Path:
    """Return the folder of a module of `tests` or `bench`."""
    return (ROOT / Path(*module.split("."))).parent


def is_within(folder: Path, other: Path) -> bool:
    """Return whether `folder` is `other` or one of its parents."""
    return folder == other or folder in other.parents


def test_imports_are_found() -> None:
    """Without this test, an error in reading imports would let the other rules pass."""
    assert "tests.support.process" in IMPORTS["tests.support.worker_runtime"]
    assert is_test("tests.test_house")
    assert is_test("tests.worker.conftest")
    assert not is_test("tests.support.process")


def test_no_module_imports_a_test_module() -> None:
    """A helper that a second test file needs moves to a separate module."""
    found = {
        f"{importer} imports {module}"
        for importer, modules in IMPORTS.items()
        for module in modules
        if is_test(module)
    }
    assert found == set()


def test_a_module_that_two_folders_import_is_in_support() -> None:
    """As an exception, subfolders may import the helpers of their parent folders."""
    found = {
        f"{importer} imports {module}"
        for importer, modules in IMPORTS.items()
        for module in modules - {"tests", "tests.support"}
        if not is_within(TESTS / "support", folder_of(module))
        and not is_within(folder_of(module), folder_of(importer))
    }
    assert found == set()


def test_support_imports_only_support() -> None:
    """Helpers do not depend on the tests that use them."""
    found = {
        f"{importer} imports {module}"
        for importer, modules in IMPORTS.items()
        if is_within(TESTS / "support", folder_of(importer))
        for module in modules - {"tests"}
        if module != "tests.support" and not module.startswith("tests.support.")
    }
    assert found == set()


def test_no_import_is_relative() -> None:
    """An absolute import can be found by its module's name."""
    found = [
        module
        for module, file in MODULES.items()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert found == []


@pytest.mark.parametrize("name", resources.RESOURCES)
def test_every_resource_has_a_test_file(name: str) -> None:
    """The registration of a resource names the file: tests/resources/FOLDER/test_RESOURCE.py."""
    folder, _, file = resources.MODULES[name].partition(".")
    assert (TESTS / "resources" / folder / f"test_{file}.py").exists()


# Duties of a local cloud that both clouds have, each in a file of the same name.
CLOUD_FILES = (
    "README.md",
    "__init__.py",
    "__main__.py",
    "serve.py",
    "cloud.py",
    "routes.py",
    "handlers/__init__.py",
    "state.py",
    "errors.py",
)
CLOUDS = ("clickhouse", "cloudflare")


@pytest.mark.parametrize("cloud", CLOUDS)
def test_both_local_clouds_have_the_same_files_for_the_same_duties(cloud: str) -> None:
    """A reader of one cloud finds the parts of the other one."""
    folder = ROOT / "local" / cloud
    assert [name for name in CLOUD_FILES if not (folder / name).exists()] == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_both_local_clouds_share_the_server_shell(cloud: str) -> None:
    """Lock, port, signals and description file are in `local/processes/cloud_server.py`."""
    source = (ROOT / "local" / cloud / "serve.py").read_text()
    imported = {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "local.processes.cloud_server"
        for alias in node.names
    }
    assert imported >= {"exclusive", "serve_until_signal"}


def test_class_names_are_unique_in_local_and_resources() -> None:
    """A class can be found by its name. Private classes are found in their file."""
    places: dict[str, list[str]] = {}
    for folder in ("local", "resources"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" in file.parts:
                continue
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places.setdefault(node.name, []).append(str(file.relative_to(ROOT)))
    assert len(places) > 100
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def names_of_tests() -> set[str]:
    """Return the names of all test files and test functions, of Python and TypeScript."""
    names = {file.name for file in MODULES.values()}
    for file in MODULES.values():
        names |= set(re.findall(r"^\s*(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE))
    return names


@pytest.mark.parametrize(
    "page", sorted(str(f.relative_to(ROOT)) for p in PAGES for f in ROOT.glob(p))
)
def test_a_page_names_only_tests_that_exist(page: str) -> None:
    """A promise names the test that checks it, so the test can be found by search."""
    text = (ROOT / page).read_text()
    mentioned = set(re.findall(r"`(?:[\w/]+/)?(test_\w+(?:\.py)?)`", text))
    mentioned |= set(re.findall(r"\.py::(test_\w+)`", text))
    assert mentioned - names_of_tests() == set()
    paths = set(re.findall(r"`(tests/[\w/.]+)(?:::\w+)?`", text))
    assert {path for path in paths if not (ROOT / path).exists()} == set()
