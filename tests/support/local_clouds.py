"""Start both local clouds for a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stack.cloud_processes import ANY_PORTS, start_clouds, stop_clouds
from local.stack.paths import StackPaths
from tests.support.paths import ROOT

__all__ = ["local_clouds"]


@contextmanager
def local_clouds(state: Path) -> Iterator[StackPaths]:
    """Run both local clouds with empty state in the folder `state`, on free ports."""
    layout = StackPaths(ROOT, state)
    list(start_clouds(layout.clouds, ANY_PORTS))
    try:
        yield layout
    finally:
        list(stop_clouds(layout.clouds))
