"""Ownership tags in names, for objects that cannot have tags.

API keys, roles, ClickPipes and ClickStack objects have no field for tags. So a POST creates them
under a name that ends with the resource's ownership tag. `Confirmation` removes the tag from the
name after the id was saved in the state. An object whose name still has the tag is in no stack's
state.
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
    """Return the name for the POST: the name of the inputs and the ownership tag."""
    return f"{props['name']}-pulumi-{Owner.of(props).resource[:_MARK_CHARACTERS]}"


def unmarked(name: str) -> str:
    """Return the name without the ownership tag, if it has one."""
    return _MARK.sub("", name)


def has_mark(name: str | None, props: Mapping[str, Any]) -> bool:
    """Return whether a name ends with the ownership tag of this resource."""
    mark = f"-pulumi-{Owner.of(props).resource[:_MARK_CHARACTERS]}"
    return (name or "").endswith(mark)
