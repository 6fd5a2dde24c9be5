"""The lifecycle of a service: its states, the operations they allow, and its deletion."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.local.clickhouse.control_plane import CloudProcess, Service, wait_until


def test_a_created_service_serves_queries_with_its_password(service: Service) -> None:
    """The create's response has the password of the https endpoint."""
    assert service.sql("SELECT 1") == "1"


def test_ping_needs_no_password(service: Service) -> None:
    """Load balancers send a ping without a password."""
    with service.client() as client:
        client.auth = httpx.Auth()
        assert client.get("/ping").text == "Ok.\n"


def test_a_create_returns_while_provisioning(cloud: CloudProcess) -> None:
    """The create does not wait for the engine. Only its response has the password."""
    cloud.set_faults(timing={"provisioning": 0.05})
    service = cloud.create_service(wait=False)
    assert service.created["state"] == "provisioning"
    assert service.password
    service.wait_for("running")
    assert "password" not in cloud.call("GET", service.path)
    service.remove()


def test_whole_numbers_are_ints(cloud: CloudProcess) -> None:
    """Clients send 8.0 and decode ints (control-plane section 2a)."""
    service = cloud.create_service(minReplicaMemoryGb=8.0, maxReplicaMemoryGb=16.0)
    text = cloud.send("GET", cloud.organization + service.path).text
    assert '"minReplicaMemoryGb": 8,' in text
    assert '"isPrimary": true' in text
    assert '"tier"' not in text
    service.remove()


def test_a_stopped_service_rejects_queries_and_keeps_its_data(service: Service) -> None:
    """A stop ends the engine and keeps the data."""
    service.sql("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
    service.sql("INSERT INTO t VALUES (1), (2)")
    assert service.command("stop")["state"] == "stopping"
    service.wait_for("stopped")
    rejected = service.query("SELECT 1")
    assert rejected.status_code == 503
    assert "stopped" in rejected.text
    assert service.command("stop")["state"] == "stopped"
    assert "stopped" in service.command("awake", status=400)
    assert service.command("start")["state"] == "starting"
    service.wait_for("running")
    assert service.sql("SELECT count() FROM t") == "2"


def test_an_idle_service_wakes_on_a_query(service: Service) -> None:
    """An idle service accepts queries: the query waits until the engine has started."""
    service.sql("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
    service.sql("INSERT INTO t VALUES (1)")
    service.cloud.send("POST", f"/local{service.path}/idle").raise_for_status()
    assert service.state == "idle"
    assert service.engine_pid is None
    assert service.sql("SELECT count() FROM t") == "1"
    assert service.state == "running"


def test_an_idle_service_wakes_on_command(service: Service) -> None:
    """The command `awake` starts the service. A second `awake` changes nothing."""
    service.cloud.send("POST", f"/local{service.path}/idle").raise_for_status()
    assert service.command("awake")["state"] == "awaking"
    service.wait_for("running")
    assert service.command("awake")["state"] == "running"


def test_delete_needs_a_service_that_does_not_run(service: Service) -> None:
    """The message lists the states that allow a delete."""
    refusal = service.cloud.call("DELETE", service.path, status=409)
    for state in ("provisioning", "idle", "stopped", "degraded", "failed"):
        assert state in refusal


def test_a_deleted_service_has_no_folder_and_no_ports(cloud: CloudProcess) -> None:
    """The id of a deleted service returns 404. An id that never existed returns 400."""
    service = cloud.create_service()
    service.remove()
    cloud.call("GET", service.path, status=404)
    cloud.call("DELETE", service.path, status=404)
    assert service.id not in [s["id"] for s in cloud.call("GET", "/services")]
    folder = cloud.state_dir / "services" / service.id
    wait_until(lambda: not folder.exists(), "the folder is removed")
    with pytest.raises(httpx.ConnectError):
        service.query("SELECT 1")
    never = cloud.call("GET", f"/services/{uuid.uuid4()}", status=400)
    assert "Invalid service id string" in never


def test_a_delete_is_rejected_for_a_while_after_a_stop(service: Service) -> None:
    """The real cloud has the same behavior (terraform-provider-clickhouse#509)."""
    service.cloud.set_faults(timing={"conflict_after_stopped": 0.3})
    service.command("stop")
    service.wait_for("stopped")
    path = service.cloud.organization + service.path
    assert service.cloud.send("DELETE", path).status_code == 409
    wait_until(lambda: service.cloud.send("DELETE", path).status_code == 200, "it is accepted")


@pytest.mark.parametrize("outcome", ["failed", "degraded"])
def test_provisioning_can_fail(cloud: CloudProcess, outcome: str) -> None:
    """A failed service and a degraded one can be deleted without a stop."""
    cloud.set_faults(provisioning=outcome)
    service = cloud.create_service(wait=False)
    service.wait_for(outcome)
    cloud.call("DELETE", service.path)
    service.wait_until_deleted()


def test_a_stuck_service_can_be_deleted(cloud: CloudProcess) -> None:
    """The state `provisioning` allows a delete."""
    cloud.set_faults(provisioning="stuck")
    service = cloud.create_service(wait=False)
    assert service.query("SELECT 1").status_code == 503
    assert service.state == "provisioning"
    cloud.call("DELETE", service.path)
    service.wait_until_deleted()


def test_name_and_lists_change_in_place(service: Service) -> None:
    """Lists have `add` and `remove`. An unknown entry to remove is ignored."""
    call, path = service.cloud.call, service.path
    shown = call(
        "PATCH",
        path,
        {
            "name": "another name",
            "tags": {"add": [{"key": "team", "value": "a"}, {"key": "env"}]},
            "ipAccessList": {
                "remove": [{"source": "0.0.0.0/0"}, {"source": "9.9.9.9"}],
                "add": [{"source": "10.0.0.0/8", "description": "office"}],
            },
        },
    )
    assert shown["name"] == "another name"
    assert shown["ipAccessList"] == [{"source": "10.0.0.0/8", "description": "office"}]
    shown = call(
        "PATCH",
        path,
        {"tags": {"add": [{"key": "team", "value": "b"}], "remove": [{"key": "env"}]}},
    )
    assert shown["tags"] == [{"key": "team", "value": "b"}]
    both = {"tags": {"add": [{"key": "team"}], "remove": [{"key": "team"}]}}
    assert "team" in call("PATCH", path, both, status=400)


def test_services_are_found_by_tag(service: Service) -> None:
    """`filter=tag:KEY=VALUE` finds orphans."""
    call = service.cloud.call
    call("PATCH", service.path, {"tags": {"add": [{"key": "stack", "value": "dev"}]}})
    found = call("GET", "/services?filter=tag:stack=dev")
    assert [s["id"] for s in found] == [service.id]
    assert call("GET", "/services?filter=tag:stack=prod") == []


def test_the_mysql_endpoint_can_be_turned_off(service: Service) -> None:
    """The other endpoints cannot be turned off."""
    shown = service.cloud.call(
        "PATCH", service.path, {"endpoints": [{"protocol": "mysql", "enabled": False}]}
    )
    assert [e["protocol"] for e in shown["endpoints"]] == ["nativesecure", "https"]


def test_a_primary_with_secondaries_cannot_be_deleted(cloud: CloudProcess) -> None:
    """The primary also cannot stop while a secondary runs. Errors name the secondary."""
    primary = cloud.create_service()
    warehouse = primary.created["dataWarehouseId"]
    secondary = cloud.create_service(dataWarehouseId=warehouse, isReadonly=True, name="second")
    assert secondary.created["isPrimary"] is False
    assert secondary.password == ""
    assert secondary.sql("SELECT 1", password=primary.password) == "1"
    password = cloud.call("PATCH", f"{primary.path}/password", {})["password"]
    assert secondary.sql("SELECT 1", password=password) == "1"
    assert "second" in primary.command("stop", status=409)
    secondary.command("stop")
    secondary.wait_for("stopped")
    primary.command("stop")
    primary.wait_for("stopped")
    assert "second" in cloud.call("DELETE", primary.path, status=409)
    secondary.remove()
    primary.remove()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"minReplicaMemoryGb": 64, "maxReplicaMemoryGb": 16}, "minReplicaMemoryGb"),
        ({"minReplicaMemoryGb": 10}, "minReplicaMemoryGb"),
        ({"idleScaling": False, "idleTimeoutMinutes": 10}, "idleTimeoutMinutes"),
        ({"idleTimeoutMinutes": 4}, "idleTimeoutMinutes"),
        ({"minReplicas": 2}, "minReplicas"),
        ({"autoscalingMode": "horizontal", "minReplicas": 1, "maxReplicas": 2}, "MemoryGb"),
        ({"autoscalingMode": "horizontal", "minReplicas": 1}, "maxReplicas"),
        ({"autoscalingMode": "horizontal", "numReplicas": 2}, "numReplicas"),
        ({"numReplicas": 51}, "numReplicas"),
        ({"numberOfReplicas": 2}, "numberOfReplicas"),
    ],
)
def test_contradictory_scaling_is_rejected(
    cloud: CloudProcess, change: dict[str, Any], named: str
) -> None:
    """The message names the field, and nothing is created."""
    before = len(cloud.call("GET", "/services"))
    body = {
        "name": "n",
        "provider": "aws",
        "region": "us-east-1",
        "ipAccessList": [],
        **change,
    }
    assert named in cloud.call("POST", "/services", body, status=400)
    assert len(cloud.call("GET", "/services")) == before


