"""Valid and invalid inputs of a service, for each rule."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.output import Unknown

import clickhouse_api
from resources.service import service_rules
from tests.resources.service.service_samples import VALID

HORIZONTAL = {"autoscaling_mode": "horizontal", "min_replicas": 2, "max_replicas": 4}
BYOC = {"byoc_id": "infra", "min_replica_memory_gb": 16, "max_replica_memory_gb": 16}
SHA256 = base64.b64encode(bytes(32)).decode()


def failures(**changes: Any) -> list[str]:
    result = service_rules.check({**VALID, **changes})
    return [failure.reason for failure in result.failures]


def test_regions_are_those_of_the_openapi_spec() -> None:
    """Every region of the OpenAPI spec belongs to exactly one provider here."""
    document = json.loads((Path(clickhouse_api.__file__).parent / "openapi.json").read_text())
    listed = document["components"]["schemas"]["ServicePostRequest"]["properties"]["region"]["enum"]
    here = [region for regions in service_rules.REGIONS.values() for region in regions]
    assert sorted(here) == sorted(listed)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cloud_provider": "ibm"}, "cloud_provider is 'ibm', allowed: aws, gcp, azure"),
        ({"region": "eastus"}, "region is 'eastus', allowed: ap-northeast-1"),
        ({"name": ""}, "name is '', allowed: 1 to 50 letters"),
        ({"name": "x" * 51}, "allowed: 1 to 50 letters"),
        ({"min_replica_memory_gb": 10}, "from 8 to 356 that is a multiple of 4"),
        ({"max_replica_memory_gb": 400}, "from 8 to 356 that is a multiple of 4"),
        (
            {"min_replica_memory_gb": 16, "max_replica_memory_gb": 8},
            "allowed: at most max_replica_memory_gb, 8",
        ),
        ({"num_replicas": 51}, "num_replicas is 51, allowed: a whole number from 1 to 50"),
        ({"num_replicas": True}, "num_replicas is True, allowed"),
        ({"idle_timeout_minutes": 4}, "idle_timeout_minutes is 4, allowed"),
        (
            {"idle_scaling": False, "idle_timeout_minutes": 10},
            "allowed: nothing while idle_scaling is false",
        ),
        ({"release_channel": "nightly"}, "allowed: slow, default, fast"),
        ({"ip_access_list": ["all"]}, "ip_access_list is ['all'], allowed: addresses"),
        ({"tags": {"pulumi-stack": "x"}}, "not beginning with pulumi-"),
        ({"tags": {"a b": "x"}}, "tags is {'a b': 'x'}, allowed: up to 46 keys"),
        ({"autoscaling_mode": "diagonal"}, "allowed: vertical, horizontal"),
        ({"min_replicas": 2}, "min_replicas is 2, allowed: nothing without autoscaling_mode"),
        (
            {**HORIZONTAL, "num_replicas": 3},
            "num_replicas is 3, allowed: nothing with autoscaling_mode horizontal",
        ),
        (
            {**HORIZONTAL, "max_replicas": None},
            "max_replicas is required with autoscaling_mode horizontal",
        ),
        ({**HORIZONTAL, "min_replicas": 9}, "min_replicas is 9, allowed: at most max_replicas, 4"),
        (
            {**HORIZONTAL, "min_replica_memory_gb": 8, "max_replica_memory_gb": 16},
            "min_replica_memory_gb is 8, allowed: max_replica_memory_gb, 16, because",
        ),
        ({"idle_scaling": True}, "idle_timeout_minutes is required with idle_scaling"),
        ({"desired_state": "idle"}, "desired_state is 'idle', allowed: running, stopped"),
        (
            {"desired_state": "running", "primary_desired_state": "stopped"},
            "desired_state is 'running', allowed: stopped, as that of its warehouse's primary is",
        ),
        ({"mysql_enabled": "yes"}, "mysql_enabled is 'yes', allowed: true or false"),
        ({"enable_core_dumps": 1}, "enable_core_dumps is 1, allowed: true or false"),
        ({"private_endpoint_ids": "vpce"}, "private_endpoint_ids is 'vpce', allowed: a list"),
        ({"tier": "free"}, "tier is 'free', allowed: development, production"),
        (
            {"tier": "development", "num_replicas": 2},
            "num_replicas is 2, allowed: nothing with tier development",
        ),
        ({"compliance_type": "soc2"}, "compliance_type is 'soc2', allowed: hipaa, pci"),
        ({"profile": "huge"}, "profile is 'huge', allowed: v1-default, v1-highmem-xs"),
        (
            {**BYOC, "profile": "huge", "max_replica_memory_gb": 32},
            "min_replica_memory_gb is 16, allowed: the profile's memory in both bounds",
        ),
        ({**BYOC, "min_replica_memory_gb": None}, "min_replica_memory_gb is required with byoc_id"),
        ({"is_readonly": True}, "is_readonly is True, allowed: nothing without data_warehouse_id"),
        ({"adopt": "id", "backup_id": "b"}, "backup_id is 'b', allowed: nothing with adopt"),
        (
            {"backup_encryption_config": {"key": "x"}},
            "backup_encryption_config is only allowed with backup_id",
        ),
        (
            {"backup_id": "b", "backup_encryption_config": "x"},
            "backup_encryption_config is not a mapping",
        ),
        (
            {"transparent_data_encryption_key_id": "k"},
            "is 'k', allowed: nothing without has_transparent_data_encryption",
        ),
        ({"data_warehouse_id": "w", "password_version": "1"}, "the password is the primary's"),
        ({"data_warehouse_id": "w", "password_sha256_hash": SHA256}, "the password is the primary"),
        ({"password_sha256_hash": SHA256, "password_version": "1"}, "password_version is not all"),
        (
            {"adopt": "id", "password": "x", "password_sha256_hash": SHA256},
            "password is not allowed with password_sha256_hash",
        ),
        ({"password_double_sha1_hash": "0" * 40}, "only allowed with password_sha256_hash"),
        ({"password": "x"}, "password is only allowed for an adopted service"),
    ],
)
def test_an_invalid_value_is_rejected(changes: dict[str, Any], reason: str) -> None:
    """The message has the property, the value and the allowed values."""
    (failure,) = failures(**changes)
    assert reason in failure


def test_a_value_that_is_not_known_yet_is_accepted() -> None:
    """In a preview, a value may come from a resource that does not exist yet."""
    unknown = Unknown()  # type: ignore[no-untyped-call]
    assert failures(num_replicas=unknown, region=unknown, tags={"a": unknown}) == []


def test_numbers_may_come_as_floats() -> None:
    """Pulumi sends 8 as 8.0."""
    assert service_rules.check({**VALID, "num_replicas": 2.0}).inputs["num_replicas"] == 2


def test_an_adopted_service_keeps_its_scaling() -> None:
    """The defaults are for services that this program creates."""
    assert "num_replicas" not in service_rules.check({**VALID, "adopt": "id"}).inputs


@pytest.mark.parametrize(
    ("given", "desired"),
    [
        ({}, "running"),
        ({"primary_desired_state": "running"}, "running"),
        ({"primary_desired_state": "stopped"}, "stopped"),
        ({"primary_desired_state": "running", "desired_state": "stopped"}, "stopped"),
        ({"primary_desired_state": Unknown()}, "running"),  # type: ignore[no-untyped-call]
        ({"primary_desired_state": "stopped", "adopt": "id"}, None),
    ],
)
def test_a_secondary_stops_and_runs_with_its_primary(
    given: dict[str, Any], desired: str | None
) -> None:
    """Unless the program sets another state, as far as the API allows."""
    result = service_rules.check({**VALID, **given})
    assert result.failures == []
    assert result.inputs.get("desired_state") == desired


@pytest.mark.parametrize(
    ("name", "value"),
    [("password_sha256_hash", "secret-1"), ("password_double_sha1_hash", "secret-2")],
)
def test_a_malformed_hash_is_rejected_without_being_shown(name: str, value: str) -> None:
    """A user may confuse the field with that of a password, which must not be logged."""
    (failure,) = failures(**{"password_sha256_hash": SHA256, name: value})
    assert failure.startswith(f"{name} is not")
    assert value not in failure


@pytest.mark.parametrize(
    "changes",
    [
        HORIZONTAL,
        {**BYOC, "profile": "huge"},
        {"data_warehouse_id": "w", "is_readonly": True},
        {"has_transparent_data_encryption": True, "transparent_data_encryption_key_id": "k"},
        {"adopt": "id", "transparent_data_encryption_key_id": "k"},
        {"password_sha256_hash": SHA256, "password_double_sha1_hash": "0aF9" * 10},
        {"idle_scaling": True, "idle_timeout_minutes": 5},
        {"tier": "development"},
        {"backup_id": "b", "compliance_type": "pci", "profile": "v1-highmem-xl"},
        {"backup_id": "b", "backup_encryption_config": {"key": "x"}},
        {
            "backup_id": "b",
            "backup_encryption_config": {"key": "x"},
            "transparent_data_encryption_key_id": "k",
        },
    ],
)
def test_a_valid_combination_is_accepted(changes: dict[str, Any]) -> None:
    """Each rule also has inputs that it accepts."""
    assert failures(**changes) == []


@pytest.mark.parametrize(
    ("changes", "scaling"),
    [
        ({}, {"min_replica_memory_gb": 8, "max_replica_memory_gb": 356, "num_replicas": 3}),
        (HORIZONTAL, {"min_replica_memory_gb": 8, "max_replica_memory_gb": 8}),
        (
            {**HORIZONTAL, "max_replica_memory_gb": 16.0},
            {"min_replica_memory_gb": 16, "max_replica_memory_gb": 16},
        ),
        ({"tier": "development"}, {}),
        ({"adopt": "id"}, {}),
    ],
)
def test_defaults_of_the_provider(changes: dict[str, Any], scaling: dict[str, int]) -> None:
    """Defaults depend on the mode. An adopted service and an old tier have none."""
    names = ("min_replica_memory_gb", "max_replica_memory_gb", "num_replicas")
    inputs = service_rules.check({**VALID, **changes}).inputs
    assert {name: inputs[name] for name in names if name in inputs} == scaling
