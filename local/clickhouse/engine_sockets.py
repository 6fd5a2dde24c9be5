"""Sockets that can connect to an engine whose ports no other program can reach.

`server/port_isolation.py` has the code on the engine's side.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

__all__ = ["engine_socket"]

_SECONDS = 5.0


def engine_socket(door: Path) -> socket.socket:
    """Return a new socket that can connect to the engine behind a door.

    An engine without a door has open ports, which every socket can reach.

    Raises:
        ConnectionRefusedError: no engine runs.
    """
    try:
        with socket.socket(socket.AF_UNIX) as unix:
            unix.settimeout(_SECONDS)
            _connect(unix, door)
            _said, fds, _flags, _address = socket.recv_fds(unix, 1, 1)
    except FileNotFoundError:
        return socket.socket()
    except (ConnectionError, TimeoutError) as error:
        raise ConnectionRefusedError(f"no engine behind {door}") from error
    if not fds:
        raise ConnectionRefusedError(f"no engine behind {door}")
    return socket.socket(fileno=fds[0])


def _connect(unix: socket.socket, door: Path) -> None:
    """Connect by a short path, because the path of a Unix socket has at most 107 bytes."""
    folder = os.open(door.parent, os.O_RDONLY)
    try:
        unix.connect(f"/proc/self/fd/{folder}/{door.name}")
    finally:
        os.close(folder)
