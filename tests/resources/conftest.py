"""Local clouds for the tests of the resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.clouds import Ports, start_clouds, stop_clouds
from local.environment import Layout

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clouds(tmp_path: Path) -> Iterator[Layout]:
    """Both local clouds, empty, on ports that the system chooses."""
    layout = Layout(ROOT, tmp_path / "state")
    list(start_clouds(layout.clouds, Ports(control_plane=0, cloudflare=0, edge=0, services="0")))
    yield layout
    list(stop_clouds(layout.clouds))
