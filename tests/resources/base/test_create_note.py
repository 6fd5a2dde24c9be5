"""The note of a create request that may still be in flight."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from resources.base.create_note import IN_FLIGHT_SECONDS, CreateNote
from resources.base.ownership import Owner

OWNER = Owner(stack="s", resource="r")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the notes."""
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path / "notes"))
    return tmp_path / "notes"


def test_a_note_lasts_as_long_as_the_request_and_counts_down(folder: Path) -> None:
    """The note is deleted with the response of the request."""
    with CreateNote(OWNER).noted():
        (note,) = folder.iterdir()
        written = note.stat().st_mtime
        later = CreateNote(OWNER, clock=lambda: written + 10)
        assert later.seconds_left() == pytest.approx(IN_FLIGHT_SECONDS - 10)
        assert CreateNote(OWNER, clock=lambda: written + 3600).seconds_left() == 0
        # A clock that was set back must not cause a wait of hours.
        assert CreateNote(OWNER, clock=lambda: written - 3600).seconds_left() == IN_FLIGHT_SECONDS
        assert CreateNote(Owner(stack="s", resource="other")).seconds_left() == 0
    assert CreateNote(OWNER).seconds_left() == 0


def test_a_rejected_request_leaves_no_note() -> None:
    """The next run need not wait for it."""
    with pytest.raises(ValueError, match="rejected"), CreateNote(OWNER).noted():
        raise ValueError("rejected")
    assert CreateNote(OWNER).seconds_left() == 0


def test_a_create_continues_without_a_writable_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note is an additional protection, and creates work without it."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", os.fspath(tmp_path / "file" / "below"))
    with CreateNote(OWNER).noted():
        assert CreateNote(OWNER).seconds_left() == 0
