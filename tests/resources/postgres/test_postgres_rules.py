"""`PostgresService`: rejected inputs, replacing changes, and its waits on a test clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pulumi.output import Unknown

from clickhouse_api import Client, models
from clickhouse_api.limiter import RateLimit
from local.stack.paths import StackPaths
from resources.base.control_plane import ControlPlane as Settings
from resources.base.errors import ResourceError, WaitFailed
from resources.base.ownership import Owner
from resources.postgres import postgres_rules
from resources.postgres.postgres_service import PostgresServiceProvider
from resources.postgres.postgres_steps import PostgresSteps, access_patch, with_password
from tests.support.clock import Clock
from tests.support.cloud_apis import ControlPlane
from tests.support.local_clouds import local_clouds
from tests.support.openapi_schema import schema

VALID: dict[str, Any] = {
    "organization_id": "o",
    "name": "orders",
    "cloud_provider": "aws",
    "region": "eu-central-1",
    "size": "r8gd.large",
    "tags": {"team": "a"},
    "ip_access_list": [{"source": "10.0.0.0/8", "port_range": "5432"}],
    "pg_config": {"max_connections": 200.0},
}
PLACE = ("cloud_provider", "region", "size")
REPLICA = {**dict.fromkeys(PLACE), "read_replica_of": "p"}
ENTRY = {"source": "10.0.0.0/8", "port_range": "5432"}


def reasons(changes: Mapping[str, Any]) -> list[str]:
    """Return the failures of `check` for a valid service with these changes."""
    checked = PostgresServiceProvider().check({}, {**VALID, **changes})
    return [failure.reason for failure in checked.failures]


def test_valid_inputs_pass() -> None:
    """A new, replicated, restored or adopted service, also with values that are not known yet."""
    moment = "2027-01-01T00:00:00Z"
    assert reasons({}) == []
    assert reasons(REPLICA) == []
    restored = {"restore_from": "p", "restore_target": moment}
    assert reasons({**dict.fromkeys(PLACE), **restored}) == []
    assert reasons({**dict.fromkeys(PLACE), "adopt": "p"}) == []
    assert reasons(dict.fromkeys(VALID, Unknown())) == []  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cloud_provider": "azure"}, "cloud_provider is 'azure', allowed: aws, gcp"),
        ({"region": None}, "region is required"),
        ({"name": "n" * 51}, "allowed: 1 to 50 characters"),
        ({"size": "c4a-standard-lssd-4"}, "allowed: a size of aws, such as r8gd.large"),
        ({"postgres_version": "9"}, "postgres_version is '9', allowed: 18, 17"),
        ({"ha_type": "both"}, "ha_type is 'both', allowed: none, async, sync"),
        ({"tags": {"pulumi-x": "a"}}, "not beginning with pulumi-"),
        ({"tags": {"team": ""}}, "with values of 1 to 256"),
        ({"ip_access_list": ["10.0.0.0/8"]}, "allowed: mappings of source"),
        ({"ip_access_list": [{**ENTRY, "source": "here"}]}, "allowed: mappings of source"),
        (
            {"pg_config": {"max_connections": 0}},
            "pg_config.max_connections is 0, allowed: a valid string or greater than or equal to 1",
        ),
        ({"pg_config": {"max_conections": 1}}, "is not a field of the API"),
        ({"pg_config": {}}, "pg_config is {}, allowed: at least one parameter"),
        ({"pg_bouncer_config": {"a": 1}}, "allowed: 1 to 64 parameters with strings as values"),
        ({"password": "hunter2"}, "password is not 12 to 1024 characters"),
        ({"restore_from": "p"}, "restore_target is required with restore_from"),
        ({**REPLICA, "region": "r"}, "region is 'r', allowed: nothing with read_replica_of"),
        ({**REPLICA, "password_version": "1"}, "the password is its primary's"),
        ({**REPLICA, "adopt": "a"}, "adopt is 'a', allowed: nothing with read_replica_of"),
        ({"deletion_protection": "no"}, "allowed: true or false"),
        ({"timeout_minutes": 0}, "allowed: a whole number from 1 to 1440"),
    ],
)
def test_invalid_inputs_are_named_with_the_allowed_values(
    changes: dict[str, Any], reason: str
) -> None:
    """The message has property, value and rule. It has no password, and no request is sent."""
    shown = reasons(changes)
    assert [line for line in shown if reason in line], shown
    assert "hunter2" not in str(shown)


def test_allowed_values_are_those_of_the_openapi_spec() -> None:
    """The values are plain constants, so that `check` loads no client."""
    every = schema("PostgresServicePostRequest")
    assert {snake(name) for name in every} - {"provider"} <= set(PostgresServiceProvider.fields)
    assert [str(version) for version in models.PgVersion] == list(postgres_rules.VERSIONS)
    assert [str(kind) for kind in models.PgHaType] == list(postgres_rules.HA_TYPES)
    assert [str(provider) for provider in models.PgProvider] == list(postgres_rules.PROVIDERS)
    for size in models.PgSize:
        provider = "gcp" if "lssd" in size else "aws"
        assert reasons({"cloud_provider": provider, "size": str(size)}) == []


def snake(name: str) -> str:
    """Return the name of the argument for a name of the OpenAPI spec."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def test_replacing_fields_are_named_and_a_protected_service_is_not_replaced() -> None:
    """Promoting a replica is an update in place. Another primary replaces the replica."""
    provider = PostgresServiceProvider()
    olds = {**VALID, "given": sorted(VALID), "postgres_version": "18"}
    for name, value in (("region", "us-east-1"), ("cloud_provider", "gcp")):
        assert provider.diff("i", olds, {**VALID, name: value}).replaces == [name]
    assert not provider.diff("i", olds, {**VALID, "postgres_version": "18"}).changes
    in_place = provider.diff("i", olds, {**VALID, "size": "r8gd.xlarge", "restart_version": "1"})
    assert (in_place.changes, in_place.replaces) == (True, [])
    replica = {"organization_id": "o", "name": "r", "read_replica_of": "p"}
    seen = {**VALID, **replica, "given": sorted(replica)}
    assert provider.diff("i", seen, {**replica, "read_replica_of": "q"}).replaces == [
        "read_replica_of"
    ]
    promoted = provider.diff("i", seen, {**VALID, "name": "r"})
    assert (promoted.changes, promoted.replaces) == (True, [])
    protected = {**olds, "deletion_protection": True}
    with pytest.raises(ResourceError, match="another region would replace Postgres service orders"):
        provider.diff("i", protected, {**VALID, "region": "us-east-1"})
    with pytest.raises(ResourceError, match="is not deleted; allowed: deletion_protection=False"):
        provider.delete("i", protected)


