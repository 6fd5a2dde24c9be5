"""TCP ports that belong to one test."""

from __future__ import annotations

import errno
import random
import socket
import sys
import weakref

# Below them are the ports of well-known servers, above them those of local services.
_HELD_PORTS = (10_000, 20_000)
_random = random.SystemRandom()


def free_port() -> int:
    """Return a port that no other process can get until this process ends."""
    return held_port(sys.modules[__name__])


def held_port(holder: object) -> int:
    """Return a port that no other process can get while `holder` is alive.

    So no other process listens on the port while the holder's engine is down. The engine itself can
    listen there: the socket that holds the port never listens, and both sockets allow the address
    to be used again.

    The port is below the range from which systems choose ports (32768 and above on Linux, 49152 and
    above on macOS). A port from that range can be chosen by another process, released, held here,
    and then be used by the other process, because both allow the address to be used again.
    """
    held = socket.socket()
    while True:
        try:
            held.bind(("127.0.0.1", _random.randrange(*_HELD_PORTS)))
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    # Set after `bind`: before it, two processes could hold the same port.
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    weakref.finalize(holder, held.close)
    port: int = held.getsockname()[1]
    return port
