"""The pages describe every public name completely and correctly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest

import resources
from docs.config_table import README, readme_with_table
from docs.pages import FOLDER, change_of, render_all
from docs.source import ROOT, File, Public, read_files
from docs.stub import PUBLIC_NAMES, render_public_names
from resources.service import service_fields
from resources.telemetry.config_keys import CONFIG_KEYS

FILES = read_files()
PUBLIC = [(file, public) for file in FILES for public in file.public]
RESOURCES = [(file, public) for file, public in PUBLIC if public.kind == "resource"]
OPERATIONS = re.compile(r"^(?:Operations): ((?:`\w+`(?:,\s|\s?and\s)?)+)", re.MULTILINE)
OPERATION_IDS = {
    operation["operationId"]
    for path in json.loads((ROOT / "clickhouse_api" / "openapi.json").read_text())["paths"].values()
    for operation in path.values()
    if isinstance(operation, dict) and "operationId" in operation
}


def names(cases: list[tuple[File, Public]]) -> list[str]:
    """Return the id of each case."""
    return [public.name for _, public in cases]


def test_the_pages_are_up_to_date() -> None:
    """`python -m docs` would change nothing."""
    rendered = render_all()
    committed = {page.name: page.read_text() for page in FOLDER.glob("*.md")}
    stale = sorted(
        name for name in rendered.keys() | committed if rendered.get(name) != committed.get(name)
    )
    assert not stale, f"run `python -m docs`: {', '.join(stale)}"


def test_readme_has_the_table_of_config_keys() -> None:
    """`python -m docs` would not change README.md."""
    assert README.read_text() == readme_with_table(), "run `python -m docs`"
    for key in CONFIG_KEYS:
        assert f"\n| `{key.name}`" in README.read_text()
        assert f"\n| `{key.name}`" in (FOLDER / "settings.md").read_text()


def test_the_program_of_readme_is_part_of_the_program() -> None:
    """README.md shows `__main__.py` without its outputs."""
    (shown,) = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    assert "resources.Telemetry(" in shown
    assert shown in (ROOT / "__main__.py").read_text()


def test_the_names_for_type_checkers_are_the_registered_names() -> None:
    """`python -m docs` would change nothing."""
    assert PUBLIC_NAMES.read_text() == render_public_names(), "run `python -m docs`"


def test_every_public_name_has_a_page() -> None:
    """The pages have exactly the names that `resources` exports."""
    assert {public.name for _, public in PUBLIC} == set(resources.__all__)
    pages = render_all()
    for file, public in PUBLIC:
        assert f"## `{public.name}`" in pages[f"{file.name}.md"]


@pytest.mark.parametrize(("file", "public"), PUBLIC, ids=names(PUBLIC))
def test_every_name_argument_and_output_is_described(file: File, public: Public) -> None:
    """Each has a type and a description, and each page has an example."""
    assert public.text, f"{public.name} has no docstring"
    assert re.search(r"^ {4}\S", file.text, re.MULTILINE), f"{file.name}.py has no example"
    described = public.outputs + (() if public.kind == "function" else public.arguments)
    for described_one in described:
        where = f"{public.name}.{described_one.name}"
        assert described_one.type, f"{where} has no type"
        assert described_one.text, f"{where} is not described"
    if public.kind == "function":
        assert public.returns
        assert all(argument.type for argument in public.arguments)


@pytest.mark.parametrize(("file", "public"), RESOURCES, ids=names(RESOURCES))
def test_a_page_names_the_operations_of_its_resource(file: File, public: Public) -> None:
    """Each named operation exists in the OpenAPI spec, and every called operation is named."""
    assert re.search(
        r"^(Operations|Statements|Applied|A component|The resource exists only in)", file.text, re.M
    ), f"{public.name} does not name its operations or statements"
    for listed in OPERATIONS.findall(file.text):
        unknown = set(re.findall(r"\w+", listed)) - OPERATION_IDS - {"and"}
        assert not unknown, f"{file.name}.py lists {unknown}"
    source = (ROOT / file.path).read_text()
    called = {camel(name) for name in re.findall(r"client\.\w+\.(\w+)\(", source)}
    said = set(re.findall(r"`(\w+)`", file.text))
    assert called & OPERATION_IDS <= said, f"{file.name}.py also calls {called - said}"


@pytest.mark.parametrize(("file", "public"), RESOURCES, ids=names(RESOURCES))
def test_the_column_changed_matches_the_provider(file: File, public: Public) -> None:
    """`diff` reports a replacement exactly for the arguments marked with `replaces`."""
    arguments = {
        argument.name: change_of(argument)
        for _, other in PUBLIC
        if other.name == f"{public.name}Args"
        for argument in other.arguments
    }
    for name, change in changes_of(file, public).items():
        if name in arguments:
            assert change in arguments[name], f"{public.name}.{name}: the provider has {change}"


def changes_of(file: File, public: Public) -> Mapping[str, str]:
    """Return the effect of another value of each argument, from the provider."""
    if public.name == "Service":
        return dict(service_changes())
    provider = getattr(import_module(file.module), f"{public.name}Provider", None)
    if provider is None:
        return {}
    if hasattr(provider, "fields"):
        return {
            name: "replaces" if field.replaces else "in place"
            for name, field in provider.fields.items()
        }
    if hasattr(provider, "in_place"):
        return {
            **dict.fromkeys(provider.in_place, "in place"),
            **dict.fromkeys(provider.replaces, "replaces"),
        }
    return {}


def service_changes() -> Iterator[tuple[str, str]]:
    """Yield the effect of another value of each field of `Service`, from its provider."""
    place = dict.fromkeys(service_fields.PLACE, "one")
    for name in (*service_fields.PLACE, *service_fields.CREATE_ONLY, *service_fields.ORIGIN):
        olds, news = {**place, name: "one"}, {**place, name: "another"}
        assert service_fields.replaced("id", olds, news) == [name]
        yield name, "replaces"
    for name in (*service_fields.READABLE, *service_fields.HASHES):
        assert not service_fields.replaced("id", {**place, name: "one"}, {**place, name: "another"})
        yield name, "in place"


def camel(name: str) -> str:
    """`organization_role_get` -> `organizationRoleGet`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def test_the_guide_from_terraform_names_existing_arguments() -> None:
    """This holds for each table about one resource."""
    known = {
        public.name: {
            argument.name
            for _, other in PUBLIC
            if other.name in (public.name, f"{public.name}Args")
            for argument in (*other.arguments, *other.outputs)
        }
        for _, public in RESOURCES
    }
    guide = (ROOT / "docs" / "migrating-from-terraform.md").read_text()
    tables = re.findall(r"^### \w+ → \[`(\w+)`\].*\n((?:(?!###).*\n)*)", guide, re.MULTILINE)
    assert tables
    for resource, text in tables:
        named = re.findall(r"^\| [^|]+ \| (?:outputs? )?`(\w+)[^|]* \|", text, re.MULTILINE)
        assert named
        assert set(named) <= known[resource], f"{resource} has no {set(named) - known[resource]}"


def links(page: Path) -> Iterator[str]:
    """Yield the files that a page links to."""
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            yield target


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")), ids=lambda page: page.stem)
def test_linked_files_and_named_tests_exist(page: Path) -> None:
    """A guide must not name a test that was renamed or deleted."""
    for target in links(page):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
    for file, test in re.findall(r"(tests/[\w/]+\.py)::(\w+)", page.read_text()):
        assert f"def {test}(" in (ROOT / file).read_text(), f"{page.name}: {file}::{test}"
