"""The note of a create request that may still be in flight."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clickhouse_api.errors import ApiStatusError
from resources.base.create_note import IN_FLIGHT_SECONDS, CreateNote
from resources.base.ownership import Owner
from resources.organization.api_key import ApiKeyProvider
from tests.support.driven_provider import DrivenProvider
from tests.support.running_service import RunningService

OWNER = Owner(stack="s", resource="r")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the notes."""
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path / "notes"))
    return tmp_path / "notes"


def test_a_note_lasts_as_long_as_the_request_and_counts_down(folder: Path) -> None:
    """The note is deleted with the response of the request."""
    CreateNote(OWNER).write()
    (note,) = folder.iterdir()
    written = note.stat().st_mtime
    later = CreateNote(OWNER, clock=lambda: written + 10)
    assert later.seconds_left() == pytest.approx(IN_FLIGHT_SECONDS - 10)
    assert CreateNote(OWNER, clock=lambda: written + 3600).seconds_left() == 0
    # A clock that was set back must not cause a wait of hours.
    assert CreateNote(OWNER, clock=lambda: written - 3600).seconds_left() == IN_FLIGHT_SECONDS
    assert CreateNote(Owner(stack="s", resource="other")).seconds_left() == 0
    CreateNote(OWNER).remove()
    assert CreateNote(OWNER).seconds_left() == 0


def test_a_rejected_request_leaves_no_note(server: RunningService, folder: Path) -> None:
    """The next run need not wait for it."""
    rule = {"operation": "openapiKeyCreate", "fault": "error", "status": 400}
    server.control_plane.request(
        "PUT", "/local/faults", {"requests_per_window": 0, "rules": [rule]}
    )
    key = DrivenProvider(ApiKeyProvider(), server.control_plane)
    inputs = key.checked(name="k", roles=["admin"], ip_access_list=["127.0.0.1/32"])
    with pytest.raises(ApiStatusError, match="400"):
        key.provider.create(inputs)
    assert list(folder.glob("*.note")) == []


def test_a_create_continues_without_a_writable_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note is an additional protection, and creates work without it."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", os.fspath(tmp_path / "file" / "below"))
    CreateNote(OWNER).write()
    assert CreateNote(OWNER).seconds_left() == 0
    CreateNote(OWNER).remove()
