"""Rules for every kind of object: create, read, change, delete, and state over a restart."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.local.clickhouse.control_plane import CloudProcess, Service
from tests.local.clickhouse.kinds import DESTINATION, KAFKA, KINDS, ids

Json = Any


@pytest.mark.parametrize("name", KINDS)
def test_a_lifecycle(cloud: CloudProcess, shared: Service, name: str) -> None:
    """An object is created, listed, read, changed and deleted. Then every method returns 404."""
    kind = KINDS[name]
    path = kind.path.format(service=shared.path)
    # The key of an endpoint must exist: every cloud has one key.
    known = {"apiKeyIds": [cloud.call("GET", "/keys")[0]["id"]]} if "apiKeyIds" in kind.body else {}
    response = cloud.send("POST", cloud.organization + path, {**kind.body, **known})
    assert response.status_code == kind.status, response.text
    created = response.json()["result"]
    one = f"{path}/{created['id']}"
    if kind.has_list:
        assert created["id"] in ids(cloud.call("GET", path))
    if kind.change is not None:
        changed = cloud.call(kind.method, one, {**kind.change, **known})
        assert changed["id"] == created["id"]
        shown = cloud.call("GET", one) if kind.has_get else changed
        assert {n: shown[n] for n in kind.shows} == kind.shows
    assert "hunter2" not in response.text
    cloud.call("DELETE", one)
    assert created["id"] not in (ids(cloud.call("GET", path)) if kind.has_list else ())
    cloud.call("DELETE", one, status=404)
    if kind.has_get:
        cloud.call("GET", one, status=404)


def test_no_file_contains_credentials(cloud: CloudProcess, shared: Service) -> None:
    """Credentials of a pipe are accepted and not stored."""
    pipe = KINDS["kafka pipe"]
    created = cloud.call("POST", f"{shared.path}/clickpipes", pipe.body)
    record = cloud.state_dir / "services" / shared.id / "service.json"
    assert created["id"] in record.read_text()
    assert "hunter2" not in record.read_text()
    cloud.call("DELETE", f"{shared.path}/clickpipes/{created['id']}")


def test_all_objects_are_kept_over_a_restart(own_cloud: CloudProcess) -> None:
    """Objects of the organization and of a service are kept."""
    service = own_cloud.create_service()
    role = own_cloud.call("POST", "/roles", KINDS["role"].body)
    path = f"{service.path}/clickpipes"
    pipe = own_cloud.call("POST", path, KINDS["kafka pipe"].body)
    own_cloud.kill()
    own_cloud.start()
    assert own_cloud.call("GET", f"/roles/{role['id']}")["policies"] == role["policies"]
    assert own_cloud.call("GET", f"{path}/{pipe['id']}")["source"] == pipe["source"]


def test_a_referenced_object_must_exist(cloud: CloudProcess, shared: Service) -> None:
    """The object cannot be deleted while another object refers to it."""
    search = {"name": "s", "sourceId": str(uuid.uuid4())}
    cloud.call("POST", f"{shared.path}/clickstack/saved-searches", search, status=400)
    endpoint = {**KINDS["query endpoint"].body, "apiKeyIds": [str(uuid.uuid4())]}
    cloud.call("POST", f"{shared.path}/query-api-endpoints", endpoint, status=400)
    pipe = {**KAFKA, "reversePrivateEndpointIds": [str(uuid.uuid4())]}
    body = {"name": "k", "source": {"kafka": pipe}, "destination": DESTINATION}
    cloud.call("POST", f"{shared.path}/clickpipes", body, status=400)


def test_an_idle_service_has_to_be_woken(cloud: CloudProcess) -> None:
    """Pipes and the attachment of a function return 424 with the fields of the OpenAPI spec."""
    service = cloud.create_service()
    cloud.call("GET", f"{service.path}/clickpipesCdcScaling", status=404)
    cloud.send("POST", f"/local/services/{service.id}/idle")
    pipes = cloud.organization + f"{service.path}/clickpipes"
    response = cloud.send("POST", pipes, KINDS["kafka pipe"].body)
    assert response.status_code == 424
    shown = response.json()
    said = shown["code"], shown["serviceState"], shown["canWake"]
    assert said == ("SERVICE_IDLE", "idle", True)
    service.command("awake")
    service.wait_for("running")
    service.command("stop")
    service.wait_for("stopped")
    assert cloud.send("POST", pipes, KINDS["kafka pipe"].body).json()["code"] == "SERVICE_STOPPED"
    service.remove()


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/snapshotConfiguration", {"enabled": True, "gap": 2}),
        ("/replicaAwareRouting", {"httpEnabled": True}),
    ],
)
def test_parts_of_every_service_are_changed_by_field(
    cloud: CloudProcess, shared: Service, path: str, change: Json
) -> None:
    """Fields that the request omits keep their values."""
    before = cloud.call("GET", shared.path + path)
    assert cloud.call("PATCH", shared.path + path, change) == {**before, **change}
    assert cloud.call("GET", shared.path + path) == {**before, **change}


@pytest.mark.parametrize(
    "path",
    [
        "/quotas",
        "/quotas/services-per-organization",
        "/serviceProfiles?region_id=us-east-1",
        "/usageCost?from_date=2026-01-01&to_date=2026-01-31",
        "/activeBalances",
        "/creditBalances",
        "/activities",
        "/notifications",
        "/notificationTypes",
        "/privateEndpointConfig?cloud_provider=aws&region_id=us-east-1",
        "{service}/backups",
        "{service}/snapshots",
        "{service}/clickpipes/context",
    ],
)
def test_read_only_objects_are_returned(cloud: CloudProcess, shared: Service, path: str) -> None:
    """The response fits the OpenAPI spec, which the cloud checks."""
    cloud.call("GET", path.format(service=shared.path))


def test_an_object_can_be_stuck_or_fail(cloud: CloudProcess, shared: Service) -> None:
    """The faults of services apply to all objects that are provisioned."""
    cloud.set_faults(provisioning="stuck")
    created = cloud.call("POST", f"{shared.path}/clickpipes", KINDS["kafka pipe"].body)
    path = f"{shared.path}/clickpipes/{created['id']}"
    assert cloud.call("GET", path)["state"] == "Provisioning"
    cloud.set_faults(provisioning="failed")
    assert cloud.call("GET", path)["state"] == "Failed"
    cloud.call("DELETE", path)


def test_an_empty_response_and_a_fresh_key(cloud: CloudProcess) -> None:
    """A delete returns no body. A key that was created seconds ago is not found."""
    service = cloud.create_service()
    fresh = {"operation": "instanceQueryEndpointUpsert", "fault": "fresh_key"}
    cloud.set_faults(rules=[fresh, {"operation": "instanceQueryEndpointDelete", "fault": "empty"}])
    path = f"{service.path}/serviceQueryEndpoint"
    key = cloud.call("GET", "/keys")[0]["id"]
    body = {"openApiKeys": [key], "roles": ["sql_console_admin"]}
    assert "openApiKeys" in cloud.call("POST", path, body, status=400)
    cloud.call("POST", path, body)
    response = cloud.send("DELETE", cloud.organization + path)
    assert (response.status_code, response.content) == (200, b"")
    cloud.call("GET", path, status=404)
    service.remove()
