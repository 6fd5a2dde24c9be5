"""Everything around a service: made, shown, changed, deleted, each held to the document."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from .harness import CloudProcess, Service

Json = Any

SQL_SOURCE = {
    "kind": "log",
    "name": "logs",
    "connection": "local",
    "from": {"databaseName": "default", "tableName": "logs"},
    "defaultTableSelectExpression": "Body",
    "timestampValueExpression": "Timestamp",
}
KAFKA = {
    "type": "kafka",
    "format": "JSONEachRow",
    "brokers": "kafka:9092",
    "topics": "events",
    "authentication": "PLAIN",
    "credentials": {"username": "reader", "password": "hunter2"},
}
TABLES = [{"sourceSchemaName": "public", "sourceTable": "a", "targetTable": "a"}]
POSTGRES_SOURCE = {
    "host": "db",
    "port": 5432,
    "database": "app",
    "credentials": {"username": "reader", "password": "hunter2"},
    "settings": {"replicationMode": "cdc"},
    "tableMappings": TABLES,
}
DESTINATION = {"database": "default", "table": "events", "managedTable": False}
ADMIN_POLICY = {
    "allowDeny": "ALLOW",
    "permissions": ["control-plane:service:view"],
    "resources": ["instance/*"],
}
BOUNCER: Json = {"pgBouncerConfig": {"default_pool_size": "10"}}
POSTGRES = {"name": "pg", "provider": "aws", "region": "us-east-1", "size": "c6gd.large"}


@dataclass(frozen=True)
class Kind:
    """One kind of thing: where it is, a body that makes it, a change and what then shows."""

    path: str
    body: Json
    change: Json = None
    method: str = "PATCH"
    shows: Json = field(default_factory=dict)
    status: int = 200
    has_get: bool = True
    has_list: bool = True


KINDS = {
    "role": Kind(
        "/roles",
        {"name": "viewers", "actors": [], "policies": [ADMIN_POLICY]},
        {"name": "readers"},
        shows={"name": "readers", "type": "custom"},
    ),
    "invitation": Kind("/invitations", {"email": "new@example.com", "role": "developer"}),
    "dashboard": Kind(
        "{service}/clickstack/dashboards",
        {"name": "d", "tiles": []},
        {"name": "e", "tiles": []},
        "PUT",
        {"name": "e"},
    ),
    "source": Kind(
        "{service}/clickstack/sources",
        SQL_SOURCE,
        {**SQL_SOURCE, "name": "l"},
        "PUT",
        {"name": "l"},
    ),
    "webhook": Kind(
        "{service}/clickstack/webhooks",
        {"name": "w", "service": "generic", "url": "http://localhost/"},
        {"name": "v", "service": "generic", "url": "http://localhost/"},
        "PUT",
        {"name": "v"},
        has_get=False,
    ),
    "clickstack role": Kind(
        "{service}/clickstack/roles",
        {"name": "r", "permissions": []},
        {"name": "s", "permissions": []},
        "PUT",
        {"name": "s", "isPredefined": False},
    ),
    "saved query": Kind(
        "{service}/saved-queries",
        {"name": "q", "sql": "SELECT 1", "database": "default"},
        {"name": "p", "sql": "SELECT 2", "database": "default"},
        "PUT",
        {"sql": "SELECT 2"},
        201,
    ),
    "query endpoint": Kind(
        "{service}/query-api-endpoints",
        {
            "name": "q",
            "sql": "SELECT 1",
            "database": "default",
            "apiKeyIds": [],
            "roles": ["sql_console_admin"],
        },
        {
            "name": "p",
            "sql": "SELECT 2",
            "database": "default",
            "apiKeyIds": [],
            "roles": ["sql_console_admin"],
        },
        "PUT",
        {"name": "p"},
        201,
    ),
    "kafka pipe": Kind(
        "{service}/clickpipes",
        {"name": "k", "source": {"kafka": KAFKA}, "destination": DESTINATION},
        {"name": "l"},
        shows={"name": "l", "state": "Running"},
    ),
    "postgres pipe": Kind(
        "{service}/clickpipes",
        {
            "name": "p",
            "source": {"postgres": POSTGRES_SOURCE},
            "destination": {"database": "default"},
        },
        {"name": "o"},
        shows={"name": "o"},
    ),
    "reverse private endpoint": Kind(
        "{service}/clickpipesReversePrivateEndpoints",
        {
            "description": "d",
            "type": "VPC_ENDPOINT_SERVICE",
            "vpcEndpointServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
        },
        {"customPrivateDnsMappings": []},
        shows={"status": "Ready"},
    ),
    "postgres service": Kind("/postgres", POSTGRES, {"name": "qg"}, shows={"name": "qg"}),
    "byoc": Kind(
        "/byocInfrastructure",
        {"regionId": "us-east-1", "accountId": "0123", "displayName": "ours"},
        {"displayName": "mine"},
        shows={"displayName": "mine", "state": "infra-ready"},
        has_list=False,
    ),
}


def ids(shown: Json) -> set[str]:
    """The ids of a list."""
    return {thing["id"] for thing in shown}


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


def test_policies_of_a_role_are_replaced_and_one_is_granted_anyhow(cloud: CloudProcess) -> None:
    """What was asked for is a subset of what is there."""
    role = cloud.call("POST", "/roles", KINDS["role"].body)
    path = f"/roles/{role['id']}"
    other = {**ADMIN_POLICY, "permissions": ["control-plane:service:manage"]}
    after = cloud.call("PATCH", path, {"policies": [other]})["policies"]
    permissions = {p for policy in after for p in policy["permissions"]}
    assert permissions == {"control-plane:service:manage", "control-plane:organization:view"}
    assert "name" in cloud.call("POST", "/roles", KINDS["role"].body, status=409)
    system = next(r for r in cloud.call("GET", "/roles") if r["type"] == "system")
    cloud.call("DELETE", f"/roles/{system['id']}", status=400)
    cloud.call("PATCH", f"/roles/{system['id']}", {"name": "x"}, status=400)
    cloud.call("DELETE", path)


def test_a_member_has_roles_that_exist(cloud: CloudProcess) -> None:
    """A role in use stays, and so does the last admin."""
    role = cloud.call("POST", "/roles", KINDS["role"].body)
    members = {m["role"]: f"/members/{m['userId']}" for m in cloud.call("GET", "/members")}
    path = members["developer"]
    shown = cloud.call("PATCH", path, {"assignedRoleIds": [role["id"]]})
    assert [r["roleName"] for r in shown["assignedRoles"]] == ["viewers"]
    cloud.call("PATCH", path, {"assignedRoleIds": [str(uuid.uuid4())]}, status=400)
    cloud.call("DELETE", f"/roles/{role['id']}", status=409)
    cloud.call("PATCH", path, {"role": "developer"})
    cloud.call("DELETE", f"/roles/{role['id']}")
    cloud.call("DELETE", members["admin"], status=400)
    cloud.call("PATCH", members["admin"], {"role": "developer"}, status=400)


def test_a_pipe_is_stopped_scaled_and_started(cloud: CloudProcess, shared: Service) -> None:
    """A stopped one may be stopped again; a running one cannot be started."""
    made = cloud.call("POST", f"{shared.path}/clickpipes", KINDS["kafka pipe"].body)
    path = f"{shared.path}/clickpipes/{made['id']}"
    assert made["state"] == "Provisioning"
    assert cloud.call("PATCH", f"{path}/state", {"command": "stop"})["state"] == "Stopping"
    assert cloud.call("GET", path)["state"] == "Stopped"
    assert cloud.call("PATCH", f"{path}/state", {"command": "stop"})["state"] == "Stopped"
    cloud.call("PATCH", f"{path}/state", {"command": "resync"}, status=400)
    assert cloud.call("PATCH", f"{path}/scaling", {"replicas": 2})["scaling"]["replicas"] == 2
    cloud.call("PUT", f"{path}/settings", {"clickhouse_max_threads": 8})
    assert cloud.call("GET", f"{path}/settings") == {"clickhouse_max_threads": 8}
    cloud.call("PATCH", f"{path}/state", {"command": "start"})
    assert cloud.call("GET", path)["state"] == "Running"
    refusal = cloud.call("PATCH", f"{path}/state", {"command": "start"}, status=400)
    assert "already running" in refusal
    cloud.call("DELETE", path)


def test_tables_of_a_database_pipe_are_added_and_removed(
    cloud: CloudProcess, shared: Service
) -> None:
    """Only while it is paused; then it goes on by itself. The kind of the source stays."""
    body = KINDS["postgres pipe"].body
    for wrong in ({"startPaused": True}, {"scaling": {"replicas": 2}}):
        refusal = cloud.call("POST", f"{shared.path}/clickpipes", {**body, **wrong}, status=400)
        assert next(iter(wrong)) in refusal
    made = cloud.call("POST", f"{shared.path}/clickpipes", body)
    path = f"{shared.path}/clickpipes/{made['id']}"
    other = {**TABLES[0], "sourceTable": "b", "targetTable": "b"}
    change = {"tableMappingsToAdd": [other], "tableMappingsToRemove": TABLES}
    patch = {"source": {"postgres": change}}
    assert "must be paused to edit" in cloud.call("PATCH", path, patch, status=400)
    assert cloud.call("PATCH", path, {"name": "renamed"})["name"] == "renamed"
    cloud.call("PATCH", f"{path}/state", {"command": "stop"})
    after = cloud.call("PATCH", path, patch)
    assert after["source"]["postgres"]["tableMappings"] == [other]
    assert after["state"] == "Paused"
    assert cloud.call("GET", path)["state"] == "Running"
    cloud.call("PATCH", f"{path}/scaling", {"replicas": 2}, status=400)
    # All such pipes of a service share theirs, which the first one brought.
    scaling = f"{shared.path}/clickpipesCdcScaling"
    before = cloud.call("GET", scaling)
    larger = {"replicaCpuMillicores": 2000}
    assert cloud.call("PATCH", scaling, larger) == {**before, **larger}
    kafka = {"kafka": {"authentication": "PLAIN"}}
    assert "kafka" in cloud.call("PATCH", path, {"source": kafka}, status=400)
    cloud.call("DELETE", path)


def test_files_are_read_once_unless_the_pipe_is_continuous(
    cloud: CloudProcess, shared: Service
) -> None:
    """A completed pipe is not changed; what lets one into the bucket is never shown."""
    files = {
        "type": "azureblobstorage",
        "format": "Parquet",
        "path": "*.parquet",
        "azureContainerName": "c",
        "authentication": "CONNECTION_STRING",
        "connectionString": "AccountKey=hunter2",
    }
    body = {"name": "f", "source": {"objectStorage": files}, "destination": DESTINATION}
    made = cloud.call("POST", f"{shared.path}/clickpipes", body)
    assert "hunter2" not in str(made)
    path = f"{shared.path}/clickpipes/{made['id']}"
    assert cloud.call("GET", path)["state"] == "Completed"
    assert "completed" in cloud.call("PATCH", path, {"name": "g"}, status=400)
    cloud.call("DELETE", path)


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


def test_what_something_refers_to_must_exist(cloud: CloudProcess, shared: Service) -> None:
    """And stays as long as it is referred to."""
    search = {"name": "s", "sourceId": str(uuid.uuid4())}
    cloud.call("POST", f"{shared.path}/clickstack/saved-searches", search, status=400)
    endpoint = {**KINDS["query endpoint"].body, "apiKeyIds": [str(uuid.uuid4())]}
    cloud.call("POST", f"{shared.path}/query-api-endpoints", endpoint, status=400)
    pipe = {**KAFKA, "reversePrivateEndpointIds": [str(uuid.uuid4())]}
    body = {"name": "k", "source": {"kafka": pipe}, "destination": DESTINATION}
    cloud.call("POST", f"{shared.path}/clickpipes", body, status=400)


def test_a_postgres_patch_without_tags_clears_them(cloud: CloudProcess) -> None:
    """As the vendor's does; its password is shown once."""
    made = cloud.call("POST", "/postgres", {**POSTGRES, "tags": [{"key": "a", "value": "b"}]})
    path = f"/postgres/{made['id']}"
    assert made["state"] == "creating"
    assert made["password"] in made["connectionString"]
    shown = cloud.call("GET", path)
    assert shown["state"] == "running"
    assert "password" not in shown
    assert cloud.call("PATCH", path, {"name": "other"})["tags"] == []
    cloud.call("PATCH", f"{path}/config", {"pgConfig": {"max_connections": 50}, **BOUNCER})
    assert cloud.call("GET", f"{path}/config")["pgConfig"] == {"max_connections": 50}
    assert cloud.call("PATCH", f"{path}/state", {"command": "restart"})["state"] == "restarting"
    replica = cloud.call("POST", f"{path}/readReplica", {"name": "replica"})
    assert replica["isPrimary"] is False
    cloud.call("DELETE", path, status=409)
    cloud.call("DELETE", f"/postgres/{replica['id']}")
    cloud.call("DELETE", path)


