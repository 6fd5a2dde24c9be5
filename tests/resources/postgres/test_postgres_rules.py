"""What a `PostgresService` refuses, what replaces it, and its waits on a clock of the test."""

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

LEGAL: dict[str, Any] = {
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
    """What is wrong with a legal service that was changed so."""
    checked = PostgresServiceProvider().check({}, {**LEGAL, **changes})
    return [failure.reason for failure in checked.failures]


def test_what_is_legal_passes() -> None:
    """New, replicated, restored, adopted; what is not known yet included."""
    moment = "2027-01-01T00:00:00Z"
    assert reasons({}) == []
    assert reasons(REPLICA) == []
    restored = {"restore_from": "p", "restore_target": moment}
    assert reasons({**dict.fromkeys(PLACE), **restored}) == []
    assert reasons({**dict.fromkeys(PLACE), "adopt": "p"}) == []
    assert reasons(dict.fromkeys(LEGAL, Unknown())) == []  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cloud_provider": "azure"}, "cloud_provider is 'azure', allowed: aws, gcp"),
        ({"region": None}, "region is required"),
        ({"name": "n" * 51}, "allowed: 1 to 50 letters"),
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
        ({"pg_bouncer_config": {"a": 1}}, "allowed: 1 to 64 parameters with texts as values"),
        ({"password": "hunter2"}, "password is not 12 to 1024 characters"),
        ({"restore_from": "p"}, "restore_target is required with restore_from"),
        ({**REPLICA, "region": "r"}, "region is 'r', allowed: nothing with read_replica_of"),
        ({**REPLICA, "password_version": "1"}, "the password is its primary's"),
        ({**REPLICA, "adopt": "a"}, "adopt is 'a', allowed: nothing beside read_replica_of"),
        ({"deletion_protection": "no"}, "allowed: true or false"),
        ({"timeout_minutes": 0}, "allowed: a whole number from 1 to 1440"),
    ],
)
def test_what_is_illegal_is_named_with_what_is_allowed(
    changes: dict[str, Any], reason: str
) -> None:
    """Property, value, rule; no cloud is called, and no password shown."""
    shown = reasons(changes)
    assert [line for line in shown if reason in line], shown
    assert "hunter2" not in str(shown)


def test_allowed_values_are_those_of_the_document() -> None:
    """Plain constants, so that a check loads no client; here they are compared."""
    every = schema("PostgresServicePostRequest")
    assert {snake(name) for name in every} - {"provider"} <= set(PostgresServiceProvider.fields)
    assert [str(version) for version in models.PgVersion] == list(postgres_rules.VERSIONS)
    assert [str(kind) for kind in models.PgHaType] == list(postgres_rules.HA_TYPES)
    assert [str(provider) for provider in models.PgProvider] == list(postgres_rules.PROVIDERS)
    for size in models.PgSize:
        provider = "gcp" if "lssd" in size else "aws"
        assert reasons({"cloud_provider": provider, "size": str(size)}) == []


def snake(name: str) -> str:
    """A name of the document as an argument."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def test_what_replaces_is_named_and_a_protected_service_stays() -> None:
    """A replica that no longer is one is promoted in place; another primary replaces it."""
    provider = PostgresServiceProvider()
    olds = {**LEGAL, "given": sorted(LEGAL), "postgres_version": "18"}
    for name, value in (("region", "us-east-1"), ("cloud_provider", "gcp")):
        assert provider.diff("i", olds, {**LEGAL, name: value}).replaces == [name]
    assert not provider.diff("i", olds, {**LEGAL, "postgres_version": "18"}).changes
    in_place = provider.diff("i", olds, {**LEGAL, "size": "r8gd.xlarge", "restart_version": "1"})
    assert (in_place.changes, in_place.replaces) == (True, [])
    replica = {"organization_id": "o", "name": "r", "read_replica_of": "p"}
    seen = {**LEGAL, **replica, "given": sorted(replica)}
    assert provider.diff("i", seen, {**replica, "read_replica_of": "q"}).replaces == [
        "read_replica_of"
    ]
    promoted = provider.diff("i", seen, {**LEGAL, "name": "r"})
    assert (promoted.changes, promoted.replaces) == (True, [])
    protected = {**olds, "deletion_protection": True}
    with pytest.raises(ResourceError, match="another region would replace Postgres service orders"):
        provider.diff("i", protected, {**LEGAL, "region": "us-east-1"})
    with pytest.raises(ResourceError, match="is not deleted; allowed: deletion_protection=False"):
        provider.delete("i", protected)


def test_an_access_list_and_a_connection_string_are_made_over() -> None:
    """Only what differs is sent; another description is another entry, a second of one goes."""
    there = [{"id": "1", **ENTRY}, {"id": "2", **ENTRY}, {"id": "3", **ENTRY, "source": "::/0"}]
    described = {**ENTRY, "source": "::/0", "description": "all"}
    patch = access_patch(there, [ENTRY, described])
    assert patch == {"add": [described], "remove": [{"id": "2"}, {"id": "3"}]}
    url = "postgres://postgres:old@host:5432/postgres?sslmode=require"
    assert with_password(url, "a/b") == url.replace("old", "a%2Fb")


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPaths]:
    """Both local clouds, for all of these waits."""
    with local_clouds(tmp_path_factory.mktemp("postgres")) as layout:
        yield layout


@pytest.fixture
def control_plane(clouds: StackPaths) -> ControlPlane:
    """The control plane, without a limit on requests and without faults."""
    return ControlPlane(clouds)


@pytest.fixture
def steps(
    control_plane: ControlPlane, clouds: StackPaths
) -> Iterator[Callable[..., PostgresSteps]]:
    """Makes a service with faults, and its steps on the test's clock; real seconds never pass."""
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
            made = control_plane.organization("POST", "postgres", body)
            clock = Clock()
            props = {"organization_id": cloud["organization_id"], "name": "w"}
            return PostgresSteps(client, props, made["id"], clock=clock, sleep=clock.sleep)

        yield make


