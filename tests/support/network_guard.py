"""Keeps the tests' own process on this machine: connecting to any other one is an error.

What the tests start (pulumi, workerd, ClickHouse, npm) is out of its sight; `loopback` sees that.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

__all__ = ["is_here", "stay_on_this_machine"]

# Position of the address, or of the name, in the arguments of the audit event.
_EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}


def stay_on_this_machine() -> None:
    """From now on, for the rest of the process: Python cannot take an audit hook away."""
    sys.addaudithook(_hook)


def is_here(host: object) -> bool:
    """Whether a name or an address is this machine's loopback; no name is asked about."""
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
        if not isinstance(target, tuple):  # a Unix socket's path, a netlink number
            return
        target = target[0]
    if not is_here(target):
        raise AssertionError(f"a test wants to leave this machine: {event} {target!r}")
