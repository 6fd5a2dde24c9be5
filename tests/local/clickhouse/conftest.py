"""Fixtures: a local ClickHouse cloud in a separate process, with its own folder and ports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.clickhouse.control_plane import CloudProcess, Service


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one local authority for all clouds of the run, because creating one takes long."""
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory, certificates: Path) -> Iterator[CloudProcess]:
    """Yield a cloud without a rate limit, for the tests of a file."""
    cloud = CloudProcess(tmp_path_factory.mktemp("cloud"), certificates)
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture(scope="module")
def shared(cloud: CloudProcess) -> Iterator[Service]:
    """Yield a service for the tests of a file that do not change its state."""
    service = cloud.create_service()
    yield service
    service.remove()


@pytest.fixture(autouse=True)
def _clear_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    """Clear the faults after each test."""
    yield
    if "cloud" in request.fixturenames:
        cloud: CloudProcess = request.getfixturevalue("cloud")
        if cloud.runs:
            cloud.set_faults()


@pytest.fixture
def own_cloud(tmp_path: Path, certificates: Path) -> Iterator[CloudProcess]:
    """Yield a cloud for one test, which may kill it."""
    cloud = CloudProcess(tmp_path / "cloud", certificates)
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture
def service(cloud: CloudProcess) -> Iterator[Service]:
    """Yield a running service, and delete it after the test."""
    service = cloud.create_service()
    yield service
    service.remove()
