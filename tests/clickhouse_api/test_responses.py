"""Responses are forgiving: whatever comes is kept, and nothing crashes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from clickhouse_api import Client, models
from clickhouse_api.errors import UnreadableAnswer
from tests.clickhouse_api.cloud import REQUEST_ID, Cloud, Reply, ok

RESPONSE_MODELS = [
    model
    for model in (getattr(models, name) for name in models.__all__)
    if isinstance(model, type) and issubclass(model, models.ResponseModel)
]
JUNK: list[Any] = [None, "text", 7, 1.5, True, [], [1], {}, {"a": 1}, [{"b": None}]]


def test_missing_fields_are_none() -> None:
    """Of every response model, with nothing in it at all."""
    assert len(RESPONSE_MODELS) > 250
    for model in RESPONSE_MODELS:
        empty = model.model_validate({})
        assert empty.model_fields_set == set()


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_no_value_of_any_field_makes_a_model_fail(junk: Any) -> None:
    """Each field of each model gets a value of each kind, and the value can be found again.

    Only a variant of a union may say no, and only to its own mark: so the union tells them apart.
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


def test_unknown_fields_are_kept_and_given_back() -> None:
    """What the document does not know yet can be read already."""
    service = models.Service.model_validate({"id": "s", "mood": {"today": "good"}})
    assert service.model_extra == {"mood": {"today": "good"}}
    assert service.model_dump(by_alias=True, exclude_unset=True) == {
        "id": "s",
        "mood": {"today": "good"},
    }


def test_known_enum_values_are_members_and_unknown_ones_strings() -> None:
    """A new state of a service must not stop a program that waits for another one."""
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


def test_a_value_of_the_wrong_type_is_kept_without_lying_about_its_type() -> None:
    """The typed attribute is None; what came is among the unknown fields."""
    service = models.Service.model_validate({"id": "s", "numReplicas": "three"})
    assert (service.id, service.num_replicas) == ("s", None)
    assert service.model_extra == {"numReplicas": "three"}


def test_a_variant_of_a_union_is_told_by_its_mark() -> None:
    """And one that is not documented keeps its fields."""
    whoami = TypeAdapter[Any](models.Whoami)
    assert isinstance(whoami.validate_python({"actorType": "user"}), models.WhoamiUser)
    assert isinstance(whoami.validate_python({"actorType": "apiKey"}), models.WhoamiApiKey)
    unknown = whoami.validate_python({"actorType": "robot", "serial": 7})
    assert isinstance(unknown, models.UnknownVariant)
    assert unknown.model_extra == {"actorType": "robot", "serial": 7}


def test_the_same_schema_is_strict_going_out_and_forgiving_coming_in() -> None:
    """`IpAccessListEntry` is sent, `IpAccessListEntryOutput` is read."""
    entry = {"source": "10.0.0.0/8", "addedBy": "ada"}
    read = models.Service.model_validate({"ipAccessList": [entry]})
    assert read.ip_access_list is not None
    assert isinstance(read.ip_access_list[0], models.IpAccessListEntryOutput)
    assert read.ip_access_list[0].model_extra == {"addedBy": "ada"}
    with pytest.raises(ValueError, match="addedBy"):
        models.IpAccessListEntry.model_validate(entry)


def test_the_answer_carries_the_request_id(client: Client, cloud: Cloud) -> None:
    """To be quoted when a wait on it fails."""
    cloud.answers(ok({"id": "s"}))
    assert client.service.instance_get("o", "s").api_request_id == REQUEST_ID
    cloud.answers(ok([{"id": "s"}]))
    assert client.service.instance_get_list("o").api_request_id == REQUEST_ID


@pytest.mark.parametrize("body", [b"", b"{}", b'{"status": 200}'], ids=["none", "bare", "status"])
def test_a_delete_may_be_answered_with_next_to_nothing(
    client: Client, cloud: Cloud, body: bytes
) -> None:
    """Seen: success with no body and with no `result`."""
    cloud.answers(Reply(200, body))
    client.service.instance_delete("o", "s")
    assert cloud.asked[-1].method == "DELETE"


def test_an_update_without_a_result_is_an_empty_model(client: Client, cloud: Cloud) -> None:
    """It succeeded; there is merely nothing to read."""
    cloud.answers(Reply(200, b'{"status": 200}'))
    answer = client.service.instance_update("o", "s", models.ServicePatchRequest(name="n"))
    assert answer.model_fields_set == set()


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<html>proxy</html>", b'{"result": "text"}', b"[]", b'{"result": 5}'],
    ids=["none", "no result", "html", "text", "list", "number"],
)
def test_a_question_without_a_usable_answer_is_an_error(
    client: Client, cloud: Cloud, body: bytes
) -> None:
    """An empty list made of nothing would make callers create what is there already."""
    cloud.answers(Reply(200, body))
    with pytest.raises(UnreadableAnswer, match="instanceGetList"):
        client.service.instance_get_list("o")
    with pytest.raises(UnreadableAnswer, match="instanceGet:"):
        client.service.instance_get("o", "s")


def test_text_answers_come_as_they_are(client: Client, cloud: Cloud) -> None:
    """Prometheus metrics and certificates have no envelope."""
    cloud.answers(Reply(200, b"# HELP up\nup 1\n", {"Content-Type": "text/plain"}))
    assert client.prometheus.instance_prometheus_get("o", "s") == "# HELP up\nup 1\n"


def test_models_know_no_validation_at_import() -> None:
    """Every generated class waits with its validator until it is used."""
    for model in RESPONSE_MODELS:
        assert issubclass(model, BaseModel)
        assert model.model_config["defer_build"] is True
