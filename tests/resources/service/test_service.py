"""`Service`, on the real Pulumi CLI and the local control plane."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from ssl import create_default_context
from typing import Any

import pytest

from local.stack.paths import StackPaths
from resources import orphans
from tests.support.program_stack import ProgramStack

# From the POST until the engine responds: long enough for a kill, short enough for a wait.
SLOW = {"requests_per_window": 0, "timing": {"provisioning": 2}}


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of one service."""
    return ProgramStack(clouds, "service", tmp_path)


def tags(service: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag.get("value", "") for tag in service["tags"]}


def logs_in(stack: ProgramStack) -> bool:
    """Return whether the service accepts the password of the outputs."""
    outputs = stack.stack.outputs()
    request = urllib.request.Request(
        outputs["https_url"],
        data=b"SELECT 1",
        headers={"X-ClickHouse-User": "default", "X-ClickHouse-Key": outputs["password"]},
    )
    ca = stack.stack.layout.clouds / "certificates" / "ca.pem"
    try:
        with urllib.request.urlopen(request, context=create_default_context(cafile=str(ca))) as it:
            return bool(it.read() == b"1\n")
    except urllib.error.HTTPError:
        return False


def test_the_lifecycle_of_a_service(stack: ProgramStack) -> None:
    """Create; no change; change in place; drift; replacement; deleted out of band; destroy."""
    stack.up()
    (created,) = stack.services()
    assert created["state"] == "running"
    assert (created["minReplicaMemoryGb"], created["maxReplicaMemoryGb"]) == (8, 356)
    assert created["numReplicas"] == 3
    assert created["name"].startswith("one-")
    assert tags(created)["pulumi-create"] == "done"
    assert logs_in(stack)
    stack.up("--expect-no-changes")

    # Name and scaling change together, in place.
    stack.configure(name="renamed", num_replicas=2, max_replica_memory_gb=16, tags={"team": "a"})
    assert stack.preview()["clickhouse:Service::one"] == "update"
    stack.up()
    (changed,) = stack.services()
    assert changed["id"] == created["id"]
    assert (changed["name"], changed["numReplicas"]) == ("renamed", 2)
    assert changed["maxReplicaMemoryGb"] == 16
    assert tags(changed)["team"] == "a"
    stack.up("--expect-no-changes")
    assert logs_in(stack)

    # Changed out of band: refresh shows the field, and up restores it.
    stack.control_plane.patch_service(created["id"], "/replicaScaling", {"numReplicas": 5})
    assert "num_replicas" in stack.pulumi("refresh", "--yes", "--diff")
    assert stack.stack.outputs()["password"] not in stack.state()
    stack.up()
    assert stack.services()[0]["numReplicas"] == 2

    # Another region is another service.
    stack.configure(region="us-east-1")
    assert stack.preview()["clickhouse:Service::one"] in ("replace", "create-replacement")
    stack.up()
    (replaced,) = stack.services()
    assert replaced["id"] != created["id"]
    assert replaced["region"] == "us-east-1"
    stack.up("--expect-no-changes")

    # Deleted out of band: after a refresh, up creates another service.
    stack.delete_by_hand(replaced["id"])
    stack.pulumi("refresh", "--yes")
    stack.up()
    (again,) = stack.services()
    assert again["id"] != replaced["id"]

    stack.stack.destroy()
    assert stack.services() == []


def test_a_create_killed_while_it_waits_continues_with_the_same_service(
    stack: ProgramStack,
) -> None:
    """SIGKILL after the POST: the next `up` adopts the service, with a new password."""
    stack.control_plane.request("PUT", "/local/faults", SLOW)
    stack.up_killed_when(lambda: stack.services())
    (unfinished,) = stack.services()
    assert tags(unfinished)["pulumi-create"] == "pending"
    stack.up()
    (adopted,) = stack.services()
    assert adopted["id"] == unfinished["id"]
    assert tags(adopted)["pulumi-create"] == "done"
    assert logs_in(stack)
    stack.up("--expect-no-changes")
    stack.stack.destroy()
    assert stack.services() == []


def test_a_killed_replacement_continues_without_changing_the_old_service(
    stack: ProgramStack,
) -> None:
    """SIGKILL during the create: the next `up` finishes the new one, then deletes the old one."""
    stack.up()
    (old,) = stack.services()
    stack.control_plane.request("PUT", "/local/faults", SLOW)
    stack.configure(region="us-east-1")
    stack.up_killed_when(lambda: len(stack.services()) == 2)
    states = {service["id"]: service["state"] for service in stack.services()}
    assert states[old["id"]] == "running"
    (new_id,) = set(states) - {old["id"]}
    stack.up()
    (unfinished,) = stack.services()
    assert unfinished["id"] == new_id
    assert logs_in(stack)
    stack.up("--expect-no-changes")


def test_a_forced_replacement_is_a_new_service(stack: ProgramStack) -> None:
    """`--target-replace` changes no input. The old service is not adopted as unfinished."""
    stack.up()
    (old,) = stack.services()
    urn = json.loads(stack.state())["checkpoint"]["latest"]["resources"]
    (urn,) = [entry["urn"] for entry in urn if entry["type"].endswith("clickhouse:Service")]
    stack.up("--target-replace", urn, "--target-dependents")
    (new,) = stack.services()
    assert new["id"] != old["id"]
    assert logs_in(stack)


