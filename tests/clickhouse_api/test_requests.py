"""Requests are strict, and absent, null and value are three different things."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from clickhouse_api import Client, models
from tests.clickhouse_api.cloud import Cloud, ok


def sent(body: models.RequestModel) -> Any:
    return body.model_dump(mode="json", by_alias=True, exclude_unset=True)


def test_an_unknown_field_is_refused_by_name() -> None:
    """A misspelt field must not be dropped silently: the API would ignore it."""
    with pytest.raises(ValidationError, match=r"idleTimeoutMinute\n.*not permitted"):
        models.ServiceReplicaScalingPatchRequest.model_validate({"idleTimeoutMinute": 5})


def test_an_unknown_field_of_a_nested_object_is_refused_by_its_path() -> None:
    """Also where the same schema is forgiving in answers."""
    with pytest.raises(ValidationError, match=r"tags.add.0.colour"):
        models.ServicePatchRequest.model_validate({"tags": {"add": [{"key": "a", "colour": "b"}]}})


def test_a_value_outside_a_documented_enum_is_refused_with_what_is_allowed() -> None:
    """Before anything is sent."""
    with pytest.raises(ValidationError, match=r"'slow', 'default' or 'fast'"):
        models.ServicePatchRequest.model_validate({"releaseChannel": "warp"})


def test_a_documented_bound_is_kept() -> None:
    """8 to 356 GB in steps of 4, 1 to 50 replicas, names of 1 to 50 characters."""
    for fields in (
        {"minReplicaMemoryGb": 4},
        {"minReplicaMemoryGb": 10},
        {"maxReplicaMemoryGb": 360},
        {"numReplicas": 51},
    ):
        with pytest.raises(ValidationError):
            models.ServiceReplicaScalingPatchRequest.model_validate(fields)
    with pytest.raises(ValidationError):
        models.ServicePatchRequest(name="n" * 51)


def test_a_missing_required_field_is_refused_by_name() -> None:
    """A create without a region cannot even be built."""
    with pytest.raises(ValidationError, match=r"region\n.*required"):
        models.ServicePostRequest.model_validate(
            {"name": "n", "provider": "aws", "ipAccessList": []}
        )


def test_assigning_is_as_strict_as_constructing() -> None:
    """A body that is changed after it was made cannot become wrong either."""
    body = models.ServicePatchRequest(name="a")
    with pytest.raises(ValidationError):
        body.name = ""
    with pytest.raises(ValidationError):
        body.nome = "b"  # type: ignore[attr-defined]
    assert sent(body) == {"name": "a"}


def test_absent_null_and_value_are_three_different_things(client: Client, cloud: Cloud) -> None:
    """A backup configuration is cleared by null and left alone by silence."""
    for fields, expected in (
        ({}, {}),
        ({"backup_start_time": None}, {"backupStartTime": None}),
        ({"backup_start_time": "03:00"}, {"backupStartTime": "03:00"}),
    ):
        body = models.BackupConfigurationPatchRequest(**fields)
        assert body.model_fields_set == set(fields)
        cloud.answers(ok({}))
        client.backup.backup_configuration_update("o", "s", body)
        assert cloud.asked[-1].body == expected


def test_nested_absent_null_and_value_are_kept_apart_too() -> None:
    """Null only where it was set, however deep."""
    offset = models.ClickPipeKafkaOffset(strategy=models.ClickPipeKafkaOffsetStrategy.FROM_LATEST)
    assert sent(offset) == {"strategy": "from_latest"}
    offset.timestamp = None
    assert sent(offset) == {"strategy": "from_latest", "timestamp": None}


def test_both_spellings_of_a_field_are_taken_and_the_documents_is_sent() -> None:
    """snake_case for Python, camelCase for bodies copied from elsewhere."""
    ours = models.ServiceReplicaScalingPatchRequest(num_replicas=2)
    theirs = models.ServiceReplicaScalingPatchRequest.model_validate({"numReplicas": 2})
    assert sent(ours) == sent(theirs) == {"numReplicas": 2}


def test_whole_numbers_stay_whole() -> None:
    """`number` of the document is sent as it was given: 8 is not 8.0."""
    body = models.ServiceReplicaScalingPatchRequest(min_replica_memory_gb=8)
    assert body.model_dump_json(by_alias=True, exclude_unset=True) == '{"minReplicaMemoryGb":8}'


def test_server_defaults_are_not_sent() -> None:
    """What the caller did not choose is the server's to choose."""
    body = models.UdfExecutableCreateRequest(
        upload_id="6f1e0a52-5c1d-4f7b-9d2e-0123456789ab",
        runtime=models.UdfRuntime.NATIVE,
        arguments=[],
        return_type="String",
        type="executable",
        function_name="f",
    )
    assert set(sent(body)) == {
        "uploadId",
        "runtime",
        "arguments",
        "returnType",
        "type",
        "functionName",
    }


def test_a_moment_without_a_zone_is_refused() -> None:
    """The API would have to guess what was meant."""
    with pytest.raises(ValidationError, match="timezone"):
        models.ApiKeyPatchRequest.model_validate({"expireAt": "2026-01-01T00:00:00"})