def test_waits_end_with_the_last_state(
    steps: Callable[..., PostgresSteps], control_plane: ControlPlane
) -> None:
    """Stuck: at the deadline. Unavailable: after five minutes, or it heals. Gone: at once."""
    stuck = steps(provisioning="stuck")
    with pytest.raises(WaitFailed, match="after 1800 s: its state is creating") as ended:
        stuck.until_running(stuck.look())
    assert ended.value.last_state == "creating"
    failed = steps(provisioning="failed")
    with pytest.raises(WaitFailed, match="its state is unavailable"):
        failed.until_running(failed.look())
    assert 300 <= failed.poller.clock() < 400
    gone = steps()
    control_plane.organization("DELETE", f"postgres/{gone.service_id}")
    with pytest.raises(WaitFailed, match="the API no longer has it"):
        gone.until_running(gone.look())


def test_a_change_is_waited_for_although_it_begins_late(
    steps: Callable[..., PostgresSteps], control_plane: ControlPlane
) -> None:
    """Running with the new fields is not enough for 15 s, unless it was seen to go and come."""
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


def test_a_primary_with_replicas_is_not_deleted_and_one_in_transit_is_waited_for(
    steps: Callable[..., PostgresSteps], control_plane: ControlPlane
) -> None:
    """The refusal names the replica; a conflict that passes is no error."""
    primary = steps()
    path = f"postgres/{primary.service_id}"
    replica = control_plane.organization("POST", f"{path}/readReplica", {"name": "reads"})
    with pytest.raises(ResourceError, match="read replicas of the Postgres service are left: read"):
        primary.delete()
    control_plane.organization("DELETE", f"postgres/{replica['id']}")
    conflict = {"operation": "postgresServiceDelete", "fault": "error", "status": 409}
    rules = {"requests_per_window": 0, "rules": [conflict]}
    control_plane.request("PUT", "/local/faults", rules)
    primary.delete()
    assert primary.look() is None


@pytest.mark.parametrize("left", [{"provisioning": "failed"}, {"region": "us-east-1"}])
def test_what_an_interrupted_run_left_is_not_kept_if_it_is_of_no_use(
    left: dict[str, str],
    control_plane: ControlPlane,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that never came up, one of another region: it goes, and one is made in its place."""
    cloud = control_plane.cloud
    for name, value in {
        "CLICKHOUSE_API_URL": cloud["url"],
        "CLICKHOUSE_CLOUD_API_KEY": cloud["key_id"],
        "CLICKHOUSE_CLOUD_API_SECRET": cloud["key_secret"],
        "CLICKHOUSE_API_STATE_DIR": str(tmp_path),
        "CLICKHOUSE_API_REQUESTS_PER_WINDOW": "100000",
    }.items():
        monkeypatch.setenv(name, value)
    props = {**LEGAL, "organization_id": cloud["organization_id"]}
    props |= {"resource_urn": f"urn:{left}", "stack_mark": "test"}
    faults = {name: value for name, value in left.items() if name == "provisioning"}
    control_plane.request("PUT", "/local/faults", {"requests_per_window": 0, **faults})
    marks = Owner.of(props).marks()
    body = {
        "name": "orders",
        "provider": "aws",
        "region": left.get("region", LEGAL["region"]),
        "size": "r8gd.large",
        "tags": [{"key": key, "value": value} for key, value in marks.items()],
    }
    leftover = control_plane.organization("POST", "postgres", body)
    path = f"postgres/{leftover['id']}"
    state = control_plane.organization("GET", path)["state"]
    assert state == ("unavailable" if faults else "running")
    control_plane.request("PUT", "/local/faults", {"requests_per_window": 0})
    provider = PostgresServiceProvider()
    provider._control_plane = Settings()
    made = provider.create(provider.check({}, props).inputs)
    outputs = made.outs or {}
    assert outputs["region"] == LEGAL["region"]
    assert outputs["password"]
    ids = [service["id"] for service in control_plane.organization("GET", "postgres")]
    assert made.id in ids
    assert leftover["id"] not in ids
    provider.delete(str(made.id), outputs)
