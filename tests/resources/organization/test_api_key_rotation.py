"""Rotation of an `ApiKey` through the Pulumi CLI, also when a run is killed in between."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import add_fault, declare, service_result, service_stack

KEY = {"roles": ["query_endpoints"], "ip_access_list": ["127.0.0.1/32"]}


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of one service and the resources that a test declares."""
    return service_stack(clouds, tmp_path)


def keys(stack: ProgramStack) -> dict[str, dict[str, Any]]:
    """Return the organization's keys by id, without the key of the tests."""
    found = stack.control_plane.organization("GET", "keys")
    return {key["id"]: key for key in found if key["roles"] != ["admin"]}


def is_accepted(stack: ProgramStack, key_id: str, secret: str) -> bool:
    """Return whether the API accepts a key: 403 means an existing key without the permission."""
    token = base64.b64encode(f"{key_id}:{secret}".encode()).decode()
    request = urllib.request.Request(
        f"{stack.control_plane.cloud['url']}/organizations",
        headers={"Authorization": f"Basic {token}"},
    )
    with pytest.raises(urllib.error.HTTPError) as rejection:
        urllib.request.urlopen(request)
    return rejection.value.code == 403


def test_a_key_rotates_and_the_keys_of_others_stay(stack: ProgramStack) -> None:
    """The rotation also completes after a killed run, a lost response, a deletion by others."""
    endpoint: dict[str, Any] = {"open_api_keys": ["$key"], "roles": ["sql_console_read_only"]}
    declare(stack, ("ApiKey", "key", KEY), ("QueryEndpoint", "queries", endpoint))
    add_fault(stack, "openapiKeyCreate", "slow", delay_seconds=20)
    stack.up_killed_when(lambda: keys(stack))
    ((unfinished_id, unfinished),) = keys(stack).items()
    assert unfinished["name"].startswith("key-pulumi-")
    stack.up()
    ((first_id, first),) = keys(stack).items()
    assert stack.stack.outputs()["key.key_secret"] not in stack.state()
    assert (first_id != unfinished_id, first["name"]) == (True, "key")

    # The response with the new key's secret is lost: that key is deleted, and a new key is created.
    theirs = stack.control_plane.organization(
        "POST", "keys", {"name": "theirs", "roles": ["query_endpoints"]}
    )["key"]["id"]
    shared = {"openApiKeys": [theirs, first_id], "roles": ["sql_console_read_only"]}
    service_result(stack, "/serviceQueryEndpoint", "POST", shared)
    add_fault(stack, "openapiKeyCreate", "lost")
    rotated = ("ApiKey", "key", {**KEY, "rotation": "2"})
    declare(stack, rotated, ("QueryEndpoint", "queries", endpoint))
    stack.up()
    (second_id,) = set(keys(stack)) - {theirs}
    assert (second_id != first_id, keys(stack)[second_id]["name"]) == (True, "key")
    assert set(service_result(stack, "/serviceQueryEndpoint")["openApiKeys"]) == {theirs, second_id}
    outputs = stack.stack.outputs()
    assert is_accepted(stack, outputs["key.key_id"], outputs["key.key_secret"])

    # The key was deleted without Pulumi. The next key revokes all other keys of the endpoint.
    stack.control_plane.organization("DELETE", f"keys/{second_id}")
    stack.pulumi("refresh", "--yes")
    declare(stack, rotated, ("QueryEndpoint", "queries", {**endpoint, "exclusive": True}))
    stack.up()
    (third_id,) = set(keys(stack)) - {theirs}
    assert service_result(stack, "/serviceQueryEndpoint")["openApiKeys"] == [third_id]


def test_the_old_key_works_until_the_new_key_works(clouds: StackPaths, tmp_path: Path) -> None:
    """A run is killed when the new key is saved and the old key is not deleted: both work."""
    stack = service_stack(clouds, tmp_path, alone=True)
    declare(stack, ("ApiKey", "key", KEY))
    stack.up()
    old = stack.stack.outputs()
    ((old_id, _),) = keys(stack).items()
    # The confirmation of the new key is slow, so the old key is not deleted before the kill.
    add_fault(stack, "openapiKeyUpdate", "slow", delay_seconds=20)
    declare(stack, ("ApiKey", "key", {**KEY, "rotation": "2"}))
    stack.up_killed_when(lambda: [key["name"] for key in keys(stack).values()] == ["key", "key"])
    assert is_accepted(stack, old["key.key_id"], old["key.key_secret"])
    (new_id,) = set(keys(stack)) - {old_id}

    stack.up()
    assert set(keys(stack)) == {new_id}
    new = stack.stack.outputs()
    assert is_accepted(stack, new["key.key_id"], new["key.key_secret"])
    stack.up("--expect-no-changes")
