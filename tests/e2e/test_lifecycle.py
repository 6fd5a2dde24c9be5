"""One stack from its first `up` to its end, and other clients that use it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from local.stack.paths import StackPaths
from local.stack.pulumi_stack import Stack
from tests.support.cloud_apis import Cloudflare, ControlPlane
from tests.support.deployment import Deployment


def steps_of(deployment: Deployment) -> dict[str, str]:
    """Return the steps of a preview: `TYPE::NAME` -> operation."""
    preview = json.loads(deployment.pulumi("preview", "--json").partition("\n}\n")[0] + "\n}")
    return {step["urn"].rpartition("/")[2]: step["op"] for step in preview["steps"]}


def test_a_stack_is_created_changed_replaced_and_destroyed(
    own_clouds: StackPaths, tmp_path: Path
) -> None:
    """The steps are up, a second up, a change in place, drift, a replacement, and destroy."""
    deployment = Deployment(own_clouds, "lifecycle", tmp_path)
    control_plane, cloudflare = ControlPlane(own_clouds), Cloudflare(own_clouds)
    deployment.up()
    (created,) = control_plane.services()
    assert created["state"] == "running"

    # A second up and a preview find no change, also after a refresh.
    deployment.up("--expect-no-changes")
    deployment.pulumi("preview", "--expect-no-changes")
    deployment.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    deployment.pulumi("preview", "--expect-no-changes")

    # The replicas change in place, and so does the retention of every table.
    deployment.configure("numReplicas", "2")
    deployment.configure("ttlDays", "7")
    assert steps_of(deployment)["clickhouse:Service::warehouse"] == "update"
    assert steps_of(deployment)["clickhouse:Retention::retention"] == "update"
    deployment.up()
    for table in ("otel_traces", "otel_traces_trace_id_ts", "events"):
        (created_table,) = deployment.query(f"SHOW CREATE TABLE {table}")
        assert "toIntervalDay(7)" in created_table["statement"]
    deployment.up("--expect-no-changes")
    (scaled,) = control_plane.services()
    assert (scaled["id"], scaled["numReplicas"]) == (created["id"], 2)

    # A change by hand is shown. The next up reverts what the program sets; the name, which it
    # does not set, stays.
    control_plane.patch_service(created["id"], "", {"name": "renamed by hand"})
    control_plane.patch_service(created["id"], "/replicaScaling", {"numReplicas": 3})
    drift = deployment.pulumi("refresh", "--preview-only", "--diff")
    assert "renamed by hand" in drift
    assert "num_replicas" in drift
    deployment.pulumi("refresh", "--yes")
    deployment.up()
    (repaired,) = control_plane.services()
    assert (repaired["name"], repaired["numReplicas"]) == ("renamed by hand", 2)

    # Another name of the worker creates another script, and the hostname moves to it.
    deployment.configure("workerName", "renamed")
    deployment.up()
    assert [each["id"] for each in cloudflare.account("workers/scripts")] == ["renamed"]
    assert [each["service"] for each in cloudflare.account("workers/domains")] == ["renamed"]
    deployment.up("--expect-no-changes")

    # Another region creates another service. The old one stays until the new one runs.
    deployment.configure("region", "us-east-1")
    assert steps_of(deployment)["clickhouse:Service::warehouse"] in (
        "replace",
        "create-replacement",
    )
    assert_never_without_a_running_service(deployment, control_plane)
    (replaced,) = control_plane.services()
    assert (replaced["region"], replaced["state"]) == ("us-east-1", "running")
    assert replaced["id"] != created["id"]
    deployment.up("--expect-no-changes")

    # After destroy, neither cloud has an object of the stack.
    assert cloudflare.account("workers/scripts")
    deployment.destroy()
    assert control_plane.services() == []
    assert cloudflare.account("workers/scripts") == []
    assert cloudflare.account("workers/domains") == []
    assert not list((own_clouds.clouds / "clickhouse").rglob("*.pid"))


def assert_never_without_a_running_service(
    deployment: Deployment, control_plane: ControlPlane
) -> None:
    """Run `pulumi up`, and check during the whole run that a service runs."""
    control_plane.request(
        "PUT", "/local/faults", {"requests_per_window": 0, "timing": {"provisioning": 2}}
    )
    done = threading.Event()
    seen: list[tuple[str, ...]] = []

    def watch() -> None:
        while not done.wait(0.1):
            seen.append(tuple(sorted(service["state"] for service in control_plane.services())))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        deployment.up()
    finally:
        done.set()
        watcher.join()
    assert ("provisioning", "running") in seen
    assert all("running" in states for states in seen)


def test_the_production_settings_can_be_previewed(own_clouds: StackPaths, tmp_path: Path) -> None:
    """The commented example is valid, except for names that its user has to replace."""
    settings = tmp_path / "Pulumi.prod.yaml"
    settings.write_text((own_clouds.root / "Pulumi.production.yaml.example").read_text())
    stack = Stack(own_clouds, "prod", config_file=settings)
    stack.ensure()
    for key, value in (
        ("organization", "Local"),
        ("ingestDomain", "localhost"),
        ("zoneName", "localhost"),
    ):
        assert stack.run("config", "set", key, value, capture=True).returncode == 0
    preview = stack.run("preview", capture=True)
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert "to create" in preview.stdout
