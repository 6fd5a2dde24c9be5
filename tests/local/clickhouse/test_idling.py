"""The rules for when a service becomes idle. No engine runs here."""

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
    """Return a running service with a timeout of five minutes and without queries."""
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


def test_a_service_idles_after_its_timeout(service: LocalService) -> None:
    """The timeout begins with the last query."""
    assert service.is_due_to_idle()
    service.plane.touch()
    assert not service.is_due_to_idle()


def test_a_service_does_not_idle_during_a_query(service: LocalService) -> None:
    """The length of the query does not matter."""
    service.plane.admission.in_flight = 1
    assert not service.is_due_to_idle()


@pytest.mark.parametrize("change", [{"idleScaling": False}, {"state": "stopped"}])
def test_a_service_idles_only_if_it_may(service: LocalService, change: dict[str, object]) -> None:
    """Idling is off, or the service does not run."""
    service.record.fields |= change
    assert not service.is_due_to_idle()
