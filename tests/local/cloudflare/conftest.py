"""Fixtures: a running local Cloudflare, for one test or for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.local_cloudflare import Cloud


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """Yield a running local Cloudflare for one test."""
    running = Cloud(tmp_path / "cloudflare")
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Yield a running local Cloudflare for those tests of a file that do not affect each other."""
    running = Cloud(tmp_path_factory.mktemp("shared") / "cloudflare")
    running.start()
    yield running
    running.stop()
