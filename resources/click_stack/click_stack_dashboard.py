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

A change of the organization or service replaces the dashboard; all other properties change in
place. A tile is identified by its name and keeps its id as long as it has the name, so an alert on
the tile keeps working when the tile moves or changes. The output `tile_ids` maps names to ids. If
several tiles have one name, the second is `name#2`. Once all values of a new or changed dashboard
are known, the API validates it at preview and reports unknown references. `adopt="<id>"` adopts an
existing dashboard.
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
from resources.click_stack.click_stack_object import ClickStackObject

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
# The API still accepts these fields of a tile, and returns a `config` instead of them.
OUTDATED = ("series", "as_ratio")
# Length of ClickStack's own ids. A request needs an id for a new filter as well.
_ID_BYTES = 12


@dataclass(kw_only=True)
class ClickStackDashboardArgs:
    """The content of a dashboard. Mappings have the fields of the OpenAPI spec, in snake_case.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service with this ClickStack. Replaces.
        tiles: mappings of `name`, the position `x`, `y`, `w`, `h` and `config`; optionally
            `description`, `container_id`, `tab_id`. `config` has a `display_type`: `line`,
            `stacked_bar`, `stacked_line`, `table`, `number`, `pie`, `bar`, `heatmap`, `search`,
            `event_patterns` or `markdown`, and the fields of that type. In place.
        name: the name. Default: the Pulumi name. In place.
        tags: a set. In place. If this or a property below is removed, it is emptied.
        filters: mappings with a `type`: `QUERY_EXPRESSION`, `STATIC_LIST`, `PROMETHEUS_LABEL` or
            `SOURCE_FILTER`. In place.
        saved_query: the search when the dashboard is opened. In place.
        saved_query_language: its language: `sql` or `lucene`. In place.
        saved_filter_values: mappings with a `condition` or the value of a variable. In place.
        containers: mappings of `id`, `title` and `collapsed`, optionally with `tabs`. Tiles refer
            to them by `container_id`. In place.
        adopt: id of an existing dashboard to adopt instead of creating one.
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


class ClickStackDashboardProvider(ClickStackObject):
    """Creates, changes and deletes dashboards."""

    display_name = "ClickStack dashboard"
    kind = "dashboard"
    models = ("ClickStackCreateDashboardRequest", "ClickStackUpdateDashboardRequest")
    request_fields = SENT
    omitted_when_empty = ("saved_query_language",)
    nested_models: ClassVar = {
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
        """Check values, and once all are known, let the API validate the dashboard."""
        result = super().check(olds, news)
        changed = any(result.inputs.get(name) != olds.get(name) for name in SENT)
        if changed and not result.failures and is_known(result.inputs):
            result.failures.extend(self._obstacles(result.inputs))
        return result

    def links(self, checker: Checker, _olds: Mapping[str, Any]) -> None:
        """Check that the containers and tabs of tiles exist, and that tiles have no ids."""
        containers = _mappings(checker.inputs.get("containers"))
        tabs = {
            str(container.get("id")): [tab.get("id") for tab in _mappings(container.get("tabs"))]
            for container in containers
        }
        for index, tile in enumerate(_mappings(checker.inputs.get("tiles"))):
            for name in ("id", *OUTDATED):
                if name in tile:
                    allowed = "config" if name in OUTDATED else "the API sets ids"
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

    def live(self, item: Live) -> Live:
        """Return a response with the inputs' names."""
        return {**super().live(item), "tags": sorted(item.get("tags") or [])}

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the part that the program sets, and the ids of tiles."""
        ids = {key: tile.get("id") for key, tile in _keyed(live.get("tiles"))}
        return {**super().shown(live, wanted), "tile_ids": ids}

    def values(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the fields of a request. Tiles and filters keep their ids."""
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
        """Return the errors of the API's validation, such as unknown sources."""
        from clickhouse_api import errors

        request = self.request(self.models[0], self.values({}, props))
        try:
            with self._control_plane.client() as client:
                response = client.click_stack.click_stack_validate_dashboard(
                    props["organization_id"], props["service_id"], request
                )
        except errors.ClickHouseApiError as error:
            # The failure names no property, because no property is known to be invalid.
            return [CheckFailure("", f"validating the {self.display_name}: {error}")]
        return [
            CheckFailure(str(found.path).partition("[")[0], f"{found.path}: {found.message}")
            for found in (response.errors or [])
        ]


class ClickStackDashboard(Resource, module="clickhouse", name="ClickStackDashboard"):
    """A dashboard."""

    name: pulumi.Output[str]
    """The name."""
    tile_ids: pulumi.Output[dict[str, str]]
    """The id of each tile by name, for alerts. The second tile with a name is `name#2`."""

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
    """Return the known mappings of a list."""
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, Mapping)]


def _keyed(items: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield items with their names. The second item with a name has a number in its name."""
    seen: Counter[str] = Counter()
    for item in items or []:
        name = str(item.get("name") or "")
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name}#{seen[name]}"), item


def _with_id(item: Mapping[str, Any], live: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**item, "id": live["id"]} if live and live.get("id") else dict(item)
