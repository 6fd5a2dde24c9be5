"""The fields of a service: what is refused, what differs, what is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.output import Unknown

import clickhouse_api
from clickhouse_api import models
from resources import service_fields

LEGAL = {
    "organization_id": "o",
    "cloud_provider": "aws",
    "region": "eu-central-1",
    "ip_access_list": ["10.0.0.0/8"],
}


def failures(**changes: Any) -> list[str]:
    result = service_fields.check({**LEGAL, **changes})
    return [failure.reason for failure in result.failures]


def test_regions_are_those_of_the_document() -> None:
    """Every region of the API's document belongs to exactly one provider here."""
    document = json.loads((Path(clickhouse_api.__file__).parent / "openapi.json").read_text())
    listed = document["components"]["schemas"]["ServicePostRequest"]["properties"]["region"]["enum"]
    here = [region for regions in service_fields.REGIONS.values() for region in regions]
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
        ({"tags": {"a b": "x"}}, "tags is {'a b': 'x'}, allowed: up to 47 keys"),
        ({"password": "x"}, "only an adopted service takes a password"),
    ],
)
def test_an_illegal_value_is_refused(changes: dict[str, Any], reason: str) -> None:
    """Property, value and what is allowed."""
    (refused,) = failures(**changes)
    assert reason in refused


def test_what_is_not_known_yet_is_not_judged() -> None:
    """In a preview a value may come from a resource that does not exist yet."""
    unknown = Unknown()  # type: ignore[no-untyped-call]
    assert failures(num_replicas=unknown, region=unknown, tags={"a": unknown}) == []


def test_numbers_may_come_as_floats() -> None:
    """8.0 is how Pulumi's wire spells 8."""
    assert service_fields.check({**LEGAL, "num_replicas": 2.0}).inputs["num_replicas"] == 2


def test_an_adopted_service_keeps_its_scaling() -> None:
    """Our defaults are for services that we make."""
    assert "num_replicas" not in service_fields.check({**LEGAL, "adopt": "id"}).inputs


def live(**changes: Any) -> models.Service:
    return models.Service.model_validate(
        {
            "id": "s",
            "name": "n",
            "state": "running",
            "provider": "aws",
            "region": "eu-central-1",
            "minReplicaMemoryGb": 8,
            "maxReplicaMemoryGb": 356,
            "numReplicas": 3,
            "idleScaling": True,
            "idleTimeoutMinutes": 15,
            "releaseChannel": "default",
            "ipAccessList": [{"source": "10.0.0.0/8", "description": ""}],
            "tags": [{"key": "pulumi-create", "value": "done"}, {"key": "team", "value": "a"}],
            **changes,
        }
    )


def wanted(**changes: Any) -> dict[str, Any]:
    return service_fields.check({**LEGAL, **changes}).inputs


def test_server_defaults_never_differ() -> None:
    """Idling, channel and our own marks are in no input, so they are no difference."""
    assert service_fields.differences(live(), wanted()) == []
    outputs = service_fields.outputs(live(), wanted())
    assert service_fields.changed(outputs, wanted()) == []


def test_an_access_list_is_a_set() -> None:
    """Order and an empty description mean nothing."""
    sources = ["192.0.2.1", {"source": "10.0.0.0/8", "description": ""}]
    service = live(ipAccessList=[{"source": "10.0.0.0/8"}, {"source": "192.0.2.1"}])
    assert service_fields.differences(service, wanted(ip_access_list=sources)) == []


def test_only_what_differs_is_sent() -> None:
    """A new tag value is an add; a tag that went is a remove; scaling has its own request."""
    target = wanted(name="new", tags={"team": "b"}, num_replicas=2, ip_access_list=["192.0.2.1"])
    tags = [{"key": "team", "value": "a"}, {"key": "old"}]
    patch = service_fields.patch_request(live(tags=tags), target)
    assert patch is not None
    assert patch.model_dump(by_alias=True, exclude_unset=True) == {
        "name": "new",
        "ipAccessList": {
            "add": [{"source": "192.0.2.1", "description": ""}],
            "remove": [{"source": "10.0.0.0/8", "description": ""}],
        },
        "tags": {"add": [{"key": "team", "value": "b"}], "remove": [{"key": "old"}]},
    }
    scaling = service_fields.scaling_request(live(), target)
    assert scaling is not None
    assert scaling.model_dump(by_alias=True, exclude_unset=True) == {"numReplicas": 2}
    assert service_fields.patch_request(live(), wanted()) is None


def test_a_generated_name_fits() -> None:
    """The API takes 50 characters, a Pulumi name may have more."""
    props = {**wanted(), "pulumi_name": "x" * 80}
    request = service_fields.post_request(props, {})
    assert len(request.name) == service_fields.NAME_CHARACTERS
