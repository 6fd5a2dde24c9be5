"""Custom domains: hostnames that are attached to scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.local_cloudflare import Cloud, form, hello

DOMAINS = "/accounts/{account}/workers/domains"


def upload(cloud: Cloud, name: str) -> None:
    """Deploy a script that responds with its own name."""
    path = f"/accounts/{{account}}/workers/scripts/{name}"
    cloud.result("PUT", path, files=form({"w.js": hello(name)}))


def test_each_hostname_is_served_by_its_script(cloud: Cloud) -> None:
    """The Host header selects the script; an unknown name gets 404. A lone hostname serves all."""
    assert cloud.edge().status_code == 404
    upload(cloud, "first")
    upload(cloud, "second")
    assert cloud.edge().status_code == 404
    first = cloud.attach("localhost", "first")
    assert cloud.edge().text == "first"
    assert cloud.edge(host="whatever.localhost").text == "first"
    cloud.attach("second.localhost", "second")
    assert cloud.edge().text == "first"
    assert cloud.edge(host="second.localhost").text == "second"
    assert cloud.edge(host="whatever.localhost").status_code == 404
    cloud.result("DELETE", f"{DOMAINS}/{first['id']}")
    assert cloud.edge().text == "second"


def test_a_hostname_of_another_script_is_rejected_unless_overridden(cloud: Cloud) -> None:
    """A custom domain cannot move between scripts in place; attaching it again changes nothing."""
    upload(cloud, "first")
    upload(cloud, "second")
    before = cloud.attach("localhost", "first")
    assert cloud.attach("localhost", "first") == before
    body = {"hostname": "localhost", "service": "second"}
    status, code, message = cloud.refusal("PUT", DOMAINS, json=body)
    assert (status, code) == (409, 100116)
    assert "'override_existing_origin'" in message
    assert cloud.edge().text == "first"
    after = cloud.attach("localhost", "second", override=True)
    assert after["id"] == before["id"]
    assert cloud.edge().text == "second"
    assert cloud.result("GET", f"{DOMAINS}/{after['id']}") == after
    assert cloud.result("GET", DOMAINS, params={"service": "first"}) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hostname": "example.com"}, "example.com"),
        ({"hostname": "two.labels.localhost"}, "two.labels.localhost"),
        ({"hostname": "UPPER_case.localhost"}, "upper_case.localhost"),
        ({"hostname": None}, "'hostname'"),
        ({"service": 7}, "'service'"),
        ({"service": "absent"}, "does not exist"),
        ({"zone_id": "0" * 32}, "zone_id"),
        ({"zone_name": "example.com"}, "zone_name"),
        ({"environment": "staging"}, "staging"),
    ],
)
def test_an_invalid_domain_is_rejected_with_its_reason(
    shared: Cloud, change: dict[str, Any], said: str
) -> None:
    """Nothing is attached."""
    upload(shared, "hello")
    body = {"hostname": "localhost", "service": "hello", **change}
    assert said in shared.refusal("PUT", DOMAINS, json=body)[2]
    assert shared.result("GET", DOMAINS) == []


def test_a_detached_hostname_is_not_found(shared: Cloud) -> None:
    """Reading it or detaching it again returns 404."""
    upload(shared, "hello")
    domain = shared.attach("gone.localhost", "hello")
    shared.result("DELETE", f"{DOMAINS}/{domain['id']}")
    assert shared.refusal("GET", f"{DOMAINS}/{domain['id']}")[0] == 404
    assert shared.refusal("DELETE", f"{DOMAINS}/{domain['id']}")[0] == 404


def test_domain_records_replace_all_hostnames_of_a_script(cloud: Cloud) -> None:
    """wrangler reads the changes first. It moves another script's hostname only on request."""
    upload(cloud, "first")
    upload(cloud, "second")
    cloud.attach("taken.localhost", "first")
    cloud.attach("old.localhost", "second")
    path = "/accounts/{account}/workers/scripts/second/domains"
    origins = [{"hostname": "taken.localhost"}, {"hostname": "new.localhost"}]
    changes = cloud.result("POST", path + "/changeset", json=origins)
    assert [item["hostname"] for item in changes["added"]] == ["new.localhost"]
    assert [item["hostname"] for item in changes["removed"]] == ["old.localhost"]
    assert [item["modified"] for item in changes["updated"]] == [True]
    assert cloud.refusal("PUT", path + "/records", json={"origins": origins})[:2] == (409, 100116)
    wanted = {"origins": origins, "override_existing_origin": True}
    cloud.result("PUT", path + "/records", json=wanted)
    attached = cloud.result("GET", DOMAINS, params={"service": "second"})
    assert {domain["hostname"] for domain in attached} == {"taken.localhost", "new.localhost"}
