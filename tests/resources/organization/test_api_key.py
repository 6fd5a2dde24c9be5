"""What a key may do and until when; which leftovers are found."""

from __future__ import annotations

from typing import Any

import pytest

from resources.base.errors import ResourceError
from resources.organization.api_key import ROLES, STATES, ApiKeyProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests
from tests.support.driven_provider import DrivenProvider
from tests.support.openapi_schema import schema
from tests.support.running_service import RunningService

pytestmark = pytest.mark.usefixtures("unlimited")

HERE = {"ip_access_list": ["127.0.0.1/32"]}
POLICY = {
    "allowDeny": "ALLOW",
    "permissions": ["control-plane:service:view"],
    "resources": ["instance/*"],
}


class TestApiKey(DeclaredResourceTests):
    """A change of name, roles and expiry keeps the key."""

    provider = ApiKeyProvider
    request = "ApiKeyPostRequest"
    # The API creates the key's id and secret. A hash would be the alternative.
    not_sent = frozenset({"hash_data"})
    first = {
        "name": "key",
        "roles": ["query_endpoints"],
        "expire_at": "2099-01-01T00:00:00Z",
        **HERE,
    }
    # The name has a mark until the confirmation resource renames the key.
    first_shown = {"roles": ["query_endpoints"]}
    second = {"name": "renamed", "roles": ["query_endpoints"], **HERE}
    second_shown = {"name": "renamed", "expireAt": None}
    invalid = (
        ({"roles": ["king"]}, "roles is ['king'], allowed: at least one of admin"),
        ({"roles": None}, "roles is required"),
        ({"ip_access_list": []}, "an empty list would let nobody in"),
        ({"ip_access_list": ["here"]}, "ip_access_list is ['here'], allowed: ad"),
        ({"expire_at": "2099-01-01"}, "expire_at is '2099-01-01', allowed: a date"),
        ({"assigned_role_ids": ["r"]}, "allowed: nothing together with roles"),
        ({"state": "asleep"}, "state is 'asleep', allowed: enabled, disabled"),
    )

    def shown(self, api: ControlPlaneByHand, resource_id: str) -> Any:
        return api.organization(f"keys/{resource_id}") if resource_id else None

    def change_by_hand(self, api: ControlPlaneByHand, resource_id: str) -> None:
        api.organization(f"keys/{resource_id}", "PATCH", {"name": "changed"})

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        here = {"source": "127.0.0.1/32", "description": "here"}
        return {"adopt": api.create_key(), "ip_access_list": [here]}


def test_values_are_the_values_of_the_spec() -> None:
    """Constants, so that `check` imports no client."""
    request = schema("ApiKeyPostRequest")
    assert list(ROLES) == request["roles"]["items"]["enum"]
    assert list(STATES) == request["state"]["enum"]


def key_of(server: RunningService, key: DrivenProvider) -> dict[str, Any]:
    return dict(server.control_plane.organization("GET", f"keys/{key.id}"))


def test_a_key_has_custom_roles_beside_those_of_the_system(server: RunningService) -> None:
    """Assigned, exchanged in place, and then the roles of old; the custom one is free again."""
    ask = server.control_plane.organization
    custom = ask("POST", "roles", {"name": "reader", "actors": [], "policies": [POLICY]})["id"]
    developer = next(role["id"] for role in ask("GET", "roles") if role["name"] == "developer")
    key = DrivenProvider(ApiKeyProvider(), server.control_plane)
    key.create(name="custom", assigned_role_ids=[custom, developer], **HERE)
    assigned = {role["roleId"]: role["roleType"] for role in key_of(server, key)["assignedRoles"]}
    assert assigned == {custom: "custom", developer: "system"}
    key.update(name="custom", assigned_role_ids=[custom], **HERE)
    assert [role["roleId"] for role in key_of(server, key)["assignedRoles"]] == [custom]
    key.update(name="custom", roles=["developer"], **HERE)
    assert [role["roleId"] for role in key_of(server, key)["assignedRoles"]] == [developer]
    ask("DELETE", f"roles/{custom}")
    key.delete()


def test_an_expiry_that_is_taken_away_is_cleared(server: RunningService) -> None:
    """With a null; leaving it out would keep it (ClickHouse/clickhousectl#698)."""
    key = DrivenProvider(ApiKeyProvider(), server.control_plane)
    asked = {"name": "expiring", "roles": ["developer"], **HERE}
    key.create(expire_at="2099-01-01T00:00:00Z", **asked)
    assert key_of(server, key)["expireAt"].startswith("2099-01-01")
    secret = key.state["key_secret"]
    key.update(**asked)
    assert key_of(server, key)["expireAt"] is None
    assert key.state["key_secret"] == secret
    key.delete()


def test_a_leftover_on_the_second_page_of_the_list_is_found(server: RunningService) -> None:
    """The API shows 250 keys at a time; the answer to our own POST was lost long ago."""
    ask = server.control_plane.organization
    for n in range(250):
        ask("POST", "keys", {"name": f"other-{n}"})
    key = DrivenProvider(ApiKeyProvider(), server.control_plane)
    asked = {"name": "late", "roles": ["developer"], **HERE}
    control_plane = key.provider._control_plane
    with control_plane.client() as client:
        left, _ = ApiKeyProvider().post(client, key.checked(**asked))
    key.create(**asked)
    with control_plane.client() as client:
        found = ApiKeyProvider().unfinished(client, key.checked(**asked))
    # The one of the lost answer is gone with its secret; what is there now is ours.
    assert [id for id, _ in found] == [key.id]
    assert key.id != left
    key.delete()


def test_a_key_to_keep_is_not_rotated(server: RunningService) -> None:
    """`adopt` says which key it is, so nothing may ask for another one."""
    body = {"name": "theirs", "roles": ["developer"]}
    theirs = server.control_plane.organization("POST", "keys", body)["key"]["id"]
    key = DrivenProvider(ApiKeyProvider(), server.control_plane)
    key.create(adopt=theirs, **HERE)
    assert key_of(server, key)["name"] == "theirs"
    with pytest.raises(ResourceError, match=f"adopt is '{theirs}', but another rotation needs"):
        key.update(adopt=theirs, rotation="2", **HERE)
    new = key.checked(name="n", roles=["developer"], rotation="2", **HERE)
    planned = key.provider.diff(key.id, key.state, new)
    assert planned.replaces == ["rotation"]
    key.delete()