def test_scaling_changes_in_place(service: Service) -> None:
    """If the scaling mode changes, the fields of the previous mode are dropped."""
    call, path = service.cloud.call, f"{service.path}/replicaScaling"
    assert call("PATCH", path, {"numReplicas": 2, "idleScaling": False})["numReplicas"] == 2
    horizontal = {
        "autoscalingMode": "horizontal",
        "minReplicas": 1,
        "maxReplicas": 4,
        "minReplicaMemoryGb": 16,
        "maxReplicaMemoryGb": 16,
    }
    shown = call("PATCH", path, horizontal)
    assert "numReplicas" not in shown
    assert "idleTimeoutMinutes" not in shown
    assert shown["replicaMemoryGb"] == 16
    shown = call("PATCH", path, {"autoscalingMode": "vertical", "numReplicas": 3})
    assert "minReplicas" not in shown
    old = call("PATCH", f"{service.path}/scaling", {"minTotalMemoryGb": 24.0})
    assert old["minReplicaMemoryGb"] == 8


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"region": "us-east1"}, "region"),
        ({"region": "moon-1"}, "region"),
        ({"ipAccessList": [{"source": "home"}]}, "home"),
        ({"name": ""}, "name"),
        ({"name": "n" * 51}, "name"),
        ({"isReadonly": True}, "dataWarehouseId"),
        ({"dataWarehouseId": "none"}, "none"),
        ({"tags": [{"key": "a b"}]}, "a b"),
        ({"tags": [{"key": "a"}, {"key": "a"}]}, "tags"),
        ({"byocId": "b"}, "byocId"),
        ({"password": "x"}, "password"),
    ],
)
def test_an_invalid_create_names_the_field(
    cloud: CloudProcess, body: dict[str, Any], named: str
) -> None:
    """The message is one line with the invalid value."""
    whole = {"name": "n", "provider": "aws", "region": "us-east-1", "ipAccessList": [], **body}
    assert named in cloud.call("POST", "/services", whole, status=400)
