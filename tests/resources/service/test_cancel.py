"""Ctrl-C while a service is created, changed or deleted, on the real Pulumi CLI."""

from __future__ import annotations

import base64
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.paths import ROOT
from tests.support.program_stack import ProgramStack

NEVER = 3600
# The part of `make up` that runs `pulumi`, after the clouds have started.
UP = """
import base64, pickle, sys
from local.stack.pulumi_stack import StackFailed
try:
    pickle.loads(base64.b64decode(sys.argv[1])).up()
except StackFailed as failure:
    sys.exit(str(failure))
"""
RUN_SECONDS = 240
INTERRUPTED = "interrupted; the next `pulumi up` continues from here"
# A terminal signals the process group, and `kill -INT` or a CI system only the process.
SENDERS: dict[str, Callable[[int, int], None]] = {"group": os.killpg, "pulumi": os.kill}


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of one service."""
    return ProgramStack(clouds, "service", tmp_path)


def set_faults(stack: ProgramStack, **faults: Any) -> None:
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0, **faults})


@contextmanager
def running(
    stack: ProgramStack, *arguments: str, command: list[str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run `pulumi ARGUMENTS`, or `command`, in a separate process group, as a shell does.

    A run that still waits after `RUN_SECONDS` is killed, so its output ends and the test fails.
    """
    process = subprocess.Popen(
        command or stack.stack.command(*arguments, "--yes", "--skip-preview"),
        cwd=ROOT if command else stack.stack.program,
        env=stack.stack.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = threading.Timer(RUN_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    deadline.start()
    try:
        yield process
    finally:
        deadline.cancel()
        process.kill()
        process.wait()


def interrupted(
    stack: ProgramStack,
    *arguments: str,
    at: str,
    sender: str,
    command: list[str] | None = None,
) -> str:
    """Run `pulumi` or `command`, send SIGINT at the first line with `at`, and return its output.

    Checks that it ends with an error in one line, and leaves no pending operation in the state.
    """
    with running(stack, *arguments, command=command) as process:
        assert process.stdout is not None
        shown = ""
        for line in process.stdout:
            shown += line
            if at in line:
                break
        SENDERS[sender](process.pid, signal.SIGINT)
        shown += process.communicate(timeout=60)[0]
    assert at in shown, shown
    assert process.returncode not in (0, -signal.SIGINT), shown
    assert INTERRUPTED in shown
    assert "Traceback" not in shown
    state = json.loads(stack.state())["checkpoint"]["latest"]
    assert "pending_operations" not in state
    return shown


def created(stack: ProgramStack) -> int:
    return int(stack.control_plane.request("GET", "/local/counts")["services_created"])


@pytest.mark.parametrize("sender", SENDERS)
def test_an_interrupted_create_is_continued(stack: ProgramStack, sender: str) -> None:
    """The service exists and has an ownership tag. The next `up` creates no other service."""
    set_faults(stack, provisioning="stuck")
    interrupted(stack, "up", at="provisioning, waiting until it runs", sender=sender)
    (unfinished,) = stack.services()
    set_faults(stack)
    stack.up()
    (service,) = stack.services()
    assert (service["id"], service["state"]) == (unfinished["id"], "running")
    assert created(stack) == 1
    stack.up("--expect-no-changes")


def test_make_up_waits_until_pulumi_has_handled_an_interrupt(stack: ProgramStack) -> None:
    """Ctrl-C reaches `make up`, the process that runs `pulumi`, and `pulumi`, all in one group."""
    set_faults(stack, provisioning="stuck")
    pickled = base64.b64encode(pickle.dumps(stack.stack)).decode()
    command = [sys.executable, "-c", UP, pickled]
    interrupted(stack, at="provisioning, waiting until it runs", sender="group", command=command)
    set_faults(stack)
    stack.up()
    assert created(stack) == 1


def test_an_interrupted_change_and_an_interrupted_delete_are_continued(
    stack: ProgramStack,
) -> None:
    """The next run waits for the operation of the cloud, and the state is correct."""
    stack.configure(desired_state="stopped")
    stack.up()
    (service,) = stack.services()
    assert service["state"] == "stopped"

    set_faults(stack, timing={"starting": NEVER})
    stack.configure(desired_state="running", name="renamed")
    interrupted(stack, "up", at="stopped, waiting until it runs", sender="group")
    assert stack.services()[0]["state"] == "starting"
    set_faults(stack)
    stack.up()
    (changed,) = stack.services()
    assert (changed["id"], changed["name"]) == (service["id"], "renamed")
    assert changed["state"] == "running"
    stack.up("--expect-no-changes")

    set_faults(stack, timing={"stopping": NEVER})
    interrupted(stack, "destroy", at="stopping, waiting until it is stopped", sender="group")
    assert stack.services()[0]["state"] == "stopping"
    set_faults(stack, timing={"deleting": NEVER})
    interrupted(stack, "destroy", at="waiting until it is deleted", sender="pulumi")
    set_faults(stack)
    stack.stack.destroy()
    assert stack.services() == []
    assert created(stack) == 1


def test_a_long_wait_reports_its_progress_every_fifteen_seconds(stack: ProgramStack) -> None:
    """The report has state and elapsed time, also while a response of the API is slow."""
    hangs = {"operation": "instanceGet", "fault": "slow", "delay_seconds": NEVER}
    set_faults(stack, provisioning="stuck", rules=[hangs])
    reported: list[int] = []
    with running(stack, "up") as process:
        assert process.stdout is not None
        for line in process.stdout:
            reported += map(
                int, re.findall(r"provisioning, waiting until it runs \((\d+) s\)", line)
            )
            if reported and reported[-1] > 15:
                break
    assert len(reported) >= 3
    assert all(
        later - earlier <= 15 for earlier, later in zip([0, *reported], reported, strict=False)
    )
