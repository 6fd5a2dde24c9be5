"""Tags of services: their rules as inputs, and their form in requests."""

from __future__ import annotations

import re
from collections.abc import Mapping

from resources.base.checker import Checker
from resources.base.ownership import PREFIX

__all__ = ["check_tags", "tag_list"]

_CHARACTERS = r"[a-zA-Z0-9._-]"
_LONGEST_KEY = 128
_LONGEST_VALUE = 256


def check_tags(checker: Checker, name: str, *, most: int, shortest_value: int = 0) -> None:
    """Require a mapping of valid tags, without keys that this package uses.

    Args:
        most: number of tags that the API accepts, without the ownership tags.
        shortest_value: 0 if the API accepts empty values, else 1.
    """
    tags = checker.known(name)
    if tags is None:
        return
    valid = isinstance(tags, Mapping) and len(tags) <= most
    if not valid or not all(_is_tag(key, value, shortest_value) for key, value in tags.items()):
        length = f"{shortest_value} to {_LONGEST_VALUE}"
        checker.reject(
            name,
            f"up to {most} keys (1 to {_LONGEST_KEY} of a-z A-Z 0-9 . _ -, not beginning with "
            f"{PREFIX}) with values of {length} of the same characters",
        )


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as requests have them. Empty values are omitted, because the API rejects them."""
    return [{"key": key, **({"value": value} if value else {})} for key, value in tags.items()]


def _is_tag(key: str, value: object, shortest_value: int) -> bool:
    return (
        re.fullmatch(f"{_CHARACTERS}{{1,{_LONGEST_KEY}}}", key) is not None
        and not key.startswith(PREFIX)
        and isinstance(value, str)
        and re.fullmatch(f"{_CHARACTERS}{{{shortest_value},{_LONGEST_VALUE}}}", value) is not None
    )
