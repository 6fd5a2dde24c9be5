"""One stack on its own local clouds: plays a round, then checks the result."""

from __future__ import annotations

import base64
import contextlib
import json
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from local.stack.paths import StackPaths
from tests.chaos.changes import ExpectedFailure, Kill, Round, Wanted
from tests.support.program_stack import ProgramStack

__all__ = ["StackUnderTest"]

PROGRAM = Path(__file__).parent / "program"
# Property of a service -> field of the API.
FIELDS = {
    "region": "region",
    "name": "name",
    "num_replicas": "numReplicas",
    "min_replica_memory_gb": "minReplicaMemoryGb",
    "max_replica_memory_gb": "maxReplicaMemoryGb",
    "idle_scaling": "idleScaling",
    "idle_timeout_minutes": "idleTimeoutMinutes",
    "release_channel": "releaseChannel",
}
STATES = {"running": ("running", "idle"), "stopped": ("stopped",)}
_POLL_SECONDS = 0.03


class StackUnderTest:
    """A stack that plays round after round.

    Args:
        clouds: used by no other stack.
        folder: folder for the settings of the program.
    """

    def __init__(self, clouds: StackPaths, folder: Path) -> None:
        self._wanted = folder / "wanted.json"
        # These are environment variables, because Pulumi's config would cost one more run of
        # `pulumi` per round. The clients have no rate limit, because the local cloud has none here.
        environment = {
            "CLICKHOUSE_API_REQUESTS_PER_WINDOW": "1000000",
            "CHAOS_WANTED": str(self._wanted),
        }
        self._stack = ProgramStack(clouds, PROGRAM, folder, environment=environment)
        self._api = self._stack.control_plane
        self._keys = {key["id"] for key in self._api.organization("GET", "keys")}
        self._needed = 0
        self._outputs: dict[str, Any] = {}

    def play(self, chaos: Round) -> str:
        """Play a round and check the result. Return the outcome of its first `up`."""
        self._wanted.write_text(
            json.dumps({"services": chaos.wanted.services, "key": chaos.wanted.key})
        )
        self._needed += chaos.creates
        if chaos.asleep is not None:
            self._put_to_sleep(chaos.asleep)
        happened = self._first(chaos)
        self._use(chaos.faults)
        self._stack.up()
        # Drop the rules that no operation has met: the checks below call the API as well.
        self._use({**chaos.faults, "rules": []})
        self._check_services(chaos.wanted)
        self._check_key(chaos.wanted)
        created = self._counts()["services_created"]
        assert created == self._needed, (
            f"{created} services were created, {self._needed} were needed"
        )
        self._stack.up("--expect-no-changes")
        return happened

    def finish(self) -> None:
        """Destroy the stack, and check that the API has nothing left."""
        found = subprocess.run(
            [".venv/bin/python", "-m", "resources.orphans", "--stack", "chaos/test"],
            cwd=self._stack.stack.layout.root,
            env=self._stack.stack.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "unfinished" not in found.stdout
        self._stack.stack.run("destroy", "--yes", "--skip-preview", capture=True).check_returncode()
        assert self._stack.services() == []
        assert {key["id"] for key in self._api.organization("GET", "keys")} == self._keys

    def _first(self, chaos: Round) -> str:
        if chaos.first is None:
            return "no first up"
        if isinstance(chaos.first, Kill):
            provisioning = "stuck" if chaos.first.is_stuck else "normal"
            self._use({**chaos.faults, "provisioning": provisioning})
            was_killed = self._up_killed(chaos.first)
            return f"an up was {'killed' if was_killed else 'not killed in time'}"
        self._use({**chaos.faults, "rules": [], **chaos.first.faults})
        has_failed = self._up_failed(chaos.first)
        return f"an up {'failed as expected' if has_failed else 'met no fault'}"

    def _up_killed(self, kill: Kill) -> bool:
        """Start `pulumi up` and kill only that process. Return False if it ended earlier."""
        enough = self._responses() + kill.responses
        process = subprocess.Popen(
            self._stack.stack.command("up", "--yes", "--skip-preview"),
            cwd=self._stack.stack.program,
            env=self._stack.stack.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and self._responses() < enough:
            time.sleep(_POLL_SECONDS)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(kill.delay_seconds)
            return False
        process.kill()
        process.wait()
        return True

    def _up_failed(self, expected: ExpectedFailure) -> bool:
        """Run `pulumi up`. It must fail with the expected message if it met the fault."""
        self._stack.stack.release_dead_lock()
        result = self._stack.stack.run("up", "--yes", "--skip-preview", capture=True)
        shown = result.stdout + result.stderr
        failed = [s for s in self._stack.services() if s["state"] == "failed"]
        # The next `up` deletes the failed services, which are in no state, and creates others.
        self._needed += len(failed)
        rules = expected.faults.get("rules", [])
        was_met = bool(failed) or len(self._api.request("GET", "/local/faults")["rules"]) < len(
            rules
        )
        assert (result.returncode != 0) is was_met, shown
        assert "Traceback" not in shown
        assert not was_met or expected.message in shown, shown
        return was_met

    def _check_services(self, wanted: Wanted) -> None:
        """Check that the API has exactly the services of the program, with their arguments."""
        self._outputs = outputs = self._stack.stack.outputs()
        services = {service["id"]: service for service in self._stack.services()}
        assert services.keys() == {outputs[f"{name}.id"] for name in wanted.services}
        for name, args in wanted.services.items():
            service = services[outputs[f"{name}.id"]]
            assert {key: service[FIELDS[key]] for key in FIELDS if key in args} == {
                key: args[key] for key in FIELDS if key in args
            }
            tags = {tag["key"]: tag.get("value", "") for tag in service["tags"]}
            assert tags["pulumi-create"] == "done"
            assert {k: v for k, v in tags.items() if not k.startswith("pulumi-")} == args["tags"]
            assert service["state"] in STATES[args["desired_state"]]
            if args["desired_state"] == "running":
                url, password = outputs[f"{name}.https_url"], outputs[f"{name}.password"]
                assert self._logs_in(url, password), f"{name}: the password is rejected"

    def _check_key(self, wanted: Wanted) -> None:
        """Check that the API has one new key, as in the program, and that its secret works."""
        (key,) = [k for k in self._api.organization("GET", "keys") if k["id"] not in self._keys]
        assert key["id"] == self._outputs["key.id"]
        assert (key["name"], key["state"]) == (wanted.key["name"], wanted.key["state"])
        login = f"{self._outputs['key.key_id']}:{self._outputs['key.key_secret']}"
        expected = 200 if key["state"] == "enabled" else 401
        assert self._status_for(login) == expected, (
            "the secret among the outputs is not the secret of the key"
        )

    def _status_for(self, login: str) -> int:
        request = urllib.request.Request(f"{self._api.cloud['url']}/organizations")
        request.add_header("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
        try:
            with urllib.request.urlopen(request) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code

    def _logs_in(self, url: str, password: str) -> bool:
        request = urllib.request.Request(
            url,
            data=b"SELECT 1",
            headers={"X-ClickHouse-User": "default", "X-ClickHouse-Key": password},
        )
        ca = self._stack.stack.layout.clouds / "certificates" / "ca.pem"
        context = ssl.create_default_context(cafile=str(ca))
        with urllib.request.urlopen(request, context=context) as response:
            return bool(response.read() == b"1\n")

    def _put_to_sleep(self, name: str) -> None:
        service_id = self._outputs.get(f"{name}.id")
        # A service that does not exist or does not run cannot become idle.
        with contextlib.suppress(urllib.error.HTTPError):
            self._api.request("POST", f"/local/services/{service_id}/idle")

    def _use(self, faults: dict[str, Any]) -> None:
        self._api.request("PUT", "/local/faults", faults)

    def _responses(self) -> int:
        return sum(each["count"] for each in self._counts()["responses"])

    def _counts(self) -> dict[str, Any]:
        """Return the number of services ever created, and the responses by operation."""
        return self._api.request("GET", "/local/counts")