def test_server_settings_are_known_and_typed(cloud: CloudProcess, shared: Service) -> None:
    """All or none of a PATCH; what is not set is 404."""
    path = f"{shared.path}/clickhouseSettings"
    names = {entry["name"] for entry in cloud.call("GET", f"{path}/schema")["settings"]}
    assert {"max_concurrent_queries", "timezone"} <= names
    given = {"max_concurrent_queries": 10, "max_table_size_to_drop": 0}
    assert cloud.call("PATCH", path, {"settings": given})["warnings"]
    wrong = {"timezone": "UTC", "max_concurrent_queries": "many"}
    assert "many" in cloud.call("PATCH", path, {"settings": wrong}, status=400)
    cloud.call("PATCH", path, {"settings": {"nothing": 1}}, status=400)
    cloud.call("GET", f"{path}/timezone", status=404)
    cloud.call("DELETE", f"{path}/max_table_size_to_drop")
    values = {e["name"]: e["value"] for e in cloud.call("GET", path)["settings"]}
    assert values == {"max_concurrent_queries": 10}


def test_a_backup_bucket_keeps_its_provider(cloud: CloudProcess, shared: Service) -> None:
    """One per service, without its secrets."""
    path = f"{shared.path}/backupBucket"
    cloud.call("GET", path, status=404)
    body = {"bucketProvider": "GCP", "bucketPath": "gs://b", "accessKeyId": "i"}
    made = cloud.call("POST", path, {**body, "secretAccessKey": "hunter2"})
    assert made == {**body, "id": made["id"]}
    cloud.call("POST", path, body, status=409)
    aws = {"bucketProvider": "AWS", "bucketPath": "b", "iamRoleArn": "a"}
    cloud.call("PATCH", path, aws, status=400)
    changed = cloud.call("PATCH", path, {"bucketProvider": "GCP", "bucketPath": "gs://c"})
    assert changed["bucketPath"] == "gs://c"
    cloud.call("DELETE", path)
    cloud.call("GET", path, status=404)


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