def test_an_access_list_is_patched_and_a_connection_string_gets_the_password() -> None:
    """The patch has the differing entries: a new description, and the duplicate of an entry."""
    live = [{"id": "1", **ENTRY}, {"id": "2", **ENTRY}, {"id": "3", **ENTRY, "source": "::/0"}]
    described = {**ENTRY, "source": "::/0", "description": "all"}
    patch = access_patch(live, [ENTRY, described])
    assert patch == {"add": [described], "remove": [{"id": "2"}, {"id": "3"}]}
    url = "postgres://postgres:old@host:5432/postgres?sslmode=require"
    assert with_password(url, "a/b") == url.replace("old", "a%2Fb")


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPaths]:
    """Start both local clouds, shared by all tests of waits."""
    with local_clouds(tmp_path_factory.mktemp("postgres")) as layout:
        yield layout


@pytest.fixture
def control_plane(clouds: StackPaths) -> ControlPlane:
    """Return the control plane of the local cloud."""
    return ControlPlane(clouds)


@pytest.fixture
def steps(
    control_plane: ControlPlane, clouds: StackPaths
) -> Iterator[Callable[..., PostgresSteps]]:
    """Return a function that creates a service under faults; its steps use a test clock."""
    cloud = control_plane.cloud
    with Client(
        key_id=cloud["key_id"],
        key_secret=cloud["key_secret"],
        base_url=cloud["url"],
        state_dir=clouds.state / "limits",
        rate_limit=RateLimit(requests=1_000_000),
    ) as client:

        def make(**faults: Any) -> PostgresSteps:
            control_plane.request("PUT", "/local/faults", {"requests_per_window": 0, **faults})
            body = {"name": "w", "provider": "aws", "region": "us-east-1", "size": "r8gd.large"}
            created = control_plane.organization("POST", "postgres", body)
            clock = Clock()
            props = {"organization_id": cloud["organization_id"], "name": "w"}
            return PostgresSteps(client, props, created["id"], clock=clock, sleep=clock.sleep)

        yield make


