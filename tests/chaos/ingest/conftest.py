"""Builds the worker under test: the same bundle that is deployed."""

from __future__ import annotations

import pytest

from resources.telemetry.worker_build import build_worker
from tests.support.paths import ROOT


@pytest.fixture(scope="session", autouse=True)
def built_worker() -> None:
    """Build the bundle from the current sources, unless another process has built it."""
    build_worker(ROOT / "worker")
