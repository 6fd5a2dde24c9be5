"""Who may ask, and what happens to a request that is no operation."""

from __future__ import annotations

import httpx

from tests.local.cloudflare.harness import Cloud


def test_a_good_token_is_verified(shared: Cloud) -> None:
    """Clients check their token before anything else."""
    assert shared.result("GET", "/user/tokens/verify")["status"] == "active"


def test_a_wrong_token_gets_the_real_code(shared: Cloud) -> None:
    """The verification has a code of its own."""
    status, code, message = shared.refusal("GET", "/zones", token="wrong")
    assert (status, code, message) == (403, 9109, "Invalid access token")
    assert shared.refusal("GET", "/user/tokens/verify", token="wrong")[:2] == (401, 1000)


def test_no_token_and_another_scheme_are_told_apart(shared: Cloud) -> None:
    """Both are mistakes in the header, not in the token."""
    url = shared.card["url"] + "/zones"
    nothing = httpx.get(url, trust_env=False).json()
    basic = httpx.get(url, auth=("user", "password"), trust_env=False).json()
    assert nothing["errors"][0]["code"] == 9106
    assert basic["errors"][0]["code"] == 6003


def test_an_unknown_account_is_refused(shared: Cloud) -> None:
    """A token has no rights in another account, and some texts cannot be an account."""
    path = "/accounts/{account}/workers/scripts"
    foreign = shared.refusal("GET", path, account="0" * 32)
    assert foreign == (403, 10000, "Authentication error")
    assert shared.refusal("GET", path, account="nonsense")[:2] == (404, 7003)


def test_an_unknown_operation_is_named(shared: Cloud) -> None:
    """The answer says that this server leaves it out, in the envelope clients understand."""
    status, code, message = shared.refusal("POST", "/accounts/{account}/queues", json={})
    assert (status, code) == (404, 7000)
    assert "POST" in message
    assert "/queues is not imitated" in message


def test_a_method_that_a_path_lacks_is_no_route_either(shared: Cloud) -> None:
    """The real API answers the same for both."""
    assert shared.refusal("DELETE", "/zones")[:2] == (404, 7000)


def test_the_account_and_its_zone_are_found(shared: Cloud) -> None:
    """By list, by id and by name."""
    (account,) = shared.result("GET", "/accounts")
    assert account["id"] == shared.card["account_id"]
    assert shared.result("GET", "/accounts/{account}")["id"] == account["id"]
    (zone,) = shared.result("GET", "/zones", params={"name": "localhost"})
    assert zone["id"] == shared.card["zone_id"]
    assert shared.result("GET", f"/zones/{zone['id']}")["name"] == "localhost"
    assert shared.result("GET", "/zones", params={"name": "example.com"}) == []
    assert shared.refusal("GET", "/zones/" + "0" * 32)[:2] == (404, 7003)
