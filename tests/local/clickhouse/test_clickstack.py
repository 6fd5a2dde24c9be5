"""ClickStack: references must exist, and the server assigns ids."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.local.clickhouse.control_plane import CloudProcess, Service
from tests.local.clickhouse.kinds import KINDS, SQL_SOURCE

Json = Any

ALERT = {"threshold": 1, "interval": "5m", "thresholdType": "above", "source": "tile"}


class ClickStack:
    """A client of a service's ClickStack."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def call(self, method: str, path: str, body: Json = None, *, status: int = 200) -> Json:
        """Send one request under the service's ClickStack."""
        path = f"{self._service.path}/clickstack/{path}"
        return self._service.cloud.call(method, path, body, status=status)


@pytest.fixture
def clickstack(cloud: CloudProcess) -> ClickStack:
    """Return the ClickStack of a service without any data."""
    return ClickStack(cloud.create_service())


def tile(name: str, source: str, **fields: Json) -> Json:
    """Return a chart of a source."""
    config = {"displayType": "number", "sourceId": source, "select": [{"aggFn": "count"}]}
    return {"name": name, "x": 0, "y": 0, "w": 4, "h": 4, "config": config, **fields}


def test_sources_tiles_alerts_and_webhooks_refer_to_each_other(clickstack: ClickStack) -> None:
    """Unknown ids are rejected, tiles keep their ids, and an alert is deleted with its tile."""
    call = clickstack.call
    nowhere = str(uuid.uuid4())
    lost = {**SQL_SOURCE, "traceSourceId": nowhere}
    assert f"traceSourceId: ClickStack Source {nowhere}" in call(
        "POST", "sources", lost, status=400
    )
    source = call("POST", "sources", SQL_SOURCE)["id"]

    wrong = {"name": "d", "tiles": [tile("a", source), tile("b", nowhere)]}
    assert "tiles[1].config.sourceId" in call("POST", "dashboards", wrong, status=400)
    said = call("POST", "dashboards/validate", wrong)
    assert (said["valid"], said["errors"][0]["path"]) == (False, "tiles[1].config.sourceId")
    apart = {"name": "d", "tiles": [tile("a", source, containerId="c")]}
    assert "containerId" in call("POST", "dashboards", apart, status=400)
    right = {"name": "d", "tiles": [tile("a", source, id="mine"), tile("b", source)]}
    assert call("POST", "dashboards/validate", right)["valid"]
    created = call("POST", "dashboards", right)
    first, second = created["tiles"]
    assert first["id"] != "mine"
    assert first["config"]["select"] == [{"aggFn": "count", "where": "", "whereLanguage": "lucene"}]

    hook = call("POST", "webhooks", KINDS["webhook"].body)["id"]
    watched = {**ALERT, "dashboardId": created["id"], "tileId": first["id"]}
    unheard = {**watched, "channel": {"type": "webhook", "webhookId": nowhere}}
    assert "webhookId" in call("POST", "alerts", unheard, status=400)
    heard = {**watched, "channels": [{"type": "webhook", "webhookId": hook}]}
    assert "tileId" in call("POST", "alerts", {**heard, "tileId": "mine"}, status=400)
    assert "tileId" in call("POST", "alerts", {**heard, "tileId": None}, status=400)
    alert = call("POST", "alerts", heard)
    call("DELETE", f"webhooks/{hook}", status=409)

    # The first tile keeps its id under another name. The second has no id, so it is new.
    changed = {"name": "d", "tiles": [{**first, "name": "z"}, tile("b", source)]}
    kept, fresh = call("PUT", f"dashboards/{created['id']}", changed)["tiles"]
    assert (kept["id"], kept["name"]) == (first["id"], "z")
    assert fresh["id"] != second["id"]
    assert call("GET", f"alerts/{alert['id']}")["tileId"] == first["id"]
    teams = {"type": "STATIC_LIST", "name": "Team", "options": ["a"], "id": "mine"}
    filtered = call(
        "PUT", f"dashboards/{created['id']}", {"name": "d", "tiles": [], "filters": [teams]}
    )
    assert filtered["filters"][0]["id"] != "mine"
    call("GET", f"alerts/{alert['id']}", status=404)
    call("DELETE", f"webhooks/{hook}")


def test_an_alert_can_have_a_custom_query(clickstack: ClickStack) -> None:
    """The alert's source must exist. The alert is sent to an email address."""
    call = clickstack.call
    source = call("POST", "sources", SQL_SOURCE)["id"]
    channels = [{"type": "email", "emailRecipients": ["a@example.com"]}]
    config = {**tile("a", source)["config"], "where": "Body:error"}
    inline = {**ALERT, "source": "inline", "chartConfig": config, "channels": channels}
    assert call("POST", "alerts", inline)["chartConfig"]["where"] == "Body:error"
    nowhere = {**inline, "chartConfig": {**config, "sourceId": "nowhere"}}
    assert "chartConfig.sourceId" in call("POST", "alerts", nowhere, status=400)
    assert "channels" in call("POST", "alerts", {**inline, "channels": []}, status=400)
    unsaid = {**inline, "chartConfig": None}
    assert "chartConfig" in call("POST", "alerts", unsaid, status=400)
