"""Read the worker's limits, so that the benchmarks use their current values."""

from __future__ import annotations

import re

from tests.support.paths import ROOT

__all__ = ["limit"]

_LIMITS = ROOT / "worker" / "src" / "limits.ts"


def limit(name: str) -> int:
    """Return a number of the worker's `limits.ts`, in the unit of its name.

    Raises:
        ValueError: no constant has this name, or it is not a plain number.
    """
    text = _LIMITS.read_text()
    found = re.search(rf"export const {name} = ([\d_]+)(?: \* (KIB|MIB))?;", text)
    if found is None:
        raise ValueError(f"{_LIMITS.name} has no number {name}")
    unit = {None: 1, "KIB": 2**10, "MIB": 2**20}[found[2]]
    return int(found[1].replace("_", "")) * unit
