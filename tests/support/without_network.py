"""Run a command without a network, for tests that count its attempts to leave the machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.support.loopback import COUNTED
from tests.support.paths import ROOT

__all__ = ["run_without_network"]


def run_without_network(
    *command: str, environment: Mapping[str, str] | None = None
) -> tuple[str, int]:
    """Return the output of a command that has only loopback, and its attempts to leave the machine.

    The test fails on a machine that does not allow network namespaces, because the attempts cannot
    be counted there. The failure names the missing permission.
    """
    result = subprocess.run(
        [sys.executable, "-m", "tests.support.loopback", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if "no network namespace" in result.stderr:
        pytest.fail(
            f"{result.stderr.strip()}. Unprivileged user namespaces have to be allowed, on Ubuntu "
            "with `sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
        )
    printed, counted, count = result.stdout.rpartition(COUNTED)
    assert counted, result.stderr
    return printed + result.stderr, int(count)
