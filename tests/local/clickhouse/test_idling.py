"""When a service goes to sleep by itself; no engine runs here, only the decision."""

from __future__ import annotations

import ssl
import time
from pathlib import Path

import pytest

from local.clickhouse.backups import Backups
from local.clickhouse.faults import Faults
from local.clickhouse.service import LocalService
from local.clickhouse.state import ServiceRecord


@pytest.fixture
def service(tmp_path: Path) -> LocalService:
    """A running service with a timeout of five minutes, never used since."""
    fields = {"state": "running", "idleScaling": True, "idleTimeoutMinutes": 5}
    service = LocalService(
        ServiceRecord(folder=tmp_path, id="id", ports={}, fields=fields),
        library=tmp_path / "none",
        storage_key="00" * 16,
        tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
        faults=Faults,
        backups=Backups(tmp_path / "backups"),
        on_deleted=lambda _: None,
    )
    service.plane.last_used = time.monotonic() - 5 * 60 - 1
    return service


def test_it_sleeps_after_its_timeout(service: LocalService) -> None:
    """Counted from the last query."""
    assert service.is_due_to_idle()
    service.plane.touch()
    assert not service.is_due_to_idle()


def test_it_does_not_sleep_under_a_query(service: LocalService) -> None:
    """However long that runs."""
    service.plane.admission.in_flight = 1
    assert not service.is_due_to_idle()


@pytest.mark.parametrize("change", [{"idleScaling": False}, {"state": "stopped"}])
def test_it_sleeps_only_where_it_may(service: LocalService, change: dict[str, object]) -> None:
    """Idling off, or not running at all."""
    service.record.fields |= change
    assert not service.is_due_to_idle()
