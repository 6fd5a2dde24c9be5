"""`ClickStackDashboard`: a dashboard of ClickStack, with its tiles and filters.

Operations: `clickStackCreateDashboard`, `clickStackGetDashboard`, `clickStackListDashboards`,
`clickStackUpdateDashboard`, `clickStackDeleteDashboard`, `clickStackValidateDashboard`.

    overview = ClickStackDashboard(
        "overview",
        ClickStackDashboardArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            tiles=[
                {
                    "name": "Errors",
                    "x": 0,
                    "y": 0,
                    "w": 12,
                    "h": 6,
                    "config": {
                        "display_type": "line",
                        "source_id": spans.id,
                        "select": [{"agg_fn": "count", "where": "StatusCode:Error"}],
                        "group_by": "ServiceName",
                    },
                },
            ],
            tags=["telemetry"],
        ),
    )

Another organization or service replaces it; everything else changes in place. A tile is known by
its name: it keeps its id as long as it has that, wherever it moves and whatever it shows, so alerts
on it go on (`tile_ids` tells them which it is). Where several have one name, the second is
`name#2`. Once all values are known, a new or changed dashboard is shown to the API in the preview,
which names what its tiles refer to in vain. An existing dashboard is taken over with
`adopt="<id>"`.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, Resource

from resources.base import Live, marks_of
from resources.base.checker import Checker, is_known
from resources.base.confirmation import Confirmation
from resources.base.fields import ORGANIZATION, SERVICE, Field, choice, text, texts
from resources.click_stack.click_stack_object import ClickStackThing

__all__ = ["ClickStackDashboard", "ClickStackDashboardArgs", "ClickStackDashboardProvider"]

LANGUAGES = ("sql", "lucene")
SENT = (
    "name",
    "tiles",
    "tags",
    "filters",
    "saved_query",
    "saved_query_language",
    "saved_filter_values",
    "containers",
)
# The API still takes these for a tile and answers with a `config` made of them.
OUTDATED = ("series", "as_ratio")
# As long as the ids that ClickStack gives; the API wants one for a filter that is new, too.
_ID_BYTES = 12


@dataclass(kw_only=True)
class ClickStackDashboardArgs:
    """What it shows. Mappings have the fields of the API's document, in snake_case.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service whose ClickStack it is. Replaces.
        tiles: mappings of `name`, the place `x`, `y`, `w`, `h` and `config`; perhaps
            `description`, `container_id`, `tab_id`. `config` has a `display_type`: `line`,
            `stacked_bar`, `stacked_line`, `table`, `number`, `pie`, `bar`, `heatmap`, `search`,
            `event_patterns` or `markdown`, and the fields of that. In place.
        name: default: the Pulumi name. In place.
        tags: a set. In place; taken away, it is emptied, as the rest below.
        filters: mappings with a `type`: `QUERY_EXPRESSION`, `STATIC_LIST`, `PROMETHEUS_LABEL` or
            `SOURCE_FILTER`. In place.
        saved_query: what is searched for when it is opened. In place.
        saved_query_language: of that: `sql` or `lucene`. In place.
        saved_filter_values: mappings with a `condition`, or of a variable. In place.
        containers: mappings of `id`, `title` and `collapsed`, perhaps with `tabs`, that tiles are
            in by their `container_id`. In place.
        adopt: id of an existing dashboard to take over instead of making one.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    tiles: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]]
    name: pulumi.Input[str] | None = None
    tags: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    filters: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None = None
    saved_query: pulumi.Input[str] | None = None
    saved_query_language: pulumi.Input[str] | None = None
    saved_filter_values: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None = None
    containers: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None = None
    adopt: pulumi.Input[str] | None = None


def _check_list(checker: Checker, name: str) -> None:
    value = checker.inputs.get(name)
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return
    if value is not None and is_known(value):
        checker.reject(name, "a list of mappings")


