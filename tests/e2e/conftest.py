"""Local clouds and a deployed stack, once for all end-to-end tests that leave them as they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.clouds import Ports, start_clouds, stop_clouds
from local.environment import Layout
from tests.e2e.deployment import Deployment

ROOT = Path(__file__).resolve().parents[2]
# The system chooses, so that a stack that is already up on this machine is left alone.
ANY_PORTS = Ports(control_plane=0, cloudflare=0, edge=0, services="0")


@pytest.fixture(scope="session")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """Both local clouds, empty, with a state folder of their own."""
    layout = Layout(ROOT, tmp_path_factory.mktemp("state"))
    list(start_clouds(layout.clouds, ANY_PORTS))
    yield layout
    list(stop_clouds(layout.clouds))


@pytest.fixture(scope="session")
def deployment(clouds: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The project's own stack, up on the local clouds."""
    deployed = Deployment(clouds, "e2e", tmp_path_factory.mktemp("settings"))
    deployed.up()
    yield deployed
    deployed.destroy()
