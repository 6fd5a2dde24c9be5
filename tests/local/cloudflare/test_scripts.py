"""Scripts: uploads, rejected uploads, settings, and places where secrets must not appear."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.support.local_cloudflare import (
    COUNTER,
    COUNTER_BINDING,
    COUNTER_MIGRATION,
    Cloud,
    form,
    hello,
)

INHERIT = {"name": "ABSENT", "type": "inherit"}
SCRIPT = "/accounts/{account}/workers/scripts/hello"


def test_an_upload_runs_behind_the_edge(cloud: Cloud) -> None:
    """Bindings of every plain type reach the Worker, with all their characters."""
    odd = 'quote " backslash \\ newline \n tab \t snowman ☃ nul \x00'
    bindings = [
        {"name": "PLAIN", "type": "plain_text", "text": odd},
        {"name": "JSON", "type": "json", "json": {"a": [1, None, "☃"]}},
        {"name": "SECRET", "type": "secret_text", "text": "four"},
    ]
    script = cloud.deploy_counter(bindings=bindings)
    assert script["handlers"] == ["fetch"]
    assert script["named_handlers"] == [{"name": "Counter", "handlers": ["class"]}]
    assert script["migration_tag"] == "v1"
    expected = {"plain": odd, "json": {"a": [1, None, "☃"]}, "length": 4}
    assert cloud.edge("/env").json() == expected
    assert cloud.edge().text == "1"


def test_a_variable_has_at_most_five_kilobytes(cloud: Cloud) -> None:
    """The limit holds for every type, and for a single secret. The old version keeps running."""
    most = {"name": "SECRET", "type": "secret_text", "text": "x" * 5120}
    cloud.deploy_counter(bindings=[most])
    more = [
        {"name": "SECRET", "type": "secret_text", "text": "x" * 5121},
        {"name": "PLAIN", "type": "plain_text", "text": "é" * 2561},
        {"name": "JSON", "type": "json", "json": ["x" * 5120]},
    ]
    path = "/accounts/{account}/workers/scripts/counter"
    for binding in more:
        upload = form({"index.js": COUNTER}, bindings=[COUNTER_BINDING, binding])
        status, code, message = cloud.refusal("PUT", path, files=upload)
        assert (status, code) == (400, 10054)
        assert "text_binding_too_large" in message
    assert cloud.refusal("PUT", f"{path}/secrets", json=more[0])[:2] == (400, 10054)
    assert cloud.edge("/env").json()["length"] == 5120


def test_a_worker_has_at_most_128_variables(cloud: Cloud) -> None:
    """Variables and secrets count together; the binding of a Durable Object does not count."""

    def upload(count: int) -> Any:
        kinds = ("plain_text", "secret_text")
        texts = [
            {"name": f"V{number}", "type": kinds[number % 2], "text": "x"}
            for number in range(count)
        ]
        return form(
            {"index.js": COUNTER}, bindings=[COUNTER_BINDING, *texts], migrations=COUNTER_MIGRATION
        )

    path = "/accounts/{account}/workers/scripts/counter"
    status, _, message = cloud.refusal("PUT", path, files=upload(129))
    assert status == 400
    assert "129 environment variables, at most 128 are allowed" in message
    cloud.result("PUT", path, files=upload(128))


def test_modules_of_every_type_are_imported(cloud: Cloud) -> None:
    """JavaScript in a folder, text, bytes and WebAssembly have the names that wrangler sends."""
    empty_wasm = b"\0asm\x01\0\0\0"
    main = """
    import { name } from "./lib/name.js";
    import text from "./text.txt";
    import data from "./data.bin";
    import wasm from "./empty.wasm";
    const values = [name, text, data.byteLength, wasm instanceof WebAssembly.Module];
    export default { fetch: () => Response.json(values) };
    """
    modules: dict[str, str | bytes] = {
        "index.js": main,
        "lib/name.js": "export const name = 'lib';",
        "./text.txt": "plain",
        "data.bin": b"\x00\xff\x00",
        "./empty.wasm": empty_wasm,
    }
    types = {"data.bin": "application/octet-stream", "./empty.wasm": "application/wasm"}
    cloud.result("PUT", SCRIPT, files=form(modules, types=types))
    cloud.attach("localhost", "hello")
    assert cloud.edge().json() == ["lib", "plain", 3, True]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("export default { fetch() { return new Response('x' } };", "Uncaught SyntaxError"),
        ("throw new Error('at start'); export default {};", "Uncaught Error: at start"),
        ("import x from './absent.js'; export default {};", 'No such module "absent.js"'),
        ("await fetch('https://example.com'); export default {};", "within global scope"),
    ],
)
def test_a_broken_script_is_rejected_and_the_old_one_keeps_running(
    shared: Cloud, code: str, said: str
) -> None:
    """The message is the runtime's."""
    shared.result("PUT", SCRIPT, files=form({"index.js": hello("good")}))
    shared.attach("localhost", "hello")
    status, number, message = shared.refusal("PUT", SCRIPT, files=form({"index.js": code}))
    assert (status, number) == (400, 10021)
    assert said in message
    assert shared.edge().text == "good"


