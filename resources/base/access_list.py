"""IP access lists as inputs: a set of sources, each with an optional description."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from resources.base.checker import Checker

__all__ = [
    "access_set",
    "check_access_list",
    "is_network",
    "same_access_list",
    "sorted_access_list",
]

_ALLOWED = "addresses or CIDR ranges, or {source, description} mappings"


def check_access_list(checker: Checker, name: str, *, may_be_empty: bool = False) -> None:
    """Reject entries that are not sources, and sort the list as a set.

    Args:
        may_be_empty: whether the list may be empty, which blocks all addresses. A service also has
            private endpoints; for an API key, the list is the only way in.
    """
    value = checker.known(name)
    if value is None:
        return
    listed: list[Any] = value if isinstance(value, list) else [None]
    entries: list[Any] = [{"source": item} if isinstance(item, str) else item for item in listed]
    if all(_is_entry(entry) for entry in entries) and (entries or may_be_empty):
        checker.inputs[name] = sorted_access_list(entries)
    else:
        least = "" if may_be_empty else "; at least one, because an empty list blocks all addresses"
        checker.reject(name, f"{_ALLOWED}{least}")


def sorted_access_list(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one entry for each source, sorted, without empty descriptions."""
    by_source = {entry["source"]: entry for entry in entries}
    return [
        {key: value for key, value in by_source[source].items() if value}
        for source in sorted(by_source)
    ]


def access_set(entries: Iterable[Mapping[str, Any]] | None) -> set[tuple[str, str]]:
    """Return pairs of source and description; an absent description is empty."""
    return {(entry["source"], entry.get("description") or "") for entry in entries or []}


def same_access_list(old: Any, new: Any) -> bool:
    """Return whether two lists are the same set. An absent list is empty."""
    return access_set(old) == access_set(new)


def is_network(value: Any) -> bool:
    """Return whether a value is an IP address or a CIDR range."""
    try:
        ipaddress.ip_network(str(value), strict=False)
    except ValueError:
        return False
    return True


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, Mapping) or set(entry) - {"source", "description"}:
        return False
    return entry.get("source") == "anywhere" or is_network(entry.get("source"))
