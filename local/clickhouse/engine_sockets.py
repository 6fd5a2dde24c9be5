"""Sockets that can connect to an engine whose ports no other program can reach.

`server/port_isolation.py` is the engine's side.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

__all__ = ["engine_socket"]

_SECONDS = 5.0


def engine_socket(door: Path) -> socket.socket:
    """Return a new socket that can connect to the engine behind a door.

    Where the engine has no door, its ports are open and any socket will do.

    Raises:
        ConnectionRefusedError: there is no engine.
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
    """Connect by a short path: a Unix socket's has 107 bytes at most."""
    folder = os.open(door.parent, os.O_RDONLY)
    try:
        unix.connect(f"/proc/self/fd/{folder}/{door.name}")
    finally:
        os.close(folder)
