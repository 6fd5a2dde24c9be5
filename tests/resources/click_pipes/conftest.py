"""Fixtures of the tests of pipes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.resources.click_pipes.pipe_service import Service
from tests.support.local_clouds import local_clouds


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Start one service for the file."""
    with local_clouds(tmp_path_factory.mktemp("clouds")) as layout:
        service = Service(layout)
        with service.client:
            yield service


@pytest.fixture
def service(home: Service) -> Iterator[Service]:
    """Return the service. Remove all faults afterwards."""
    yield home
    home.faults()
