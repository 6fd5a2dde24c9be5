"""Compares the program's inputs with a state, property by property."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from local.pulumi_resource_cloudflare.resources import Difference
from local.pulumi_resource_cloudflare.values import UNKNOWN, reveal

__all__ = ["compare"]


def compare(
    state: Mapping[str, Any],
    news: Mapping[str, Any],
    *,
    names: Collection[str],
    replacing: Collection[str],
    computed: Collection[str],
    sets: Collection[str] = (),
) -> list[Difference]:
    """Return the differences in the properties `names`.

    Args:
        replacing: properties whose change needs a replacement.
        computed: names, at any depth, for which the API has a default.
        sets: lists whose order has no meaning.
    """
    differences = []
    for name in names:
        old, new = reveal(state.get(name)), reveal(news.get(name))
        if name in sets and isinstance(old, list) and isinstance(new, list):
            old, new = sorted(old, key=repr), sorted(new, key=repr)
        for path, kind in _compare(name, name, old, new, computed):
            differences.append(Difference(path, kind, name in replacing))
    return differences


def _compare(
    path: str, name: str, old: Any, new: Any, computed: Collection[str]
) -> Iterator[tuple[str, str]]:
    if new is None:
        if name not in computed and old is not None:
            yield path, "delete"
    elif old is None:
        yield path, "add"
    elif new is UNKNOWN:
        yield path, "update"
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _compare(f"{path}.{key}", key, old.get(key), new.get(key), computed)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            left = old[index] if index < len(old) else None
            right = new[index] if index < len(new) else None
            # The elements of a list are never computed, whatever the list is called.
            yield from _compare(f"{path}[{index}]", "", left, right, computed)
    elif old != new:
        yield path, "update"
