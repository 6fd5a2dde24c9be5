"""What is illegal about a ClickPipe's properties, found before any call.

First what the document cannot say: which properties belong together. Then each value against the
document's own models, and only where it changed, so that a run that changes nothing need not load
them. No message shows a credential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.dynamic import CheckFailure

from resources.base.checker import Checker, is_known, whole_number
from resources.click_pipes.click_pipe_sources import CREDENTIALS, SOURCES, Source, kind_of, placed

__all__ = ["check_mapping", "check_mappings", "check_source", "combinations", "misfits"]

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
    """A mapping; numbers become whole, what is None is absent."""
    value = checker.inputs.get(name)
    if isinstance(value, Mapping):
        checker.inputs[name] = _plain(value)
    elif value is not None and is_known(value):
        checker.refuse(name, "a mapping")


def check_mappings(checker: Checker, name: str) -> None:
    """A list of mappings."""
    value = checker.inputs.get(name)
    if isinstance(value, list):
        checker.inputs[name] = _plain(value)
    elif value is not None and is_known(value):
        checker.refuse(name, "a list of mappings")


def check_source(checker: Checker, name: str) -> None:
    """A mapping with one kind of source, whose own mapping has no credentials in it."""
    check_mapping(checker, name)
    source = checker.inputs.get(name)
    if not isinstance(source, Mapping):
        return
    kinds = ", ".join(SOURCES)
    if len(source) != 1 or kind_of(source) not in SOURCES:
        # Not the values: somebody may have put a password here.
        _say(checker, name, f"{name} has {', '.join(source) or 'nothing'}, allowed: one of {kinds}")
        return
    kind = kind_of(source)
    if is_known(source[kind]) and not isinstance(source[kind], Mapping):
        _say(checker, name, f"{name}.{kind} is not a mapping")
        return
    for path, value in _walk(source, name):
        where = path.rpartition(".")[2]
        inner = path.split(".")[-2] if "." in path else ""
        if where in ("credentials", "access_key", "service_account_key", *CREDENTIALS):
            another = "schema_registry_credentials" if inner == "schema_registry" else "credentials"
            _say(checker, name, f"{path} is secret: it belongs in `{another}`")
        elif where == "uri" and isinstance(value, str) and re.search(r"//[^/]*@", value):
            _say(checker, name, f"{path} has a login in it: it belongs in `credentials`")


def combinations(checker: Checker) -> None:
    """Properties that need, or exclude, one another."""
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
        _say(
            checker,
            "scaling",
            f"scaling is set, allowed: nothing for {kind}, whose pipes share that of the service",
        )


def misfits(inputs: Mapping[str, Any], olds: Mapping[str, Any]) -> Iterator[CheckFailure]:
    """What the document's models refuse in the properties that are not as they were."""
    changed = {n: v for n, v in inputs.items() if v != olds.get(n) and is_known(v)}
    if "source" in changed:
        kind = kind_of(changed["source"])
        yield from _refused(
            _source_model(kind, changed["source"][kind]),
            _with_secrets(kind, changed["source"][kind]),
            changed["source"][kind],
            f"source.{kind}",
        )
    for name, model in _FEW_MODELS.items():
        if name in changed:
            yield from _refused(model, changed[name], changed[name], name)
    for number, mapping in enumerate(changed.get("field_mappings", [])):
        path = f"field_mappings[{number}]"
        yield from _refused("ClickPipeFieldMapping", mapping, mapping, path)


