"""Backups: a service that is created from a backup has the rows of the time of the backup."""

from __future__ import annotations

import datetime
import uuid
from pathlib import Path
from typing import Any

import pytest

from local.clickhouse.backups import Backups, next_time
from local.clickhouse.state import ServiceRecord
from local.processes.durable_files import save_json
from tests.local.clickhouse.control_plane import CloudProcess, Service

NOON = datetime.datetime(2026, 1, 10, 12, 30, tzinfo=datetime.UTC)


def back_up(service: Service, *, status: int = 200) -> Any:
    """Take a backup now, and return it."""
    response = service.cloud.send("POST", f"/local{service.path}/backups")
    assert response.status_code == status, response.text
    return response.json()


def test_a_service_is_created_from_a_backup(own_cloud: CloudProcess) -> None:
    """The copy has all rows and views, even if the service is deleted and the cloud killed."""
    service = own_cloud.create_service()
    for statement in (
        "CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a",
        "INSERT INTO t VALUES (1), (2)",
        "CREATE DATABASE x ENGINE = Atomic",
        "CREATE TABLE x.copy (a Int64) ENGINE = MergeTree ORDER BY a",
        "CREATE MATERIALIZED VIEW x.view TO x.copy AS SELECT a FROM default.t",
        "INSERT INTO t VALUES (3)",
    ):
        service.sql(statement)
    backup = back_up(service)
    assert (backup["status"], backup["serviceId"]) == ("done", service.id)
    assert backup["sizeInBytes"] > 0
    service.sql("INSERT INTO t VALUES (4)")
    assert own_cloud.call("GET", f"{service.path}/backups") == [backup]
    assert own_cloud.call("GET", f"{service.path}/backups/{backup['id']}") == backup
    service.remove()

    # The cloud is killed before the restore, so the restore begins when the cloud is started.
    own_cloud.set_faults(provisioning="stuck")
    restored = own_cloud.create_service(wait=False, backupId=backup["id"])
    own_cloud.kill()
    half = own_cloud.state_dir / "services" / restored.id / "engine" / "data"
    half.mkdir(parents=True, exist_ok=True)
    (half / "half").touch()
    own_cloud.start()
    restored.wait_for("running")
    assert not (half / "half").exists()
    assert restored.sql("SELECT groupArray(a) FROM (SELECT a FROM t ORDER BY a)") == "[1,2,3]"
    restored.sql("INSERT INTO t VALUES (5)")
    assert restored.sql("SELECT groupArray(a) FROM (SELECT a FROM x.copy ORDER BY a)") == "[3,5]"
    # It is a separate service: it has a new password and no backups yet.
    assert own_cloud.call("GET", f"{restored.path}/backups") == []
    restored.remove()


def test_a_backup_that_cannot_be_restored_is_rejected(
    cloud: CloudProcess, service: Service
) -> None:
    """The backup is unknown, or an encryption key has no backup. No service is created."""
    before = len(cloud.call("GET", "/services"))
    body = {"name": "n", "provider": "aws", "region": "us-east-1", "ipAccessList": []}
    unknown = str(uuid.uuid4())
    assert unknown in cloud.call("POST", "/services", {**body, "backupId": unknown}, status=404)
    key = {"backupEncryptionConfig": {"key": "k"}}
    assert "backupEncryptionConfig" in cloud.call("POST", "/services", {**body, **key}, status=400)
    cloud.call("GET", f"{service.path}/backups/{unknown}", status=404)
    assert len(cloud.call("GET", "/services")) == before


def test_only_a_service_that_serves_queries_is_backed_up(
    cloud: CloudProcess, service: Service
) -> None:
    """An idle service is woken. A stopped or secondary service gets an error."""
    warehouse = {"dataWarehouseId": service.created["dataWarehouseId"]}
    secondary = cloud.create_service(**warehouse, name="second")
    back_up(secondary, status=400)
    secondary.remove()
    cloud.send("POST", f"/local{service.path}/idle").raise_for_status()
    assert back_up(service)["status"] == "done"
    assert service.state == "running"
    service.command("stop")
    service.wait_for("stopped")
    back_up(service, status=409)
    assert len(cloud.call("GET", f"{service.path}/backups")) == 1


@pytest.mark.parametrize(
    ("configuration", "hours"),
    [
        ({"backupPeriodInHours": 6}, 6),
        ({"backupPeriodInHours": 24}, 24),
        ({"backupPeriodInHours": 24, "backupStartTime": "03:00"}, 14.5),
        ({"backupPeriodInHours": 24, "backupStartTime": "12:00"}, 23.5),
        ({"backupPeriodInHours": 24, "backupStartTime": "13:00"}, 24.5),
        ({"backupPeriodInHours": 48, "backupStartTime": "12:00"}, 47.5),
    ],
)
def test_a_backup_is_due_as_configured(configuration: dict[str, Any], hours: float) -> None:
    """The backup is due after its period, or at its hour of the day."""
    assert next_time(configuration, NOON) == NOON + datetime.timedelta(hours=hours)


def test_a_backup_is_taken_when_due_and_kept_for_its_retention(tmp_path: Path) -> None:
    """Running primary services get one per period. A kill during a backup makes it an error."""
    day = datetime.timedelta(days=1)
    fields = {"state": "running", "isPrimary": True, "createdAt": NOON.isoformat()}
    record = ServiceRecord(folder=tmp_path / "s", id="s", ports={}, fields=fields)
    backups = Backups(tmp_path / "backups")
    assert not backups.is_due(record, NOON + day / 2)
    assert backups.is_due(record, NOON + day)
    assert not backups.is_due(
        ServiceRecord(record.folder, "s", {}, {**fields, "state": "idle"}), NOON + day
    )
    entry = {"id": "b", "serviceId": "s", "status": "in_progress"}
    times = {"startedAt": (NOON + day).isoformat(), "_until": (NOON + 2 * day).isoformat()}
    save_json(tmp_path / "backups" / "b" / "backup.json", {**entry, **times})

    backups = Backups(tmp_path / "backups")
    assert [backup["status"] for backup in backups.of("s")] == ["error"]
    assert not backups.is_due(record, NOON + 1.5 * day)
    assert backups.is_due(record, NOON + 2 * day)
    backups.drop_expired(NOON + 1.5 * day)
    assert backups.find("b") is not None
    backups.drop_expired(NOON + 2 * day)
    assert backups.find("b") is None
    assert not (tmp_path / "backups" / "b").exists()
