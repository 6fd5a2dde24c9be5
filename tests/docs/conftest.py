"""Local clouds for the programs of the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack.paths import StackPaths
from tests.support.local_clouds import local_clouds


@pytest.fixture
def clouds(tmp_path: Path) -> Iterator[StackPaths]:
    """Start both local clouds, empty, on ports that the system chooses."""
    with local_clouds(tmp_path / "state") as layout:
        yield layout
