"""`WorkersCustomDomain`: its lifecycle against a running cloud."""

from __future__ import annotations

import grpc
import pytest

from tests.local.pulumi_resource_cloudflare.plugin import DOMAIN, Plugin, provider_pb2
from tests.support.local_cloudflare import Cloud, form, hello

NONE = provider_pb2.DiffResponse.DIFF_NONE


def test_the_lifecycle_of_a_domain(plugin: Plugin, cloud: Cloud) -> None:
    """Create, no change, replacement, read, not found, delete twice."""
    for name in ("first", "second"):
        path = f"/accounts/{{account}}/workers/scripts/{name}"
        cloud.result("PUT", path, files=form({"w.js": hello(name)}))
    account = cloud.card["account_id"]
    inputs = {"accountId": account, "hostname": "localhost", "service": "first"}
    assert plugin.check(DOMAIN, inputs)[1] == {}
    planned = plugin.create(DOMAIN, inputs, preview=True)[1]
    assert repr(planned["zoneId"]) == "UNKNOWN"
    identifier, state = plugin.create(DOMAIN, inputs)
    assert state["id"] == identifier
    assert state["zoneName"] == "localhost"
    assert state["certId"]
    assert plugin.diff(DOMAIN, state, inputs).changes == NONE
    assert cloud.edge().text == "first"

    moved = plugin.diff(DOMAIN, state, {**inputs, "service": "second"})
    assert list(moved.replaces) == ["service"]
    # Like the official plugin: the program's options decide the order.
    assert not moved.deleteBeforeReplace
    renamed = plugin.diff(DOMAIN, state, {**inputs, "hostname": "other.localhost"})
    assert list(renamed.replaces) == ["hostname"]
    with pytest.raises(grpc.RpcError, match="100116"):
        plugin.create(DOMAIN, {**inputs, "service": "second"})

    cloud.attach("localhost", "second", override=True)
    _, drifted, seen = plugin.read(DOMAIN, identifier, state, inputs)
    assert seen == {**inputs, "service": "second"}
    assert list(plugin.diff(DOMAIN, drifted, inputs).diffs) == ["service"]
    imported = plugin.read(DOMAIN, f"{account}/{identifier}", {}, {})
    assert imported[0] == identifier
    assert imported[1]["service"] == "second"

    plugin.delete(DOMAIN, identifier, state)
    assert plugin.read(DOMAIN, identifier, state, inputs)[0] == ""
    plugin.delete(DOMAIN, identifier, state)


def test_invalid_inputs_are_named(plugin: Plugin) -> None:
    """The errors name a missing input and an unknown one."""
    _, failures = plugin.check(DOMAIN, {"hostname": "localhost", "host": "x"})
    assert set(failures) == {"accountId", "service", "host"}
