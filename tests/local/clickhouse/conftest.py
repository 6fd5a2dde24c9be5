"""A local ClickHouse cloud in a process of its own, with its own folder and ports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.clickhouse.control_plane import CloudProcess, Service


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One local authority for all clouds of the run: making one takes longer than a test."""
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory, certificates: Path) -> Iterator[CloudProcess]:
    """A cloud without a rate limit, shared by the tests of a file."""
    cloud = CloudProcess(tmp_path_factory.mktemp("cloud"), certificates)
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture(scope="module")
def shared(cloud: CloudProcess) -> Iterator[Service]:
    """One service for the whole file: nothing here touches its state."""
    service = cloud.create_service()
    yield service
    service.remove()


@pytest.fixture(autouse=True)
def _well_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """Faults of one test are not the next one's."""
    yield
    if "cloud" in request.fixturenames:
        cloud: CloudProcess = request.getfixturevalue("cloud")
        if cloud.runs:
            cloud.set_faults()


@pytest.fixture
def own_cloud(tmp_path: Path, certificates: Path) -> Iterator[CloudProcess]:
    """A cloud for one test, which may kill it."""
    cloud = CloudProcess(tmp_path / "cloud", certificates)
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture
def service(cloud: CloudProcess) -> Iterator[Service]:
    """A running service, deleted after the test."""
    service = cloud.create_service()
    yield service
    service.remove()
