"""Closes the engine's ports to all programs except the proxy.

The engine aborts when it rejects a login over its native protocol, and it can listen on TCP only.
So its listening sockets are replaced by sockets in a network namespace without other programs. The
doorman, a process in this namespace, sends sockets that can connect to them. Clients get these
through a Unix socket, the door. All other connections of the engine use the machine's network.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import stat
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["close_ports"]

# `include/uapi/linux/sched.h`, `sockios.h`, `if.h`, `prctl.h`.
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1
_PR_SET_PDEATHSIG = 1
_BACKLOG = 128
_OPEN = b"!"
_POLL_SECONDS = 0.002
_FIRST_FD, _END_FD = 3, 1024


def close_ports(door: Path, ports: list[int], *, then: Callable[[], None]) -> bool:
    """Replace the listening sockets on these ports of 127.0.0.1 as soon as they exist.

    The door sends no socket before all are replaced and `then` has returned.

    Args:
        door: path of the Unix socket, mode 0600, through which the proxy gets its sockets.
        then: called after all are replaced.
    Returns:
        False if this user may not create namespaces. Then the ports stay open.
    """
    if sys.platform != "linux":
        return False
    doorman, inside = _start_doorman(door, ports)
    if not inside:
        return False

    def exchange() -> None:
        _exchange(inside)
        then()
        doorman.send(_OPEN)

    threading.Thread(target=exchange, name="ports", daemon=True).start()
    return True


def _start_doorman(
    door: Path, ports: list[int]
) -> tuple[socket.socket, Mapping[int, socket.socket]]:
    """Return a connection to the doorman, and the listening sockets in the namespace by port."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    unix = _bind_to(door)
    parent = os.getpid()
    if os.fork() == 0:
        try:
            ours.close()
            _guard(unix, theirs, ports, parent)
        finally:
            os._exit(1)
    unix.close()
    theirs.close()
    _said, fds, _flags, _address = socket.recv_fds(ours, 1, len(ports))
    if not fds:  # it has ended
        door.unlink()
    return ours, {port: socket.socket(fileno=fd) for port, fd in zip(ports, fds, strict=False)}


def _bind_to(door: Path) -> socket.socket:
    door.unlink(missing_ok=True)
    unix = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    # Relative, because the path of a Unix socket has at most 107 bytes.
    folder = os.open(door.parent, os.O_PATH)
    try:
        unix.bind(f"/proc/self/fd/{folder}/{door.name}")
    finally:
        os.close(folder)
        os.umask(before)
    return unix


def _guard(unix: socket.socket, engine: socket.socket, ports: list[int], parent: int) -> None:
    """Run as the doorman, until the engine's process ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return
    _bring_up_loopback()
    inside = [socket.create_server(("127.0.0.1", port), backlog=_BACKLOG) for port in ports]
    socket.send_fds(engine, [b"."], [each.fileno() for each in inside])
    for each in inside:
        each.close()  # the engine has them
    if engine.recv(1) != _OPEN:
        return
    unix.listen(_BACKLOG)
    while True:
        client, _address = unix.accept()
        with client, contextlib.suppress(OSError), socket.socket() as handed_out:
            socket.send_fds(client, [b"."], [handed_out.fileno()])


def _bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", _IFF_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def _exchange(inside: Mapping[int, socket.socket]) -> None:
    ours = {each.fileno() for each in inside.values()}
    left = dict(inside)
    while left:
        for fd in range(_FIRST_FD, _END_FD):
            if fd not in ours and (port := _port_listened_on(fd)) in left:
                # The engine keeps the same file descriptor, and the old socket is closed.
                os.dup2(left.pop(port).fileno(), fd, inheritable=False)
        time.sleep(_POLL_SECONDS)


def _port_listened_on(fd: int) -> int | None:
    try:
        if not stat.S_ISSOCK(os.fstat(fd).st_mode):
            return None
        with socket.socket(fileno=os.dup(fd)) as same:
            is_listening = same.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            return int(same.getsockname()[1]) if is_listening else None
    except (OSError, IndexError, ValueError):
        return None  # closed already, or of another family
