"""Checks of a ClickPipe's properties, without a request.

The rules that the OpenAPI spec does not have come first: which properties require or exclude each
other. Then each changed value is checked against the models of the spec. A run that changes nothing
does not load the models. No message shows a credential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from resources.base.checker import Checker, is_known, whole_number
from resources.base.schema_check import check_value
from resources.click_pipes.click_pipe_sources import (
    CREDENTIALS,
    SOURCES,
    Source,
    kind_of,
    under_request_key,
)

__all__ = ["check_combinations", "check_mapping", "check_mappings", "check_models", "check_source"]

_REGISTRY = ("username", "password")
_ENGINE_NEEDS = {
    "ReplacingMergeTree": "version_column_id",
    "SummingMergeTree": "column_ids",
}
_DELIMITED = ("CSV", "CSVWithNames")
_FEW_MODELS = {
    "destination": "ClickPipeMutateDestination",
    "settings": "ClickPipeSettings",
    "scaling": "ClickPipeScaling",
}


def check_mapping(checker: Checker, name: str) -> None:
    """Check a mapping, make its numbers whole, and remove its nulls."""
    value = checker.inputs.get(name)
    if isinstance(value, Mapping):
        checker.inputs[name] = _plain(value)
    elif value is not None and is_known(value):
        checker.reject(name, "a mapping")


def check_mappings(checker: Checker, name: str) -> None:
    """Check a list of mappings as `check_mapping` does."""
    value = checker.inputs.get(name)
    if isinstance(value, list):
        checker.inputs[name] = _plain(value)
    elif value is not None and is_known(value):
        checker.reject(name, "a list of mappings")


def check_source(checker: Checker, name: str) -> None:
    """Check a mapping with one kind of source, whose properties contain no credentials."""
    check_mapping(checker, name)
    source = checker.inputs.get(name)
    if not isinstance(source, Mapping):
        return
    kinds = ", ".join(SOURCES)
    if len(source) != 1 or kind_of(source) not in SOURCES:
        # Without the values: one of them may be a misplaced password.
        checker.fail(name, f"has {', '.join(source) or 'nothing'}, allowed: one of {kinds}")
        return
    kind = kind_of(source)
    if is_known(source[kind]) and not isinstance(source[kind], Mapping):
        checker.fail(f"{name}.{kind}", "is not a mapping")
        return
    for path, value in _walk(source, name):
        where = path.rpartition(".")[2]
        inner = path.split(".")[-2] if "." in path else ""
        if where in ("credentials", "access_key", "service_account_key", *CREDENTIALS):
            another = "schema_registry_credentials" if inner == "schema_registry" else "credentials"
            checker.fail(path, f"is secret: it belongs in `{another}`")
        elif where == "uri" and isinstance(value, str) and re.search(r"//[^/]*@", value):
            checker.fail(path, "contains a login: it belongs in `credentials`")


def check_combinations(checker: Checker) -> None:
    """Check properties that require or exclude each other."""
    source = checker.inputs.get("source")
    if not isinstance(source, Mapping) or any(f.property == "source" for f in checker.failures):
        return
    if not isinstance(source[kind_of(source)], Mapping):
        return
    kind = kind_of(source)
    rules, fields, path = SOURCES[kind], source[kind], f"source.{kind}"
    _needs(checker, fields, path, *rules.needed)
    _credentials_fit(checker, kind, fields)
    if kind == "kafka":
        _kafka(checker, fields, path)
    elif kind == "object_storage":
        _object_storage(checker, fields, path)
    elif kind == "kinesis":
        _together(checker, fields, path, "timestamp", "iterator_type", ("AT_TIMESTAMP",))
        _protobuf(checker, fields, path)
    elif kind == "pubsub":
        _together(checker, fields, path, "seek_timestamp", "seek_type", ("timestamp",))
    _destination(checker, rules, kind)
    if rules.is_database and "scaling" in checker.inputs:
        checker.fail(
            "scaling", f"is set, allowed: nothing for {kind}, whose pipes share that of the service"
        )


def check_models(checker: Checker, olds: Mapping[str, Any]) -> None:
    """Check the properties that changed against the request models of the OpenAPI spec."""
    changed = {n: v for n, v in checker.inputs.items() if v != olds.get(n) and is_known(v)}
    if "source" in changed:
        kind = kind_of(changed["source"])
        fields = changed["source"][kind]
        sent = _with_secrets(kind, fields)
        check_value(checker, f"source.{kind}", _source_model(kind, fields), fields, sent=sent)
    for name, model in _FEW_MODELS.items():
        if name in changed:
            check_value(checker, name, model, changed[name])
    for number, mapping in enumerate(changed.get("field_mappings", [])):
        check_value(checker, f"field_mappings[{number}]", "ClickPipeFieldMapping", mapping)


def _kafka(checker: Checker, fields: Mapping[str, Any], path: str) -> None:
    _protobuf(checker, fields, path)
    registry = fields.get("schema_registry")
    if registry is not None and "protobuf_schema" in fields:
        checker.fail(
            f"{path}.schema_registry", f"is set, allowed: nothing with {path}.protobuf_schema"
        )
    plain_registry = isinstance(registry, Mapping) and registry.get("type") != "glue"
    credentials = checker.inputs.get("schema_registry_credentials")
    if plain_registry and credentials is None and "adopt" not in checker.inputs:
        checker.fail(f"{path}.schema_registry", "needs schema_registry_credentials")
    if credentials is not None:
        if not plain_registry:
            checker.fail(
                "schema_registry_credentials",
                f"is set, allowed: nothing without {path}.schema_registry",
            )
        _has(checker, "schema_registry_credentials", _REGISTRY)
    offset = fields.get("offset")
    if isinstance(offset, Mapping):
        of = f"{path}.offset"
        _together(checker, offset, of, "timestamp", "strategy", ("from_timestamp",))


def _object_storage(checker: Checker, fields: Mapping[str, Any], path: str) -> None:
    if fields.get("type") == "azureblobstorage":
        _needs(checker, fields, path, "path", "azure_container_name")
    else:
        _needs(checker, fields, path, "url")
    if "delimiter" in fields and fields.get("format") not in _DELIMITED:
        checker.fail(f"{path}.delimiter", f"is set, allowed: with {', '.join(_DELIMITED)}")
    if "queue_url" in fields and fields.get("is_continuous") is not True:
        checker.fail(f"{path}.queue_url", "is set, allowed: if is_continuous is true")
    if fields.get("skip_initial_load") is True and "queue_url" not in fields:
        checker.fail(f"{path}.skip_initial_load", "is true, allowed: with queue_url")
    if fields.get("skip_initial_load") is True and "start_after" in fields:
        checker.fail(f"{path}.start_after", "is set, allowed: without skip_initial_load")


def _protobuf(checker: Checker, fields: Mapping[str, Any], path: str) -> None:
    if "protobuf_schema" in fields and fields.get("format") != "Protobuf":
        checker.fail(f"{path}.protobuf_schema", "is set, allowed: with format Protobuf")


def _credentials_fit(checker: Checker, kind: str, fields: Mapping[str, Any]) -> None:
    """Check that the credentials and `iam_role` match the authentication."""
    ways = SOURCES[kind].ways
    way = fields.get("authentication", next(iter(ways)))
    if not isinstance(way, str) or way not in ways:
        return  # not known yet, or rejected by the models
    if "iam_role" in fields and way != "IAM_ROLE":
        checker.fail(f"source.{kind}.iam_role", "is set, allowed: with authentication IAM_ROLE")
    if way == "IAM_ROLE":
        _needs(checker, fields, f"source.{kind}", "iam_role")
    needed = ways[way]
    if kind == "kafka" and way == "PLAIN" and fields.get("type") == "azureeventhub":
        needed = ("connection_string",)
    given = checker.inputs.get("credentials")
    if given is None:
        if needed and "adopt" not in checker.inputs:
            checker.fail("credentials", f"is required: {', '.join(needed)}, for {way or kind}")
        return
    also = ("password",) if way == "IAM_ROLE" and needed else ()
    _has(checker, "credentials", needed, also=also)


def _has(
    checker: Checker, name: str, needed: tuple[str, ...], *, also: tuple[str, ...] = ()
) -> None:
    given = checker.inputs.get(name)
    if not is_known(given) and not isinstance(given, Mapping):
        return
    if not needed and not also:
        checker.fail(name, "is set, allowed: nothing for this authentication")
    elif not isinstance(given, Mapping) or not set(needed) <= set(given) <= {*needed, *also}:
        shown = ", ".join(given) if isinstance(given, Mapping) else "no mapping"
        checker.fail(name, f"has {shown}, allowed: {', '.join((*needed, *also))}")
    elif not all(isinstance(v, str) and v for v in given.values() if is_known(v)):
        checker.fail(name, "has a value that is not a string with characters")


def _destination(checker: Checker, rules: Source, kind: str) -> None:
    destination = checker.inputs.get("destination")
    if not isinstance(destination, Mapping):
        return
    _needs(checker, destination, "destination", "database")
    if rules.is_database:
        for name in ("table", "managed_table", "table_definition", "columns"):
            if name in destination:
                checker.fail(
                    f"destination.{name}",
                    f"is set, allowed: nothing for {kind}, whose tables are those of "
                    "table_mappings",
                )
        return
    _needs(checker, destination, "destination", "table")
    definition = destination.get("table_definition")
    if destination.get("managed_table") is False and definition is not None:
        checker.fail("destination.table_definition", "is set, allowed: if managed")
    engine = definition.get("engine") if isinstance(definition, Mapping) else None
    if isinstance(engine, Mapping) and engine.get("type") in _ENGINE_NEEDS:
        _needs(
            checker,
            engine,
            "destination.table_definition.engine",
            _ENGINE_NEEDS[engine["type"]],
        )


def _together(
    checker: Checker,
    fields: Mapping[str, Any],
    path: str,
    name: str,
    decided_by: str,
    values: tuple[str, ...],
) -> None:
    """Require a property if another has one of these values, and reject it otherwise."""
    decision = fields.get(decided_by)
    if decision is None or not is_known(decision):
        return
    if decision in values:
        _needs(checker, fields, path, name)
    elif name in fields:
        checker.fail(f"{path}.{name}", f"is set, allowed: if {decided_by} is {', '.join(values)}")


def _needs(checker: Checker, fields: Mapping[str, Any], path: str, *names: str) -> None:
    for name in names:
        if name not in fields or fields[name] == []:
            checker.fail(f"{path}.{name}", "is required")


def _source_model(kind: str, fields: Mapping[str, Any]) -> str:
    if kind in ("pubsub", "bigquery"):
        way = fields.get("authentication") or next(iter(SOURCES[kind].ways))
        prefix = {"pubsub": "PubSub", "bigquery": "BigQuery"}[kind]
        which = "WorkloadIdentity" if way.endswith("WORKLOAD_IDENTITY") else "ServiceAccount"
        return f"ClickPipePost{prefix}{which}Source"
    return {
        "kafka": "ClickPipePostKafkaSource",
        "object_storage": "ClickPipePostObjectStorageSource",
        "kinesis": "ClickPipePostKinesisSource",
        "postgres": "ClickPipeMutatePostgresSource",
        "mysql": "ClickPipeMutateMySQLSource",
        "mongodb": "ClickPipeMutateMongoDBSource",
    }[kind]


def _with_secrets(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the source with placeholders for the credentials that the models require."""
    whole = dict(fields)
    registry = fields.get("schema_registry")
    if isinstance(registry, Mapping) and registry.get("type") != "glue":
        whole["schema_registry"] = {**registry, "credentials": dict.fromkeys(_REGISTRY, "x")}
    ways = SOURCES[kind].ways
    needed = ways.get(fields.get("authentication") or next(iter(ways))) or ()
    if kind in ("pubsub", "bigquery") and needed:
        whole |= under_request_key(kind, dict.fromkeys(needed, "x"))
    return whole


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield all nested properties by path, without the content of secret ones."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield f"{path}.{name}", part
            if name not in CREDENTIALS:
                yield from _walk(part, f"{path}.{name}")
    elif isinstance(value, list):
        for part in value:
            yield from _walk(part, path)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return whole_number(value)
