"""Runs a command where there is no network, for tests that want to know what it does there."""

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
    """What a command printed where there is only loopback, and how often it wanted to leave.

    Where there can be no such place, the test fails and says what is missing: whether a request
    leaves the machine cannot be seen then, and nobody should believe that it was.
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
