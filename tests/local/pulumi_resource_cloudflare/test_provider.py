"""The provider protocol: handshake, configuration, look-ups and errors."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from local.pulumi_resource_cloudflare.protos import empty_pb2
from local.pulumi_resource_cloudflare.values import UNKNOWN, Secret, from_struct, to_struct
from tests.local.pulumi_resource_cloudflare.plugin import DOMAIN, SCRIPT, Plugin, provider_pb2
from tests.support.local_cloudflare import Cloud
from tests.support.paths import ROOT


def test_the_engine_shows_that_the_plugin_is_a_stand_in(plugin: Plugin) -> None:
    """A user must not mistake the plugin for the official one."""
    assert "stand-in" in plugin.greeting
    info = plugin.call("GetPluginInfo", empty_pb2.Empty())
    assert info.version.startswith("6.")
    handshake = plugin.call("Handshake", provider_pb2.ProviderHandshakeRequest())
    assert handshake.accept_secrets
    schema = plugin.call("GetSchema", provider_pb2.GetSchemaRequest())
    assert SCRIPT in schema.schema


def test_help_is_printed_without_serving() -> None:
    """A user can start the plugin by hand."""
    done = subprocess.run(
        [sys.executable, "-m", "local.pulumi_resource_cloudflare", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "[ENGINE_ADDRESS]" in done.stdout
    assert done.stderr == ""


def test_the_configuration_can_be_in_the_environment(cloud: Cloud) -> None:
    """The variables are the official provider's."""
    environment = {
        "CLOUDFLARE_API_TOKEN": cloud.card["api_token"],
        "CLOUDFLARE_BASE_URL": cloud.card["url"],
    }
    plugin = Plugin(environment)
    plugin.configure()
    zone = plugin.invoke("cloudflare:index/getZone:getZone", {"filter": {"match": "all"}})
    plugin.close()
    assert zone["name"] == "localhost"


def test_the_plugin_ends_after_the_engine_was_killed() -> None:
    """A killed engine cannot cancel. The plugin ends when its output has no reader."""
    plugin = Plugin()
    assert plugin.process.stdout is not None
    plugin.process.stdout.close()
    assert plugin.process.wait(timeout=30) == 1
    plugin.process.communicate()


def test_an_invalid_configuration_is_rejected() -> None:
    """No token, an invalid address, and unknown names and types."""
    plugin = Plugin()
    nothing = provider_pb2.ConfigureRequest(args=to_struct({}))
    assert "CLOUDFLARE_API_TOKEN" in plugin.error("Configure", nothing)
    odd = provider_pb2.ConfigureRequest(args=to_struct({"apiToken": "x", "baseUrl": "ftp://x"}))
    assert "ftp://x" in plugin.error("Configure", odd)
    news = to_struct({"apiToken": 7, "apiTokn": "x", "apiKey": "x", "version": "6.0.0"})
    response = plugin.call("CheckConfig", provider_pb2.CheckRequest(news=news))
    plugin.close()
    assert {failure.property for failure in response.failures} == {"apiToken", "apiTokn", "apiKey"}
    assert isinstance(from_struct(response.inputs)["apiToken"], Secret)


def test_another_token_does_not_replace_the_provider(plugin: Plugin) -> None:
    """The resources of the provider are not replaced."""
    olds, news = to_struct({"apiToken": "a"}), to_struct({"apiToken": "b"})
    response = plugin.call("DiffConfig", provider_pb2.DiffRequest(olds=olds, news=news))
    assert list(response.diffs) == ["apiToken"]
    assert not response.replaces


def test_an_unknown_token_is_an_error_only_when_it_is_needed(cloud: Cloud) -> None:
    """At preview the token may depend on a resource."""
    plugin = Plugin()
    plugin.configure(apiToken=Secret(UNKNOWN), baseUrl=cloud.card["url"])
    news = {"accountId": "a", "scriptName": "b", "content": "c"}
    assert plugin.create(SCRIPT, news, preview=True)[1]["scriptName"] == "b"
    request = provider_pb2.CreateRequest(
        urn=f"urn:pulumi:s::p::{SCRIPT}::n", properties=to_struct(news)
    )
    assert "not known at preview" in plugin.error("Create", request)
    plugin.close()


def test_zones_are_found(plugin: Plugin, cloud: Cloud) -> None:
    """A zone is found by its id, by a filter, and in the list."""
    get_zone, get_zones = "cloudflare:index/getZone:getZone", "cloudflare:index/getZones:getZones"
    by_id = plugin.invoke(get_zone, {"zoneId": cloud.card["zone_id"]})
    assert by_id["name"] == "localhost"
    named = {"match": "all", "name": "localhost"}
    assert plugin.invoke(get_zone, {"filter": named})["zoneId"] == cloud.card["zone_id"]
    assert plugin.invoke(get_zones, {"name": "localhost"})["results"][0]["nameServers"] == []
    other = to_struct({"filter": {"match": "all", "name": "example.com"}})
    request = provider_pb2.InvokeRequest(tok=get_zone, args=other)
    assert "0 zones" in plugin.error("Invoke", request)
    wrong = provider_pb2.InvokeRequest(tok=get_zone, args=to_struct({"zone": "x"}))
    (failure,) = plugin.call("Invoke", wrong).failures
    assert failure.property == "zone"


@pytest.mark.parametrize("token", ["cloudflare:index/record:Record", "other:index:Thing"])
def test_a_resource_that_is_not_emulated_is_named(plugin: Plugin, token: str) -> None:
    """The official plugin has hundreds of resources."""
    request = provider_pb2.CheckRequest(urn=f"urn:pulumi:s::p::{token}::n", news=to_struct({}))
    assert token in plugin.error("Check", request)
    assert "x:y:z" in plugin.error("Invoke", provider_pb2.InvokeRequest(tok="x:y:z"))


def test_a_failure_of_the_api_is_one_line_without_the_token(cloud: Cloud) -> None:
    """An invalid token, and an API that does not run."""
    news: dict[str, Any] = {"accountId": "a", "hostname": "localhost", "service": "s"}
    request = provider_pb2.CreateRequest(
        urn=f"urn:pulumi:s::p::{DOMAIN}::n", properties=to_struct(news)
    )
    plugin = Plugin()
    plugin.configure(apiToken="wrong-token", baseUrl=cloud.card["url"])
    rejected = plugin.error("Create", request)
    plugin.configure(apiToken="wrong-token", baseUrl="http://127.0.0.1:9/client/v4")
    unreachable = plugin.error("Create", request)
    plugin.close()
    assert "Invalid access token (code 9109)" in rejected
    assert "no response from http://127.0.0.1:9" in unreachable
    assert not [text for text in (rejected, unreachable) if "wrong-token" in text or "\n" in text]
