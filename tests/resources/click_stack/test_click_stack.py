"""ClickStack sources, dashboards, alerts and webhooks, on the real CLI and local control plane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import declare, service_result, service_stack

Declared = tuple[str, str, dict[str, Any]]

FILTER = {"type": "STATIC_LIST", "name": "Team", "options": ["a", "b"]}
URL = "https://hooks.example.com/d3adb33f"
SOURCE: dict[str, Any] = {
    "kind": "log",
    "connection": "local",
    "database": "default",
    "table": "logs",
    "settings": {
        "default_table_select_expression": "Timestamp, Body",
        "timestamp_value_expression": "Timestamp",
    },
}
THEIRS = {
    "name": "theirs",
    "kind": "log",
    "connection": "local",
    "from": {"databaseName": "default", "tableName": "logs"},
    "defaultTableSelectExpression": "Timestamp",
    "timestampValueExpression": "Timestamp",
}
ALERT: dict[str, Any] = {
    "source": "tile",
    "dashboard_id": "$board",
    "tile_id": "$board/Errors",
    "interval": "5m",
    "threshold": 10,
    "threshold_type": "above",
    "channels": [{"type": "webhook", "webhook_id": "$hook"}],
}


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of one service and of declared resources."""
    return service_stack(clouds, tmp_path)


def tile(name: str, **config: Any) -> dict[str, Any]:
    """Return a chart of the source."""
    shown = {"display_type": "line", "source_id": "$logs", "select": [{"agg_fn": "count"}]}
    return {"name": name, "x": 0, "y": 0, "w": 6, "h": 4, "config": {**shown, **config}}


def all_of(
    *,
    source: dict[str, Any] | None = None,
    board: dict[str, Any] | None = None,
    hook: dict[str, Any] | None = None,
    alert: dict[str, Any] | None = None,
) -> list[Declared]:
    """Return one resource of each kind, with some arguments changed."""
    tiles = {"tiles": [tile("Errors"), tile("Rows")], "tags": ["b", "a"]}
    return [
        ("ClickStackSource", "logs", {**SOURCE, **(source or {})}),
        ("ClickStackWebhook", "hook", {"service": "generic", "url": URL, **(hook or {})}),
        ("ClickStackWebhook", "spare", {"service": "slack", "url": URL}),
        ("ClickStackDashboard", "board", {**tiles, **(board or {})}),
        ("ClickStackAlert", "alert", {**ALERT, **(alert or {})}),
    ]


def objects_of(stack: ProgramStack, kind: str) -> list[Any]:
    """Return all objects of a kind that the service has."""
    return list(service_result(stack, f"/clickstack/{kind}s"))


def put(stack: ProgramStack, kind: str, item: dict[str, Any], **changes: Any) -> None:
    """Change an object as a user does in the console."""
    body = {**item, **changes}
    for name in ("id", "state", "createdAt", "updatedAt", "teamId"):
        body.pop(name, None)
    service_result(stack, f"/clickstack/{kind}s/{item['id']}", "PUT", body)


