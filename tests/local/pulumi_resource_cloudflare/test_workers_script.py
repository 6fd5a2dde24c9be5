"""`WorkersScript`: invalid inputs, and its lifecycle against a running cloud."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.pulumi_resource_cloudflare.values import UNKNOWN, Secret, reveal
from tests.local.pulumi_resource_cloudflare.plugin import SCRIPT, Plugin, provider_pb2
from tests.support.local_cloudflare import COUNTER, Cloud, form, hello

NONE = provider_pb2.DiffResponse.DIFF_NONE
PATH = "/accounts/{account}/workers/scripts/counter"
BINDINGS: list[dict[str, Any]] = [
    {"name": "COUNTER", "type": "durable_object_namespace", "className": "Counter"},
    {"name": "PLAIN", "type": "plain_text", "text": "plain"},
    {"name": "SECRET", "type": "secret_text", "text": Secret("12345")},
]


@pytest.fixture
def inputs(cloud: Cloud) -> Iterator[dict[str, Any]]:
    """Yield the inputs of a counting Worker, and delete the script after the test."""
    yield {
        "accountId": cloud.card["account_id"],
        "scriptName": "counter",
        "content": COUNTER,
        "mainModule": "index.js",
        "compatibilityDate": "2026-01-01",
        "migrations": {"newTag": "v1", "newSqliteClasses": ["Counter"]},
        "bindings": BINDINGS,
    }
    cloud.call("DELETE", PATH)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"accountId": None}, "accountId"),
        ({"scriptName": None}, "scriptName"),
        ({"scriptNam": "x"}, "scriptNam"),
        ({"scriptName": 7}, "scriptName"),
        ({"logpush": "yes"}, "logpush"),
        ({"bindings": {}}, "bindings"),
        ({"bindings": [{"name": "X"}]}, "bindings[0].type"),
        ({"bindings": [{"name": "X", "type": "no_such"}]}, "bindings[0].type"),
        ({"bindings": [{"name": "X", "type": "plain_text", "txt": "x"}]}, "bindings[0].txt"),
        ({"bindings": [{"name": "X", "type": "json", "json": {}}]}, "bindings[0].json"),
        ({"migrations": {"newTag": True}}, "migrations.newTag"),
        ({"migrations": {"steps": [{"newClasses": "X"}]}}, "migrations.steps[0].newClasses"),
        ({"usageModel": "fancy"}, "usageModel"),
        ({"contentFile": "x"}, "contentFile"),
        ({"content": None, "contentFile": "x"}, "contentSha256"),
        ({"content": None, "contentFile": "absent", "contentSha256": "0"}, "contentFile"),
        ({"contentSha256": "0"}, "contentSha256"),
        ({"files": {}}, "files"),
    ],
)
def test_an_invalid_input_is_named_at_preview(
    plugin: Plugin, inputs: dict[str, Any], change: dict[str, Any], where: str
) -> None:
    """The input is missing, unknown, of another type, or has an unknown value."""
    _, failures = plugin.check(SCRIPT, {**inputs, **change})
    assert where in failures
    assert where.rsplit(".", 1)[-1] in failures[where]


def test_valid_inputs_pass_the_check_with_their_secrets(
    plugin: Plugin, inputs: dict[str, Any]
) -> None:
    """Secrets and unknown values are returned as they were sent."""
    inputs["compatibilityDate"] = UNKNOWN
    checked, failures = plugin.check(SCRIPT, inputs)
    assert failures == {}
    assert checked["compatibilityDate"] is not None
    assert checked["bindings"] == BINDINGS


def test_a_preview_returns_only_the_inputs(
    plugin: Plugin, inputs: dict[str, Any], cloud: Cloud
) -> None:
    """The preview creates nothing."""
    identifier, planned = plugin.create(SCRIPT, inputs, preview=True)
    assert identifier == ""
    assert planned["scriptName"] == "counter"
    assert repr(planned["etag"]) == "UNKNOWN"
    assert cloud.refusal("GET", PATH + "/settings")[0] == 404


def test_the_lifecycle_of_a_script(plugin: Plugin, inputs: dict[str, Any], cloud: Cloud) -> None:
    """Create, no change, change in place, drift, not found, delete twice."""
    identifier, state = plugin.create(SCRIPT, inputs)
    assert identifier == state["id"] == "counter"
    assert state["migrationTag"] == "v1"
    assert state["handlers"] == ["fetch"]
    assert [binding.get("text") for binding in state["bindings"]] == [
        None,
        Secret("plain"),
        Secret("12345"),
    ]
    assert plugin.diff(SCRIPT, state, inputs).changes == NONE

    # The tag was applied, and the real Cloudflare rejects an upload that repeats it.
    changed = {key: value for key, value in inputs.items() if key != "migrations"}
    changed["bindings"] = [BINDINGS[0], {**BINDINGS[1], "text": "changed"}, BINDINGS[2]]
    response = plugin.diff(SCRIPT, state, changed)
    assert set(response.detailedDiff) == {"bindings[1].text", "migrations"}
    assert not response.replaces
    state = plugin.update(SCRIPT, identifier, state, changed)
    assert plugin.diff(SCRIPT, state, changed).changes == NONE
    assert cloud.result("GET", PATH + "/settings")["bindings"][1]["text"] == "changed"

    secret = {"name": "OTHERS", "type": "secret_text", "text": "x"}
    cloud.result("PUT", PATH + "/secrets", json=secret)
    _, same, seen = plugin.read(SCRIPT, identifier, state, changed)
    assert plugin.diff(SCRIPT, same, changed).changes == NONE
    assert reveal(seen) == reveal(changed)

    cloud.result("DELETE", PATH + "/secrets/SECRET")
    _, drifted, seen = plugin.read(SCRIPT, identifier, state, changed)
    assert [binding["name"] for binding in seen["bindings"]] == ["COUNTER", "PLAIN"]
    assert list(plugin.diff(SCRIPT, drifted, changed).diffs) == ["bindings"]
    plugin.update(SCRIPT, identifier, drifted, changed)
    names = [secret["name"] for secret in cloud.result("GET", PATH + "/secrets")]
    assert names == ["SECRET"]

    cloud.result("DELETE", PATH)
    assert plugin.read(SCRIPT, identifier, state, changed)[0] == ""
    plugin.delete(SCRIPT, identifier, state)


def test_an_applied_migration_is_rejected_as_by_the_real_api(
    plugin: Plugin, inputs: dict[str, Any]
) -> None:
    """The official provider sends `migrations` with every upload."""
    identifier, state = plugin.create(SCRIPT, inputs)
    inputs["content"] = COUNTER + "// changed"
    with pytest.raises(Exception, match="10079"):
        plugin.update(SCRIPT, identifier, state, inputs)


def test_another_name_or_account_is_a_replacement(plugin: Plugin, inputs: dict[str, Any]) -> None:
    """The new script can exist at the same time as the old one."""
    _, state = plugin.create(SCRIPT, inputs)
    for name in ("scriptName", "accountId"):
        response = plugin.diff(SCRIPT, state, {**inputs, name: "other"})
        assert list(response.replaces) == [name]


def test_a_refresh_keeps_plain_bindings_as_the_official_plugin_does(
    plugin: Plugin, inputs: dict[str, Any], cloud: Cloud
) -> None:
    """The official refresh compares only the names of secrets and keeps all other bindings."""
    identifier, state = plugin.create(SCRIPT, inputs)
    inherited = [{"name": name, "type": "inherit"} for name in ("COUNTER", "SECRET")]
    by_hand = [
        {"name": "PLAIN", "type": "plain_text", "text": "by hand"},
        {"name": "ADDED", "type": "plain_text", "text": "by hand"},
    ]
    part = (None, json.dumps({"bindings": inherited + by_hand}), "application/json")
    cloud.result("PATCH", PATH + "/settings", files={"settings": part})
    _, drifted, seen = plugin.read(SCRIPT, identifier, state, inputs)
    assert [each["name"] for each in seen["bindings"]] == ["COUNTER", "PLAIN", "SECRET", "ADDED"]
    assert reveal(drifted["bindings"][1]["text"]) == "plain"
    (changed,) = plugin.diff(SCRIPT, drifted, inputs).detailedDiff
    assert changed == "bindings[3]"


def test_defaults_of_observability_show_after_a_refresh_and_not_before(
    plugin: Plugin, inputs: dict[str, Any]
) -> None:
    """An upload keeps the program's values; a refresh reads the API's defaults."""
    inputs["observability"] = {"enabled": True}
    identifier, state = plugin.create(SCRIPT, inputs)
    assert state["observability"] == {"enabled": True}
    assert plugin.diff(SCRIPT, state, inputs).changes == NONE
    _, refreshed, _ = plugin.read(SCRIPT, identifier, state, inputs)
    assert refreshed["observability"]["logs"]["invocationLogs"] is True
    assert list(plugin.diff(SCRIPT, refreshed, inputs).diffs) == ["observability"]


@pytest.mark.parametrize("call", ["read", "update"])
def test_the_official_plugin_can_still_read_its_state(
    plugin: Plugin, inputs: dict[str, Any], call: str
) -> None:
    """The raw state describes earlier values, so it is dropped. The version is kept."""
    identifier, state = plugin.create(SCRIPT, inputs)
    inputs.pop("migrations")
    theirs = {**state, "__meta": '{"schema_version":"1"}', "__pulumi_raw_state_delta": {"obj": {}}}
    if call == "read":
        _, written, _ = plugin.read(SCRIPT, identifier, theirs, inputs)
    else:
        written = plugin.update(SCRIPT, identifier, theirs, inputs)
    assert written["__meta"] == theirs["__meta"]
    assert "__pulumi_raw_state_delta" not in written
    assert written["id"] == identifier


def test_drift_of_the_code_is_found(
    plugin: Plugin, inputs: dict[str, Any], cloud: Cloud, tmp_path: Path
) -> None:
    """The code can be in the program or in a file."""
    file = tmp_path / "index.js"
    file.write_text(COUNTER)
    inputs.pop("content")
    inputs["contentFile"] = str(file)
    inputs["contentSha256"] = hashlib.sha256(COUNTER.encode()).hexdigest()
    assert plugin.check(SCRIPT, inputs)[1] == {}
    identifier, state = plugin.create(SCRIPT, inputs)
    assert "content" not in state
    bindings = cloud.result("GET", PATH + "/settings")["bindings"]
    plain = [binding for binding in bindings if binding["type"] != "secret_text"]
    other = COUNTER + "// a change out of band"
    upload = form({"index.js": other}, bindings=plain, keep_bindings=["secret_text"])
    cloud.result("PUT", PATH, files=upload)
    _, drifted, _ = plugin.read(SCRIPT, identifier, state, inputs)
    assert list(plugin.diff(SCRIPT, drifted, inputs).diffs) == ["contentSha256"]


def test_the_error_of_a_broken_script_is_the_runtime_s(
    plugin: Plugin, inputs: dict[str, Any]
) -> None:
    """The user of `pulumi up` can read it."""
    with pytest.raises(Exception, match="Uncaught SyntaxError"):
        plugin.create(SCRIPT, {**inputs, "content": "export default {"})


def test_a_script_can_be_imported(plugin: Plugin, cloud: Cloud) -> None:
    """The id is account and name, as for the official provider."""
    cloud.result("PUT", PATH, files=form({"w.js": hello("x")}))
    account = cloud.card["account_id"]
    identifier, state, seen = plugin.read(SCRIPT, f"{account}/counter", {}, {})
    assert identifier == "counter"
    assert state["content"] == seen["content"] == hello("x")
    assert seen["scriptName"] == "counter"
    plugin.delete(SCRIPT, identifier, state)
