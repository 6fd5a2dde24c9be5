"""`ClickPipe`, on the real Pulumi CLI and the local control plane."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import service_result, service_stack

PASSWORD = "a password of Kafka"
CERTIFICATE = "a certificate's private key"
OTHER_PASSWORD = "another password of Postgres"
KAFKA = {
    "type": "confluent",
    "format": "JSONEachRow",
    "brokers": "broker:9092",
    "topics": "events",
    "authentication": "SCRAM-SHA-256",
}
EVENTS: dict[str, Any] = {
    "source": {"kafka": KAFKA},
    "credentials": {"username": "reader", "password": PASSWORD},
    "destination": {
        "database": "default",
        "table": "events",
        "columns": [{"name": "id", "type": "UInt64"}],
        "table_definition": {"engine": {"type": "MergeTree"}, "sorting_key": ["id"]},
    },
    "field_mappings": [{"source_field": "ID", "destination_field": "id"}],
    "settings": {"streaming_max_insert_wait_ms": 1000, "clickhouse_max_threads": 4},
    "scaling": {"replicas": 2},
}
CHANGED = {
    **EVENTS,
    "name": "renamed",
    "source": {"kafka": {**KAFKA, "authentication": "MUTUAL_TLS"}},
    "credentials": {"certificate": "a certificate", "private_key": CERTIFICATE},
    "settings": {"streaming_max_insert_wait_ms": 2000},
    "scaling": {"replicas": 3, "replica_memory_gb": 1.5},
    "desired_state": "stopped",
}
FILES: dict[str, Any] = {
    "source": {
        "object_storage": {
            "format": "Parquet",
            "url": "https://b.s3.amazonaws.com/*.parquet",
            "is_continuous": True,
            "authentication": "IAM_ROLE",
            "iam_role": "arn:aws:iam::123456789012:role/reader",
        }
    },
    "destination": {"database": "default", "table": "files", "managed_table": False},
    "desired_state": "stopped",
}


def table(name: str, **more: Any) -> dict[str, Any]:
    """Return the mapping of one table of a database."""
    return {"source_schema_name": "public", "source_table": name, "target_table": name, **more}


def orders(*tables: dict[str, Any], **postgres: Any) -> dict[str, Any]:
    """Return a pipe that replicates these tables."""
    source = {
        "host": "db",
        "port": 5432,
        "database": "shop",
        "settings": {"replication_mode": "cdc", "sync_interval_seconds": 60},
        "table_mappings": list(tables),
        **postgres,
    }
    return {
        "source": {"postgres": source},
        "credentials": {"username": "reader", "password": "a password of Postgres"},
        "destination": {"database": "default"},
    }


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of one service and its pipes."""
    return service_stack(clouds, tmp_path)


def declare(stack: ProgramStack, **args: dict[str, Any]) -> None:
    """Set the pipes of the program. The setting is a secret, because it has credentials."""
    resources = [{"kind": "ClickPipe", "name": name, "args": given} for name, given in args.items()]
    stack.pulumi("config", "set", "--secret", "resources", json.dumps(resources))


def pipes(stack: ProgramStack) -> dict[str, dict[str, Any]]:
    """Return the pipes of the service by name."""
    return {pipe["name"]: pipe for pipe in service_result(stack, "/clickpipes")}


def successes(stack: ProgramStack) -> dict[str, int]:
    """Return the number of successful responses of each operation on pipes."""
    counts = stack.control_plane.request("GET", "/local/counts")["responses"]
    return {
        one["operation"].replace(
            "/v1/organizations/{organizationId}/services/{serviceId}", ""
        ): one["count"]
        for one in counts
        if one["status"] == 200 and "clickpipes" in one["operation"]
    }


def use_faults(stack: ProgramStack, **faults: Any) -> None:
    """Set faults, and turn off the rate limit."""
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0, **faults})


def make_idle(stack: ProgramStack) -> None:
    """Make the service idle."""
    (service,) = stack.services()
    stack.control_plane.request("POST", f"/local/services/{service['id']}/idle")