def test_waits_end_with_the_last_state(
    steps: Callable[..., PostgresSteps], control_plane: ControlPlane
) -> None:
    """A stuck service at the deadline, an unavailable one after five minutes, a deleted one
    immediately."""
    stuck = steps(provisioning="stuck")
    with pytest.raises(WaitFailed, match="after 1800 s: its state is creating") as ended:
        stuck.until_running(stuck.look())
    assert ended.value.last_state == "creating"
    failed = steps(provisioning="failed")
    with pytest.raises(WaitFailed, match="its state is unavailable"):
        failed.until_running(failed.look())
    assert 300 <= failed.poller.clock() < 400
    deleted = steps()
    control_plane.organization("DELETE", f"postgres/{deleted.service_id}")
    with pytest.raises(WaitFailed, match="the API no longer has it"):
        deleted.until_running(deleted.look())


def test_a_wait_for_a_change_covers_a_late_beginning(
    steps: Callable[..., PostgresSteps], control_plane: ControlPlane
) -> None:
    """A running service counts as changed after 15 s, or after a restart that was observed."""
    service = steps()
    service.until_changed(service.look(), lambda _live: True)
    assert service.poller.clock() >= 15
    moved = steps()
    restarting = moved.command("restart")
    assert restarting["state"] == "restarting"
    moved.until_changed(restarting, lambda _live: True)
    assert moved.poller.clock() < 15
    stuck = steps()
    stuck.until_running(stuck.look())
    control_plane.request(
        "PUT", "/local/faults", {"requests_per_window": 0, "provisioning": "stuck"}
    )
    restarting = stuck.command("restart")
    with pytest.raises(WaitFailed, match="its state is restarting"):
        stuck.until_changed(restarting, lambda _live: True)


def test_deleting_a_primary_fails_while_it_has_replicas_and_waits_during_a_change(
    steps: Callable[..., PostgresSteps], control_plane: ControlPlane
) -> None:
    """The error names the replica. A temporary conflict is no error."""
    primary = steps()
    path = f"postgres/{primary.service_id}"
    replica = control_plane.organization("POST", f"{path}/readReplica", {"name": "reads"})
    with pytest.raises(
        ResourceError, match="read replicas of the Postgres service still exist: read"
    ):
        primary.delete()
    control_plane.organization("DELETE", f"postgres/{replica['id']}")
    conflict = {"operation": "postgresServiceDelete", "fault": "error", "status": 409}
    rules = {"requests_per_window": 0, "rules": [conflict]}
    control_plane.request("PUT", "/local/faults", rules)
    primary.delete()
    assert primary.look() is None


@pytest.mark.parametrize("unfinished", [{"provisioning": "failed"}, {"region": "us-east-1"}])
def test_an_unfinished_service_that_cannot_be_used_is_replaced(
    unfinished: dict[str, str],
    control_plane: ControlPlane,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A service that failed, or is in another region, is deleted, and a new one is created."""
    cloud = control_plane.cloud
    for name, value in {
        "CLICKHOUSE_API_URL": cloud["url"],
        "CLICKHOUSE_CLOUD_API_KEY": cloud["key_id"],
        "CLICKHOUSE_CLOUD_API_SECRET": cloud["key_secret"],
        "CLICKHOUSE_API_STATE_DIR": str(tmp_path),
        "CLICKHOUSE_API_REQUESTS_PER_WINDOW": "100000",
    }.items():
        monkeypatch.setenv(name, value)
    props = {**VALID, "organization_id": cloud["organization_id"]}
    props |= {"resource_urn": f"urn:{unfinished}", "stack_mark": "test"}
    faults = {name: value for name, value in unfinished.items() if name == "provisioning"}
    control_plane.request("PUT", "/local/faults", {"requests_per_window": 0, **faults})
    marks = Owner.of(props).marks()
    body = {
        "name": "orders",
        "provider": "aws",
        "region": unfinished.get("region", VALID["region"]),
        "size": "r8gd.large",
        "tags": [{"key": key, "value": value} for key, value in marks.items()],
    }
    existing = control_plane.organization("POST", "postgres", body)
    path = f"postgres/{existing['id']}"
    state = control_plane.organization("GET", path)["state"]
    assert state == ("unavailable" if faults else "running")
    control_plane.request("PUT", "/local/faults", {"requests_per_window": 0})
    provider = PostgresServiceProvider()
    provider._control_plane = Settings()
    created = provider.create(provider.check({}, props).inputs)
    outputs = created.outs or {}
    assert outputs["region"] == VALID["region"]
    assert outputs["password"]
    ids = [service["id"] for service in control_plane.organization("GET", "postgres")]
    assert created.id in ids
    assert existing["id"] not in ids
    provider.delete(str(created.id), outputs)
