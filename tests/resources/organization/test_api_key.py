"""`ApiKey`: fields, lifecycle, adoption, custom roles, expiry, and keys of interrupted runs."""

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
    # The name has an ownership tag until the confirmation resource renames the key.
    first_shown = {"roles": ["query_endpoints"]}
    second = {"name": "renamed", "roles": ["query_endpoints"], **HERE}
    second_shown = {"name": "renamed", "expireAt": None}
    invalid = (
        ({"roles": ["king"]}, "roles is ['king'], allowed: at least one of admin"),
        ({"roles": None}, "roles is required"),
        ({"ip_access_list": []}, "ip_access_list is [], allowed: "),
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
    """The values are constants, so that `check` imports no client."""
    request = schema("ApiKeyPostRequest")
    assert list(ROLES) == request["roles"]["items"]["enum"]
    assert list(STATES) == request["state"]["enum"]


def key_of(server: RunningService, key: DrivenProvider) -> dict[str, Any]:
    return dict(server.control_plane.organization("GET", f"keys/{key.id}"))


def test_a_key_has_custom_roles_and_system_roles(server: RunningService) -> None:
    """Roles change in place. After `roles` replaced them, the custom role can be deleted."""
    send = server.control_plane.organization
    custom = send("POST", "roles", {"name": "reader", "actors": [], "policies": [POLICY]})["id"]
    developer = next(role["id"] for role in send("GET", "roles") if role["name"] == "developer")
    key = DrivenProvider(ApiKeyProvider(), server.control_plane)
    key.create(name="custom", assigned_role_ids=[custom, developer], **HERE)
    assigned = {role["roleId"]: role["roleType"] for role in key_of(server, key)["assignedRoles"]}
    assert assigned == {custom: "custom", developer: "system"}
    key.update(name="custom", assigned_role_ids=[custom], **HERE)
    assert [role["roleId"] for role in key_of(server, key)["assignedRoles"]] == [custom]
    key.update(name="custom", roles=["developer"], **HERE)
    assert [role["roleId"] for role in key_of(server, key)["assignedRoles"]] == [developer]
    send("DELETE", f"roles/{custom}")
    key.delete()


def test_removing_the_expiry_from_the_program_clears_it(server: RunningService) -> None:
    """A request without the field would keep it (ClickHouse/clickhousectl#698)."""
    key = DrivenProvider(ApiKeyProvider(), server.control_plane)
    args = {"name": "expiring", "roles": ["developer"], **HERE}
    key.create(expire_at="2099-01-01T00:00:00Z", **args)
    assert key_of(server, key)["expireAt"].startswith("2099-01-01")
    secret = key.state["key_secret"]
    key.update(**args)
    assert key_of(server, key)["expireAt"] is None
    assert key.state["key_secret"] == secret
    key.delete()


def test_an_unfinished_key_on_the_second_page_of_the_list_is_found(server: RunningService) -> None:
    """A page has 250 keys. The response to the create request of the key was lost."""
    send = server.control_plane.organization
    for n in range(250):
        send("POST", "keys", {"name": f"other-{n}"})
    key = DrivenProvider(ApiKeyProvider(), server.control_plane)
    args = {"name": "late", "roles": ["developer"], **HERE}
    control_plane = key.provider._control_plane
    with control_plane.client() as client:
        unfinished, _ = ApiKeyProvider().post(client, key.checked(**args))
    key.create(**args)
    with control_plane.client() as client:
        found = ApiKeyProvider().unfinished(client, key.checked(**args))
    # The unfinished key was deleted, because its secret is lost, and another was created.
    assert [id for id, _ in found] == [key.id]
    assert key.id != unfinished
    key.delete()


def test_an_adopted_key_is_not_rotated(server: RunningService) -> None:
    """`adopt` names one key, which contradicts a rotation to another key."""
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
