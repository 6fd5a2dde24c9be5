"""Both local clouds for as long as a test needs them."""

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
    """Both local clouds, empty, with `state` as their state folder, on ports the system chooses."""
    layout = Layout(ROOT, state)
    list(start_clouds(layout.clouds, ANY_PORTS))
    try:
        yield layout
    finally:
        list(stop_clouds(layout.clouds))
