"""API tokens, unknown operations, lists in pages, and failures of this server."""

from __future__ import annotations

import shutil

import httpx
import pytest

from tests.support.local_cloudflare import Cloud, form, hello


def test_a_valid_token_is_verified(shared: Cloud) -> None:
    """Clients verify their token before their first other request."""
    assert shared.result("GET", "/user/tokens/verify")["status"] == "active"


def test_an_invalid_token_gets_the_real_code(shared: Cloud) -> None:
    """The operation that verifies tokens returns another code."""
    status, code, message = shared.refusal("GET", "/zones", token="wrong")
    assert (status, code, message) == (403, 9109, "Invalid access token")
    assert shared.refusal("GET", "/user/tokens/verify", token="wrong")[:2] == (401, 1000)


def test_a_missing_token_and_another_scheme_have_different_codes(shared: Cloud) -> None:
    """Both are errors of the header, not of the token."""
    url = shared.card["url"] + "/zones"
    nothing = httpx.get(url, trust_env=False).json()
    basic = httpx.get(url, auth=("user", "password"), trust_env=False).json()
    assert nothing["errors"][0]["code"] == 9106
    assert basic["errors"][0]["code"] == 6003


def test_a_token_that_is_not_utf_8_is_rejected(shared: Cloud) -> None:
    """A header can contain any bytes."""
    headers = {b"Authorization": b"Bearer \xff"}
    response = httpx.get(shared.card["url"] + "/zones", headers=headers, trust_env=False)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (403, 9109)


def test_a_secret_that_is_not_unicode_is_rejected(shared: Cloud) -> None:
    """JSON can contain a lone surrogate, which cannot be encoded in UTF-8."""
    path = "/accounts/{account}/workers/scripts/any/secrets"
    body = b'{"name": "A", "type": "secret_text", "text": "\\ud800"}'
    assert shared.refusal("PUT", path, content=body)[:2] == (400, 10001)


def test_an_unexpected_failure_is_logged_without_its_message(cloud: Cloud) -> None:
    """A message can contain a value of the request; here it would contain a path."""
    scripts = "/accounts/{account}/workers/scripts"
    cloud.result("PUT", f"{scripts}/one", files=form({"w.js": hello("1")}))
    (cloud.directory / "account.json").unlink()
    (cloud.directory / "account.json" / "full").mkdir(parents=True)
    secret = {"name": "A", "type": "secret_text", "text": "s3cret-value"}
    failed = cloud.refusal("PUT", f"{scripts}/one/secrets", json=secret)
    shutil.rmtree(cloud.directory / "account.json")
    assert failed == (500, 10013, "An unknown error has occurred.")
    log = cloud.log.read_text()
    assert "IsADirectoryError\n" in log
    assert "in put_secret\n" in log
    assert "Errno" not in log
    assert "s3cret-value" not in log


def test_an_unknown_account_is_rejected(shared: Cloud) -> None:
    """A token has no rights in another account, and some strings cannot be an account."""
    path = "/accounts/{account}/workers/scripts"
    foreign = shared.refusal("GET", path, account="0" * 32)
    assert foreign == (403, 10000, "Authentication error")
    assert shared.refusal("GET", path, account="nonsense")[:2] == (404, 7003)


def test_an_unknown_operation_is_named(shared: Cloud) -> None:
    """The message says that this server does not emulate it, in the envelope of the API."""
    status, code, message = shared.refusal("POST", "/accounts/{account}/queues", json={})
    assert (status, code) == (404, 7000)
    assert "POST" in message
    assert "/queues is not emulated" in message


def test_an_unknown_method_of_a_path_is_no_route(shared: Cloud) -> None:
    """The real API returns the same error for an unknown method and an unknown path."""
    assert shared.refusal("DELETE", "/zones")[:2] == (404, 7000)


def test_the_account_and_its_zone_are_found(shared: Cloud) -> None:
    """A client can find them in a list, by id or by name."""
    (account,) = shared.result("GET", "/accounts")
    assert account["id"] == shared.card["account_id"]
    assert shared.result("GET", "/accounts/{account}")["id"] == account["id"]
    (zone,) = shared.result("GET", "/zones", params={"name": "localhost"})
    assert zone["id"] == shared.card["zone_id"]
    assert shared.result("GET", f"/zones/{zone['id']}")["name"] == "localhost"
    assert shared.result("GET", "/zones", params={"name": "example.com"}) == []
    assert shared.refusal("GET", "/zones/" + "0" * 32)[:2] == (404, 7003)


@pytest.mark.parametrize(
    "path", ["/accounts", "/zones", "/memberships", "/accounts/{account}/storage/kv/namespaces"]
)
def test_a_list_ends_with_an_empty_page(shared: Cloud, path: str) -> None:
    """The SDKs read page after page until one is empty."""
    first = shared.call("GET", path, params={"page": 1}).json()
    assert len(first["result"]) == first["result_info"]["total_count"]
    assert shared.result("GET", path, params={"page": 2}) == []


def test_a_list_has_pages_of_the_requested_size(shared: Cloud) -> None:
    """Versions are items of an object, and the newest come first."""
    script = "/accounts/{account}/workers/scripts/paged"
    for text in ("1", "2", "3"):
        shared.result("PUT", script, files=form({"w.js": hello(text)}))
    pages = [
        shared.call("GET", script + "/versions", params={"page": page, "per_page": 2}).json()
        for page in (1, 2, 3)
    ]
    numbers = [[each["number"] for each in page["result"]["items"]] for page in pages]
    assert numbers == [[3, 2], [1], []]
    info = {"page": 2, "per_page": 2, "count": 1, "total_count": 3, "total_pages": 2}
    assert pages[1]["result_info"] == info


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"per_page": "100000"}])
def test_an_invalid_page_is_named(shared: Cloud, query: dict[str, str]) -> None:
    """The page is rejected, and no other page is returned."""
    assert f"'{next(iter(query))}'" in shared.refusal("GET", "/zones", params=query)[2]
