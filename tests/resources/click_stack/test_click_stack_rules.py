"""What ClickStack's resources refuse before any cloud is called, and what does not differ."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi.output import Unknown

from resources.base.schema_check import managed_part
from resources.click_stack.click_stack_alert import (
    INTERVALS,
    SENT,
    THRESHOLD_TYPES,
    ClickStackAlertProvider,
)
from resources.click_stack.click_stack_dashboard import ClickStackDashboardProvider
from resources.click_stack.click_stack_object import ClickStackThing
from resources.click_stack.click_stack_source import KINDS, ClickStackSourceProvider
from resources.click_stack.click_stack_webhook import SERVICES, ClickStackWebhookProvider
from tests.support.openapi_schema import schema

PLACE = {"organization_id": "o", "service_id": "s", "resource_urn": "u", "stack_mark": "m"}
SELECT = [{"agg_fn": "count"}]
CHART = {"display_type": "line", "source_id": "s", "select": SELECT}
LEGAL: dict[type[ClickStackThing], dict[str, Any]] = {
    ClickStackSourceProvider: {
        "name": "logs",
        "kind": "log",
        "connection": "c",
        "database": "d",
        "table": "t",
        "settings": {
            "default_table_select_expression": "Body",
            "timestamp_value_expression": "Timestamp",
        },
    },
    ClickStackWebhookProvider: {
        "name": "hook",
        "service": "generic",
        "url": "https://x.example.com/t0ken",
        "headers": {"A": "b"},
    },
    ClickStackDashboardProvider: {
        "name": "board",
        "tiles": [{"name": "a", "x": 0.0, "y": 0, "w": 1, "h": 1, "config": CHART}],
        "containers": [{"id": "c", "title": "C", "collapsed": False}],
    },
    ClickStackAlertProvider: {
        "display_name": "alert",
        "source": "tile",
        "dashboard_id": "d",
        "tile_id": "t",
        "interval": "5m",
        "threshold": 1.0,
        "threshold_type": "above",
        "channels": [{"type": "webhook", "webhook_id": "w"}],
    },
}


def reasons(provider: type[ClickStackThing], changes: Mapping[str, Any]) -> list[str]:
    """What is wrong with a legal resource that was changed so."""
    # Something is not known yet, so a dashboard is not shown to the API.
    props = {**PLACE, "later": Unknown(), **LEGAL[provider], **changes}  # type: ignore[no-untyped-call]
    return [failure.reason for failure in provider().check({}, props).failures]


def tiles(**changes: Any) -> dict[str, Any]:
    """A dashboard's only tile, changed so."""
    return {"tiles": [{**LEGAL[ClickStackDashboardProvider]["tiles"][0], **changes}]}


@pytest.mark.parametrize("provider", LEGAL)
def test_what_is_legal_passes(provider: type[ClickStackThing]) -> None:
    """Floats from the wire, and values that are not known yet, included."""
    assert reasons(provider, {}) == []
    unknown = dict.fromkeys(LEGAL[provider], Unknown())  # type: ignore[no-untyped-call]
    assert reasons(provider, {name: unknown[name] for name in unknown if name != "kind"}) == []


@pytest.mark.parametrize(
    ("provider", "changes", "reason"),
    [
        (ClickStackSourceProvider, {"kind": "span"}, "kind is 'span', allowed: log, trace, metric"),
        (ClickStackSourceProvider, {"table": None}, "table is required"),
        (
            ClickStackSourceProvider,
            {"settings": {"default_table_select_expression": "Body"}},
            "settings.timestamp_value_expression is required",
        ),
        (
            ClickStackSourceProvider,
            {"settings": {"span_id": 1}},
            "settings.span_id is not a field of the API",
        ),
        (ClickStackSourceProvider, {"settings": {"name": "n"}}, "allowed: nothing of name, kind"),
        (
            ClickStackDashboardProvider,
            tiles(config={**CHART, "display_type": "lines"}),
            "tiles[0].config.display_type is 'lines', allowed: line, stacked_bar, stacked_line",
        ),
        (
            ClickStackDashboardProvider,
            tiles(config={**CHART, "select": [{"agg_fn": "many"}]}),
            "tiles[0].config.select[0].agg_fn is 'many', allowed: avg, count",
        ),
        (
            ClickStackDashboardProvider,
            tiles(config={"display_type": "search", "source_id": Unknown()}),  # type: ignore[no-untyped-call]
            "tiles[0].config.select is required",
        ),
        (ClickStackDashboardProvider, tiles(w=1.5), "tiles[0].w is 1.5, allowed: a valid integer"),
        (ClickStackDashboardProvider, tiles(config=None), "tiles[0].config is required"),
        (ClickStackDashboardProvider, tiles(id="i"), "tiles[0].id is 'i', allowed: nothing"),
        (
            ClickStackDashboardProvider,
            tiles(container_id="d"),
            "tiles[0].container_id is 'd', allowed: the id of one of containers: c",
        ),
        (
            ClickStackDashboardProvider,
            tiles(container_id="c", tab_id="t"),
            "tiles[0].tab_id is 't', allowed: a tab of its container: there are none",
        ),
        (
            ClickStackDashboardProvider,
            {"filters": [{"type": "LIST"}]},
            "filters[0].type is 'LIST', allowed: QUERY_EXPRESSION, STATIC_LIST",
        ),
        (ClickStackDashboardProvider, {"tiles": "all"}, "tiles is 'all', allowed: a list of"),
        (ClickStackAlertProvider, {"interval": "2m"}, "interval is '2m', allowed: 30s, 1m, 5m"),
        (ClickStackAlertProvider, {"tile_id": None}, "tile_id is required with source tile"),
        (
            ClickStackAlertProvider,
            {"chart_config": CHART},
            "allowed: nothing with source tile",
        ),
        (
            ClickStackAlertProvider,
            {
                "source": "inline",
                "dashboard_id": None,
                "tile_id": None,
                "chart_config": {**CHART, "display_type": "table"},
            },
            "chart_config.display_type is 'table', allowed: line, stacked_bar",
        ),
        (
            ClickStackAlertProvider,
            {"threshold_type": "between", "threshold_max": 0},
            "threshold_max is 0, allowed: at least threshold, 1",
        ),
        (ClickStackAlertProvider, {"threshold_type": "between"}, "threshold_max is required with"),
        (ClickStackAlertProvider, {"threshold_max": 2}, "nothing with threshold_type above"),
        (ClickStackAlertProvider, {"channels": []}, "channels is [], allowed: 1 to 10 mappings"),
        (
            ClickStackAlertProvider,
            {"channels": [{"type": "webhook"}]},
            "channels[0].webhook_id is required with type webhook",
        ),
        (
            ClickStackAlertProvider,
            {"channels": [{"type": "email", "email_recipients": ["a"], "severity": "low"}]},
            "channels[0].severity is not a field of the API",
        ),
        (ClickStackAlertProvider, {"schedule_offset_minutes": 5}, "less than the interval, 5m"),
        (ClickStackAlertProvider, {"schedule_start_at": "soon"}, "a date and time with its zone"),
        (ClickStackWebhookProvider, {"service": "pager"}, "allowed: slack, incidentio, generic"),
        (ClickStackWebhookProvider, {"url": "x.example.com/t0ken"}, "url is not an address that"),
        (ClickStackWebhookProvider, {"headers": {"A": "t0ken" * 999}}, "headers 'A' is no text of"),
    ],
)
def test_what_is_illegal_is_named_with_what_is_allowed(
    provider: type[ClickStackThing], changes: dict[str, Any], reason: str
) -> None:
    """Where it is, the value, the rule; a secret is not shown."""
    shown = reasons(provider, changes)
    assert [line for line in shown if reason in line], shown
    assert "t0ken" not in str(shown)


