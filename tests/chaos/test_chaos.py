"""Random valid changes to a stack of three services, with faults on and `pulumi` killed.

`CHAOS_SEED` and `CHAOS_ROUNDS` set what is run; without them, the same ten rounds every time.
"""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import urllib.request
from pathlib import Path

import pytest

from local.environment import Layout
from resources import orphans
from tests.chaos.changes import Round, Wanted, draw_rounds
from tests.resources.stacks import ProgramStack

SEED = int(os.environ.get("CHAOS_SEED", "1"))
ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "10"))

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


@pytest.fixture
def stack(clouds: Layout, tmp_path: Path) -> ProgramStack:
    """An empty stack; its clients keep to no limit, as the cloud has none here."""
    environment = {
        "CLICKHOUSE_API_REQUESTS_PER_WINDOW": "1000000",
        # Not Pulumi's config, which would take one more run of `pulumi` a round to set.
        "CHAOS_SERVICES": str(tmp_path / "services.json"),
    }
    return ProgramStack(clouds, PROGRAM, tmp_path, environment=environment)


def test_every_round_ends_where_the_program_is(
    stack: ProgramStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After each: the API has what the program has, no orphan, no create sent twice, no change."""
    for name, value in stack.stack.environment.items():
        monkeypatch.setenv(name, value)
    needed = 0
    for number, chaos in enumerate(draw_rounds(SEED, ROUNDS)):
        with capsys.disabled():
            killed = "" if chaos.kill_after_seconds is None else ", killed"
            print(f"\nCHAOS_SEED={SEED} round {number}: {chaos.creates} creates{killed}", end="")
        needed += chaos.creates
        run(stack, chaos)
        check_api(stack, chaos.wanted)
        assert created(stack) == needed
        assert orphans.main(["--stack", "chaos/test", "--unfinished"]) == 0
        assert "no service carries the mark" in capsys.readouterr().out
        stack.up("--expect-no-changes")
    stack.stack.destroy()
    assert stack.services() == []


def run(stack: ProgramStack, chaos: Round) -> None:
    """Bring the stack to the round's program, killing a first `up` where the round says so."""
    Path(stack.stack.environment["CHAOS_SERVICES"]).write_text(json.dumps(chaos.wanted))
    stack.control_plane.request("PUT", "/local/faults", chaos.faults)
    if chaos.kill_after_seconds is not None:
        up_killed_after(stack, chaos.kill_after_seconds)
    stack.up()
    # What no operation has met stays for nobody: the checks ask the API too.
    stack.control_plane.request("PUT", "/local/faults", {**chaos.faults, "rules": []})


def up_killed_after(stack: ProgramStack, seconds: float) -> None:
    """Start `pulumi up`; SIGKILL it, and nothing else, if it still runs after so many seconds."""
    process = subprocess.Popen(
        stack.stack.command("up", "--yes", "--skip-preview"),
        cwd=stack.stack.program,
        env=stack.stack.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


def check_api(stack: ProgramStack, wanted: Wanted) -> None:
    """The API has the services of the program, each as the program has it, and no other."""
    outputs = stack.stack.outputs() if wanted else {}
    services = {service["id"]: service for service in stack.services()}
    assert services.keys() == {outputs[f"{name}.id"] for name in wanted}
    for name, args in wanted.items():
        service = services[outputs[f"{name}.id"]]
        assert {key: service[FIELDS[key]] for key in FIELDS if key in args} == {
            key: args[key] for key in FIELDS if key in args
        }
        tags = {tag["key"]: tag.get("value", "") for tag in service["tags"]}
        assert tags["pulumi-create"] == "done"
        assert {k: v for k, v in tags.items() if not k.startswith("pulumi-")} == args["tags"]
        assert logs_in(stack, outputs[f"{name}.https_url"], outputs[f"{name}.password"])


def logs_in(stack: ProgramStack, url: str, password: str) -> bool:
    """Whether the password among the outputs opens the service."""
    request = urllib.request.Request(
        url,
        data=b"SELECT 1",
        headers={"X-ClickHouse-User": "default", "X-ClickHouse-Key": password},
    )
    ca = stack.stack.layout.clouds / "certificates" / "ca.pem"
    context = ssl.create_default_context(cafile=str(ca))
    with urllib.request.urlopen(request, context=context) as answer:
        return bool(answer.read() == b"1\n")


def created(stack: ProgramStack) -> int:
    """How many services the control plane ever made: one more than needed was sent twice."""
    return int(stack.control_plane.request("GET", "/local/counts")["services_created"])
