"""The worker under test is the one that is deployed."""

from __future__ import annotations

from tests.worker.conftest import built_worker

__all__ = ["built_worker"]