def _kafka(checker: Checker, fields: Mapping[str, Any], path: str) -> None:
    _protobuf(checker, fields, path)
    registry = fields.get("schema_registry")
    if registry is not None and "protobuf_schema" in fields:
        _say(checker, "source", f"{path}.schema_registry is set beside {path}.protobuf_schema")
    plain_registry = isinstance(registry, Mapping) and registry.get("type") != "glue"
    credentials = checker.inputs.get("schema_registry_credentials")
    if plain_registry and credentials is None and "adopt" not in checker.inputs:
        _say(checker, "source", f"{path}.schema_registry needs schema_registry_credentials")
    if credentials is not None:
        if not plain_registry:
            _say(
                checker,
                "schema_registry_credentials",
                f"schema_registry_credentials is set, allowed: nothing without {path}."
                "schema_registry",
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
        _say(checker, "source", f"{path}.delimiter is set, allowed: with {', '.join(_DELIMITED)}")
    if "queue_url" in fields and fields.get("is_continuous") is not True:
        _say(checker, "source", f"{path}.queue_url is set, allowed: where is_continuous is true")
    if fields.get("skip_initial_load") is True and "queue_url" not in fields:
        _say(checker, "source", f"{path}.skip_initial_load is true, allowed: with queue_url")
    if fields.get("skip_initial_load") is True and "start_after" in fields:
        _say(checker, "source", f"{path}.start_after is set beside skip_initial_load")


def _protobuf(checker: Checker, fields: Mapping[str, Any], path: str) -> None:
    if "protobuf_schema" in fields and fields.get("format") != "Protobuf":
        _say(checker, "source", f"{path}.protobuf_schema is set, allowed: with format Protobuf")


def _credentials_fit(checker: Checker, kind: str, fields: Mapping[str, Any]) -> None:
    """Each way to log in has its credentials, and `iam_role` has its one way."""
    ways = SOURCES[kind].ways
    way = fields.get("authentication", next(iter(ways)))
    if not isinstance(way, str) or way not in ways:
        return  # not known yet, or for the document to refuse
    if "iam_role" in fields and way != "IAM_ROLE":
        _say(
            checker,
            "source",
            f"source.{kind}.iam_role is set, allowed: with authentication IAM_ROLE",
        )
    if way == "IAM_ROLE":
        _needs(checker, fields, f"source.{kind}", "iam_role")
    needed = ways[way]
    if kind == "kafka" and way == "PLAIN" and fields.get("type") == "azureeventhub":
        needed = ("connection_string",)
    given = checker.inputs.get("credentials")
    if given is None:
        if needed and "adopt" not in checker.inputs:
            said = f"credentials is required: {', '.join(needed)}, for {way or kind}"
            _say(checker, "credentials", said)
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
        _say(checker, name, f"{name} is set, allowed: nothing for this authentication")
    elif not isinstance(given, Mapping) or not set(needed) <= set(given) <= {*needed, *also}:
        shown = ", ".join(given) if isinstance(given, Mapping) else "no mapping"
        _say(checker, name, f"{name} has {shown}, allowed: {', '.join((*needed, *also))}")
    elif not all(isinstance(v, str) and v for v in given.values() if is_known(v)):
        _say(checker, name, f"{name}: each value is a text")


def _destination(checker: Checker, rules: Source, kind: str) -> None:
    destination = checker.inputs.get("destination")
    if not isinstance(destination, Mapping):
        return
    _needs(checker, destination, "destination", "database")
    if rules.is_database:
        for name in ("table", "managed_table", "table_definition", "columns"):
            if name in destination:
                _say(
                    checker,
                    "destination",
                    f"destination.{name} is set, allowed: nothing for {kind}, whose tables are "
                    "those of table_mappings",
                )
        return
    _needs(checker, destination, "destination", "table")
    definition = destination.get("table_definition")
    if destination.get("managed_table") is False and definition is not None:
        _say(checker, "destination", "destination.table_definition is set, allowed: if managed")
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
    """A property that is there exactly where another has one of these values."""
    decision = fields.get(decided_by)
    if decision is None or not is_known(decision):
        return
    if decision in values:
        _needs(checker, fields, path, name)
    elif name in fields:
        allowed = f"where {decided_by} is {', '.join(values)}"
        _say(checker, path.split(".")[0], f"{path}.{name} is set, allowed: {allowed}")


def _needs(checker: Checker, fields: Mapping[str, Any], path: str, *names: str) -> None:
    for name in names:
        if name not in fields or fields[name] == []:
            _say(checker, path.split(".")[0], f"{path}.{name} is required")


def _say(checker: Checker, name: str, reason: str) -> None:
    checker.failures.append(CheckFailure(name, reason))


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
    """The source with stand-ins for credentials, where the document asks for some."""
    whole = dict(fields)
    registry = fields.get("schema_registry")
    if isinstance(registry, Mapping) and registry.get("type") != "glue":
        whole["schema_registry"] = {**registry, "credentials": dict.fromkeys(_REGISTRY, "x")}
    ways = SOURCES[kind].ways
    needed = ways.get(fields.get("authentication") or next(iter(ways))) or ()
    if kind in ("pubsub", "bigquery") and needed:
        whole |= placed(kind, dict.fromkeys(needed, "x"))
    return whole


def _refused(
    model: str, whole: Mapping[str, Any], shown: Mapping[str, Any], path: str
) -> Iterator[CheckFailure]:
    from pydantic import ValidationError

    from clickhouse_api import models

    try:
        getattr(models, model).model_validate(whole)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield CheckFailure(path.split(".")[0].split("[")[0], _sentence(detail, shown, path))


def _sentence(detail: Any, shown: Any, path: str) -> str:
    """What is wrong, without the names of the models' own variants in between."""
    for step in detail["loc"]:
        if isinstance(step, int):
            path, shown = f"{path}[{step}]", shown[step] if isinstance(shown, list) else None
        elif not step[:1].isupper():
            name = re.sub(r"(?<!^)(?=[A-Z])", "_", step).lower()
            path, shown = f"{path}.{name}", shown.get(name) if isinstance(shown, Mapping) else None
    if detail["type"] == "missing":
        return f"{path} is required"
    if detail["type"] == "extra_forbidden":
        return f"{path} is not a property that the API has"
    allowed = detail["msg"].removeprefix("Input should be ")
    return f"{path} is {shown!r}, allowed: {allowed}"


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every property in it, by path; of one that is secret, the property alone."""
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
