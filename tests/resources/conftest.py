"""Local clouds for the tests of the resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack.paths import StackPaths
from tests.support.local_clouds import local_clouds
from tests.support.running_service import RunningService


@pytest.fixture
def clouds(tmp_path: Path) -> Iterator[StackPaths]:
    """Start both local clouds without objects, on free ports."""
    with local_clouds(tmp_path / "state") as layout:
        yield layout


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """Return a service that belongs to no stack. Tests share it and use different names in it."""
    with local_clouds(tmp_path_factory.mktemp("server")) as layout:
        yield RunningService(layout)


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the providers of this process send any number of requests."""
    monkeypatch.setenv("CLICKHOUSE_API_REQUESTS_PER_WINDOW", "100000")
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path / "limiter"))