@pytest.mark.parametrize(
    ("metadata", "code", "said"),
    [
        ({"compatibility_date": "2999-01-01"}, 10021, "2999-01-01"),
        ({"compatibility_flags": ["no_such_flag"]}, 10021, "no_such_flag"),
        ({"compatibility_date": 7}, 10021, "compatibility_date"),
        ({"main_module": "absent.js"}, 10021, "absent.js"),
        ({"main_module": None}, 10021, "main_module"),
        ({"bindings": [{"name": "K", "type": "kv_namespace", "namespace_id": "1"}]}, 10021, "'K'"),
        ({"bindings": [{"name": "P", "type": "plain_text"}]}, 10021, "'text'"),
        ({"bindings": [{"type": "plain_text", "text": "x"}]}, 10021, "no name"),
        ({"bindings": [{"name": "P", "type": "plain_text", "text": "x"}] * 2}, 10021, "twice"),
        ({"bindings": "P"}, 10021, "bindings"),
        ({"bindings": [{"name": "S", "type": "service", "service": "absent"}]}, 10143, "'absent'"),
        ({"bindings": [COUNTER_BINDING]}, 10061, "'Counter'"),
        ({"migrations": {"new_sqlite_classes": ["Absent"]}}, 10070, "'Absent'"),
        ({"migrations": {"old_tag": "v7"}}, 10079, "'v7'"),
        ({"assets": {"jwt": "x"}}, 10021, "assets"),
        ({"exports": {"Counter": {"type": "durable-object"}}}, 10021, "'Counter'"),
        ({"bindings_inherit": "strict", "bindings": [INHERIT]}, 10057, "'ABSENT'"),
    ],
)
def test_invalid_metadata_is_rejected_with_its_reason(
    shared: Cloud, metadata: dict[str, Any], code: int, said: str
) -> None:
    """The message names the invalid field, and nothing is created."""
    path = "/accounts/{account}/workers/scripts/refused"
    _, number, message = shared.refusal("PUT", path, files=form({"w.js": COUNTER}, **metadata))
    assert number == code
    assert said in message
    assert shared.refusal("GET", path + "/settings")[:2] == (404, 10007)


def test_a_body_that_is_no_upload_is_rejected_with_its_reason(shared: Cloud) -> None:
    """The body is no form, or has no metadata, invalid metadata, or a part of unknown type."""
    assert "multipart" in shared.refusal("PUT", SCRIPT, content=b"x")[2]
    part = ("w.js", hello("x"), "application/javascript+module")
    assert "metadata" in shared.refusal("PUT", SCRIPT, files={"w.js": part})[2]
    broken = {"metadata": (None, "{", "application/json"), "w.js": part}
    assert "JSON" in shared.refusal("PUT", SCRIPT, files=broken)[2]
    odd = form({"w.js": hello("x")}, types={"w.js": "text/x-python"})
    assert "Python" in shared.refusal("PUT", SCRIPT, files=odd)[2]
    surrogate = {**form({"w.js": hello("x")})}
    surrogate["metadata"] = (None, '{"main_module": "w.js", "tags": ["\\ud800"]}', "")
    assert "JSON" in shared.refusal("PUT", SCRIPT, files=surrogate)[2]