def test_prometheus_is_text_and_names_the_service(cloud: CloudProcess, shared: Service) -> None:
    """For the organization and for one service."""
    for path in ("/prometheus", f"{shared.path}/prometheus"):
        answer = cloud.send("GET", cloud.organization + path)
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert shared.id in answer.text


def test_prometheus_finds_its_targets(cloud: CloudProcess, shared: Service) -> None:
    """A bare list without an envelope, as Prometheus reads it; what it names answers."""
    groups = cloud.send("GET", f"{cloud.organization}/prometheus/discovery").json()
    group = next(g for g in groups if g["labels"]["clickhouse_service_id"] == shared.id)
    url = f"http://{group['targets'][0]}{group['labels']['__metrics_path__']}"
    auth = (cloud.description["key_id"], cloud.description["key_secret"])
    assert shared.id in httpx.get(url, auth=auth).text


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


def test_a_service_goes_with_its_byoc_infrastructure(cloud: CloudProcess) -> None:
    """Not before it is ready, nowhere else, and of a size that is said."""
    cloud.set_faults(provisioning="stuck")
    body = {**KINDS["byoc"].body, "regionId": "eastus", "tenantId": "t"}
    made = cloud.call("POST", "/byocInfrastructure", body)
    path = f"/byocInfrastructure/{made['id']}"
    assert cloud.call("GET", path)["cloudProvider"] == "azure"
    size = {"minReplicaMemoryGb": 8, "maxReplicaMemoryGb": 8}
    wanted = {
        "name": "n",
        "provider": "azure",
        "region": "eastus",
        "ipAccessList": [],
        "byocId": made["id"],
        **size,
    }
    assert "infra-provisioning" in cloud.call("POST", "/services", wanted, status=409)
    cloud.set_faults()
    elsewhere = {**wanted, "region": "eastus2"}
    assert "is in eastus" in cloud.call("POST", "/services", elsewhere, status=400)
    for name in size:
        without = {key: value for key, value in wanted.items() if key != name}
        assert name in cloud.call("POST", "/services", without, status=400)
    cloud.call("DELETE", path)


def test_byoc_infrastructure_runs_a_service(cloud: CloudProcess) -> None:
    """And stays while it does."""
    made = cloud.call("POST", "/byocInfrastructure", KINDS["byoc"].body)
    path = f"/byocInfrastructure/{made['id']}"
    service = cloud.create_service(byocId=made["id"], minReplicaMemoryGb=8, maxReplicaMemoryGb=8)
    assert cloud.call("GET", f"{path}/progress")["status"] == "ready"
    assert cloud.call("GET", service.path)["byocId"] == made["id"]
    assert made["id"] in ids(cloud.call("GET", "")["byocConfig"])
    cloud.call("DELETE", path, status=409)
    service.remove()
    cloud.call("DELETE", path)
