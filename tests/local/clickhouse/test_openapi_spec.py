"""Checks of requests and responses against the vendor's OpenAPI spec, with closed objects."""

from __future__ import annotations

from typing import Any

import pytest

from local.clickhouse.openapi_spec import OpenApiSpec


@pytest.fixture(scope="module")
def spec() -> OpenApiSpec:
    """Return the snapshot that is checked in."""
    return OpenApiSpec.load()


def test_the_spec_has_all_operations(spec: OpenApiSpec) -> None:
    """The other tests of this file need all operations."""
    assert len(spec.operations) == 174


def test_every_validator_can_be_created(spec: OpenApiSpec) -> None:
    """Every reference has a target."""
    bodies = 0
    for operation in spec.operations.values():
        if operation.body is not None:
            spec.body_fault(operation, {})
            bodies += 1
        if operation.response is not None:
            spec.response_fault(operation, {})
    assert bodies > 50


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"name": "a", "colour": 1}, "unknown field 'colour'"),
        ({"tags": {"add": [{"key": "a", "colour": 1}]}}, "'tags.add[0].colour'"),
        ({"name": ""}, "name"),
        ({"releaseChannel": "rapid"}, "releaseChannel"),
        ([], "body"),
    ],
)
def test_the_fault_of_a_body_is_named(spec: OpenApiSpec, body: Any, named: str) -> None:
    """The message has field, value and rule."""
    operation = spec.operations["instanceUpdate"]
    assert named in (spec.body_fault(operation, body) or "")


def test_a_valid_body_is_accepted(spec: OpenApiSpec) -> None:
    """A whole number can be sent as a float."""
    operation = spec.operations["instanceReplicaScalingUpdate"]
    assert spec.body_fault(operation, {"minReplicaMemoryGb": 8.0, "numReplicas": 3}) is None


def test_a_response_with_an_unknown_field_is_a_fault(spec: OpenApiSpec) -> None:
    """Responses are checked as strictly as requests."""
    operation = spec.operations["whoamiGet"]
    response = {"status": 200, "result": {"actorType": "apiKey", "colour": 1}}
    assert spec.response_fault(operation, response) is not None
