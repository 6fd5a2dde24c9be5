"""The fields of a service: outputs, differences and replacing fields."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.output import Unknown

from resources.service import service_fields
from tests.resources.service.service_samples import live, wanted


def test_server_defaults_never_differ() -> None:
    """Idling, channel and ownership tags are in no input, so they are no difference."""
    assert service_fields.differences(live(), wanted()) == []
    outputs = service_fields.outputs(live(), wanted())
    assert service_fields.changed(outputs, wanted()) == []


def test_an_access_list_is_a_set() -> None:
    """Order and an empty description make no difference."""
    sources = ["192.0.2.1", {"source": "10.0.0.0/8", "description": ""}]
    service = live(ipAccessList=[{"source": "10.0.0.0/8"}, {"source": "192.0.2.1"}])
    assert service_fields.differences(service, wanted(ip_access_list=sources)) == []


HORIZONTAL = {"autoscalingMode": "horizontal", "minReplicas": 1, "maxReplicas": 3}


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("name", "m", {"name": "n"}),
        ("release_channel", "fast", {}),
        ("enable_core_dumps", False, {"enableCoreDumps": True}),
        ("mysql_enabled", True, {}),
        ("mysql_enabled", False, {"endpoints": [{"protocol": "mysql", "host": "h", "port": 1}]}),
        ("private_endpoint_ids", ["a", "b"], {"privateEndpointIds": ["a"]}),
        ("autoscaling_mode", "horizontal", {}),
        ("min_replica_memory_gb", 12, {}),
        ("max_replica_memory_gb", 16, {}),
        ("min_replicas", 2, HORIZONTAL),
        ("max_replicas", 2, HORIZONTAL),
        ("transparent_data_encryption_key_id", "k2", {"transparentDataEncryptionKeyId": "k1"}),
        ("idle_scaling", False, {}),
        ("idle_timeout_minutes", 20, {}),
        ("tags", {"team": "b"}, {}),
        ("ip_access_list", [], {}),
        ("num_replicas", 1, {}),
    ],
)
def test_drift_is_seen(name: str, value: Any, seen: dict[str, Any]) -> None:
    """After a refresh, exactly the field with another value than the program differs."""
    news = {"name": "n", name: value}
    outputs = service_fields.outputs(live(**seen), wanted())
    assert service_fields.changed(outputs, news) == [name]
    assert service_fields.differences(live(**seen), news) == [name]


@pytest.mark.parametrize(
    ("state", "desired", "changes"),
    [
        ("running", "running", []),
        ("idle", "running", []),
        ("awaking", "running", []),
        ("degraded", "running", []),
        ("stopped", "running", ["desired_state"]),
        ("stopping", "running", ["desired_state"]),
        ("stopped", "stopped", []),
        ("stopping", "stopped", []),
        ("idle", "stopped", ["desired_state"]),
        ("stopped", None, []),
    ],
)
def test_idle_is_a_form_of_running(state: str, desired: str | None, changes: list[str]) -> None:
    """The desired state is compared with the state at the last refresh."""
    outputs = service_fields.outputs(live(state=state), wanted())
    news = {} if desired is None else {"desired_state": desired}
    assert service_fields.changed(outputs, news) == changes


def test_fields_of_the_other_mode_are_ignored() -> None:
    """The API still returns values of the previous mode, which the program does not set."""
    both = {"minReplicas": 2, "maxReplicas": 4, "idleScaling": False}
    seen = service_fields.live(live(autoscalingMode="horizontal", **both))
    assert "num_replicas" not in seen
    assert (seen["min_replicas"], seen["max_replicas"]) == (2, 4)
    assert "idle_timeout_minutes" not in seen
    assert "min_replicas" not in service_fields.live(live(**both))


CREATED = {
    "organization_id": "p",
    "cloud_provider": "gcp",
    "region": "us-east-1",
    "tier": "production",
    "data_warehouse_id": "w2",
    "is_readonly": True,
    "byoc_id": "infra",
    "profile": "v1-highmem-m",
    "compliance_type": "pci",
    "has_transparent_data_encryption": True,
    "backup_id": "b",
    "backup_encryption_config": {"key": "x"},
    "adopt": "another",
}


@pytest.mark.parametrize("name", CREATED)
def test_a_create_only_field_replaces(name: str) -> None:
    """The diff names this field and no other."""
    outputs = service_fields.outputs(live(dataWarehouseId="w1", isPrimary=True), wanted())
    assert service_fields.replaced("s", outputs, {**wanted(), name: CREATED[name]}) == [name]
    assert service_fields.replaced("s", outputs, {**wanted(), name: Unknown()}) == []  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("name", sorted(set(service_fields.CREATE_ONLY)))
def test_removing_a_create_only_field_replaces(name: str) -> None:
    """Except for an adopted service, whose field is not from the program."""
    given = {**wanted(), name: CREATED[name]}
    outputs = service_fields.outputs(live(), given)
    assert service_fields.replaced("s", outputs, given) == []
    assert service_fields.replaced("s", outputs, wanted()) == [name]
    assert service_fields.replaced("s", outputs, {**wanted(), "adopt": "s"}) == []


def test_adding_or_removing_a_default_value_makes_no_difference() -> None:
    """`False` and the default profile. A backup may be removed after the restore."""
    nothing = {"is_readonly": False, "has_transparent_data_encryption": False}
    origin = {"backup_id": "b", "backup_encryption_config": {"key": "x"}}
    given = {**wanted(), **nothing, **origin, "profile": "v1-default"}
    outputs = service_fields.outputs(live(), given)
    assert service_fields.replaced("s", outputs, wanted()) == []
    assert {name: outputs[name] for name in origin} == origin


def test_a_refresh_keeps_fields_that_the_api_does_not_return() -> None:
    """Backup, protection, version and hashes come from the state, not from the service."""
    kept = {"backup_id": "b", "deletion_protection": True, "password_version": "2"}
    first = service_fields.outputs(live(), {**wanted(), **kept, "profile": "v1-highmem-m"})
    again = service_fields.outputs(live(), first)
    assert again == first
    assert service_fields.replaced("s", again, wanted(backup_id="b")) == ["profile"]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({}, {"deletion_protection": True}, ["deletion_protection"]),
        ({"deletion_protection": True}, {}, ["deletion_protection"]),
        ({}, {"deletion_protection": False}, []),
        ({"password_sha256_hash": "x"}, {}, ["password_sha256_hash"]),
        ({"password_version": "1"}, {}, []),
        ({"password_version": "1"}, {"password_version": "2"}, ["password_version"]),
        ({"timeout_minutes": 30.0}, {"timeout_minutes": 30}, []),
    ],
)
def test_fields_that_only_the_state_has(
    old: dict[str, Any], new: dict[str, Any], changes: list[str]
) -> None:
    """Fields that only the state has are compared with the state only."""
    outputs = service_fields.outputs(live(), {**wanted(), **old})
    assert service_fields.changed(outputs, {**wanted(), **new}) == changes


RESTORED = {"tags": [{"key": "pulumi-backup", "value": "b1"}]}


@pytest.mark.parametrize(
    ("seen", "given", "names"),
    [
        ({}, {}, []),
        ({"region": "us-east-1"}, {}, ["region"]),
        ({"profile": "v1-default", "tier": "production"}, {}, []),
        ({"profile": "v1-highmem-m"}, {"profile": "v1-highmem-l"}, ["profile"]),
        ({"isPrimary": False, "dataWarehouseId": "w"}, {}, ["data_warehouse_id"]),
        ({"isPrimary": False, "dataWarehouseId": "w"}, {"adopt": "s"}, []),
        ({"isPrimary": False, "dataWarehouseId": "w"}, {"data_warehouse_id": "w"}, []),
        ({"isReadonly": True}, {"is_readonly": False}, ["is_readonly"]),
        (RESTORED, {"backup_id": "b1"}, []),
        (RESTORED, {"backup_id": "b2"}, ["backup_id"]),
        (RESTORED, {}, ["backup_id"]),
        (RESTORED, {"adopt": "s"}, []),
        ({}, {"backup_id": "b1"}, ["backup_id"]),
    ],
)
def test_an_existing_service_must_be_of_the_wanted_kind(
    seen: dict[str, Any], given: dict[str, Any], names: list[str]
) -> None:
    """For a service to adopt and for an unfinished service."""
    assert service_fields.mismatched(live(**seen), {**wanted(), **given}) == names
