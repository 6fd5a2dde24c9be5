"""A ClickPipe's requests from property bags, and property bags from its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from resources.base import Live, plain
from resources.base.name_mark import marked, unmarked
from resources.click_pipes.click_pipe_sources import SOURCES, kind_of, placed, same_part, seen
from resources.click_pipes.click_pipe_states import COMPLETED, FAILED, STARTED, STOPPED

if TYPE_CHECKING:
    from clickhouse_api import models

__all__ = ["NAMES", "desired_state_of", "live_pipe", "patches", "post_request", "shown"]

# Properties that the answer has as the program spells them.
NAMES = ("name", "source", "destination", "field_mappings", "settings", "scaling")


def live_pipe(pipe: models.ClickPipe) -> Live:
    """An answer as a property bag."""
    live = plain(pipe)
    name = live.get("name") or ""
    return {**live, "name": unmarked(name), "marked": unmarked(name) != name}


def shown(live: Live, wanted: Mapping[str, Any]) -> Live:
    """As much of the pipe as the program says something about."""
    parts = {
        name: seen(live.get(name), wanted[name])
        for name in NAMES
        if name in wanted and live.get(name) is not None
    }
    return {**parts, "desired_state": desired_state_of(live, wanted), "state": live.get("state")}


def desired_state_of(live: Live, wanted: Mapping[str, Any]) -> str:
    """What a pipe's state amounts to; one that is on its way, or wrong, is neither.

    A completed pipe has done all it was made for, and a failed one moves no rows either.
    """
    state = str(live.get("state"))
    asked = wanted.get("desired_state")
    if state in STARTED:
        return "running"
    if state in STOPPED or (state in FAILED and asked == "stopped"):
        return "stopped"
    return str(asked) if state in COMPLETED else state


def post_request(props: Mapping[str, Any]) -> models.ClickPipePostRequest:
    """The request that makes the pipe, under a name that carries its owner's mark."""
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
    """What `clickPipeUpdate` has to be sent, in this order; nothing that is as it should be.

    A table mapping that changed has to go before it comes again, so it takes two requests.
    """
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    if "name" in names:
        # Only `Confirmation` removes the mark, after the id is in the state.
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
    return placed(kind, credentials) if credentials else {}


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
    """What differs, and a null for what the program set and no longer does."""
    change = {
        name: wanted[name]
        for name in names
        if name in wanted and not same_part(is_now.get(name), wanted[name])
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

    there, asked = ({key(table): table for table in tables} for tables in (is_now, wanted))
    changed = {k for k in there.keys() & asked.keys() if not same_part(there[k], asked[k])}
    gone = (there.keys() - asked.keys()) | changed
    tables = {
        "table_mappings_to_add": [t for k, t in asked.items() if k not in there],
        "table_mappings_to_remove": [
            {name: t.get(name) for name in keys} for k, t in there.items() if k in gone
        ],
    }
    return {n: t for n, t in tables.items() if t}, [t for k, t in asked.items() if k in changed]
