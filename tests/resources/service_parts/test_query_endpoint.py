"""`QueryEndpoint`: fields, lifecycle, adoption, waits, and the keys of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from clickhouse_api import errors
from resources.base import pulumi_engine as engine
from resources.base.polling import Intervals
from resources.service_parts import query_endpoint
from resources.service_parts.query_endpoint import QueryEndpointProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests
from tests.support.driven_provider import DrivenProvider
from tests.support.openapi_schema import schema
from tests.support.running_service import RunningService

pytestmark = pytest.mark.usefixtures("unlimited")

UPSERT = "instanceQueryEndpointUpsert"
READ_ONLY = ["sql_console_read_only"]


class TestQueryEndpoint(DeclaredResourceTests):
    """Roles and keys change in place."""

    provider = QueryEndpointProvider
    request = "InstanceServiceQueryApiEndpointsPostRequest"
    first = {"open_api_keys": ["$key"], "roles": READ_ONLY}
    first_shown = {"openApiKeys": ["$key"], "roles": READ_ONLY}
    second = {"open_api_keys": ["$other"], "roles": ["sql_console_admin"]}
    second_shown = {"openApiKeys": ["$other"], "roles": ["sql_console_admin"]}
    invalid = (
        ({"open_api_keys": []}, "at least one resource id of an API key"),
        ({"exclusive": "yes"}, "exclusive is 'yes', allowed: true or false"),
    )

    def prepare(self, api: ControlPlaneByHand) -> dict[str, str]:
        return {"key": api.create_key("first"), "other": api.create_key("second")}

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        return api.service("serviceQueryEndpoint")

    def change_by_hand(self, api: ControlPlaneByHand, _resource_id: str) -> None:
        api.service("serviceQueryEndpoint", "DELETE")

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        keys, roles = [api.create_key("queries")], ["sql_console_admin"]
        body = {"openApiKeys": keys, "roles": roles, "allowedOrigins": "*"}
        api.service("serviceQueryEndpoint", "POST", body)
        return {"open_api_keys": keys, "roles": roles}


def test_roles_are_the_roles_of_the_spec() -> None:
    """The roles are constants, so that `check` imports no client."""
    request = schema("InstanceServiceQueryApiEndpointsPostRequest")
    assert sorted(query_endpoint.ROLES) == sorted(request["roles"]["items"]["enum"])


@pytest.fixture
def endpoint(server: RunningService, monkeypatch: pytest.MonkeyPatch) -> Iterator[DrivenProvider]:
    """Return the provider for a service without an endpoint. It is deleted after the test."""
    monkeypatch.setattr(query_endpoint, "_RETRY", Intervals.of(0.01))
    driven = DrivenProvider(QueryEndpointProvider(), server.control_plane, service_id=server.id)
    yield driven
    faults(server)
    driven.delete()


def key(server: RunningService) -> str:
    body = {"name": "queries", "roles": ["query_endpoints"]}
    return str(server.control_plane.organization("POST", "keys", body)["key"]["id"])


def shown_endpoint(server: RunningService) -> dict[str, Any]:
    path = f"services/{server.id}/serviceQueryEndpoint"
    return dict(server.control_plane.organization("GET", path))


def faults(server: RunningService, *rules: dict[str, Any]) -> None:
    body = {"requests_per_window": 0, "rules": rules}
    server.control_plane.request("PUT", "/local/faults", body)


def test_the_endpoint_waits_until_a_new_key_is_accepted(
    server: RunningService, endpoint: DrivenProvider
) -> None:
    """The API rejects a key that was created some seconds ago."""
    faults(server, {"operation": UPSERT, "fault": "fresh_key", "times": 3})
    created = endpoint.create(open_api_keys=[key(server)], roles=READ_ONLY)
    assert shown_endpoint(server)["openApiKeys"] == created["open_api_keys"]


def test_the_endpoint_waits_until_the_service_is_provisioned(
    server: RunningService, endpoint: DrivenProvider
) -> None:
    """The API returns 500 (ClickHouse/clickhousectl#242) more often than the client retries."""
    faults(server, {"operation": UPSERT, "fault": "error", "status": 500, "times": 2})
    created = endpoint.create(open_api_keys=[key(server)], roles=READ_ONLY)
    assert shown_endpoint(server)["openApiKeys"] == created["open_api_keys"]


def test_a_key_that_is_never_accepted_is_an_error(
    server: RunningService, endpoint: DrivenProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the message of the API, after the time that a new key may need."""
    endpoint.create(open_api_keys=[key(server)], roles=READ_ONLY)
    monkeypatch.setattr(query_endpoint, "_NEW_KEY_SECONDS", 0.05)
    missing = "11111111-2222-4333-8444-555555555555"
    with pytest.raises(errors.ApiStatusError, match=f"400.*{missing}"):
        endpoint.update(open_api_keys=[missing], roles=READ_ONLY)


def test_keys_of_others_stay_without_exclusive(
    server: RunningService, endpoint: DrivenProvider
) -> None:
    """With `exclusive` they are revoked. Origins that the program does not set stay."""
    theirs, first, second = (key(server) for _ in range(3))
    path = f"services/{server.id}/serviceQueryEndpoint"
    body = {"openApiKeys": [theirs], "roles": READ_ONLY, "allowedOrigins": "https://a.example"}
    server.control_plane.organization("POST", path, body)
    endpoint.create(open_api_keys=[first], roles=READ_ONLY)
    assert set(shown_endpoint(server)["openApiKeys"]) == {theirs, first}
    assert shown_endpoint(server)["allowedOrigins"] == "https://a.example"
    endpoint.update(open_api_keys=[second], roles=READ_ONLY)
    assert set(shown_endpoint(server)["openApiKeys"]) == {theirs, second}
    endpoint.update(open_api_keys=[second], roles=READ_ONLY, exclusive=True)
    assert shown_endpoint(server)["openApiKeys"] == [second]


def test_a_long_wait_shows_in_the_status_line(
    server: RunningService, endpoint: DrivenProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait is for a slow response of the API, without any retry."""
    reported: list[tuple[str, str]] = []
    monkeypatch.setattr(engine, "_REPEAT_SECONDS", 0.05)
    monkeypatch.setattr(engine, "report", lambda urn, message: reported.append((urn, message)))
    faults(server, {"operation": UPSERT, "fault": "slow", "delay_seconds": 1})
    endpoint.create(open_api_keys=[key(server)], roles=READ_ONLY)
    assert ("urn:query endpoint", "waiting for the query endpoint (0 s)") in reported
