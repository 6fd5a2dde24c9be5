"""`examples/send_span.py` reports whether its span was stored."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.access_binding import TOKEN
from tests.support.paths import ROOT
from tests.support.worker_runtime import Worker

SCRIPT = ROOT / "examples" / "send_span.py"


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT)], env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_span_that_is_stored_is_reported(worker: Worker) -> None:
    """The exit code is 0 only after a 200."""
    url = f"http://127.0.0.1:{worker.port}"
    done = run(INGEST_URL=url, INGEST_TOKEN=TOKEN)
    assert (done.returncode, done.stdout) == (0, f"sent a span to {url}/v1/traces\n"), done.stderr


def test_a_span_that_is_rejected_is_an_error_of_one_line(worker: Worker) -> None:
    """The line has the reason of the response."""
    failed = run(INGEST_URL=f"http://127.0.0.1:{worker.port}", INGEST_TOKEN="wrong")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "401" in failed.stderr
    assert len(failed.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"INGEST_URL": "http://127.0.0.1:1", "INGEST_TOKEN": "x"}, "Connection refused"),
        ({"INGEST_TOKEN": "x"}, "INGEST_URL: not set"),
        ({}, "INGEST_URL and INGEST_TOKEN: not set"),
    ],
)
def test_without_a_worker_the_example_ends_with_one_line(
    environment: dict[str, str], reason: str
) -> None:
    """The line is not a traceback, and the exit code is an error."""
    failed = run(**environment)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert reason in failed.stderr
    assert len(failed.stderr.splitlines()) == 1