class ClickStackDashboardProvider(ClickStackThing):
    """Makes, changes and deletes dashboards."""

    display_name = "ClickStack dashboard"
    kind = "dashboard"
    models = ("ClickStackCreateDashboardRequest", "ClickStackUpdateDashboardRequest")
    sends = SENT
    omits = ("saved_query_language",)
    shapes: ClassVar = {
        "tiles": "ClickStackTileInput",
        "filters": "ClickStackFilterInput",
        "saved_filter_values": "ClickStackSavedFilterValue",
        "containers": "ClickStackDashboardContainer",
    }
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "name": Field(check=text(), required=True),
        "tiles": Field(check=_check_list, required=True),
        "tags": Field(check=texts(allowed="texts"), clears=True),
        "filters": Field(check=_check_list, clears=True),
        "saved_query": Field(check=text(), clears=True),
        "saved_query_language": Field(check=choice(LANGUAGES), clears=True),
        "saved_filter_values": Field(check=_check_list, clears=True),
        "containers": Field(check=_check_list, clears=True),
    }

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Also what the API says to it, once everything is known."""
        result = super().check(olds, news)
        changed = any(result.inputs.get(name) != olds.get(name) for name in SENT)
        if changed and not result.failures and is_known(result.inputs):
            result.failures.extend(self._obstacles(result.inputs))
        return result

    def links(self, checker: Checker, _olds: Mapping[str, Any]) -> None:
        """Tiles lie in containers and tabs that are there; ids are the API's."""
        containers = _mappings(checker.inputs.get("containers"))
        tabs = {
            str(container.get("id")): [tab.get("id") for tab in _mappings(container.get("tabs"))]
            for container in containers
        }
        for index, tile in enumerate(_mappings(checker.inputs.get("tiles"))):
            for name in ("id", *OUTDATED):
                if name in tile:
                    allowed = "config" if name in OUTDATED else "the API gives ids"
                    checker.reject(
                        f"tiles[{index}].{name}", f"nothing: {allowed}", value=tile[name]
                    )
            if tile.get("config") is None:
                checker.fail(f"tiles[{index}].config", "is required")
            self._check_place(checker, index, tile, tabs)

    def _check_place(
        self, checker: Checker, index: int, tile: Mapping[str, Any], tabs: Mapping[str, list[Any]]
    ) -> None:
        container, tab = tile.get("container_id"), tile.get("tab_id")
        if not is_known(container) or not is_known(tab):
            return
        if container is not None and container not in tabs:
            there = ", ".join(tabs) or "there are none"
            where = f"tiles[{index}].container_id"
            checker.reject(where, f"the id of one of containers: {there}", value=container)
        elif tab is not None and tab not in tabs.get(str(container), []):
            there = ", ".join(map(str, tabs.get(str(container), []))) or "there are none"
            checker.reject(f"tiles[{index}].tab_id", f"a tab of its container: {there}", value=tab)

    def live(self, thing: Live) -> Live:
        """An answer in the spelling of the inputs."""
        return {**super().live(thing), "tags": sorted(thing.get("tags") or [])}

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Beside what the program speaks of, the tiles' ids."""
        ids = {key: tile.get("id") for key, tile in _keyed(live.get("tiles"))}
        return {**super().shown(live, wanted), "tile_ids": ids}

    def values(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """A request's fields; tiles and filters keep the ids that they have."""
        values = super().values(live, wanted)
        if not live:
            return values
        tiles = dict(_keyed(live.get("tiles")))
        filters = dict(_keyed(live.get("filters")))
        return {
            **values,
            "tiles": [_with_id(tile, tiles.get(key)) for key, tile in _keyed(values["tiles"])],
            "filters": [
                _with_id(each, filters.get(key) or {"id": secrets.token_hex(_ID_BYTES)})
                for key, each in _keyed(values.get("filters"))
            ],
        }

    def _obstacles(self, props: Mapping[str, Any]) -> list[CheckFailure]:
        """What the API would refuse, such as sources that are not there."""
        from clickhouse_api import errors

        request = self.request(self.models[0], self.values({}, props))
        try:
            with self._control_plane.client() as client:
                answer = client.click_stack.click_stack_validate_dashboard(
                    props["organization_id"], props["service_id"], request
                )
        except errors.ClickHouseApiError as error:
            # Without a property, or the line would begin with one that nobody got wrong.
            return [CheckFailure("", f"asking about a {self.display_name}: {error}")]
        return [
            CheckFailure(str(found.path).partition("[")[0], f"{found.path}: {found.message}")
            for found in (answer.errors or [])
        ]


class ClickStackDashboard(Resource, module="clickhouse", name="ClickStackDashboard"):
    """A dashboard."""

    name: pulumi.Output[str]
    """Its name."""
    tile_ids: pulumi.Output[dict[str, str]]
    """Each tile's id by its name, for alerts; of several with one name, the second is `name#2`."""

    def __init__(
        self,
        resource_name: str,
        args: ClickStackDashboardArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), "name": args.name or resource_name, "tile_ids": None}
        props |= marks_of(type(self), resource_name, opts)
        provider = ClickStackDashboardProvider()
        super().__init__(provider, resource_name, props, opts)
        if args.adopt is None:
            Confirmation(resource_name, provider, of=self, props=provider.place_of(props))


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    """As much of a list as is known."""
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, Mapping)]


def _keyed(items: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Things by their name; one that has another's, with its number."""
    seen: Counter[str] = Counter()
    for item in items or []:
        name = str(item.get("name") or "")
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name}#{seen[name]}"), item


def _with_id(item: Mapping[str, Any], live: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**item, "id": live["id"]} if live and live.get("id") else dict(item)
