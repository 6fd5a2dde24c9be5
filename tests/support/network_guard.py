"""Keeps the test process on this machine: a connection to another machine is an error.

The guard does not see the processes that tests start (pulumi, workerd, ClickHouse, npm); `loopback`
checks those processes.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

__all__ = ["is_here", "stay_on_this_machine"]

# The position of the address or name in the arguments of the audit event.
_EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}


def stay_on_this_machine() -> None:
    """Install the guard for the rest of the process; Python cannot remove an audit hook."""
    sys.addaudithook(_hook)


def is_here(host: object) -> bool:
    """Return whether a name or an address is this machine's loopback, without a name lookup."""
    if host is None or isinstance(host, bytes):
        host = (host or b"").decode()
    text = str(host).partition("%")[0]
    if text in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS:
        return
    target = arguments[_EVENTS[event]]
    if event != "socket.getaddrinfo":
        if not isinstance(target, tuple):  # the path of a Unix socket, or a netlink number
            return
        target = target[0]
    if not is_here(target):
        raise AssertionError(f"a test tries to leave this machine: {event} {target!r}")
