"""Local clouds for the tests of the resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.clouds import Ports, start_clouds, stop_clouds
from local.environment import Layout
from tests.resources.servers import Server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clouds(tmp_path: Path) -> Iterator[Layout]:
    """Both local clouds, empty, on ports that the system chooses."""
    layout = Layout(ROOT, tmp_path / "state")
    list(start_clouds(layout.clouds, Ports(control_plane=0, cloudflare=0, edge=0, services="0")))
    yield layout
    list(stop_clouds(layout.clouds))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service that no stack made, shared: each test has names of its own in it."""
    layout = Layout(ROOT, tmp_path_factory.mktemp("server"))
    list(start_clouds(layout.clouds, Ports(control_plane=0, cloudflare=0, edge=0, services="0")))
    yield Server(layout)
    list(stop_clouds(layout.clouds))
