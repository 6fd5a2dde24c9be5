"""Converts a ClickPipe's property bags to requests, and responses to property bags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from resources.base import Live, plain
from resources.base.name_mark import marked, unmarked
from resources.click_pipes.click_pipe_sources import (
    SOURCES,
    kind_of,
    managed_part,
    matches,
    under_request_key,
)
from resources.click_pipes.click_pipe_states import COMPLETED, FAILED, STARTED, STOPPED

if TYPE_CHECKING:
    from clickhouse_api import models

__all__ = ["NAMES", "desired_state_of", "live_pipe", "patches", "post_request", "shown"]

# Properties with the same form in inputs and in responses.
NAMES = ("name", "source", "destination", "field_mappings", "settings", "scaling")


def live_pipe(pipe: models.ClickPipe) -> Live:
    """Return a response as a property bag. `marked` is True for an unfinished pipe."""
    live = plain(pipe)
    name = live.get("name") or ""
    return {**live, "name": unmarked(name), "marked": unmarked(name) != name}


def shown(live: Live, wanted: Mapping[str, Any]) -> Live:
    """Return the part of the pipe that the program sets, and its state."""
    parts = {
        name: managed_part(live.get(name), wanted[name])
        for name in NAMES
        if name in wanted and live.get(name) is not None
    }
    return {**parts, "desired_state": desired_state_of(live, wanted), "state": live.get("state")}


def desired_state_of(live: Live, wanted: Mapping[str, Any]) -> str:
    """Return the desired state that a pipe's state fulfils, or the state if it fulfils none.

    A completed pipe fulfils both (see `click_pipe_states`). A failed pipe counts as stopped.
    """
    state = str(live.get("state"))
    desired = wanted.get("desired_state")
    if state in STARTED:
        return "running"
    if state in STOPPED or (state in FAILED and desired == "stopped"):
        return "stopped"
    return str(desired) if state in COMPLETED else state


def post_request(props: Mapping[str, Any]) -> models.ClickPipePostRequest:
    """Return the request that creates the pipe, with the ownership tag in its name."""
    from clickhouse_api import models

    kind = kind_of(props["source"])
    source = {**props["source"][kind], **_secrets(kind, props)}
    if "schema_registry_credentials" in props:
        credentials = props["schema_registry_credentials"]
        source["schema_registry"] = {**source["schema_registry"], "credentials": credentials}
    request = {name: props[name] for name in NAMES if name in props}
    request |= {"name": marked(props), "source": {kind: source}}
    if props.get("desired_state") == "stopped" and not SOURCES[kind].is_database:
        request["start_paused"] = True
    return models.ClickPipePostRequest.model_validate(request)


def patches(
    live: Live, olds: Mapping[str, Any], news: Mapping[str, Any], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the bodies for `clickPipeUpdate`, in order, without properties that are unchanged.

    A changed table mapping must be removed before it is added, so it needs two requests.
    """
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    if "name" in names:
        # Only `Confirmation` removes the ownership tag, after the id is in the state.
        first["name"] = marked(news) if live.get("marked") else news["name"]
    if "field_mappings" in names:
        first["field_mappings"] = news.get("field_mappings", [])
    if "destination" in names and "columns" in news["destination"]:
        first["destination"] = {"columns": news["destination"]["columns"]}
    if "source" in names or "credentials" in names:
        kind = kind_of(news["source"])
        change, again = _source_changes(kind, live, olds, news)
        if "credentials" in names:
            change |= _secrets(kind, news)
        repeated = {name: news["source"][kind][name] for name in SOURCES[kind].repeated}
        if change:
            first["source"] = {kind: {**repeated, **change}}
        if again:
            second["source"] = {kind: {**repeated, "table_mappings_to_add": again}}
    return [patch for patch in (first, second) if patch]


def _secrets(kind: str, props: Mapping[str, Any]) -> dict[str, Any]:
    credentials = props.get("credentials")
    return under_request_key(kind, credentials) if credentials else {}


def _source_changes(
    kind: str, live: Live, olds: Mapping[str, Any], news: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Any]]:
    rules = SOURCES[kind]
    is_now, wanted = live["source"][kind], news["source"][kind]
    was = (olds.get("source") or {}).get(kind) or {}
    change = _changes(rules.in_place, is_now, was, wanted)
    settings = _changes(
        rules.settings_in_place,
        is_now.get("settings") or {},
        was.get("settings") or {},
        wanted.get("settings") or {},
    )
    if settings:
        change["settings"] = settings
    again: list[Any] = []
    if rules.tables:
        tables, again = _table_changes(
            rules.tables, is_now.get("table_mappings") or [], wanted["table_mappings"]
        )
        change |= tables
    return change, again


def _changes(
    names: Sequence[str],
    is_now: Mapping[str, Any],
    was: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the differences, with a null for a property that the program no longer sets."""
    change = {
        name: wanted[name]
        for name in names
        if name in wanted and not matches(is_now.get(name), wanted[name])
    }
    for name in names:
        if name in was and name not in wanted and is_now.get(name) is not None:
            change[name] = [] if isinstance(was[name], list) else None
    return change


def _table_changes(
    keys: Sequence[str], is_now: Sequence[Any], wanted: Sequence[Any]
) -> tuple[dict[str, Any], list[Any]]:
    def key(table: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(table.get(name) for name in keys)

    present, wanted_tables = (
        {key(table): table for table in tables} for tables in (is_now, wanted)
    )
    changed = {
        k
        for k in present.keys() & wanted_tables.keys()
        if not matches(present[k], wanted_tables[k])
    }
    removed = (present.keys() - wanted_tables.keys()) | changed
    tables = {
        "table_mappings_to_add": [t for k, t in wanted_tables.items() if k not in present],
        "table_mappings_to_remove": [
            {name: t.get(name) for name in keys} for k, t in present.items() if k in removed
        ],
    }
    return {n: t for n, t in tables.items() if t}, [
        t for k, t in wanted_tables.items() if k in changed
    ]