def test_a_script_without_handlers_is_rejected(shared: Cloud) -> None:
    """A script without handlers could not serve any request."""
    upload = form({"w.js": "export default {};"})
    assert shared.refusal("PUT", SCRIPT, files=upload)[:2] == (400, 10068)


def test_an_invalid_worker_name_is_rejected(shared: Cloud) -> None:
    """The name becomes part of addresses."""
    path = "/accounts/{account}/workers/scripts/no%20name"
    assert shared.refusal("PUT", path, files=form({"w.js": hello("x")}))[:2] == (400, 10016)


def test_an_unknown_script_has_the_real_codes(shared: Cloud) -> None:
    """Clients use the codes to distinguish "not found" from other errors."""
    absent = "/accounts/{account}/workers/scripts/absent"
    assert shared.refusal("GET", absent + "/settings")[:2] == (404, 10007)
    assert shared.refusal("DELETE", absent)[:2] == (404, 10007)
    service = "/accounts/{account}/workers/services/absent"
    assert shared.refusal("GET", service)[:2] == (404, 10090)


def test_an_upload_can_keep_secrets(cloud: Cloud) -> None:
    """wrangler requests this. Other uploads, such as the provider's, drop secrets."""
    cloud.deploy_counter()
    secret = {"name": "SECRET", "type": "secret_text", "text": "12345"}
    path = "/accounts/{account}/workers/scripts/counter"
    cloud.result("PUT", path + "/secrets", json=secret)
    assert cloud.edge("/env").json()["length"] == 5
    upload = form({"w.js": COUNTER}, bindings=[COUNTER_BINDING], keep_bindings=["secret_text"])
    cloud.result("PUT", path, files=upload)
    assert cloud.edge("/env").json()["length"] == 5
    inherit = {"name": "SECRET", "type": "inherit"}
    cloud.result("PUT", path, files=form({"w.js": COUNTER}, bindings=[COUNTER_BINDING, inherit]))
    assert cloud.edge("/env").json()["length"] == 5
    cloud.result("PUT", path, files=form({"w.js": COUNTER}, bindings=[COUNTER_BINDING]))
    assert cloud.edge("/env").json()["length"] == 0
    assert cloud.result("GET", path + "/secrets") == []


