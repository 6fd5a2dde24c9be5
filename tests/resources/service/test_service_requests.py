"""The requests of a service: what is sent, and in which form."""

from __future__ import annotations

from typing import Any

import pytest

from resources.service import service_requests, service_rules
from tests.resources.service.service_samples import live, wanted

BACKUP = "b7a5c1de-0000-4000-8000-000000000001"


def test_only_what_differs_is_sent() -> None:
    """A changed tag is sent as an addition, a removed tag as a removal. Scaling has a separate
    request."""
    target = wanted(name="new", tags={"team": "b"}, num_replicas=2, ip_access_list=["192.0.2.1"])
    tags = [{"key": "team", "value": "a"}, {"key": "old"}]
    patch = service_requests.patch_request(live(tags=tags), target)
    assert patch is not None
    assert patch.model_dump(by_alias=True, exclude_unset=True) == {
        "name": "new",
        "ipAccessList": {
            "add": [{"source": "192.0.2.1", "description": ""}],
            "remove": [{"source": "10.0.0.0/8", "description": ""}],
        },
        "tags": {"add": [{"key": "team", "value": "b"}], "remove": [{"key": "old"}]},
    }
    scaling = service_requests.scaling_request(live(), target)
    assert scaling is not None
    assert scaling.model_dump(by_alias=True, exclude_unset=True) == {"numReplicas": 2}
    assert service_requests.patch_request(live(), wanted()) is None


def test_a_generated_name_fits() -> None:
    """The API accepts 50 characters, and a Pulumi name may have more."""
    props = {**wanted(), "pulumi_name": "x" * 80}
    request = service_requests.post_request(props, {})
    assert len(request.name) == service_rules.NAME_CHARACTERS


def sent(request: Any) -> dict[str, Any] | None:
    """Return the body of a request as it is sent."""
    return None if request is None else dict(request.model_dump(by_alias=True, exclude_unset=True))


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({"enable_core_dumps": False}, {"enableCoreDumps": False}),
        ({"mysql_enabled": True}, {"endpoints": [{"protocol": "mysql", "enabled": True}]}),
        ({"mysql_enabled": False}, None),
        (
            {"private_endpoint_ids": ["b", "c"]},
            {"privateEndpointIds": {"add": ["c"], "remove": ["a"]}},
        ),
        (
            {
                "has_transparent_data_encryption": True,
                "transparent_data_encryption_key_id": "k2",
            },
            {"transparentDataEncryptionKeyId": "k2"},
        ),
    ],
)
def test_a_change_is_sent_as_the_api_takes_it(
    given: dict[str, Any], body: dict[str, Any] | None
) -> None:
    """Sets are sent as additions and removals, endpoints as a list of toggles."""
    service = live(enableCoreDumps=True, privateEndpointIds=["a", "b"])
    assert sent(service_requests.patch_request(service, wanted(**given))) == body


@pytest.mark.parametrize(
    ("seen", "given", "body"),
    [
        (
            {},
            {"autoscaling_mode": "horizontal", "min_replicas": 2, "max_replicas": 4},
            {
                "autoscalingMode": "horizontal",
                "minReplicaMemoryGb": 8,
                "maxReplicaMemoryGb": 8,
                "minReplicas": 2,
                "maxReplicas": 4,
            },
        ),
        (
            {"autoscalingMode": "horizontal", "minReplicas": 2, "maxReplicas": 4},
            {},
            {
                "autoscalingMode": "vertical",
                "minReplicaMemoryGb": 8,
                "maxReplicaMemoryGb": 356,
                "numReplicas": 3,
            },
        ),
        ({}, {"idle_scaling": False}, {"idleScaling": False}),
        (
            {"idleScaling": False},
            {"idle_scaling": True, "idle_timeout_minutes": 15},
            {"idleScaling": True, "idleTimeoutMinutes": 15},
        ),
    ],
)
def test_another_mode_takes_its_fields_along(
    seen: dict[str, Any], given: dict[str, Any], body: dict[str, Any]
) -> None:
    """The request has all fields that the new mode requires, and none of the old mode."""
    assert sent(service_requests.scaling_request(live(**seen), wanted(**given))) == body


def test_a_create_says_what_only_a_create_can() -> None:
    """Create-only fields are in the request. The key and private endpoints are sent as a change
    later."""
    given = wanted(
        name="n",
        data_warehouse_id="w",
        is_readonly=True,
        has_transparent_data_encryption=True,
        transparent_data_encryption_key_id="k",
        backup_id=BACKUP,
        backup_encryption_config={"key": "x"},
        private_endpoint_ids=["a"],
        mysql_enabled=False,
        enable_core_dumps=False,
        desired_state="stopped",
        deletion_protection=True,
    )
    body = sent(service_requests.post_request(given, {"pulumi-create": "pending"}))
    assert body == {
        "name": "n",
        "provider": "aws",
        "region": "eu-central-1",
        "ipAccessList": [{"source": "10.0.0.0/8", "description": ""}],
        "minReplicaMemoryGb": 8,
        "maxReplicaMemoryGb": 356,
        "numReplicas": 3,
        "dataWarehouseId": "w",
        "isReadonly": True,
        "hasTransparentDataEncryption": True,
        "backupId": BACKUP,
        "backupEncryptionConfig": {"key": "x"},
        "endpoints": [{"protocol": "mysql", "enabled": False}],
        "enableCoreDumps": False,
        "tags": [
            {"key": "pulumi-backup", "value": BACKUP},
            {"key": "pulumi-create", "value": "pending"},
        ],
    }
