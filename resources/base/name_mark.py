"""Ownership marks in names, for objects without tags.

API keys, roles, ClickPipes and ClickStack objects have no tags. A POST creates them under a name
that ends with a mark of the resource. `Confirmation` removes the mark once the state has the id,
so an object whose name has the mark is in no state.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from resources.base.ownership import Owner

__all__ = ["has_mark", "marked", "unmarked"]

_MARK_CHARACTERS = 16
_MARK = re.compile(rf"-pulumi-[0-9a-f]{{{_MARK_CHARACTERS}}}$")


def marked(props: Mapping[str, Any]) -> str:
    """Return the name with which a POST creates the object."""
    return f"{props['name']}-pulumi-{Owner.of(props).resource[:_MARK_CHARACTERS]}"


def unmarked(name: str) -> str:
    """Return the name without its mark, if it has one."""
    return _MARK.sub("", name)


def has_mark(name: str | None, props: Mapping[str, Any]) -> bool:
    """Return whether a name ends with the mark of this resource."""
    mark = f"-pulumi-{Owner.of(props).resource[:_MARK_CHARACTERS]}"
    return (name or "").endswith(mark)
