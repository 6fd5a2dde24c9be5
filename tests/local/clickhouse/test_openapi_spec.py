"""Requests and answers against the vendor's document, closed where the document is open."""

from __future__ import annotations

from typing import Any

import pytest

from local.clickhouse.openapi_spec import OpenApiSpec


@pytest.fixture(scope="module")
def document() -> OpenApiSpec:
    """The pinned snapshot."""
    return OpenApiSpec.load()


def test_it_has_all_operations(document: OpenApiSpec) -> None:
    """The number that everything else here counts on."""
    assert len(document.operations) == 174


def test_every_validator_can_be_made(document: OpenApiSpec) -> None:
    """No reference leads nowhere."""
    bodies = 0
    for operation in document.operations.values():
        if operation.body is not None:
            document.body_fault(operation, {})
            bodies += 1
        if operation.response is not None:
            document.response_fault(operation, {})
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
def test_a_wrong_body_is_named(document: OpenApiSpec, body: Any, named: str) -> None:
    """Field, value and rule."""
    operation = document.operations["instanceUpdate"]
    assert named in (document.body_fault(operation, body) or "")


def test_a_right_body_is_taken(document: OpenApiSpec) -> None:
    """Whole numbers may be floats."""
    operation = document.operations["instanceReplicaScalingUpdate"]
    assert document.body_fault(operation, {"minReplicaMemoryGb": 8.0, "numReplicas": 3}) is None


def test_a_field_of_ours_that_the_document_lacks_is_a_mistake(document: OpenApiSpec) -> None:
    """Answers are held to it as strictly as requests."""
    operation = document.operations["whoamiGet"]
    answer = {"status": 200, "result": {"actorType": "apiKey", "colour": 1}}
    assert document.response_fault(operation, answer) is not None
