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

Another organization or service replaces it; everything else changes in place. Settings that the
program does not name stay as they are. Sources refer to each other by id (`trace_source_id`,
`log_source_id`, …), and a program cannot make a circle: where two should know each other, one of
them is told in the console, which this resource then leaves alone. An existing source is taken over
with `adopt="<id>"`.
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
from resources.click_stack.click_stack_object import ClickStackThing

__all__ = ["ClickStackSource", "ClickStackSourceArgs", "ClickStackSourceProvider"]

# kind -> the request's model.
KINDS = {
    "log": "ClickStackLogSource",
    "trace": "ClickStackTraceSource",
    "metric": "ClickStackMetricSource",
    "session": "ClickStackSessionSource",
    "promql": "ClickStackPromqlSource",
}
# What the arguments say by a name of their own, beside `settings`.
OWN = ("name", "kind", "connection", "from")
# `from_` is how the models spell it.
NOT_SETTINGS = (*OWN, "from_", "id")


@dataclass(kw_only=True)
class ClickStackSourceArgs:
    """Which table, and how to read it.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service whose ClickStack it is. Replaces.
        kind: `log`, `trace`, `metric`, `session` or `promql`. In place.
        connection: id of the connection through which ClickStack reads. In place.
        database: where the table is. In place.
        table: its name; only `metric` goes without. In place.
        settings: what else the kind has, as the API's document names it (in snake_case):
            expressions that find a column, ids of related sources, `metric_tables`, … In place;
            a setting that is taken out keeps its value.
        name: default: the Pulumi name. In place.
        adopt: id of an existing source to take over instead of making one.
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
        checker.reject(name, f"nothing of {', '.join(OWN)}, id: they are arguments, or the API's")


class ClickStackSourceProvider(ClickStackThing):
    """Makes, changes and deletes sources."""

    display_name = "ClickStack source"
    kind = "source"
    models = ("ClickStackSource", "ClickStackSource")
    sends = OWN
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
        """Only metrics are in several tables."""
        super().rules(checker)
        if checker.known("kind") not in (None, "metric") and "table" not in checker.inputs:
            checker.required("table")

    def links(self, checker: Checker, olds: Mapping[str, Any]) -> None:
        """The settings must be those of the kind."""
        kind = checker.known("kind")
        # What passed at the last `up` need not load the client again.
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

    def live(self, thing: Live) -> Live:
        """An answer in the spelling of the inputs."""
        place = thing.get("from_") or thing.get("from") or {}
        settings = {name: value for name, value in thing.items() if name not in NOT_SETTINGS}
        return {
            **super().live(thing),
            "from": place,
            "database": place.get("database_name"),
            "table": place.get("table_name"),
            "settings": settings,
        }

    def values(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """The settings that are there under those of the program."""
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
    """Its name."""
    kind: pulumi.Output[str]
    """What is in it."""

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
    """The request's fields; the settings are not in a field of their own there."""
    place = {"database_name": props.get("database"), "table_name": props.get("table")}
    return {
        **(props.get("settings") or {}),
        **{name: props[name] for name in ("name", "kind", "connection") if name in props},
        "from": {name: value for name, value in place.items() if value is not None},
    }
