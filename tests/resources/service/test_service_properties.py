"""Every property of a service on the local control plane, without the Pulumi CLI."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from ssl import create_default_context
from typing import Any

import pytest

from local.stack.paths import StackPaths
from resources import orphans
from resources.base import passwords
from resources.base.control_plane import ControlPlane as Access
from resources.base.errors import ResourceError
from resources.base.polling import Intervals
from resources.service import service_fields, waits
from resources.service.service import ServiceProvider
from tests.resources.service.service_samples import VALID
from tests.support.cloud_apis import ControlPlane

DEADLINE_SECONDS = 60.0


class Services:
    """Calls a provider in the same steps as the Pulumi engine."""

    def __init__(self, clouds: StackPaths, monkeypatch: pytest.MonkeyPatch) -> None:
        self.control_plane = ControlPlane(clouds)
        self.ca_file = clouds.clouds / "certificates" / "ca.pem"
        cloud = self.control_plane.cloud
        settings = {
            "clickhouseApiUrl": cloud["url"],
            "clickhouseCloudApiKey": cloud["key_id"],
            "clickhouseCloudApiSecret": cloud["key_secret"],
        }
        monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(clouds.state / "limits"))
        monkeypatch.setenv("CLICKHOUSE_API_REQUESTS_PER_WINDOW", "1000")
        monkeypatch.setenv("SSL_CERT_FILE", str(self.ca_file.with_name("bundle.pem")))
        self.organization_id = cloud["organization_id"]
        self.provider = ServiceProvider()
        self.provider._control_plane = Access(settings.get)

    def inputs(
        self, olds: dict[str, Any], pulumi_name: str = "one", /, **given: Any
    ) -> dict[str, Any]:
        marks = {"pulumi_name": pulumi_name, "resource_urn": f"urn:{pulumi_name}"}
        place = {**VALID, "ip_access_list": ["127.0.0.1/32"]}
        news = {
            **place,
            "organization_id": self.organization_id,
            "stack_mark": "t",
            **given,
            **marks,
        }
        result = self.provider.check(olds, news)
        assert [failure.reason for failure in result.failures] == []
        return result.inputs

    def create(self, pulumi_name: str = "one", /, **given: Any) -> tuple[str, dict[str, Any]]:
        """Create a service, and check that it does not differ from its inputs."""
        inputs = self.inputs({}, pulumi_name, **given)
        created = self.provider.create(inputs)
        assert created.id is not None
        assert created.outs is not None
        self.assert_settled(created.id, created.outs, inputs)
        return created.id, created.outs

    def update(self, service_id: str, olds: dict[str, Any], **given: Any) -> dict[str, Any]:
        """Update a service in place, and check that it does not differ from its inputs."""
        news = self.inputs(olds, olds["pulumi_name"], **given)
        diff = self.provider.diff(service_id, olds, news)
        assert (diff.changes, diff.replaces) == (True, [])
        outputs = self.provider.update(service_id, olds, news).outs
        assert outputs is not None
        self.assert_settled(service_id, outputs, news)
        return outputs

    def assert_settled(
        self, service_id: str, outputs: dict[str, Any], inputs: dict[str, Any]
    ) -> None:
        assert self.provider.diff(service_id, outputs, inputs).changes is False
        refreshed = self.provider.read(service_id, outputs).outs or {}
        assert {k: v for k, v in refreshed.items() if k != "password"} == {
            k: v for k, v in outputs.items() if k != "password"
        }

    def live(self, service_id: str) -> dict[str, Any]:
        (found,) = [it for it in self.control_plane.services() if it["id"] == service_id]
        return found

    def finish(self, service_id: str) -> None:
        """Set the ownership tag that the confirmation resource sets after the id is saved."""
        done = {"add": [{"key": "pulumi-create", "value": "done"}]}
        self.control_plane.patch_service(service_id, "", {"tags": done})

    def wait_for(self, service_id: str, state: str) -> None:
        """Wait until the API returns a state."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.live(service_id)["state"] != state:
            assert time.monotonic() < deadline, f"the service is not {state}"
            time.sleep(0.05)

    def logs_in(self, outputs: dict[str, Any], password: str) -> bool:
        headers = {"X-ClickHouse-User": "default", "X-ClickHouse-Key": password}
        request = urllib.request.Request(outputs["https_url"], data=b"SELECT 1", headers=headers)
        context = create_default_context(cafile=str(self.ca_file))
        try:
            with urllib.request.urlopen(request, context=context) as response:
                return bool(response.read() == b"1\n")
        except urllib.error.HTTPError:
            return False


