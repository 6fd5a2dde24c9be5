"""No request leaves the machine: neither from a whole stack nor from the process of the tests."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path

import pytest

from tests.support.without_network import run_without_network

CONNECT = "socket.create_connection(('192.0.2.1', 443), timeout=5)"
SEND = "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'?', ('192.0.2.1', 53))"
LOOK_UP = "socket.getaddrinfo('example.com', 443)"
LISTEN = "s = socket.create_server(('localhost', 0)); socket.create_connection(s.getsockname())"


@pytest.mark.parametrize("statement", [CONNECT, SEND, LOOK_UP])
def test_an_attempt_to_leave_is_counted(statement: str) -> None:
    """Without this, a count of zero would prove nothing."""
    shown, count = run_without_network(sys.executable, "-c", f"import socket; {statement}")
    assert "Traceback" in shown
    assert count > 0


def test_loopback_works_and_is_not_counted() -> None:
    """A server and a client on this machine connect."""
    shown, count = run_without_network(sys.executable, "-c", f"import socket; {LISTEN}")
    assert (shown, count) == ("", 0)


def test_a_stack_sends_no_request_to_another_machine(tmp_path: Path) -> None:
    """Preview, up, a thousand spans, an event, refresh and destroy, without a single attempt.

    The pulumi CLI and its plugins, both clouds, ClickHouse, workerd and an OpenTelemetry SDK all
    run in the namespace, so the count includes update checks and look-ups of names.
    """
    shown, count = run_without_network(sys.executable, "-m", "tests.isolation.stack", str(tmp_path))
    assert re.search(r"^complete$", shown, re.MULTILINE), shown
    assert count == 0


@pytest.mark.parametrize("statement", [CONNECT, SEND, LOOK_UP])
def test_the_process_of_the_tests_cannot_leave_the_machine(statement: str) -> None:
    """`tests/conftest.py` installs the guard before any test runs."""
    with pytest.raises(AssertionError, match="a test tries to leave this machine"):
        eval(statement, {"socket": socket})  # noqa: S307 - one of the three above
