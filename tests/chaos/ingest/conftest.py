"""The worker under test is the one that is deployed."""

from __future__ import annotations

import pytest

from resources.telemetry.worker_build import build_worker
from tests.support.paths import ROOT


@pytest.fixture(scope="session", autouse=True)
def built_worker() -> None:
    """Build the bundle of the sources as they are now, unless another process did."""
    build_worker(ROOT / "worker")
