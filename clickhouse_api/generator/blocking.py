"""Build the package `blocking` from the package `asynchronous`, by replacing words."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["blocking_files"]

_PACKAGE = Path(__file__).parent.parent
_HEAD = (
    "# generated from asynchronous/{name} by `python -m clickhouse_api.generator`; do not edit\n"
)
# Regular expression -> replacement, applied in this order.
_REPLACEMENTS = {
    r"\basync (def|with)\b": r"\1",
    r"\bawait ": "",
    r"\ban `with`": "a `with`",
    r"\basynchronous\b": "blocking",
    r"\bAsync(?=[A-Z])": "",
    r"\b__a(enter|exit)__": r"__\1__",
    r"\baclose\b": "close",
    r"_async\b": "",
    r"Tasks of one event loop": "Threads",
    r"\bfor asyncio\b": "that blocks",
}


def blocking_files() -> dict[str, str]:
    """Return the text of each file by its path in the package."""
    sources = sorted((_PACKAGE / "asynchronous").glob("*.py"))
    return {f"blocking/{file.name}": _blocking(file) for file in sources}


def _blocking(file: Path) -> str:
    text = file.read_text()
    for pattern, replacement in _REPLACEMENTS.items():
        text = re.sub(pattern, replacement, text)
    return _HEAD.format(name=file.name) + text