@pytest.fixture
def services(clouds: StackPaths, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Return a control plane without a rate limit."""
    # Shorter intervals: these tests do not check how often a wait sends a request.
    monkeypatch.setattr(waits, "_WHILE_PINGED", Intervals.of(0.1))
    monkeypatch.setattr(waits, "_UNPINGED", Intervals.of(0.1))
    services = Services(clouds, monkeypatch)
    services.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0})
    return services


def test_a_service_is_changed_in_place_in_every_property(services: Services) -> None:
    """Scaling modes, idling, toggles, endpoints and channel are as in the inputs."""
    service_id, first = services.create(name="n", mysql_enabled=False, enable_core_dumps=False)
    seen = services.live(service_id)
    assert first["mysql"] == {}
    assert (seen["autoscalingMode"], seen["enableCoreDumps"]) == ("vertical", False)
    assert first["is_primary"] is True

    second = services.update(
        service_id,
        first,
        name="renamed",
        autoscaling_mode="horizontal",
        min_replicas=2,
        max_replicas=4,
        idle_scaling=False,
        mysql_enabled=True,
        enable_core_dumps=True,
        private_endpoint_ids=["vpce-1", "vpce-2"],
        release_channel="fast",
        tags={"team": "a"},
    )
    seen = services.live(service_id)
    assert (seen["minReplicas"], seen["maxReplicas"], seen["idleScaling"]) == (2, 4, False)
    assert (seen["name"], seen["releaseChannel"]) == ("renamed", "fast")
    assert seen["privateEndpointIds"] == ["vpce-1", "vpce-2"]
    assert second["mysql"]["host"] == "localhost"
    assert second["password"] == first["password"]

    third = services.update(
        service_id,
        second,
        num_replicas=2,
        idle_scaling=True,
        idle_timeout_minutes=30,
        private_endpoint_ids=["vpce-2"],
        password_version="2",
    )
    seen = services.live(service_id)
    assert (seen["autoscalingMode"], seen["numReplicas"]) == ("vertical", 2)
    assert (seen["idleTimeoutMinutes"], seen["privateEndpointIds"]) == (30, ["vpce-2"])
    assert seen["name"] == "renamed"
    assert services.logs_in(third, third["password"])
    assert not services.logs_in(third, first["password"])


def test_a_service_stops_and_starts_as_desired(services: Services) -> None:
    """Created as stopped, changed while stopped, then started."""
    service_id, outputs = services.create(desired_state="stopped")
    assert services.live(service_id)["state"] == outputs["state"] == "stopped"
    outputs = services.update(service_id, outputs, desired_state="stopped", num_replicas=2)
    assert services.live(service_id)["state"] == "stopped"
    outputs = services.update(service_id, outputs, num_replicas=1)
    assert services.live(service_id)["state"] == "running"
    assert services.logs_in(outputs, outputs["password"])
    services.provider.delete(service_id, outputs)
    assert services.control_plane.services() == []


def test_an_idle_service_is_woken_when_idling_is_turned_off(services: Services) -> None:
    """Until then, an idle service counts as running and does not differ."""
    service_id, outputs = services.create()
    services.control_plane.request("POST", f"/local/services/{service_id}/idle")
    seen = services.provider.read(service_id, outputs).outs or {}
    assert seen["state"] == "idle"
    services.assert_settled(service_id, seen, services.inputs(seen, seen["pulumi_name"]))
    services.update(service_id, seen, idle_scaling=False)
    assert services.live(service_id)["state"] == "running"


def test_adopting_changes_no_field_that_the_program_does_not_set(services: Services) -> None:
    """The service is stopped, scaled and has an encryption key."""
    service_id, theirs = services.create(
        desired_state="stopped", has_transparent_data_encryption=True, num_replicas=5
    )
    before = services.live(service_id)
    services.create("taking", adopt=service_id)
    assert services.live(service_id) == before
    with pytest.raises(ResourceError, match="profile None, but profile 'v1-highmem-m' is wanted"):
        services.provider.create(services.inputs(theirs, adopt=service_id, profile="v1-highmem-m"))
    rotated = services.inputs(theirs, adopt=service_id, transparent_data_encryption_key_id="k")
    services.provider.update(service_id, theirs, rotated)
    assert services.live(service_id)["transparentDataEncryptionKeyId"] == "k"


def test_drift_in_everything_is_seen_and_repaired(services: Services) -> None:
    """A refresh shows every field changed out of band, and an update restores it."""
    wanted: dict[str, Any] = {
        "name": "n",
        "release_channel": "slow",
        "enable_core_dumps": True,
        "has_transparent_data_encryption": True,
        "transparent_data_encryption_key_id": "k1",
        "autoscaling_mode": "vertical",
        "min_replica_memory_gb": 8,
        "max_replica_memory_gb": 16,
        "num_replicas": 2,
        "idle_scaling": True,
        "idle_timeout_minutes": 10,
        "tags": {"team": "a"},
        "mysql_enabled": True,
        "private_endpoint_ids": ["vpce-1"],
    }
    service_id, outputs = services.create(**wanted)
    before = services.live(service_id)
    out_of_band: dict[str, Any] = {
        "name": "m",
        "releaseChannel": "fast",
        "enableCoreDumps": False,
        "transparentDataEncryptionKeyId": "k2",
        "tags": {"add": [{"key": "theirs"}], "remove": [{"key": "team", "value": "a"}]},
        "ipAccessList": {"add": [{"source": "0.0.0.0/0", "description": "all"}], "remove": []},
        "endpoints": [{"protocol": "mysql", "enabled": False}],
        "privateEndpointIds": {"add": ["vpce-2"], "remove": ["vpce-1"]},
    }
    services.control_plane.patch_service(service_id, "", out_of_band)
    size = {"minReplicaMemoryGb": 32, "maxReplicaMemoryGb": 32, "minReplicas": 1, "maxReplicas": 5}
    scaling = {"autoscalingMode": "horizontal", **size, "idleScaling": False}
    services.control_plane.patch_service(service_id, "/replicaScaling", scaling)
    services.control_plane.patch_service(service_id, "/state", {"command": "stop"})
    services.wait_for(service_id, "stopped")

    seen = services.provider.read(service_id, outputs).outs or {}
    news = services.inputs(seen, seen["pulumi_name"], **wanted)
    # Horizontal mode has no number of replicas, and the mode of the program has no bounds.
    readable = set(service_fields.READABLE) - {"min_replicas", "max_replicas"}
    assert set(service_fields.changed(seen, news)) == {*readable, "desired_state"}
    repaired = services.update(service_id, seen, **wanted)
    assert services.live(service_id) == before
    assert repaired["password"] == outputs["password"]


def test_orphans_deletes_secondaries_before_their_primary(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`orphans` is the command for stacks that no `pulumi up` will reach again."""
    mark = {"stack_mark": "organization.project.stack"}
    _, primary = services.create(**mark)
    services.create("two", data_warehouse_id=primary["data_warehouse_id"], **mark)
    cloud = services.control_plane.cloud
    monkeypatch.setenv("CLICKHOUSE_API_URL", cloud["url"])
    monkeypatch.setenv("CLICKHOUSE_CLOUD_API_KEY", cloud["key_id"])
    monkeypatch.setenv("CLICKHOUSE_CLOUD_API_SECRET", cloud["key_secret"])
    assert orphans.main(["--stack", "project/stack", "--delete", "--yes"]) == 0
    assert services.control_plane.services() == []


def test_a_service_with_hashes_has_no_password_in_its_outputs(services: Services) -> None:
    """Hashes are sent once. Without hashes, a password is generated again."""
    hashes = {
        "password_sha256_hash": passwords.base64_sha256("first"),
        "password_double_sha1_hash": passwords.double_sha1_hex("first"),
    }
    service_id, outputs = services.create(**hashes)
    assert "password" not in outputs
    assert services.logs_in(outputs, "first")
    outputs = services.update(
        service_id, outputs, password_sha256_hash=passwords.base64_sha256("second")
    )
    assert services.logs_in(outputs, "second")
    outputs = services.update(service_id, outputs)
    assert services.logs_in(outputs, outputs["password"])
    assert not services.logs_in(outputs, "second")


def test_a_primary_is_not_deleted_before_its_secondaries(services: Services) -> None:
    """The error names the secondary, which has the same password."""
    primary_id, primary = services.create()
    secondary_id, secondary = services.create(
        "two", data_warehouse_id=primary["data_warehouse_id"], is_readonly=True, name="reader"
    )
    assert (secondary["is_primary"], secondary["is_readonly"]) == (False, True)
    assert "password" not in secondary
    assert services.logs_in(secondary, primary["password"])
    held = rf"reader \({secondary_id}\) is running"
    with pytest.raises(ResourceError, match=f"cannot stop .* {held}"):
        services.provider.delete(primary_id, primary)
    # A secondary of another stack is not stopped.
    stopping = services.inputs(primary, desired_state="stopped", stack_mark="another")
    with pytest.raises(ResourceError, match=f"cannot stop .* {held}"):
        services.provider.update(primary_id, primary, stopping)
    assert {service["state"] for service in services.control_plane.services()} == {"running"}

    primary = services.update(primary_id, primary, desired_state="stopped")
    assert {service["state"] for service in services.control_plane.services()} == {"stopped"}
    held = rf"reader \({secondary_id}\) is stopped"
    with pytest.raises(ResourceError, match=f"cannot delete .* {held}"):
        services.provider.delete(primary_id, primary)
    services.provider.delete(secondary_id, secondary)
    services.provider.delete(primary_id, primary)
    assert services.control_plane.services() == []


def test_a_protected_service_is_neither_deleted_nor_replaced(services: Services) -> None:
    """The error names the property, which a separate `up` has to remove first."""
    service_id, outputs = services.create(deletion_protection=True)
    services.finish(service_id)
    reason = "deletion_protection is True"
    with pytest.raises(ResourceError, match=reason):
        services.provider.delete(service_id, outputs)
    news = services.inputs(outputs, region="us-east-1")
    with pytest.raises(ResourceError, match=f"{reason}: another region would replace"):
        services.provider.diff(service_id, outputs, news)
    # A forced replacement has no `diff`: the check before the create rejects it.
    place = services.inputs(outputs)
    (failure,) = services.provider.check({}, {**place, "deletion_protection": True}).failures
    assert failure.reason is not None
    assert f"{reason}: service {outputs['name']} ({service_id}) of this resource" in failure.reason
    assert services.provider.check({}, place).failures == []

    outputs = services.update(service_id, outputs, deletion_protection=False)
    assert services.provider.diff(service_id, outputs, news).replaces == ["region"]
    services.provider.delete(service_id, outputs)