def test_the_lifecycle_of_all_four(stack: ProgramStack) -> None:
    """Created once although responses are lost; no change; drift; in place; destroyed."""
    lost = [
        {"operation": f"clickStackCreate{kind}", "fault": "lost"}
        for kind in ("Source", "Webhook", "Dashboard", "Alert")
    ]
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0, "rules": lost})
    declare(stack, *all_of(hook={"headers": {"Authorization": "Bearer t0ken"}}), secret=True)
    stack.up()
    (source,), (board,), (alert,) = (objects_of(stack, k) for k in ("source", "dashboard", "alert"))
    hook, spare = sorted(objects_of(stack, "webhook"), key=lambda each: str(each["name"]))
    # Each name had an ownership tag until the id was saved.
    assert (source["name"], source["from"]["tableName"]) == ("logs", "logs")
    assert (hook["name"], spare["name"]) == ("hook", "spare")
    assert (board["name"], alert["displayName"]) == ("board", "alert")
    assert alert["tileId"] == board["tiles"][0]["id"]
    for secret in (URL, "t0ken"):
        assert secret not in stack.state()
    stack.up("--expect-no-changes")

    # Changed out of band: refresh shows the fields that the program sets.
    put(stack, "source", source, connection="other", bodyExpression="Body")
    put(stack, "dashboard", board, tags=["c"], savedQuery="theirs")
    put(stack, "alert", alert, threshold=99)
    service_result(stack, f"/clickstack/webhooks/{spare['id']}", "DELETE")
    drift = stack.pulumi("refresh", "--yes", "--diff")
    for name in ("connection", "tags", "threshold", "spare"):
        assert name in drift
    assert "theirs" not in drift

    # In place: a tile keeps its id even with another chart, and so does the alert on it.
    tiles = [tile("New"), tile("Errors", display_type="number"), tile("New", group_by="Service")]
    declare(
        stack,
        *all_of(
            source={"settings": {**SOURCE["settings"], "service_name_expression": "ServiceName"}},
            board={"tiles": tiles, "tags": None, "filters": [FILTER]},
            hook={"description": "for the night", "body": "{{title}}"},
            alert={"threshold": 20, "threshold_type": "between", "threshold_max": 30},
        ),
    )
    shown = stack.up()
    assert "replac" not in shown
    (source_2,), (board_2,), (alert_2,) = (
        objects_of(stack, k) for k in ("source", "dashboard", "alert")
    )
    hook_2, spare_2 = sorted(objects_of(stack, "webhook"), key=lambda each: str(each["name"]))
    assert [item["id"] for item in (source_2, hook_2, board_2, alert_2)] == [
        item["id"] for item in (source, hook, board, alert)
    ]
    assert spare_2["id"] != spare["id"]
    assert (source_2["connection"], source_2["bodyExpression"]) == ("local", "Body")
    assert source_2["serviceNameExpression"] == "ServiceName"
    assert (board_2["savedQuery"], board_2["tags"]) == ("theirs", [])
    assert board_2["tiles"][1]["id"] == board["tiles"][0]["id"]
    assert alert_2["tileId"] == board["tiles"][0]["id"]
    assert (alert_2["threshold"], alert_2["thresholdMax"]) == (20, 30)
    assert (hook_2["description"], hook_2["body"]) == ("for the night", "{{title}}")
    stack.pulumi("refresh", "--yes", "--expect-no-changes")
    declare(stack)
    stack.up()
    for kind in ("source", "webhook", "dashboard", "alert"):
        assert objects_of(stack, kind) == []


def test_existing_objects_are_adopted_and_the_preview_validates_with_the_api(
    stack: ProgramStack,
) -> None:
    """Adopting changes only a different secret. A tile without a source is rejected."""
    declare(stack)
    stack.up()
    source = service_result(stack, "/clickstack/sources", "POST", THEIRS)
    hook = service_result(
        stack,
        "/clickstack/webhooks",
        "POST",
        {"name": "theirs", "service": "slack", "url": "https://theirs.example.com/1"},
    )
    chart = {"displayType": "line", "sourceId": source["id"], "select": [{"aggFn": "count"}]}
    drawn = {"name": "Errors", "x": 0, "y": 0, "w": 6, "h": 4, "config": chart}
    board = service_result(
        stack, "/clickstack/dashboards", "POST", {"name": "theirs", "tiles": [drawn]}
    )
    watched = {"dashboardId": board["id"], "tileId": board["tiles"][0]["id"], "source": "tile"}
    limit = {"interval": "5m", "threshold": 10, "thresholdType": "above", "displayName": "theirs"}
    channels = {"channels": [{"type": "webhook", "webhookId": hook["id"]}]}
    alert = service_result(stack, "/clickstack/alerts", "POST", {**watched, **limit, **channels})

    def theirs(item: dict[str, Any], **args: Any) -> dict[str, Any]:
        return {"name": "theirs", "adopt": item["id"], **args}

    named = {**ALERT, "display_name": "theirs", "adopt": alert["id"]}
    adopted: list[Declared] = [
        ("ClickStackSource", "logs", theirs(source, **{**SOURCE, "settings": None})),
        ("ClickStackWebhook", "hook", theirs(hook, service="slack", url=URL)),
        ("ClickStackDashboard", "board", theirs(board, tiles=[tile("Errors")])),
        ("ClickStackAlert", "alert", named),
    ]
    declare(stack, *adopted)
    stack.up()
    for kind, item in (("source", source), ("dashboard", board), ("alert", alert)):
        assert objects_of(stack, kind) == [item]
    (hook_2,) = objects_of(stack, "webhook")
    assert hook_2 == {**hook, "url": URL, "updatedAt": hook_2["updatedAt"]}
    stack.up("--expect-no-changes")

    lost = {"tiles": [tile("Lost", source_id="nowhere")]}
    declare(stack, *adopted, ("ClickStackDashboard", "lost", lost))
    rejected = stack.pulumi("preview", succeeds=False)
    assert "tiles[0].config.sourceId: ClickStack Source nowhere was not found" in rejected
    assert objects_of(stack, "dashboard") == [board]
