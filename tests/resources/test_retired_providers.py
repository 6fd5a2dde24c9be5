"""States of older versions refer to providers by module paths that no longer exist."""

from __future__ import annotations

import base64
import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from resources import provider_class, provider_named
from resources.base.pickled_by_name import PickledByName
from resources.retired_providers import RENAMED_PROVIDERS, RetiredModules
from tests.support.paths import ROOT
from tests.support.program_stack import ProgramStack
from tests.support.provider_pickle import load_provider
from tests.support.service_stack import declare, service_stack

FILE = ROOT / "tests" / "data" / "retired_providers.json"
OLD_PICKLES: dict[str, str] = json.loads(FILE.read_text())["providers"]


@pytest.mark.parametrize("old_name", OLD_PICKLES)
def test_an_old_pickle_loads_as_the_present_class(old_name: str) -> None:
    """The pickle contains the old dotted name, so no other name can have been used."""
    module, _, name = old_name.rpartition(".")
    assert module.encode() in base64.b64decode(OLD_PICKLES[old_name])
    provider = load_provider(OLD_PICKLES[old_name])
    assert type(provider) is provider_class(RENAMED_PROVIDERS.get(name, name))
    assert isinstance(provider, PickledByName)


def test_a_retired_module_has_no_other_attributes() -> None:
    """A mistyped name fails as it does in a real module."""
    retired = importlib.import_module("resources.click_pipe")
    with pytest.raises(AttributeError, match="no provider 'ClickPipe'"):
        retired.ClickPipe  # noqa: B018 - the access is the test
    with pytest.raises(AttributeError, match="no provider 'ServiceArgs'"):
        provider_named("ServiceArgs")
    with pytest.raises(ModuleNotFoundError, match=r"resources\.mistyped"):
        importlib.import_module("resources.mistyped")


def test_the_finder_of_retired_modules_is_installed_once() -> None:
    """Python calls every finder for every module that the earlier finders did not find."""
    assert sum(isinstance(finder, RetiredModules) for finder in sys.meta_path) == 1


def with_old_pickles(state: Any) -> tuple[Any, list[str]]:
    """Return a state with the old pickle of each provider, and the old dotted names."""
    old_names = {type(load_provider(pickle)): name for name, pickle in OLD_PICKLES.items()}
    used = []
    for resource in state["deployment"]["resources"]:
        for properties in (resource.get("inputs", {}), resource.get("outputs", {})):
            if "__provider" in properties:
                name = old_names[type(load_provider(properties["__provider"]))]
                properties["__provider"] = OLD_PICKLES[name]
                used.append(name)
    return state, used


def replace_pickles(stack: ProgramStack, file: Path) -> list[str]:
    """Replace the providers of a stack's state by old ones, and return their old names."""
    stack.pulumi("stack", "export", "--file", str(file))
    state, used = with_old_pickles(json.loads(file.read_text()))
    file.write_text(json.dumps(state))
    stack.pulumi("stack", "import", "--file", str(file))
    assert set(used) <= set(OLD_PICKLES)
    return used


def test_a_stack_of_an_older_version_is_refreshed_and_destroyed(
    clouds: StackPaths, tmp_path: Path
) -> None:
    """The engine reads and deletes a resource with the provider in the resource's state."""
    stack = service_stack(clouds, tmp_path)
    webhook = {"service": "slack", "url": "https://example.com/hook"}
    key = {"ip_access_list": ["10.0.0.0/8"], "roles": ["developer"]}
    declare(stack, ("ApiKey", "key", key), ("ClickStackWebhook", "hook", webhook))
    stack.up()
    used = replace_pickles(stack, tmp_path / "state.json")
    assert {"resources.service.ServiceProvider", "resources.api_key.ApiKeyProvider"} <= set(used)
    assert len(used) >= 2 * len(["Service", "its confirmation", "ApiKey", "ClickStackWebhook"])

    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.services() == []
    keys = stack.control_plane.organization("GET", "keys")
    assert [key["name"] for key in keys] == ["Local"]  # the key that the stack itself uses
