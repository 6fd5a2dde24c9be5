"""Responses are tolerant: every value is kept, and none raises an error."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from clickhouse_api import Client, models
from clickhouse_api.errors import UnreadableResponse
from tests.clickhouse_api.cloud import REQUEST_ID, Cloud, Reply, ok

RESPONSE_MODELS = [
    model
    for model in (getattr(models, name) for name in models.__all__)
    if isinstance(model, type) and issubclass(model, models.ResponseModel)
]
JUNK: list[Any] = [None, "text", 7, 1.5, True, [], [1], {}, {"a": 1}, [{"b": None}]]


def test_missing_fields_are_none() -> None:
    """In every response model, with an empty object."""
    assert len(RESPONSE_MODELS) > 250
    for model in RESPONSE_MODELS:
        empty = model.model_validate({})
        assert empty.model_fields_set == set()


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_no_value_of_any_field_raises_an_error(junk: Any) -> None:
    """Each field of each model gets a value of each type, and the model keeps the value.

    Only a variant of a union may reject a value, and only in its discriminator.
    """
    checked = 0
    for model in RESPONSE_MODELS:
        marks = {
            name for name, field in model.model_fields.items() if _is_literal(field.annotation)
        }
        for name in model.model_fields.keys() - marks:
            read = model.model_validate({name: junk})
            held = read.model_dump(exclude_unset=True)
            assert len(held) == 1, (model, name)
            checked += 1
    assert checked > 1000


def _is_literal(annotation: Any) -> bool:
    return "Literal[" in str(annotation)


def test_unknown_fields_are_kept() -> None:
    """A program can read fields that are not in the spec yet."""
    service = models.Service.model_validate({"id": "s", "mood": {"today": "good"}})
    assert service.model_extra == {"mood": {"today": "good"}}
    assert service.model_dump(by_alias=True, exclude_unset=True) == {
        "id": "s",
        "mood": {"today": "good"},
    }


def test_known_enum_values_are_members_and_unknown_ones_strings() -> None:
    """A new state of a service must not break a program that waits for another state."""
    known = models.Service.model_validate({"state": "running", "provider": "aws"})
    assert known.state is models.ServiceState.RUNNING
    unknown = models.Service.model_validate({"state": "levitating"})
    assert unknown.state == "levitating"
    assert type(unknown.state) is str
    assert unknown.model_dump(mode="json", exclude_unset=True) == {"state": "levitating"}


def test_whole_numbers_stay_whole_and_fractions_fractions() -> None:
    """Callers compare 8 with 8."""
    service = models.Service.model_validate({"minReplicaMemoryGb": 8, "idleTimeoutMinutes": 5.5})
    assert type(service.min_replica_memory_gb) is int
    assert service.idle_timeout_minutes == 5.5


def test_a_value_of_another_type_is_kept_as_an_unknown_field() -> None:
    """The typed attribute is None."""
    service = models.Service.model_validate({"id": "s", "numReplicas": "three"})
    assert (service.id, service.num_replicas) == ("s", None)
    assert service.model_extra == {"numReplicas": "three"}


def test_the_discriminator_selects_the_variant_of_a_union() -> None:
    """An unknown variant keeps its fields."""
    whoami = TypeAdapter[Any](models.Whoami)
    assert isinstance(whoami.validate_python({"actorType": "user"}), models.WhoamiUser)
    assert isinstance(whoami.validate_python({"actorType": "apiKey"}), models.WhoamiApiKey)
    unknown = whoami.validate_python({"actorType": "robot", "serial": 7})
    assert isinstance(unknown, models.UnknownVariant)
    assert unknown.model_extra == {"actorType": "robot", "serial": 7}


def test_a_schema_is_strict_in_requests_and_tolerant_in_responses() -> None:
    """`IpAccessListEntry` is sent, `IpAccessListEntryOutput` is read."""
    entry = {"source": "10.0.0.0/8", "addedBy": "ada"}
    read = models.Service.model_validate({"ipAccessList": [entry]})
    assert read.ip_access_list is not None
    assert isinstance(read.ip_access_list[0], models.IpAccessListEntryOutput)
    assert read.ip_access_list[0].model_extra == {"addedBy": "ada"}
    with pytest.raises(ValueError, match="addedBy"):
        models.IpAccessListEntry.model_validate(entry)


def test_a_response_has_the_request_id(client: Client, cloud: Cloud) -> None:
    """The error of a failed wait contains it."""
    cloud.answers(ok({"id": "s"}))
    assert client.service.instance_get("o", "s").api_request_id == REQUEST_ID
    cloud.answers(ok([{"id": "s"}]))
    assert client.service.instance_get_list("o").api_request_id == REQUEST_ID


@pytest.mark.parametrize("body", [b"", b"{}", b'{"status": 200}'], ids=["none", "bare", "status"])
def test_the_response_of_a_delete_may_be_empty(client: Client, cloud: Cloud, body: bytes) -> None:
    """Both were observed: no body, and a body without `result`."""
    cloud.answers(Reply(200, body))
    client.service.instance_delete("o", "s")
    assert cloud.requests[-1].method == "DELETE"


def test_an_update_without_a_result_is_an_empty_model(client: Client, cloud: Cloud) -> None:
    """The update succeeded, and the response has no fields."""
    cloud.answers(Reply(200, b'{"status": 200}'))
    response = client.service.instance_update("o", "s", models.ServicePatchRequest(name="n"))
    assert response.model_fields_set == set()


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<html>proxy</html>", b'{"result": "text"}', b"[]", b'{"result": 5}'],
    ids=["none", "no result", "html", "text", "list", "number"],
)
def test_a_get_without_a_usable_result_is_an_error(
    client: Client, cloud: Cloud, body: bytes
) -> None:
    """If it were an empty list, callers would create objects that already exist."""
    cloud.answers(Reply(200, body))
    with pytest.raises(UnreadableResponse, match="instanceGetList"):
        client.service.instance_get_list("o")
    with pytest.raises(UnreadableResponse, match="instanceGet:"):
        client.service.instance_get("o", "s")


def test_text_responses_are_unchanged(client: Client, cloud: Cloud) -> None:
    """Prometheus metrics and certificates are not JSON."""
    cloud.answers(Reply(200, b"# HELP up\nup 1\n", {"Content-Type": "text/plain"}))
    assert client.prometheus.instance_prometheus_get("o", "s") == "# HELP up\nup 1\n"


def test_models_build_no_validator_at_import() -> None:
    """Every generated class builds its validator on first use."""
    for model in RESPONSE_MODELS:
        assert issubclass(model, BaseModel)
        assert model.model_config["defer_build"] is True
