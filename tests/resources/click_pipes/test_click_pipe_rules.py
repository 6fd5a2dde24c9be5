"""Valid inputs of `ClickPipe`, and those that replace it. No request is sent."""

from __future__ import annotations

import types
import typing
from typing import Any

import pytest
from pulumi.output import UNKNOWN
from pydantic import BaseModel

from clickhouse_api import models
from resources.click_pipes.click_pipe import ClickPipeProvider
from resources.click_pipes.click_pipe_requests import patches, post_request
from resources.click_pipes.click_pipe_sources import SOURCES, managed_part

KAFKA = {"format": "JSONEachRow", "brokers": "b:9092", "topics": "t"}
LOGIN = {"username": "reader", "password": "hunter22"}
KEY = {"access_key_id": "id", "secret_key": "hunter22"}
S3 = {"format": "CSV", "url": "https://b.s3.amazonaws.com/*.csv"}
TABLE = {"source_schema_name": "public", "source_table": "a", "target_table": "a"}
COLLECTION = {"source_database_name": "d", "source_collection": "c", "target_table": "a"}
CDC = {"replication_mode": "cdc"}
POSTGRES = {
    "host": "h",
    "port": 5432.0,
    "database": "d",
    "settings": CDC,
    "table_mappings": [TABLE],
}
MYSQL = {"host": "h", "port": 3306, "settings": CDC, "table_mappings": [TABLE]}
MONGO = {
    "uri": "mongodb+srv://h/d",
    "read_preference": "primary",
    "settings": CDC,
    "table_mappings": [COLLECTION],
}
BIGQUERY = {
    "snapshot_staging_path": "gs://b/s",
    "settings": {"replication_mode": "snapshot"},
    "table_mappings": [{"source_dataset_name": "d", "source_table": "a", "target_table": "a"}],
}
KINESIS = {
    "format": "JSONEachRow",
    "stream_name": "s",
    "region": "eu-central-1",
    "iterator_type": "LATEST",
    "authentication": "IAM_USER",
}
PUBSUB = {
    "format": "JSONEachRow",
    "project_id": "p",
    "topic": "t",
    "seek_type": "latest",
    "authentication": "SERVICE_ACCOUNT",
}
FILE = {"service_account_file": "aHVudGVyMg=="}
TABLE_OF_OURS = {"database": "default", "table": "t", "managed_table": False}
# A valid pipe of each kind.
VALID: dict[str, dict[str, Any]] = {
    "kafka": {"source": {"kafka": KAFKA}, "credentials": LOGIN},
    "object_storage": {"source": {"object_storage": S3}},
    "kinesis": {"source": {"kinesis": KINESIS}, "credentials": KEY},
    "pubsub": {"source": {"pubsub": PUBSUB}, "credentials": FILE},
    "postgres": {"source": {"postgres": POSTGRES}, "credentials": LOGIN},
    "mysql": {"source": {"mysql": MYSQL}, "credentials": LOGIN},
    "mongodb": {"source": {"mongodb": MONGO}, "credentials": LOGIN},
    "bigquery": {"source": {"bigquery": BIGQUERY}, "credentials": FILE},
}
MARKS = {"resource_urn": "urn", "stack_mark": "stack"}


def valid(kind: str, **changes: Any) -> dict[str, Any]:
    """Return inputs of a valid pipe. `changes` apply to its source, and the change `of` to the
    pipe."""
    destination = {"database": "default"} if SOURCES[kind].is_database else TABLE_OF_OURS
    inputs = {
        "organization_id": "o",
        "service_id": "s",
        "name": "pipe",
        "destination": destination,
        "desired_state": "running",
        **VALID[kind],
        **MARKS,
        **changes.pop("of", {}),
    }
    fields = {**inputs["source"][kind], **changes}
    return {**inputs, "source": {kind: {n: v for n, v in fields.items() if v is not None}}}


def failures_of(inputs: dict[str, Any]) -> list[str]:
    """Return the failures of `check`, which never contain a credential."""
    failures = ClickPipeProvider().check({}, inputs).failures
    shown = [failure.reason for failure in failures]
    assert "hunter22" not in "".join(shown)
    return shown


