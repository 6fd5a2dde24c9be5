"""Fixtures: a ClickHouse for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clickhouse_server import ClickHouse


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[ClickHouse]:
    """Yield a server without tables."""
    server = ClickHouse(tmp_path / "clickhouse")
    server.start()
    yield server
    server.process.kill()
