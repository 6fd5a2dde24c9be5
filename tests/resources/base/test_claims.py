"""Locks of one machine, and writes that another machine has overwritten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from resources.base import declarative_provider
from resources.base import pulumi_engine as engine
from resources.base.claims import exclusive, is_claimed
from resources.base.errors import ConfigurationError
from resources.base.polling import Intervals
from resources.organization.role_assignment import RoleAssignmentProvider
from tests.support.driven_provider import DrivenProvider
from tests.support.running_service import RunningService

pytestmark = pytest.mark.usefixtures("unlimited")

HOLDER = """
import time
from resources.base.claims import exclusive
with exclusive("one"):
    print("holds", flush=True)
    time.sleep(600)
"""
POLICY = {
    "allowDeny": "ALLOW",
    "permissions": ["control-plane:service:view"],
    "resources": ["instance/*"],
}


def test_a_lock_of_a_killed_process_is_released() -> None:
    """The kernel drops the lock. Until then, other processes wait for this name only."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"holds\n"
    entered = threading.Event()

    def enter() -> None:
        with exclusive("one"):
            entered.set()

    waiting = threading.Thread(target=enter)
    waiting.start()
    with exclusive("another"):
        assert not entered.is_set()
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    waiting.join(timeout=30)
    assert entered.is_set()


def test_claims_belong_to_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run does not see them. Outside of a run there are no claims."""
    seen = []
    for run in ("first", "first", "second", "", ""):
        monkeypatch.setattr(engine, "run", lambda run=run: run)
        with exclusive("one") as claims:
            seen.append(set(claims.ids))
            claims.add(["mine"])
    assert seen == [set(), {"mine"}, set(), set(), set()]


def test_a_claim_expires_after_a_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A later engine may have the same address as an earlier one."""
    monkeypatch.setattr(engine, "run", lambda: "an address")
    with exclusive("one") as claims:
        claims.add(["mine"])
    assert is_claimed("one")
    (file,) = (tmp_path / "limiter").glob("*.claims")
    os.utime(file, (0, 0))
    assert not is_claimed("one")
    assert not is_claimed("another")


def test_an_impossible_folder_is_an_error_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without locks a write could be lost, so none is started."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path / "file" / "folder"))
    with (
        pytest.raises(ConfigurationError, match="set CLICKHOUSE_API_STATE_DIR to a folder"),
        exclusive("one"),
    ):
        raise AssertionError


def test_a_write_that_another_machine_overwrote_is_sent_again(
    server: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other machine read before our write, so its list lacks our actor. Finally both exist."""
    monkeypatch.setattr(declarative_provider, "SETTLE_INTERVALS", Intervals.of(0.05))
    call = server.control_plane.organization
    role = call("POST", "roles", {"name": "both", "actors": [], "policies": [POLICY]})["id"]

    def actors() -> list[Any]:
        return list(call("GET", f"roles/{role}")["actors"])

    def overwrite() -> None:
        while actors() != ["user/ours"]:
            time.sleep(0.01)
        call("PATCH", f"roles/{role}", {"actors": ["user/theirs"]})

    # Our response is late, so that the other write comes between our write and our check.
    slow = {"operation": "organizationRolePatch", "fault": "slow", "delay_seconds": 1}
    server.control_plane.request(
        "PUT", "/local/faults", {"requests_per_window": 0, "rules": [slow]}
    )
    other_machine = threading.Thread(target=overwrite)
    other_machine.start()
    assignment = DrivenProvider(RoleAssignmentProvider(), server.control_plane, role_id=role)
    assignment.create(actors=["user/ours"])
    other_machine.join(timeout=30)
    assert sorted(actors()) == ["user/ours", "user/theirs"]
    assignment.provider.delete(assignment.id, assignment.state)
    assert actors() == ["user/theirs"]
    call("DELETE", f"roles/{role}")
