"""What holds for every kind of thing around a service: made, shown, changed, deleted, kept."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.local.clickhouse.control_plane import CloudProcess, Service
from tests.local.clickhouse.kinds import DESTINATION, KAFKA, KINDS, ids

Json = Any


@pytest.mark.parametrize("name", KINDS)
def test_a_lifecycle(cloud: CloudProcess, shared: Service, name: str) -> None:
    """Made and listed, read, changed, deleted; then it is gone, for every verb."""
    kind = KINDS[name]
    path = kind.path.format(service=shared.path)
    # Who may use an endpoint must exist: the one key that every cloud has.
    known = {"apiKeyIds": [cloud.call("GET", "/keys")[0]["id"]]} if "apiKeyIds" in kind.body else {}
    answer = cloud.send("POST", cloud.organization + path, {**kind.body, **known})
    assert answer.status_code == kind.status, answer.text
    made = answer.json()["result"]
    one = f"{path}/{made['id']}"
    if kind.has_list:
        assert made["id"] in ids(cloud.call("GET", path))
    if kind.change is not None:
        changed = cloud.call(kind.method, one, {**kind.change, **known})
        assert changed["id"] == made["id"]
        shown = cloud.call("GET", one) if kind.has_get else changed
        assert {n: shown[n] for n in kind.shows} == kind.shows
    assert "hunter2" not in answer.text
    cloud.call("DELETE", one)
    assert made["id"] not in (ids(cloud.call("GET", path)) if kind.has_list else ())
    cloud.call("DELETE", one, status=404)
    if kind.has_get:
        cloud.call("GET", one, status=404)


def test_secrets_are_nowhere_on_disk(cloud: CloudProcess, shared: Service) -> None:
    """Credentials of a pipe are taken and forgotten."""
    pipe = KINDS["kafka pipe"]
    made = cloud.call("POST", f"{shared.path}/clickpipes", pipe.body)
    record = cloud.state_dir / "services" / shared.id / "service.json"
    assert made["id"] in record.read_text()
    assert "hunter2" not in record.read_text()
    cloud.call("DELETE", f"{shared.path}/clickpipes/{made['id']}")


def test_everything_is_kept_over_a_restart(own_cloud: CloudProcess) -> None:
    """Of the organization and of a service."""
    service = own_cloud.create_service()
    role = own_cloud.call("POST", "/roles", KINDS["role"].body)
    path = f"{service.path}/clickpipes"
    pipe = own_cloud.call("POST", path, KINDS["kafka pipe"].body)
    own_cloud.kill()
    own_cloud.start()
    assert own_cloud.call("GET", f"/roles/{role['id']}")["policies"] == role["policies"]
    assert own_cloud.call("GET", f"{path}/{pipe['id']}")["source"] == pipe["source"]


def test_what_something_refers_to_must_exist(cloud: CloudProcess, shared: Service) -> None:
    """And stays as long as it is referred to."""
    search = {"name": "s", "sourceId": str(uuid.uuid4())}
    cloud.call("POST", f"{shared.path}/clickstack/saved-searches", search, status=400)
    endpoint = {**KINDS["query endpoint"].body, "apiKeyIds": [str(uuid.uuid4())]}
    cloud.call("POST", f"{shared.path}/query-api-endpoints", endpoint, status=400)
    pipe = {**KAFKA, "reversePrivateEndpointIds": [str(uuid.uuid4())]}
    body = {"name": "k", "source": {"kafka": pipe}, "destination": DESTINATION}
    cloud.call("POST", f"{shared.path}/clickpipes", body, status=400)


def test_an_idle_service_has_to_be_woken(cloud: CloudProcess) -> None:
    """424, with what the document says of it: for pipes and for the attachment of a function."""
    service = cloud.create_service()
    cloud.call("GET", f"{service.path}/clickpipesCdcScaling", status=404)
    cloud.send("POST", f"/local/services/{service.id}/idle")
    pipes = cloud.organization + f"{service.path}/clickpipes"
    answer = cloud.send("POST", pipes, KINDS["kafka pipe"].body)
    assert answer.status_code == 424
    shown = answer.json()
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
def test_what_every_service_has_is_changed_by_field(
    cloud: CloudProcess, shared: Service, path: str, change: Json
) -> None:
    """What is not named stays."""
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
def test_what_can_only_be_read(cloud: CloudProcess, shared: Service, path: str) -> None:
    """Fits the document, which the cloud itself checks."""
    cloud.call("GET", path.format(service=shared.path))


def test_a_stuck_and_a_failing_thing(cloud: CloudProcess, shared: Service) -> None:
    """Whatever is provisioned meets the faults that services meet."""
    cloud.set_faults(provisioning="stuck")
    made = cloud.call("POST", f"{shared.path}/clickpipes", KINDS["kafka pipe"].body)
    path = f"{shared.path}/clickpipes/{made['id']}"
    assert cloud.call("GET", path)["state"] == "Provisioning"
    cloud.set_faults(provisioning="failed")
    assert cloud.call("GET", path)["state"] == "Failed"
    cloud.call("DELETE", path)


def test_an_empty_answer_and_a_fresh_key(cloud: CloudProcess) -> None:
    """A delete is done and says nothing; a key made seconds ago is not known yet."""
    service = cloud.create_service()
    fresh = {"operation": "instanceQueryEndpointUpsert", "fault": "fresh_key"}
    cloud.set_faults(rules=[fresh, {"operation": "instanceQueryEndpointDelete", "fault": "empty"}])
    path = f"{service.path}/serviceQueryEndpoint"
    key = cloud.call("GET", "/keys")[0]["id"]
    body = {"openApiKeys": [key], "roles": ["sql_console_admin"]}
    assert "openApiKeys" in cloud.call("POST", path, body, status=400)
    cloud.call("POST", path, body)
    answer = cloud.send("DELETE", cloud.organization + path)
    assert (answer.status_code, answer.content) == (200, b"")
    cloud.call("GET", path, status=404)
    service.remove()
