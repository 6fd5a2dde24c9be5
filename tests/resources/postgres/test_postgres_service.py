"""Postgres services, on the real Pulumi CLI and the local control plane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from resources import orphans
from tests.support.program_stack import ProgramStack

ARGS: dict[str, Any] = {
    "cloud_provider": "aws",
    "region": "eu-central-1",
    "size": "r8gd.large",
    "tags": {"team": "a"},
    "ip_access_list": [{"source": "10.0.0.0/8", "port_range": "5432"}],
    "pg_config": {"max_connections": 200, "work_mem": "8MB"},
    "pg_bouncer_config": {"default_pool_size": "40"},
}
OTHER = {"source": "192.0.2.0/24", "portRange": "5432"}


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of Postgres services without a limit on requests."""
    unlimited = {"CLICKHOUSE_API_REQUESTS_PER_WINDOW": "100000"}
    return ProgramStack(clouds, "postgres", tmp_path, environment=unlimited)


def services_of(stack: ProgramStack) -> dict[str, Any]:
    """Return all Postgres services of the organization, by name."""
    listed = stack.control_plane.organization("GET", "postgres")
    return {item["name"]: of(stack, item["id"]) for item in listed}


def of(
    stack: ProgramStack,
    id: str,
    path: str = "",
    method: str = "GET",
    body: dict[str, Any] | None = None,
) -> Any:
    """Return the `result` of an operation on a service."""
    return stack.control_plane.organization(method, f"postgres/{id}{path}", body)


def tags(service: dict[str, Any]) -> dict[str, str]:
    """Return the tags of a service."""
    return {tag["key"]: tag.get("value", "") for tag in service["tags"]}


def test_the_lifecycle_of_a_service_and_its_replica(stack: ProgramStack) -> None:
    """Created once although responses are lost; no change; drift; in place; promoted; replaced."""
    lost = [
        {"operation": operation, "fault": "lost"}
        for operation in ("postgresServiceCreate", "postgresInstanceCreateReadReplica")
    ]
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0, "rules": lost})
    stack.configure(one=ARGS, second={"read_replica_of": "one"})
    stack.up()
    services = services_of(stack)
    assert set(services) == {"one", "second"}
    one, second = services["one"], services["second"]
    assert tags(one)["pulumi-create"] == tags(second)["pulumi-create"] == "done"
    assert tags(one)["team"] == "a"
    assert (one["isPrimary"], second["isPrimary"]) == (True, False)
    config = of(stack, one["id"], "/config")
    assert config["pgConfig"] == {"max_connections": 200, "work_mem": "8MB"}
    password = stack.stack.outputs()["one.password"]
    assert len(password) == 32
    assert password not in stack.state()
    stack.up("--expect-no-changes")

    # Changes out of band: the name, the list and the tags. The second service is deleted.
    of(stack, one["id"], "", "PATCH", {"name": "theirs", "ipAccessList": {"add": [OTHER]}})
    other = {"pgConfig": {"max_connections": 50}, "pgBouncerConfig": {"query_timeout": "9"}}
    of(stack, one["id"], "/config", "PATCH", other)
    of(stack, second["id"], "", "DELETE")
    drift = stack.pulumi("refresh", "--yes", "--diff")
    for name in ("name", "tags", "ip_access_list", "max_connections", "second"):
        assert name in drift
    assert "query_timeout" not in drift

    # Changes in place. A parameter that is omitted is reset, and parameters that others set stay.
    resized = {**ARGS, "size": "r8gd.xlarge", "pg_config": {"max_connections": 200}}
    again = {**resized, "password_version": "2", "restart_version": "1"}
    stack.configure(one=again, second={"read_replica_of": "one"})
    assert "replac" not in stack.up()
    services = services_of(stack)
    assert (services["one"]["id"], services["one"]["size"]) == (one["id"], "r8gd.xlarge")
    assert [entry["source"] for entry in services["one"]["ipAccessList"]] == ["10.0.0.0/8"]
    assert tags(services["one"])["team"] == "a"
    config = of(stack, one["id"], "/config")
    assert config["pgConfig"] == {"max_connections": 200}
    assert config["pgBouncerConfig"]["query_timeout"] == "9"
    assert stack.stack.outputs()["one.password"] != password
    assert services["second"]["id"] != second["id"]

    # The replica is promoted in place, and its old primary is replaced.
    place = {name: ARGS[name] for name in ("cloud_provider", "region", "size")}
    stack.configure(one={**again, "region": "us-east-1"}, second=place)
    stack.up()
    promoted = services_of(stack)
    assert promoted["second"]["id"] == services["second"]["id"]
    assert promoted["second"]["isPrimary"]
    assert promoted["one"]["id"] != one["id"]
    assert promoted["one"]["region"] == "us-east-1"


def test_an_existing_service_is_adopted_and_none_is_created_twice(
    stack: ProgramStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Adopted with its password; finished after a kill in the create; orphans; destroyed."""
    existing = stack.control_plane.organization(
        "POST",
        "postgres",
        {"name": "theirs", "provider": "aws", "region": "us-east-1", "size": "r8gd.large"},
    )
    adopted = {"adopt": existing["id"], "name": "theirs", "tags": {"team": "b"}}
    origin = {"restore_from": existing["id"], "restore_target": existing["createdAt"]}
    stack.configure(one={**adopted, "password": existing["password"]}, second=origin)
    faults = {"requests_per_window": 0, "provisioning": "stuck"}
    stack.control_plane.request("PUT", "/local/faults", faults)
    stack.up_killed_when(lambda: set(services_of(stack)) == {"theirs", "second"})
    unfinished = services_of(stack)["second"]
    assert (unfinished["state"], tags(unfinished)["pulumi-create"]) == ("creating", "pending")
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0})
    for name, value in stack.stack.environment.items():
        monkeypatch.setenv(name, value)
    assert orphans.main(["--stack", "postgres/test", "--unfinished"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{unfinished['id']}  Postgres service  second")
    assert "unfinished" in line
    stack.up()
    services = services_of(stack)
    assert services["second"]["id"] == unfinished["id"]
    assert tags(services["second"])["pulumi-create"] == "done"
    assert (services["theirs"]["id"], tags(services["theirs"])) == (existing["id"], {"team": "b"})
    assert stack.stack.outputs()["one.password"] == existing["password"]
    stack.up("--expect-no-changes")
    assert orphans.main(["--stack", "postgres/test", "--delete", "--yes"]) == 0
    assert set(services_of(stack)) == {"theirs"}
    stack.pulumi("destroy", "--yes")
    assert services_of(stack) == {}
