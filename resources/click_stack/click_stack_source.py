"""`ClickStackSource`: a table that ClickStack reads logs, traces, metrics or sessions from.

Operations: `clickStackCreateSource`, `clickStackGetSource`, `clickStackListSources`,
`clickStackUpdateSource`, `clickStackDeleteSource`.

    spans = ClickStackSource(
        "spans",
        ClickStackSourceArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            kind="trace",
            connection="local",
            database="telemetry",
            table="otel_traces",
            settings={
                "default_table_select_expression": "Timestamp, ServiceName, SpanName, Duration",
                "timestamp_value_expression": "Timestamp",
                "duration_expression": "Duration",
                "duration_precision": 9,
                "trace_id_expression": "TraceId",
                "span_id_expression": "SpanId",
                "parent_span_id_expression": "ParentSpanId",
                "span_name_expression": "SpanName",
                "span_kind_expression": "SpanKind",
                "service_name_expression": "ServiceName",
            },
        ),
    )

A change of the organization or service replaces the source; all other properties change in place.
Settings that the program does not set stay unchanged. Sources refer to each other by id
(`trace_source_id`, `log_source_id`, …). A program cannot contain a cycle of references: set one of
them in the console, and this resource keeps it. `adopt="<id>"` adopts an existing source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Live, marks_of
from resources.base.checker import Checker
from resources.base.confirmation import Confirmation
from resources.base.fields import ORGANIZATION, SERVICE, Field, choice, text
from resources.base.schema_check import check_shape
from resources.click_stack.click_stack_object import ClickStackObject

__all__ = ["ClickStackSource", "ClickStackSourceArgs", "ClickStackSourceProvider"]

# kind -> the request's model.
KINDS = {
    "log": "ClickStackLogSource",
    "trace": "ClickStackTraceSource",
    "metric": "ClickStackMetricSource",
    "session": "ClickStackSessionSource",
    "promql": "ClickStackPromqlSource",
}
# The fields of a source that are separate arguments, not `settings`.
OWN = ("name", "kind", "connection", "from")
# `from_` is the name in the models.
NOT_SETTINGS = (*OWN, "from_", "id")


@dataclass(kw_only=True)
class ClickStackSourceArgs:
    """A table, and how ClickStack reads it.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service with this ClickStack. Replaces.
        kind: `log`, `trace`, `metric`, `session` or `promql`. In place.
        connection: id of the connection through which ClickStack reads. In place.
        database: database of the table. In place.
        table: name of the table. Required for all kinds except `metric`. In place.
        settings: further fields of the kind in the OpenAPI spec, in snake_case: expressions for
            columns, ids of related sources, `metric_tables`, … In place. A setting that is removed
            keeps its value.
        name: the name. Default: the Pulumi name. In place.
        adopt: id of an existing source to adopt instead of creating one.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    kind: pulumi.Input[str]
    connection: pulumi.Input[str]
    database: pulumi.Input[str]
    table: pulumi.Input[str] | None = None
    settings: pulumi.Input[Mapping[str, Any]] | None = None
    name: pulumi.Input[str] | None = None
    adopt: pulumi.Input[str] | None = None


def _check_settings(checker: Checker, name: str) -> None:
    value = checker.known(name)
    if value is not None and not isinstance(value, Mapping):
        checker.reject(name, "names and values")
    elif value is not None and set(value) & set(NOT_SETTINGS):
        checker.reject(
            name, f"settings without {', '.join(OWN)} and id: they are arguments, or set by the API"
        )


class ClickStackSourceProvider(ClickStackObject):
    """Creates, changes and deletes sources."""

    display_name = "ClickStack source"
    kind = "source"
    models = ("ClickStackSource", "ClickStackSource")
    request_fields = OWN
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "name": Field(check=text(), required=True),
        "kind": Field(check=choice(tuple(KINDS)), required=True),
        "connection": Field(check=text(), required=True),
        "database": Field(check=text(), required=True),
        "table": Field(check=text()),
        "settings": Field(check=_check_settings),
    }

    def rules(self, checker: Checker) -> None:
        """Require a table for all kinds except metrics, which have several."""
        super().rules(checker)
        if checker.known("kind") not in (None, "metric") and "table" not in checker.inputs:
            checker.required("table")

    def links(self, checker: Checker, olds: Mapping[str, Any]) -> None:
        """Check the settings against the model of the kind."""
        kind = checker.known("kind")
        # A value that passed at the last `up` needs no check, which would load the client.
        if kind is None or all(checker.inputs.get(n) == olds.get(n) for n in self.fields):
            return
        if not isinstance(checker.inputs.get("settings", {}), Mapping):
            return  # not known yet
        whole = Checker({"source": _request(checker.inputs)})
        check_shape(whole, "source", KINDS[kind], whole="adopt" not in checker.inputs)
        for failure in whole.failures:
            reason = failure.reason.replace("source.", "settings.", 1)
            checker.failures.append(type(failure)("settings", reason))
        if "settings" in checker.inputs and not whole.failures:
            spelled = whole.inputs["source"]
            checker.inputs["settings"] = {n: v for n, v in spelled.items() if n not in NOT_SETTINGS}

    def live(self, item: Live) -> Live:
        """Return a response with the inputs' names."""
        place = item.get("from_") or item.get("from") or {}
        settings = {name: value for name, value in item.items() if name not in NOT_SETTINGS}
        return {
            **super().live(item),
            "from": place,
            "database": place.get("database_name"),
            "table": place.get("table_name"),
            "settings": settings,
        }

    def values(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the fields of a request: the program's settings over the live ones."""
        given: dict[str, Any] = {name: live[name] for name in OWN if name in live}
        place = {"database": live.get("database"), "table": live.get("table")}
        kept = live.get("settings") or {}
        if wanted.get("kind") not in (None, live.get("kind")):
            kept = {}  # another kind has other settings
        asked = {name: value for name, value in wanted.items() if value is not None}
        settings = {**kept, **(asked.get("settings") or {})}
        return _request({**given, **place, **asked, "settings": settings})


class ClickStackSource(Resource, module="clickhouse", name="ClickStackSource"):
    """A source."""

    name: pulumi.Output[str]
    """The name."""
    kind: pulumi.Output[str]
    """`log`, `trace`, `metric`, `session` or `promql`."""

    def __init__(
        self,
        resource_name: str,
        args: ClickStackSourceArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), "name": args.name or resource_name}
        props |= marks_of(type(self), resource_name, opts)
        provider = ClickStackSourceProvider()
        super().__init__(provider, resource_name, props, opts)
        if args.adopt is None:
            Confirmation(resource_name, provider, of=self, props=provider.place_of(props))


def _request(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a request, in which settings are not nested."""
    place = {"database_name": props.get("database"), "table_name": props.get("table")}
    return {
        **(props.get("settings") or {}),
        **{name: props[name] for name in ("name", "kind", "connection") if name in props},
        "from": {name: value for name, value in place.items() if value is not None},
    }
