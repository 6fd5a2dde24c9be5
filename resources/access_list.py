"""IP access lists as inputs: a set of sources, each perhaps with a description."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from resources.checking import Checker

__all__ = ["check_access_list", "same_access_list", "sorted_access_list"]

_ALLOWED = "at least one address or CIDR range, or {source, description} mapping"


def check_access_list(checker: Checker, name: str) -> None:
    """Refuse what is no source, and the empty list: to the API it means that nobody may."""
    value = checker.known(name)
    if value is None:
        return
    if not isinstance(value, list) or not value:
        checker.refuse(name, f"{_ALLOWED}; an empty list would let nobody in")
        return
    entries = [{"source": item} if isinstance(item, str) else item for item in value]
    if all(_is_entry(entry) for entry in entries):
        checker.inputs[name] = sorted_access_list(entries)
    else:
        checker.refuse(name, _ALLOWED)


def sorted_access_list(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each source, without empty descriptions: the order means nothing."""
    by_source = {entry["source"]: entry for entry in entries}
    return [
        {key: value for key, value in by_source[source].items() if value}
        for source in sorted(by_source)
    ]


def same_access_list(old: Any, new: Any) -> bool:
    """Whether two lists are the same set."""
    return bool(sorted_access_list(old) == sorted_access_list(new))


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, Mapping) or set(entry) - {"source", "description"}:
        return False
    if entry.get("source") == "anywhere":
        return True
    try:
        ipaddress.ip_network(str(entry.get("source")), strict=False)
    except ValueError:
        return False
    return True
