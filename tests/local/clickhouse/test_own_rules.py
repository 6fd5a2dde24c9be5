"""Rules of single kinds of objects: roles, members, pipes, Postgres, BYOC and others."""

from __future__ import annotations

import uuid

import httpx

from tests.local.clickhouse.control_plane import CloudProcess, Service
from tests.local.clickhouse.kinds import ADMIN_POLICY, DESTINATION, KINDS, POSTGRES, TABLES, ids

BOUNCER = {"pgBouncerConfig": {"default_pool_size": "10"}}


def test_policies_of_a_role_are_replaced_and_one_is_always_added(cloud: CloudProcess) -> None:
    """The requested policies are a subset of the role's policies."""
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
    """A role in use and the last admin cannot be deleted."""
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
    """A stopped pipe can be stopped again; a running one cannot be started."""
    created = cloud.call("POST", f"{shared.path}/clickpipes", KINDS["kafka pipe"].body)
    path = f"{shared.path}/clickpipes/{created['id']}"
    assert created["state"] == "Provisioning"
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
    """The pipe must be paused. It resumes automatically. The kind of its source cannot change."""
    body = KINDS["postgres pipe"].body
    for wrong in ({"startPaused": True}, {"scaling": {"replicas": 2}}):
        refusal = cloud.call("POST", f"{shared.path}/clickpipes", {**body, **wrong}, status=400)
        assert next(iter(wrong)) in refusal
    created = cloud.call("POST", f"{shared.path}/clickpipes", body)
    path = f"{shared.path}/clickpipes/{created['id']}"
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
    # All database pipes of a service share this setting. It exists once the first pipe is created.
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
    """A completed pipe cannot be changed. The credentials of the bucket are never returned."""
    files = {
        "type": "azureblobstorage",
        "format": "Parquet",
        "path": "*.parquet",
        "azureContainerName": "c",
        "authentication": "CONNECTION_STRING",
        "connectionString": "AccountKey=hunter2",
    }
    body = {"name": "f", "source": {"objectStorage": files}, "destination": DESTINATION}
    created = cloud.call("POST", f"{shared.path}/clickpipes", body)
    assert "hunter2" not in str(created)
    path = f"{shared.path}/clickpipes/{created['id']}"
    assert cloud.call("GET", path)["state"] == "Completed"
    assert "completed" in cloud.call("PATCH", path, {"name": "g"}, status=400)
    cloud.call("DELETE", path)


def test_a_postgres_patch_without_tags_clears_them(cloud: CloudProcess) -> None:
    """The vendor does the same. The password is returned once."""
    created = cloud.call("POST", "/postgres", {**POSTGRES, "tags": [{"key": "a", "value": "b"}]})
    path = f"/postgres/{created['id']}"
    assert created["state"] == "creating"
    assert created["password"] in created["connectionString"]
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
    """A PATCH changes all settings or none. A setting without a value is 404."""
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
    """A service has one bucket, which is returned without its secrets."""
    path = f"{shared.path}/backupBucket"
    cloud.call("GET", path, status=404)
    body = {"bucketProvider": "GCP", "bucketPath": "gs://b", "accessKeyId": "i"}
    created = cloud.call("POST", path, {**body, "secretAccessKey": "hunter2"})
    assert created == {**body, "id": created["id"]}
    cloud.call("POST", path, body, status=409)
    aws = {"bucketProvider": "AWS", "bucketPath": "b", "iamRoleArn": "a"}
    cloud.call("PATCH", path, aws, status=400)
    changed = cloud.call("PATCH", path, {"bucketProvider": "GCP", "bucketPath": "gs://c"})
    assert changed["bucketPath"] == "gs://c"
    cloud.call("DELETE", path)
    cloud.call("GET", path, status=404)


def test_a_service_must_fit_its_byoc_infrastructure(cloud: CloudProcess) -> None:
    """The infrastructure must be ready and in the same region. The request needs a size."""
    cloud.set_faults(provisioning="stuck")
    body = {**KINDS["byoc"].body, "regionId": "eastus", "tenantId": "t"}
    created = cloud.call("POST", "/byocInfrastructure", body)
    path = f"/byocInfrastructure/{created['id']}"
    assert cloud.call("GET", path)["cloudProvider"] == "azure"
    size = {"minReplicaMemoryGb": 8, "maxReplicaMemoryGb": 8}
    wanted = {
        "name": "n",
        "provider": "azure",
        "region": "eastus",
        "ipAccessList": [],
        "byocId": created["id"],
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
    """The infrastructure cannot be deleted while it has a service."""
    created = cloud.call("POST", "/byocInfrastructure", KINDS["byoc"].body)
    path = f"/byocInfrastructure/{created['id']}"
    service = cloud.create_service(byocId=created["id"], minReplicaMemoryGb=8, maxReplicaMemoryGb=8)
    assert cloud.call("GET", f"{path}/progress")["status"] == "ready"
    assert cloud.call("GET", service.path)["byocId"] == created["id"]
    assert created["id"] in ids(cloud.call("GET", "")["byocConfig"])
    cloud.call("DELETE", path, status=409)
    service.remove()
    cloud.call("DELETE", path)


def test_prometheus_is_text_and_names_the_service(cloud: CloudProcess, shared: Service) -> None:
    """The metrics of the organization and of one service have this form."""
    for path in ("/prometheus", f"{shared.path}/prometheus"):
        response = cloud.send("GET", cloud.organization + path)
        assert response.headers["Content-Type"].startswith("text/plain")
        assert shared.id in response.text


def test_prometheus_finds_its_targets(cloud: CloudProcess, shared: Service) -> None:
    """The list has no envelope, as Prometheus requires. Its targets respond."""
    groups = cloud.send("GET", f"{cloud.organization}/prometheus/discovery").json()
    group = next(g for g in groups if g["labels"]["clickhouse_service_id"] == shared.id)
    url = f"http://{group['targets'][0]}{group['labels']['__metrics_path__']}"
    auth = (cloud.description["key_id"], cloud.description["key_secret"])
    assert shared.id in httpx.get(url, auth=auth).text