def test_what_the_server_adds_is_no_difference() -> None:
    """Only what the program speaks of is looked at, and all of that."""
    wanted = {"a": [{"x": 1, "s": {"y": 2}}], "b": 1}
    live = {"a": [{"x": 1.0, "id": "i", "s": {"y": 2, "z": 3}}], "b": 1, "c": 2}
    assert managed_part(live, wanted) == wanted
    assert managed_part({**live, "a": []}, wanted) != wanted
    assert managed_part({**live, "a": [*live["a"], {"x": 2}]}, wanted) != wanted  # type: ignore[misc]
    assert managed_part({"b": 1}, wanted) != wanted


def test_a_tile_keeps_its_id_as_long_as_it_has_its_name() -> None:
    """Also the second of a name; new ones get theirs from the API, filters from here."""
    provider = ClickStackDashboardProvider()
    live = {
        "name": "b",
        "tiles": [{"name": "a", "id": "1"}, {"name": "a", "id": "2"}],
        "filters": [{"name": "f", "id": "3"}],
    }
    wanted = {
        "tiles": [{"name": "new"}, {"name": "a"}, {"name": "a"}],
        "filters": [{"name": "g"}, {"name": "f"}],
    }
    sent = provider.values(live, wanted)
    assert [tile.get("id") for tile in sent["tiles"]] == [None, "1", "2"]
    assert sent["filters"][1]["id"] == "3"
    assert len(sent["filters"][0]["id"]) == 24
    assert provider.shown(live, wanted)["tile_ids"] == {"a": "1", "a#2": "2"}


def test_allowed_values_are_those_of_the_document() -> None:
    """Plain constants, so that a check loads no client; here they are compared."""
    alert = schema("ClickStackCreateAlertRequest")
    assert list(INTERVALS) == alert["interval"]["enum"]
    assert sorted(THRESHOLD_TYPES) == sorted(alert["thresholdType"]["enum"])
    assert {snake(name) for name in alert} == {*SENT, "channel"}
    board = schema("ClickStackCreateDashboardRequest")
    assert {snake(name) for name in board} == set(ClickStackDashboardProvider.sends)
    hook = schema("ClickStackWebhookInput")
    assert {snake(name) for name in hook} == set(ClickStackWebhookProvider.sends)
    assert list(SERVICES) == hook["service"]["enum"]
    assert [schema(model)["kind"]["enum"] for model in KINDS.values()] == [[k] for k in KINDS]


def test_an_up_that_changes_nothing_loads_no_client() -> None:
    """Check and diff of what passed before: neither httpx nor pydantic."""
    code = "\n".join(
        [
            "import sys",
            *(f"from {p.__module__} import {p.__name__}" for p in LEGAL),
            f"for provider, props in zip([{', '.join(p.__name__ for p in LEGAL)}], "
            f"{list(LEGAL.values())!r}, strict=True):",
            f"    props = {{**{PLACE!r}, **props}}",
            "    checked = provider().check(props, props)",
            "    assert not checked.failures, checked.failures",
            "    assert not provider().diff('id', props, checked.inputs).changes, provider",
            "print([m for m in ('httpx', 'pydantic', 'clickhouse_api') if m in sys.modules])",
        ]
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def snake(name: str) -> str:
    """A name of the document as an argument."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