def test_the_lifecycle_of_pipes(stack: ProgramStack) -> None:
    """Create; no change; drift; in place; replaced; deleted out of band; adopted; destroy."""
    first = orders(table("orders"), table("refunds"))
    declare(stack)
    stack.up()
    make_idle(stack)
    # The response of the first create is lost. The first request wakes the idle service.
    use_faults(stack, rules=[{"operation": "clickPipeCreate", "fault": "lost"}])
    declare(stack, events=EVENTS, files=FILES, orders=first)
    stack.up()
    created = pipes(stack)
    assert {name: pipe["state"] for name, pipe in created.items()} == {
        "events": "Running",
        "files": "Stopped",
        "orders": "Running",
    }
    assert created["events"]["source"]["kafka"]["topics"] == "events"
    assert created["events"]["scaling"]["replicas"] == 2
    assert created["events"]["settings"]["clickhouse_max_threads"] == 4
    for secret in (PASSWORD, "a password of Postgres"):
        assert secret not in stack.state()
    stack.up("--expect-no-changes")

    # Out of band: one pipe is stopped and scaled, and another pipe is deleted.
    path = f"/clickpipes/{created['events']['id']}"
    service_result(stack, f"{path}/state", "PATCH", {"command": "stop"})
    service_result(stack, f"{path}/scaling", "PATCH", {"replicas": 7})
    service_result(stack, f"/clickpipes/{created['files']['id']}", "DELETE")
    patched = successes(stack).get("PATCH /clickpipes/{clickPipeId}", 0)
    drift = stack.up("--refresh", "--diff")
    assert "desired_state" in drift
    assert "replicas" in drift
    repaired = pipes(stack)
    assert (repaired["events"]["state"], repaired["events"]["scaling"]["replicas"]) == (
        "Running",
        2,
    )
    assert repaired["files"]["id"] != created["files"]["id"]
    # The repair sent no credential. The only PATCH removed the ownership tag of the new pipe.
    assert successes(stack)["PATCH /clickpipes/{clickPipeId}"] == patched + 1

    # In place: a table is added, one removed, one copied again. The pipe of files is replaced.
    changed = orders(
        table("orders", table_engine="Null"),
        table("users"),
        host="db2",
        settings={"replication_mode": "cdc", "pull_batch_size": 100},
    )
    changed["credentials"]["password"] = OTHER_PASSWORD
    source = {"object_storage": {**FILES["source"]["object_storage"], "format": "CSV"}}
    declare(stack, events=CHANGED, files={**FILES, "source": source}, orders=changed)
    planned = json.loads(stack.pulumi("preview", "--json"))["steps"]
    steps = {
        step["urn"].rpartition("::")[2]: step for step in planned if "ClickPipe:" in step["urn"]
    }
    assert {name: step["op"] for name, step in steps.items() if step["op"] == "update"} == {
        "events": "update",
        "orders": "update",
    }
    assert "source.object_storage.format" in str(steps["files"])
    stack.up()
    after = pipes(stack)
    assert after["renamed"]["id"] == created["events"]["id"]
    assert (after["renamed"]["state"], after["orders"]["state"]) == ("Stopped", "Running")
    assert after["renamed"]["settings"] == {"streaming_max_insert_wait_ms": 2000}
    assert after["renamed"]["scaling"]["replicaMemoryGb"] == 1.5
    assert after["renamed"]["source"]["kafka"]["authentication"] == "MUTUAL_TLS"
    assert after["orders"]["id"] == created["orders"]["id"]
    postgres = after["orders"]["source"]["postgres"]
    assert postgres["host"] == "db2"
    assert postgres["settings"]["pullBatchSize"] == 100
    engines = {t["sourceTable"]: t.get("tableEngine") for t in postgres["tableMappings"]}
    assert engines == {"users": None, "orders": "Null"}
    assert after["files"]["id"] != repaired["files"]["id"]
    for secret in (CERTIFICATE, OTHER_PASSWORD):
        assert secret not in stack.state()
    stack.up("--expect-no-changes")

    # Removed from the state and adopted by its id, with reads only.
    declare(stack, orders={**changed, "adopt": created["orders"]["id"]})
    stack.pulumi("state", "delete", "--yes", "--target-dependents", urn_of(stack, "orders"))
    before = successes(stack)
    stack.up()
    assert list(pipes(stack)) == ["orders"]
    written = {
        name: n for name, n in successes(stack).items() if not name.startswith(("GET", "DEL"))
    }
    assert written == {name: before[name] for name in written}
    declare(stack)
    stack.up()
    assert pipes(stack) == {}


def urn_of(stack: ProgramStack, name: str) -> str:
    """Return the URN of a pipe in the state of the stack."""
    saved = json.loads(stack.state())["checkpoint"]["latest"]["resources"]
    (urn,) = [r["urn"] for r in saved if r["urn"].endswith(f"clickhouse:ClickPipe::{name}")]
    return str(urn)


def test_an_unfinished_pipe_is_adopted(stack: ProgramStack) -> None:
    """Killed after the POST, failed, and changed in the program: there is one pipe in the end."""
    declare(stack)
    stack.up()
    declare(stack, events=EVENTS)
    use_faults(stack, provisioning="stuck")
    stack.up_killed_when(lambda: pipes(stack))
    ((marked, left),) = pipes(stack).items()
    assert marked.startswith("events-pulumi-")
    use_faults(stack, provisioning="failed")
    shown = stack.failing_up()
    assert "waiting until it runs: its state is Failed" in shown
    assert PASSWORD not in shown
    ((_, again),) = pipes(stack).items()
    assert again["id"] == left["id"]

    # Other credentials are sent, because the API does not return the present ones.
    use_faults(stack)
    declare(stack, events=CHANGED)
    stack.up()
    (taken,) = pipes(stack).values()
    assert (taken["id"], taken["name"], taken["state"]) == (left["id"], "renamed", "Failed")
