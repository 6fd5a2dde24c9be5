"""Run a command with no network except loopback, and count its attempts to leave the machine.

    python -m tests.support.loopback COMMAND…

The command and its child processes run in separate network, user and mount namespaces. These have
no route to another machine, so the kernel counts every connection or packet that would need one
(`OutNoRoutes`). The name server's address also needs such a route, so name lookups count as well.
The last line of the output is the count. This needs no privilege on machines that allow
unprivileged user namespaces.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["COUNTED", "attempts", "enter"]

COUNTED = "attempts to leave the machine: "

# <sched.h>, <sys/mount.h>, <net/if.h>, <bits/ioctls.h>
_CLONE_NEWNS, _CLONE_NEWUSER, _CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000
_MS_BIND, _MS_REC, _MS_SLAVE = 4096, 16384, 1 << 19
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_IFREQ = "16sH22x"
# An address of TEST-NET-1 (RFC 5737), which no machine has.
_RESOLVER = "nameserver 192.0.2.53\n"


def enter() -> None:
    """Move the calling process and its children to a network that has only loopback.

    Raises:
        OSError: this machine does not allow it; the message contains the rejected operation.
    """
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    flags = _CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWNS
    _checked(libc.unshare(flags), "creating user, network and mount namespaces")
    # Keep the user's id, so that the files of the command belong to the user who runs the tests.
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path("/proc/self", name).write_text(text)
    _loopback_up()
    resolver_file = Path("/etc/resolv.conf")
    if resolver_file.read_text() == _RESOLVER:  # the process already runs without a network
        return
    _checked(libc.mount(None, b"/", None, _MS_REC | _MS_SLAVE, None), "a mount namespace")
    with tempfile.NamedTemporaryFile("w") as resolver:
        resolver.write(_RESOLVER)
        resolver.flush()
        os.fchmod(resolver.fileno(), 0o644)
        source = resolver.name.encode()
        _checked(libc.mount(source, bytes(resolver_file), None, _MS_BIND, None), "resolv.conf")


def attempts() -> int:
    """Return how many IPv4 and IPv6 connections and packets of this namespace had no route."""
    head, values = re.findall(r"^Ip: (.*)$", Path("/proc/self/net/snmp").read_text(), re.MULTILINE)
    count = int(dict(zip(head.split(), values.split(), strict=True))["OutNoRoutes"])
    snmp6 = Path("/proc/self/net/snmp6")
    six = re.search(r"^Ip6OutNoRoutes\s+(\d+)", snmp6.read_text() if snmp6.exists() else "", re.M)
    return count + (int(six[1]) if six else 0)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack(_IFREQ, b"lo", 0)
        (_, flags) = struct.unpack(_IFREQ, fcntl.ioctl(control, _SIOCGIFFLAGS, request))
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack(_IFREQ, b"lo", flags | _IFF_UP))


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def main() -> int:
    """Run the command and return its exit status, or 2 if the machine allows no namespace."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.loopback",
        description="Run a command where there is no network but loopback; say how often it, or "
        "anything it started, wanted to leave.",
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, help="and its arguments")
    command = parser.parse_args().command
    if not command:
        parser.error("which command?")
    try:
        enter()
    except OSError as error:
        print(f"no network namespace on this machine: {error}", file=sys.stderr)
        return 2
    status = subprocess.run(command, check=False).returncode
    print(f"{COUNTED}{attempts()}")
    return status


if __name__ == "__main__":
    sys.exit(main())
