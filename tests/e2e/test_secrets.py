"""Secrets are not in plain text in the state, the output, the logs or `ps`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.processes.durable_files import load_json
from tests.support.deployment import Deployment

# The signature of a secret in a state that Pulumi exports.
SECRET = "4dabf18193072939515e22adb298388d"


def secrets_of(deployment: Deployment) -> dict[str, str]:
    """Return the origin and the value of each secret of the clouds and of the stack."""
    clouds = deployment.clouds.clouds
    found = {
        "API key": load_json(clouds / "clickhouse" / "cloud.json", {})["key_secret"],
        "Cloudflare token": load_json(clouds / "cloudflare" / "cloud.json", {})["api_token"],
    }
    # Pulumi treats the whole list of a script's bindings as secret, including plain ones.
    plain = {deployment.outputs_once()["clickhouse_url"], "ingest_writer", "telemetry_reader"}
    exported = deployment.pulumi("stack", "export", "--show-secrets")
    for resource in json.loads(exported)["deployment"]["resources"]:
        for number, value in enumerate(secrets_in(resource)):
            # A short string would be found by chance.
            if len(value) >= 12 and value not in plain:
                found[f"{resource['urn']} {number}"] = value
    return found


def secrets_in(value: Any) -> Iterator[str]:
    """Yield every secret value of an exported state."""
    if isinstance(value, dict):
        if SECRET in value:
            yield from strings_in(json.loads(value["plaintext"]))
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from secrets_in(item)


def strings_in(value: Any) -> Iterator[str]:
    """Yield every string of a JSON value that is secret as a whole, except names and types."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)
    elif isinstance(value, dict):
        for key in ("text", "password", "token"):
            yield from strings_in(value.get(key))


def command_lines() -> str:
    """Return the command lines of all processes of this machine."""
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(process.read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return "\n".join(lines)


def test_no_secret_is_in_plain_text(deployment: Deployment) -> None:
    """No secret is in Pulumi's state and output, the clouds' logs, or `ps` during an up."""
    seen, done = [], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            seen.append(command_lines())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        # A new password and a new token are sent again.
        deployment.configure("numReplicas", "2")
        printed = deployment.up("--refresh", "--diff")
        printed += deployment.pulumi("stack", "output", "--json")
        deployment.configure("numReplicas", "1")
        printed += deployment.up()
    finally:
        done.set()
        watcher.join()

    places = {"the output of pulumi": printed, "the process list": "\n".join(seen)}
    files = [deployment.settings, *deployment.clouds.backend.rglob("*")]
    files += deployment.clouds.clouds.rglob("*.log")
    for file in files:
        if file.is_file():
            places[str(file)] = file.read_text(errors="replace")
    secrets = secrets_of(deployment)
    assert len(secrets) >= 6, list(secrets)
    leaks = [
        f"{origin} in {place}"
        for origin, secret in secrets.items()
        for place, text in places.items()
        if secret in text
    ]
    assert leaks == []
