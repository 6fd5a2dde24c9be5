"""Start both local clouds for a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.clouds import ANY_PORTS, start_clouds, stop_clouds
from local.environment import Layout
from tests.support.paths import ROOT

__all__ = ["local_clouds"]


@contextmanager
def local_clouds(state: Path) -> Iterator[Layout]:
    """Run both local clouds with empty state in the folder `state`, on free ports."""
    layout = Layout(ROOT, state)
    list(start_clouds(layout.clouds, ANY_PORTS))
    try:
        yield layout
    finally:
        list(stop_clouds(layout.clouds))
