"""Turns on one machine, and what somebody on another one overwrote."""

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
with exclusive("thing"):
    print("holds", flush=True)
    time.sleep(600)
"""
POLICY = {
    "allowDeny": "ALLOW",
    "permissions": ["control-plane:service:view"],
    "resources": ["instance/*"],
}


def test_a_killed_holder_holds_up_nobody() -> None:
    """The kernel drops its lock; until then the same thing is waited for, and another is not."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"holds\n"
    entered = threading.Event()

    def enter() -> None:
        with exclusive("thing"):
            entered.set()

    waiting = threading.Thread(target=enter)
    waiting.start()
    with exclusive("another thing"):
        assert not entered.is_set()
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    waiting.join(timeout=30)
    assert entered.is_set()


def test_claims_are_those_of_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run has claimed the next one has not; outside of a run nobody claims anything."""
    seen = []
    for run in ("first", "first", "second", "", ""):
        monkeypatch.setattr(engine, "run", lambda run=run: run)
        with exclusive("thing") as claims:
            seen.append(set(claims.ids))
            claims.add(["mine"])
    assert seen == [set(), {"mine"}, set(), set(), set()]


def test_a_claim_does_not_outlive_its_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An engine may get the address that another one had long ago."""
    monkeypatch.setattr(engine, "run", lambda: "an address")
    with exclusive("thing") as claims:
        claims.add(["mine"])
    assert is_claimed("thing")
    (file,) = (tmp_path / "limiter").glob("*.claims")
    os.utime(file, (0, 0))
    assert not is_claimed("thing")
    assert not is_claimed("another thing")


def test_a_folder_that_cannot_be_is_an_error_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without turns something could be lost, so nothing is begun."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path / "file" / "folder"))
    with (
        pytest.raises(ConfigurationError, match="set CLICKHOUSE_API_STATE_DIR to a folder"),
        exclusive("thing"),
    ):
        raise AssertionError


def test_what_another_machine_overwrote_is_sent_again(
    server: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had read before we wrote, so its list has not our actor; in the end both are there."""
    monkeypatch.setattr(declarative_provider, "SETTLE_INTERVALS", Intervals.of(0.05))
    ask = server.control_plane.organization
    role = ask("POST", "roles", {"name": "both", "actors": [], "policies": [POLICY]})["id"]

    def actors() -> list[Any]:
        return list(ask("GET", f"roles/{role}")["actors"])

    def overwrite() -> None:
        while actors() != ["user/ours"]:
            time.sleep(0.01)
        ask("PATCH", f"roles/{role}", {"actors": ["user/theirs"]})

    # Our answer comes late enough for them to be between our writing and our looking.
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
    ask("DELETE", f"roles/{role}")