def test_a_create_whose_response_is_lost_creates_one_service(stack: ProgramStack) -> None:
    """The POST was carried out, and its service is found by the ownership tags."""
    stack.control_plane.request(
        "PUT",
        "/local/faults",
        {"requests_per_window": 0, "rules": [{"operation": "instanceCreate", "fault": "lost"}]},
    )
    stack.up()
    assert len(stack.services()) == 1
    assert logs_in(stack)


def test_a_service_that_fails_is_an_error_and_then_replaced(stack: ProgramStack) -> None:
    """A failed service is named in one line. The next `up` deletes it and creates another."""
    stack.control_plane.request(
        "PUT", "/local/faults", {"requests_per_window": 0, "provisioning": "failed"}
    )
    shown = stack.failing_up()
    assert "its state is failed" in shown
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0})
    (failed,) = stack.services()
    stack.up()
    (service,) = stack.services()
    assert service["id"] != failed["id"]


def test_a_run_waits_for_a_create_that_is_still_in_flight(
    stack: ProgramStack, clouds: StackPaths
) -> None:
    """Killed while the POST was in flight: the next `up` finds the late service."""
    stack.control_plane.request(
        "PUT",
        "/local/faults",
        {
            "requests_per_window": 0,
            "rules": [{"operation": "instanceCreate", "fault": "slow", "delay_seconds": 600}],
        },
    )
    notes = clouds.state / "clickhouse_api"
    stack.up_killed_when(lambda: list(notes.glob("create-*.note")))
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0})
    stack.up()
    assert len(stack.services()) == 1
    assert list(notes.glob("create-*.note")) == []


def test_an_existing_service_is_adopted_as_it_is(
    stack: ProgramStack, clouds: StackPaths, tmp_path: Path
) -> None:
    """Adopted by id: no field changes, and the password stays."""
    stack.configure(num_replicas=4)
    stack.up()
    (service,) = stack.services()
    taking = ProgramStack(clouds, "service", tmp_path, name="taking")
    taking.configure(adopt=service["id"], password="known-from-elsewhere")
    taking.up()
    assert taking.services() == [service]
    assert taking.stack.outputs()["num_replicas"] == 4
    assert logs_in(stack)
    taking.up("--expect-no-changes")


def test_invalid_values_are_named_in_the_preview(stack: ProgramStack) -> None:
    """With property, value and allowed values. No request is sent."""
    stack.configure(num_replicas=0, region="atlantis", ip_access_list=["everywhere"])
    shown = stack.pulumi("preview", succeeds=False)
    assert "num_replicas is 0, allowed: a whole number from 1 to 50" in shown
    assert "region is 'atlantis', allowed: ap-northeast-1" in shown
    assert "ip_access_list is ['everywhere'], allowed: addresses" in shown
    assert stack.services() == []


def test_no_password_is_in_the_state_in_plain_text(stack: ProgramStack) -> None:
    """The output is a secret, and so is every copy of it."""
    stack.up()
    assert stack.stack.outputs()["password"] not in stack.state()


def test_the_error_for_an_unknown_organization_lists_the_existing_ones(stack: ProgramStack) -> None:
    """The preview ends with one line that lists the names."""
    stack.pulumi("config", "set", "organization", "Unknown Inc")
    shown = stack.pulumi("preview", succeeds=False)
    assert (
        "there is no ClickHouse organization named 'Unknown Inc'. The API key has access to: "
        in shown
    )
    assert stack.control_plane.cloud["organization_name"] in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("CLICKHOUSE_CLOUD_API_SECRET", "wrong", "401"),
        ("CLICKHOUSE_API_URL", "http://127.0.0.1:9/v1", "127.0.0.1:9"),
    ],
)
def test_an_error_of_the_control_plane_is_one_line(
    clouds: StackPaths, tmp_path: Path, variable: str, value: str, message: str
) -> None:
    """A rejected key or an address without a server: the preview has no traceback."""
    stack = ProgramStack(clouds, "service", tmp_path, environment={variable: value})
    shown = stack.pulumi("preview", succeeds=False)
    _, _, diagnostics = shown.partition("Diagnostics:")
    (line,) = [line for line in diagnostics.splitlines() if "error: " in line]
    assert message in line
    assert "Traceback" not in shown


def test_orphans_lists_and_deletes_unfinished_services(
    stack: ProgramStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a kill and without another `up`, the command finds the service and deletes it."""
    stack.control_plane.request("PUT", "/local/faults", SLOW)
    stack.up_killed_when(lambda: stack.services())
    (unfinished,) = stack.services()
    for name, value in stack.stack.environment.items():
        monkeypatch.setenv(name, value)
    assert orphans.main(["--stack", "service/another", "--delete", "--yes"]) == 0
    assert orphans.main(["--stack", "service/test", "--unfinished"]) == 0
    assert f"{unfinished['id']}  service  {unfinished['name']}" in capsys.readouterr().out
    assert len(stack.services()) == 1
    # The key has access to three organizations, and a page of the list has one.
    faults = {"requests_per_window": 0, "other_organizations": 2}
    stack.control_plane.request("PUT", "/local/faults", faults)
    assert orphans.main(["--stack", "service/test", "--delete", "--yes"]) == 0
    assert stack.services() == []
