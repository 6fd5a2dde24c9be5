"""Requests are strict, and absent, null and a value are distinct."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from clickhouse_api import Client, models
from tests.clickhouse_api.cloud import Cloud, ok


def sent(body: models.RequestModel) -> Any:
    return body.model_dump(mode="json", by_alias=True, exclude_unset=True)


def test_the_message_about_an_unknown_field_has_its_name() -> None:
    """A misspelt field must not be dropped silently, because the API would ignore it."""
    with pytest.raises(ValidationError, match=r"idleTimeoutMinute\n.*not permitted"):
        models.ServiceReplicaScalingPatchRequest.model_validate({"idleTimeoutMinute": 5})


def test_the_message_about_a_nested_unknown_field_has_its_path() -> None:
    """The message has the path even if the same schema is tolerant in responses."""
    with pytest.raises(ValidationError, match=r"tags.add.0.colour"):
        models.ServicePatchRequest.model_validate({"tags": {"add": [{"key": "a", "colour": "b"}]}})


def test_the_message_about_an_unknown_enum_value_has_the_allowed_values() -> None:
    """The value is rejected before any request."""
    with pytest.raises(ValidationError, match=r"'slow', 'default' or 'fast'"):
        models.ServicePatchRequest.model_validate({"releaseChannel": "warp"})


def test_the_bounds_of_the_spec_are_checked() -> None:
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


def test_the_message_about_a_missing_field_has_its_name() -> None:
    """The body of a create without a region cannot be constructed."""
    with pytest.raises(ValidationError, match=r"region\n.*required"):
        models.ServicePostRequest.model_validate(
            {"name": "n", "provider": "aws", "ipAccessList": []}
        )


def test_an_assignment_is_as_strict_as_the_constructor() -> None:
    """A body cannot become invalid after its construction either."""
    body = models.ServicePatchRequest(name="a")
    with pytest.raises(ValidationError):
        body.name = ""
    with pytest.raises(ValidationError):
        body.nome = "b"  # type: ignore[attr-defined]
    assert sent(body) == {"name": "a"}


def test_absent_null_and_a_value_are_distinct(client: Client, cloud: Cloud) -> None:
    """Null clears a backup configuration. An absent field does not change it."""
    for fields, expected in (
        ({}, {}),
        ({"backup_start_time": None}, {"backupStartTime": None}),
        ({"backup_start_time": "03:00"}, {"backupStartTime": "03:00"}),
    ):
        body = models.BackupConfigurationPatchRequest(**fields)
        assert body.model_fields_set == set(fields)
        cloud.answers(ok({}))
        client.backup.backup_configuration_update("o", "s", body)
        assert cloud.requests[-1].body == expected


def test_nested_absent_null_and_a_value_are_distinct() -> None:
    """Null is sent only for fields that are set to null, at any depth."""
    offset = models.ClickPipeKafkaOffset(strategy=models.ClickPipeKafkaOffsetStrategy.FROM_LATEST)
    assert sent(offset) == {"strategy": "from_latest"}
    offset.timestamp = None
    assert sent(offset) == {"strategy": "from_latest", "timestamp": None}


def test_both_spellings_of_a_field_are_accepted() -> None:
    """snake_case for Python, camelCase for copied JSON. The client sends camelCase."""
    ours = models.ServiceReplicaScalingPatchRequest(num_replicas=2)
    theirs = models.ServiceReplicaScalingPatchRequest.model_validate({"numReplicas": 2})
    assert sent(ours) == sent(theirs) == {"numReplicas": 2}


def test_whole_numbers_stay_whole() -> None:
    """A `number` of the spec is sent unchanged: 8 is not 8.0."""
    body = models.ServiceReplicaScalingPatchRequest(min_replica_memory_gb=8)
    assert body.model_dump_json(by_alias=True, exclude_unset=True) == '{"minReplicaMemoryGb":8}'


def test_server_defaults_are_not_sent() -> None:
    """The server chooses the values that the caller does not set."""
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


def test_a_time_without_a_zone_is_rejected() -> None:
    """A time without a zone would be ambiguous."""
    with pytest.raises(ValidationError, match="timezone"):
        models.ApiKeyPatchRequest.model_validate({"expireAt": "2026-01-01T00:00:00"})