def test_no_response_log_or_public_file_contains_a_secret(cloud: Cloud, tmp_path: Path) -> None:
    """No response, log, process list or file that others may read contains it."""
    text = "s3cr3t-" + os.urandom(8).hex()
    uploaded = {"name": "UPLOADED", "type": "secret_text", "text": text + "-a"}
    cloud.deploy_counter(bindings=[uploaded])
    path = "/accounts/{account}/workers/scripts/counter"
    put = {"name": "PUT", "type": "secret_text", "text": text + "-b"}
    responses = [cloud.call("PUT", path + "/secrets", json=put).text]
    wrong = {"name": "COUNTER", "type": "secret_text", "text": text + "-c"}
    assert cloud.refusal("PUT", path + "/secrets", json=wrong)[1] == 10053
    reads = ["/settings", "/secrets", "/secrets/PUT", "/bindings", "/versions", "/content/v2"]
    responses += [cloud.call("GET", path + read).text for read in reads]
    responses += [cloud.call("GET", "/accounts/{account}/workers/services/counter").text]
    assert {item["name"] for item in cloud.result("GET", path + "/secrets")} == {"UPLOADED", "PUT"}
    cloud.edge("/env")
    cloud.kill_runtime()
    cloud.edge("/env")
    assert cloud.process is not None
    for pid in (cloud.process.pid, cloud.runtime_pid):
        responses += [Path(f"/proc/{pid}/{name}").read_text() for name in ("cmdline", "environ")]
    responses += [log.read_text() for log in tmp_path.rglob("*.log")]
    assert not [response for response in responses if text in response]
    for file in (tmp_path / "cloudflare").rglob("*"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_modules_are_found_by_their_file_names(shared: Cloud) -> None:
    """Cloudflare's SDKs call every part `files`, and the metadata names files."""
    upload = form({"w.js": hello("x"), "lib/text.txt": "y"})
    parts = [("metadata", upload.pop("metadata")), *(("files", part) for part in upload.values())]
    shared.result("PUT", SCRIPT, files=parts)
    content = shared.call("GET", SCRIPT + "/content/v2")
    assert content.headers["cf-entrypoint"] == "w.js"
    assert 'name="lib/text.txt"' in content.text


def test_an_upload_names_its_version(shared: Cloud) -> None:
    """wrangler prints this id as the current version."""
    uploaded = shared.result("PUT", SCRIPT, files=form({"w.js": hello("x")}))
    version = str(uuid.UUID(uploaded["deployment_id"]))
    assert shared.result("GET", f"{SCRIPT}/versions/{version}")["id"] == version


def test_an_export_that_is_no_handler_is_rejected_before_it_ends_the_runtime(cloud: Cloud) -> None:
    """The trial imports such a script without an error, but serving it ends workerd."""
    cloud.deploy_counter()
    running = cloud.runtime_pid
    code = hello("x") + 'export const V = "1";'
    status, number, message = cloud.refusal("PUT", SCRIPT, files=form({"w.js": code}))
    assert (status, number) == (400, 10021)
    assert "'V'" in message
    assert cloud.runtime_pid == running
    assert cloud.edge().text == "1"


def test_settings_show_what_was_uploaded_and_the_defaults_of_observability(shared: Cloud) -> None:
    """The provider compares the settings with its state after a refresh."""
    metadata: dict[str, Any] = {
        "observability": {"enabled": True},
        "compatibility_flags": ["nodejs_compat"],
    }
    plain = {"name": "P", "type": "plain_text", "text": "x"}
    upload = form({"w.js": hello("x")}, bindings=[plain], **metadata)
    shared.result("PUT", SCRIPT, files=upload)
    settings = shared.result("GET", SCRIPT + "/settings")
    assert settings["bindings"] == [plain]
    assert settings["compatibility_date"] == "2026-01-01"
    assert settings["compatibility_flags"] == ["nodejs_compat"]
    assert settings["observability"] == {
        "enabled": True,
        "head_sampling_rate": 1,
        "issues": {"enabled": False},
        "logs": {
            "destinations": [],
            "enabled": True,
            "head_sampling_rate": 1,
            "invocation_logs": True,
            "persist": True,
        },
        "traces": {
            "destinations": [],
            "enabled": False,
            "head_sampling_rate": 1,
            "persist": True,
        },
    }
    content = shared.call("GET", SCRIPT + "/content/v2")
    assert content.headers["content-type"].startswith("multipart/form-data")
    assert content.headers["cf-entrypoint"] == "w.js"
    assert hello("x") in content.text


def test_given_settings_of_observability_are_kept(shared: Cloud) -> None:
    """Defaults replace only values that are absent or null."""
    logs = {"enabled": True, "invocation_logs": False, "head_sampling_rate": None}
    given = {"enabled": True, "head_sampling_rate": 0.25, "logs": logs, "traces": None}
    upload = form({"w.js": hello("x")}, observability=given)
    shared.result("PUT", SCRIPT, files=upload)
    seen = shared.result("GET", SCRIPT + "/settings")["observability"]
    assert (seen["head_sampling_rate"], seen["logs"]["head_sampling_rate"]) == (0.25, 0.25)
    assert (seen["logs"]["invocation_logs"], seen["traces"]["enabled"]) == (False, False)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "enabled"),
        ({"enabled": "yes"}, "enabled"),
        ({"enabled": True, "head_sampling_rate": 2}, "head_sampling_rate"),
        ({"enabled": True, "traces": {"head_sampling_rate": "1"}}, "head_sampling_rate"),
        ({"enabled": True, "logs": True}, "logs"),
    ],
)
def test_invalid_settings_of_observability_are_named(
    shared: Cloud, given: dict[str, Any], named: str
) -> None:
    """The upload is rejected."""
    upload = form({"w.js": hello("x")}, observability=given)
    assert named in shared.refusal("PUT", SCRIPT, files=upload)[2]


