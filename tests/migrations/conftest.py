"""A ClickHouse for each test, without any of our tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clickhouse_server import ClickHouse


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[ClickHouse]:
    """An empty server."""
    server = ClickHouse(tmp_path / "clickhouse")
    server.start()
    yield server
    server.process.kill()