@pytest.mark.parametrize("kind", SOURCES)
def test_a_valid_pipe_is_accepted_and_gives_a_request(kind: str) -> None:
    """Numbers are integers in the request, and the name has the ownership tag."""
    result = ClickPipeProvider().check({}, valid(kind))
    assert result.failures == []
    request = post_request(result.inputs).model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert request["name"].startswith("pipe-pulumi-")
    assert "hunter22" in str(request) or kind in ("object_storage", "pubsub", "bigquery")
    assert "5432.0" not in str(request)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({**valid("kafka"), "source": {"kafka": KAFKA, "kinesis": KINESIS}}, "source has kafka, k"),
        ({**valid("kafka"), "source": {}}, "source has nothing, allowed: one of kafka, object_st"),
        (valid("kafka", format="CSV"), "source.kafka.format is 'CSV', allowed: JSONEachRow"),
        (valid("kafka", broker="x"), "source.kafka.broker is not a field of the API"),
        (valid("kafka", topics=None), "source.kafka.topics is required"),
        (valid("kafka", credentials=LOGIN), "source.kafka.credentials is secret: it belongs"),
        (valid("kafka", iam_role="arn"), "source.kafka.iam_role is set, allowed: with auth"),
        (valid("kafka", authentication="IAM_ROLE"), "source.kafka.iam_role is required"),
        (
            valid("kafka", authentication="IAM_ROLE", iam_role="arn"),
            "credentials is set, allowed: nothing for this authentication",
        ),
        (
            valid("kafka", authentication="IAM_USER"),
            "credentials has username, password, allowed: access_key_id, secret_key",
        ),
        (
            valid("kafka", type="azureeventhub"),
            "credentials has username, password, allowed: connection_string",
        ),
        (
            valid("kafka", of={"credentials": {**LOGIN, "secret_key": "hunter22"}}),
            "credentials has username, password, secret_key, allowed: username, password",
        ),
        (
            valid("kafka", offset={"strategy": "from_timestamp"}),
            "source.kafka.offset.timestamp is required",
        ),
        (
            valid("kafka", offset={"strategy": "from_latest", "timestamp": "2026-01-01T00:00"}),
            "source.kafka.offset.timestamp is set, allowed: if strategy is from_timestamp",
        ),
        (valid("kafka", protobuf_schema="x"), "protobuf_schema is set, allowed: with format Proto"),
        (
            valid("kafka", schema_registry={"url": "u", "authentication": "PLAIN"}),
            "source.kafka.schema_registry needs schema_registry_credentials",
        ),
        (
            valid("kafka", of={"schema_registry_credentials": LOGIN}),
            "schema_registry_credentials is set, allowed: nothing without source.kafka",
        ),
        (valid("kafka", of={"destination": {"database": "d"}}), "destination.table is required"),
        (
            valid("kafka", of={"destination": {**TABLE_OF_OURS, "table_definition": {}}}),
            "destination.table_definition is set, allowed: if managed",
        ),
        (
            valid(
                "kafka",
                of={
                    "destination": {
                        "database": "d",
                        "table": "t",
                        "table_definition": {"engine": {"type": "SummingMergeTree"}},
                    }
                },
            ),
            "destination.table_definition.engine.column_ids is required",
        ),
        (valid("kafka", of={"scaling": {"replicas": 41}}), "scaling.replicas is 41, allowed: less"),
        (
            valid("kafka", of={"settings": {"streaming_max_insert_wait_ms": 1}}),
            "settings.streaming_max_insert_wait_ms is 1, allowed: greater than or equal to 500",
        ),
        (
            valid("kafka", of={"field_mappings": [{"from": "a"}]}),
            "field_mappings[0].from is not a field",
        ),
        (valid("kafka", of={"desired_state": "paused"}), "desired_state is 'paused', allowed: run"),
        (valid("kafka", of={"credentials": None}), "credentials is required: username, password"),
        (valid("object_storage", url=None), "source.object_storage.url is required"),
        (
            valid("object_storage", type="azureblobstorage"),
            "source.object_storage.azure_container_name is required",
        ),
        (
            valid("object_storage", authentication="CONNECTION_STRING"),
            "credentials is required: connection_string, for CONNECTION_STRING",
        ),
        (
            valid("object_storage", connection_string="AccountKey=hunter22"),
            "source.object_storage.connection_string is secret",
        ),
        (valid("object_storage", queue_url="q"), "queue_url is set, allowed: if is_continuous"),
        (valid("object_storage", skip_initial_load=True), "skip_initial_load is true, allowed"),
        (
            valid("object_storage", format="Parquet", delimiter=","),
            "source.object_storage.delimiter is set, allowed: with CSV",
        ),
        (valid("kinesis", iterator_type="AT_TIMESTAMP"), "source.kinesis.timestamp is required"),
        (valid("kinesis", timestamp=1), "source.kinesis.timestamp is set, allowed: if"),
        (valid("pubsub", seek_type="timestamp"), "source.pubsub.seek_timestamp is required"),
        (valid("pubsub", ack_deadline=5), "source.pubsub.ack_deadline is 5, allowed: greater"),
        (valid("postgres", port=0), "source.postgres.port is 0, allowed: greater than or equal"),
        (valid("postgres", table_mappings=[]), "source.postgres.table_mappings is required"),
        (
            valid("postgres", table_mappings=[{**TABLE, "table_engine": "Log"}]),
            "source.postgres.table_mappings[0].table_engine is 'Log', allowed: MergeTree",
        ),
        (
            valid("postgres", settings={"replication_mode": "all"}),
            "source.postgres.settings.replication_mode is 'all', allowed: cdc",
        ),
        (valid("postgres", of={"scaling": {"replicas": 2}}), "scaling is set, allowed: nothing"),
        (valid("postgres", of={"destination": TABLE_OF_OURS}), "destination.table is set, allowed"),
        (valid("mongodb", uri="mongodb://a:hunter22@h/d"), "source.mongodb.uri contains a login"),
        (valid("mysql", server_id=0), "source.mysql.server_id is 0, allowed: greater"),
        (
            valid("bigquery", settings={"replication_mode": "snapshot", "x": 1}),
            "source.bigquery.settings.x is not a field",
        ),
    ],
)
def test_invalid_inputs_are_named(inputs: dict[str, Any], message: str) -> None:
    """Each message has property, value and rule in one line."""
    shown = failures_of(inputs)
    assert any(message in line for line in shown), shown
    assert "\n" not in "".join(shown)