def test_settings_can_be_patched(cloud: Cloud) -> None:
    """The code is kept, and settings that the request omits are removed."""
    cloud.deploy_counter(bindings=[{"name": "PLAIN", "type": "plain_text", "text": "old"}])
    changed = [{"name": "PLAIN", "type": "plain_text", "text": "new"}, COUNTER_BINDING]
    part = (None, json.dumps({"bindings": changed}), "application/json")
    path = "/accounts/{account}/workers/scripts/counter/settings"
    cloud.result("PATCH", path, files={"settings": part})
    assert cloud.edge("/env").json()["plain"] == "new"
    assert "JSON" in cloud.refusal("PATCH", path, files={"settings": (None, "[", "")})[2]


def test_deleting_a_script_deletes_its_objects_and_domains(cloud: Cloud, tmp_path: Path) -> None:
    """A new script of the same name starts without objects."""
    cloud.deploy_counter()
    assert cloud.edge().text == "1"
    cloud.result("DELETE", "/accounts/{account}/workers/scripts/counter")
    assert cloud.result("GET", "/accounts/{account}/workers/scripts") == []
    assert cloud.result("GET", "/accounts/{account}/workers/domains") == []
    assert list((tmp_path / "cloudflare" / "durable-objects").iterdir()) == []
    assert list((tmp_path / "cloudflare" / "modules").iterdir()) == []
    assert cloud.edge().status_code == 404
    cloud.deploy_counter()
    assert cloud.edge().text == "1"


def test_a_script_that_others_use_is_deleted_only_by_force(cloud: Cloud) -> None:
    """The binding that remains responds with an error, and all other Workers keep running."""
    cloud.result("PUT", SCRIPT, files=form({"w.js": hello("behind")}))
    front = "export default { fetch: (request, env) => env.BACK.fetch(request) };"
    service = {"name": "BACK", "type": "service", "service": "hello"}
    path = "/accounts/{account}/workers/scripts/front"
    cloud.result("PUT", path, files=form({"w.js": front}, bindings=[service]))
    cloud.attach("localhost", "front")
    assert cloud.edge().text == "behind"
    references = cloud.result("GET", SCRIPT + "/references")
    assert [use["service"] for use in references["services"]["incoming"]] == ["front"]
    assert "front" in cloud.refusal("DELETE", SCRIPT)[2]
    cloud.result("DELETE", SCRIPT, params={"force": "true"})
    assert cloud.edge().status_code == 500


def test_a_version_can_be_uploaded_first_and_deployed_later(cloud: Cloud) -> None:
    """`wrangler deploy` does this for a script that exists."""
    cloud.result("PUT", SCRIPT, files=form({"w.js": hello("one")}))
    cloud.attach("localhost", "hello")
    version = cloud.result("POST", SCRIPT + "/versions", files=form({"w.js": hello("two")}))
    assert version["number"] == 2
    assert cloud.edge().text == "one"
    wanted = {"strategy": "percentage", "versions": [{"version_id": version["id"]}]}
    assert cloud.refusal("POST", SCRIPT + "/deployments", json=wanted)[0] == 501
    wanted["versions"] = [{"version_id": version["id"], "percentage": 100}]
    cloud.result("POST", SCRIPT + "/deployments", json=wanted)
    assert cloud.edge().text == "two"
    migrating = form({"w.js": COUNTER}, migrations=COUNTER_MIGRATION)
    assert cloud.refusal("POST", SCRIPT + "/versions", files=migrating)[1] == 10211
