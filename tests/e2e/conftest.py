"""Fixtures: local clouds and a deployed stack, for all tests that do not change them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack.paths import StackPaths
from tests.support.deployment import Deployment
from tests.support.local_clouds import local_clouds


@pytest.fixture(scope="session")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPaths]:
    """Yield local clouds that many tests share."""
    with local_clouds(tmp_path_factory.mktemp("state")) as layout:
        yield layout


@pytest.fixture
def own_clouds(tmp_path: Path) -> Iterator[StackPaths]:
    """Yield local clouds for one test that counts their objects."""
    with local_clouds(tmp_path / "state") as layout:
        yield layout


@pytest.fixture(scope="session")
def deployment(
    clouds: StackPaths, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Yield the project's stack on the shared clouds."""
    deployed = Deployment(clouds, "e2e", tmp_path_factory.mktemp("settings"))
    deployed.up()
    yield deployed
    deployed.destroy()