def test_a_source_that_is_not_known_yet_is_accepted() -> None:
    """Brokers may be the output of another resource. Known fields are checked."""
    assert failures_of(valid("kafka", brokers=UNKNOWN, of={"credentials": UNKNOWN})) == []
    inputs = valid("kafka", brokers=UNKNOWN, iam_role="arn")
    assert failures_of(inputs) == [
        "source.kafka.iam_role is set, allowed: with authentication IAM_ROLE",
    ]


def test_unchanged_inputs_are_not_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that changes nothing does not load the models of the API."""
    provider = ClickPipeProvider()
    inputs = provider.check({}, valid("kafka")).inputs
    monkeypatch.setattr(models, "ClickPipePostKafkaSource", None)
    assert provider.check(inputs, valid("kafka")).failures == []


CHANGES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("kafka", {"topics": "u"}, ["source.kafka.topics"]),
    ("kafka", {"ca_certificate": "pem"}, []),
    ("kafka", {"format": None}, []),
    ("kafka", {"of": {"service_id": "t"}}, ["service_id"]),
    ("kafka", {"of": {"name": "other", "settings": {"kafka_read_committed": True}}}, []),
    ("kafka", {"of": {"destination": {**TABLE_OF_OURS, "table": "u"}}}, ["destination.table"]),
    ("kafka", {"of": {"destination": {**TABLE_OF_OURS, "columns": []}}}, []),
    ("postgres", {"host": "i", "port": 5433}, []),
    ("postgres", {"table_mappings": [{**TABLE, "source_table": "b"}]}, []),
    ("postgres", {"settings": {**CDC, "pull_batch_size": 10}}, []),
    (
        "postgres",
        {"settings": {"replication_mode": "snapshot"}},
        ["source.postgres.settings.replication_mode"],
    ),
    ("bigquery", {"table_mappings": [TABLE]}, ["source.bigquery.table_mappings"]),
]


@pytest.mark.parametrize(("kind", "change", "paths"), CHANGES)
def test_a_replacing_field_is_named_by_its_path(
    kind: str, change: dict[str, Any], paths: list[str]
) -> None:
    """Fields that an update accepts do not replace."""
    provider = ClickPipeProvider()
    olds = provider.check({}, valid(kind)).inputs
    diff = provider.diff("id", olds, valid(kind, **change))
    assert diff.changes
    assert diff.replaces == paths


def test_another_kind_of_source_replaces() -> None:
    """Another kind replaces the pipe, whatever its properties are."""
    diff = ClickPipeProvider().diff("id", valid("kafka"), valid("object_storage"))
    assert "source" in (diff.replaces or [])


def test_a_pipe_with_an_exclusive_source_is_deleted_before_its_replacement_is_created() -> None:
    """A replication slot allows one reader. Other replacements overlap."""
    settings = {**CDC, "replication_slot_name": "slot", "publication_name": "p"}
    provider = ClickPipeProvider()
    olds = valid("postgres", settings=settings)
    news = valid("postgres", settings={**settings, "publication_name": "q"})
    assert provider.diff("id", olds, news).delete_before_replace
    other = {**settings, "replication_slot_name": "other"}
    assert not provider.diff("id", olds, valid("postgres", settings=other)).delete_before_replace
    assert not provider.diff("id", valid("kafka"), valid("kafka", topics="u")).delete_before_replace


def test_an_update_sends_what_differs_and_no_old_secret() -> None:
    """A changed table mapping is removed before it is added. A removed field is reset."""
    news = valid("postgres", tls_host=None, port=5433, table_mappings=[{**TABLE, "x": 1}])
    olds = valid("postgres", tls_host="t")
    live = {"source": {"postgres": {**POSTGRES, "tls_host": "t", "port": 5432}}}
    first, second = patches(live, olds, news, ["source"])
    change = {"port": 5433, "tls_host": None, "table_mappings_to_remove": [TABLE]}
    assert first == {"source": {"postgres": change}}
    assert second == {"source": {"postgres": {"table_mappings_to_add": [{**TABLE, "x": 1}]}}}
    (secrets,) = patches(live, olds, valid("postgres", tls_host="t"), ["credentials"])
    assert secrets == {"source": {"postgres": {"credentials": LOGIN}}}
    (patch,) = patches({"source": {"mysql": MYSQL}}, {}, valid("mysql", server_id=7), ["source"])
    assert patch == {"source": {"mysql": {"host": "h", "port": 3306, "server_id": 7}}}


@pytest.mark.parametrize(
    ("live", "wanted", "shown"),
    [
        ({"a": 1, "default": 2}, {"a": 1}, {"a": 1}),
        (["b", "a"], ["a", "b"], ["a", "b"]),
        (["a", "c"], ["a", "b"], ["a", "c"]),
        ([{"n": "b", "d": 1}, {"n": "a"}], [{"n": "a"}, {"n": "b"}], [{"n": "a"}, {"n": "b"}]),
        (None, False, False),
        ({"roles": None}, {"roles": ["r"]}, {"roles": ["r"]}),
        ("pem", "pem\n", "pem\n"),
        (2, 1, 2),
    ],
)
def test_server_defaults_and_order_are_no_drift(live: Any, wanted: Any, shown: Any) -> None:
    """Fields that the program does not set, or that the API never returns, are not compared."""
    assert managed_part(live, wanted) == shown


PATCHED = {
    "kafka": "ClickPipePatchKafkaSource",
    "object_storage": "ClickPipePatchObjectStorageSource",
    "kinesis": "ClickPipePatchKinesisSource",
    "pubsub": "ClickPipePatchPubSubSource",
    "postgres": "ClickPipePatchPostgresSource",
    "mysql": "ClickPipePatchMySQLSource",
    "mongodb": "ClickPipePatchMongoDBSource",
}
SECRET = {"credentials", "access_key", "service_account_key", "connection_string"}
OTHERWISE = {"settings", "table_mappings_to_add", "table_mappings_to_remove"}


@pytest.mark.parametrize("kind", SOURCES)
def test_fields_changed_in_place_are_those_of_the_update_request(kind: str) -> None:
    """The generated models have these fields, and the fields that an update must repeat."""
    source = SOURCES[kind]
    if kind not in PATCHED:
        assert kind not in models.ClickPipePatchSource.model_fields
        assert source.in_place == ()
        return
    fields = getattr(models, PATCHED[kind]).model_fields
    assert set(source.in_place) == set(fields) - SECRET - OTHERWISE
    assert set(source.repeated) == {name for name, field in fields.items() if field.is_required()}
    assert bool(source.tables) == ("table_mappings_to_add" in fields)
    if "settings" in fields:
        (settings,) = [m for m in parts(fields["settings"].annotation) if issubclass(m, BaseModel)]
        assert set(source.settings_in_place) == set(settings.model_fields)


def parts(annotation: Any) -> list[Any]:
    """Return the members of a union."""
    assert isinstance(annotation, types.UnionType)
    return [member for member in typing.get_args(annotation) if member is not type(None)]
