"""The plugin under a real Pulumi engine: one small stack from its creation to its end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.local_cloudflare import COUNTER, Cloud
from tests.support.paths import ROOT

# The program does not use pulumi_cloudflare, whose import takes seconds. The requests are the same.
PROGRAM = """
import os
import pulumi

config = pulumi.Config()
account = os.environ["CLOUDFLARE_ACCOUNT_ID"]
provider = pulumi.ProviderResource(
    "cloudflare",
    "local",
    {"apiToken": config.require_secret("token"), "baseUrl": config.require("url")},
)
opts = pulumi.ResourceOptions(provider=provider)


class Script(pulumi.CustomResource):
    script_name: pulumi.Output[str]

    def __init__(self, name, props):
        super().__init__("cloudflare:index/workersScript:WorkersScript", name, props, opts)


props = {
    "accountId": account,
    "scriptName": "counter",
    "content": open("index.js").read(),
    "mainModule": "index.js",
    "compatibilityDate": "2026-01-01",
    "bindings": [
        {"name": "COUNTER", "type": "durable_object_namespace", "className": "Counter"},
        {"name": "PLAIN", "type": "plain_text", "text": config.require("plain")},
        {"name": "SECRET", "type": "secret_text", "text": config.require_secret("secret")},
    ],
}
if config.get_bool("migrate"):
    props["migrations"] = {"newTag": "v1", "newSqliteClasses": ["Counter"]}
script = Script("counter", {**props, "etag": None, "script_name": None})
domain = {"accountId": account, "hostname": "localhost", "service": "counter"}
pulumi.CustomResource(
    "cloudflare:index/workersCustomDomain:WorkersCustomDomain",
    "localhost",
    domain,
    pulumi.ResourceOptions(provider=provider, depends_on=[script]),
)
"""
SECRET = "s3cr3t-of-the-stack"
SCRIPT = "/accounts/{account}/workers/scripts/counter"
PULUMI_PATH = os.pathsep.join([str(ROOT / ".local" / "bin"), os.environ["PATH"]])


class PluginStack:
    """A stack with its state, settings and plugin wrapper in one folder."""

    def __init__(self, folder: Path, cloud: Cloud) -> None:
        self.program = folder / "program"
        self.state = folder / "state"
        wrapper = folder / "bin" / "pulumi-resource-cloudflare"
        for directory in (self.program, self.state, wrapper.parent):
            directory.mkdir()
        (self.program / "Pulumi.yaml").write_text("name: plugin\nruntime: python\n")
        (self.program / "__main__.py").write_text(PROGRAM)
        (self.program / "index.js").write_text(COUNTER)
        module = "local.pulumi_resource_cloudflare"
        wrapper.write_text(
            f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m {module} "$@"\n'
        )
        wrapper.chmod(0o755)
        path = [str(wrapper.parent), str(Path(sys.executable).parent), PULUMI_PATH]
        assert shutil.which("pulumi", path=PULUMI_PATH), "no Pulumi CLI: run `make install`"
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join(path),
            "CLOUDFLARE_ACCOUNT_ID": cloud.card["account_id"],
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": self.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "passphrase",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Run `pulumi ARGUMENTS`. Return its output."""
        command = ["pulumi", *arguments, "--stack", "test", "--non-interactive"]
        ended = subprocess.run(
            command,
            cwd=self.program,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (ended.returncode != 0) is fails, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def set(self, *arguments: str) -> None:
        """Set one value of the stack's config."""
        self.run("config", "set", *arguments)


def test_a_stack_is_created_changed_refreshed_and_destroyed(cloud: Cloud, tmp_path: Path) -> None:
    """The second run changes nothing, the third changes in place, and the end leaves nothing."""
    stack = PluginStack(tmp_path, cloud)
    stack.run("stack", "init")
    stack.set("token", cloud.card["api_token"], "--secret")
    stack.set("url", cloud.card["url"])
    stack.set("plain", "one")
    stack.set("secret", SECRET, "--secret")
    stack.set("migrate", "true")
    up = ("up", "--yes", "--skip-preview")
    assert "stand-in" in stack.run(*up)
    assert cloud.edge("/env").json() == {"plain": "one", "length": len(SECRET)}
    stack.run(*up, "--expect-no-changes")

    # The migration is applied. An upload with it would be rejected, as by the real API.
    stack.set("plain", "two")
    assert "10079" in stack.run(*up, fails=True)
    stack.run("config", "rm", "migrate")
    assert "1 updated" in stack.run(*up)
    assert cloud.edge("/env").json()["plain"] == "two"

    # A deleted secret is created again. A variable that was changed by hand stays: neither the
    # official plugin nor this one finds the change.
    _change_out_of_band(cloud)
    assert "1 updated" not in stack.run("refresh", "--yes", "--skip-preview")
    stack.run(*up, "--expect-no-changes")
    assert cloud.edge("/env").json()["plain"] == "somebody else's"
    cloud.result("DELETE", f"{SCRIPT}/secrets/SECRET")
    assert "1 updated" in stack.run("refresh", "--yes", "--skip-preview")
    assert "1 updated" in stack.run(*up)
    assert cloud.edge("/env").json() == {"plain": "two", "length": len(SECRET)}
    stack.run(*up, "--expect-no-changes")
    stack.run("preview", "--expect-no-changes")

    saved = [file.read_text() for file in stack.state.rglob("*.json*")]
    assert saved
    assert not [text for text in saved if SECRET in text or cloud.card["api_token"] in text]

    stack.run("destroy", "--yes", "--skip-preview")
    assert cloud.result("GET", "/accounts/{account}/workers/scripts") == []
    assert cloud.result("GET", "/accounts/{account}/workers/domains") == []


def _change_out_of_band(cloud: Cloud) -> None:
    names = ("COUNTER", "SECRET")
    bindings = [{"name": name, "type": "inherit"} for name in names]
    bindings.append({"name": "PLAIN", "type": "plain_text", "text": "somebody else's"})
    part = (None, json.dumps({"bindings": bindings}), "application/json")
    cloud.result("PATCH", f"{SCRIPT}/settings", files={"settings": part})
