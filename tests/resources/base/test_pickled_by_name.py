"""A state holds only the name of a provider's class."""

from __future__ import annotations

import ast
import base64
import pickletools

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from resources import provider_class
from tests.support.paths import ROOT
from tests.support.provider_pickle import load_provider


def created_providers() -> set[str]:
    """Return the names of all provider classes that the package creates objects of."""
    return {
        node.func.id
        for file in (ROOT / "resources").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id.endswith("Provider")
    }


def strings_of(pickle: bytes) -> list[str]:
    """Return the strings of a pickle: module names, attribute names and arguments."""
    return [value for _, value, _ in pickletools.genops(pickle) if isinstance(value, str)]


def test_all_providers_are_found() -> None:
    """Without this test, the next test would pass if the search found no class."""
    assert {"ServiceProvider", "TokenProvider", "UserProvider"} <= created_providers()


@pytest.mark.parametrize("name", sorted(created_providers()))
def test_a_pickle_is_a_call_of_the_frozen_function(name: str) -> None:
    """Nothing in the pickle depends on where the class is."""
    provider = provider_class(name)()
    pickle = serialize_provider(provider)
    assert strings_of(base64.b64decode(pickle)) == ["resources", "provider_named", name]
    assert type(load_provider(pickle)) is type(provider)
