"""`ClickStackDashboard`: fields."""

from __future__ import annotations

from typing import Any

from pulumi.output import Unknown

from resources.click_stack.click_stack_dashboard import ClickStackDashboardProvider
from tests.resources.click_stack.click_stack_fields import CHART, ClickStackFieldTests

TILE = {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1, "config": CHART}


def _tiles(**changes: Any) -> dict[str, Any]:
    """Return a dashboard's only tile with some changes."""
    return {"tiles": [{**TILE, **changes}]}


class TestClickStackDashboard(ClickStackFieldTests):
    """Tiles are checked against the OpenAPI spec."""

    provider = ClickStackDashboardProvider
    request = "ClickStackCreateDashboardRequest"
    first = {
        "name": "board",
        "tiles": [TILE],
        "containers": [{"id": "c", "title": "C", "collapsed": False}],
    }
    invalid = (
        (
            _tiles(config={**CHART, "display_type": "lines"}),
            "tiles[0].config.display_type is 'lines', allowed: line, stacked_bar, stacked_line",
        ),
        (
            _tiles(config={**CHART, "select": [{"agg_fn": "many"}]}),
            "tiles[0].config.select[0].agg_fn is 'many', allowed: avg, count",
        ),
        (
            _tiles(config={"display_type": "search", "source_id": Unknown()}),  # type: ignore[no-untyped-call]
            "tiles[0].config.select is required",
        ),
        (_tiles(w=1.5), "tiles[0].w is 1.5, allowed: a valid integer"),
        (_tiles(config=None), "tiles[0].config is required"),
        (_tiles(id="i"), "tiles[0].id is 'i', allowed: nothing"),
        (
            _tiles(container_id="d"),
            "tiles[0].container_id is 'd', allowed: the id of one of containers: c",
        ),
        (
            _tiles(container_id="c", tab_id="t"),
            "tiles[0].tab_id is 't', allowed: a tab of its container: there are none",
        ),
        (
            {"filters": [{"type": "LIST"}]},
            "filters[0].type is 'LIST', allowed: QUERY_EXPRESSION, STATIC_LIST",
        ),
        ({"tiles": "all"}, "tiles is 'all', allowed: a list of"),
    )


def test_a_tile_keeps_its_id_as_long_as_it_has_its_name() -> None:
    """So do tiles with equal names. The API creates the ids of new tiles, and the provider those of
    new filters."""
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
