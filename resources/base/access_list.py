"""IP access lists as inputs: a set of sources, each perhaps with a description."""

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


def check_access_list(checker: Checker, name: str, *, nobody: bool = False) -> None:
    """Refuse what is no source; the list becomes a set.

    Args:
        nobody: whether the list may be empty, which to the API means that nobody may. A service
            has private endpoints beside its list, an API key has nothing else.
    """
    value = checker.known(name)
    if value is None:
        return
    listed: list[Any] = value if isinstance(value, list) else [None]
    entries: list[Any] = [{"source": item} if isinstance(item, str) else item for item in listed]
    if all(_is_entry(entry) for entry in entries) and (entries or nobody):
        checker.inputs[name] = sorted_access_list(entries)
    else:
        least = "" if nobody else "; at least one, an empty list would let nobody in"
        checker.reject(name, f"{_ALLOWED}{least}")


def sorted_access_list(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each source, without empty descriptions: the order means nothing."""
    by_source = {entry["source"]: entry for entry in entries}
    return [
        {key: value for key, value in by_source[source].items() if value}
        for source in sorted(by_source)
    ]


def access_set(entries: Iterable[Mapping[str, Any]] | None) -> set[tuple[str, str]]:
    """Sources and descriptions, an absent one as the empty one."""
    return {(entry["source"], entry.get("description") or "") for entry in entries or []}


def same_access_list(old: Any, new: Any) -> bool:
    """Whether two lists are the same set; an absent one is empty."""
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
