"""Public ports for services: from a range, free now, and kept for a service's whole life."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Iterable

__all__ = ["NoPortLeft", "PortRange"]

# Below what Linux and macOS hand out to outgoing connections, so that a port that is ours is
# still free when the cloud comes back.
_LOWEST, _HIGHEST = 20000, 32000


class NoPortLeft(Exception):
    """Every port of the range is taken; the message names the range."""


class PortRange:
    """Where ports for services come from.

    Args:
        text: `FIRST-LAST`, taken in order; None takes them from anywhere that is likely free.
    Raises:
        ValueError: it is not a range of ports.
    """

    def __init__(self, text: str | None) -> None:
        self._ordered = text is not None
        found = re.fullmatch(r"(\d+)-(\d+)", text or f"{_LOWEST}-{_HIGHEST}")
        self._ports = range(int(found[1]), int(found[2]) + 1) if found else range(0)
        if not self._ports or self._ports[0] < 1 or self._ports[-1] > 65535:
            raise ValueError(f"--service-ports {text} is not FIRST-LAST, two ports from 1 to 65535")

    def take(self, count: int, *, taken: Iterable[int]) -> list[int]:
        """Free ports that are not `taken` by a service that may not listen now.

        Raises:
            NoPortLeft: there are not so many.
        """
        taken = set(taken)
        candidates = list(self._ports)
        if not self._ordered:
            random.shuffle(candidates)
        found = []
        for port in candidates:
            if port not in taken and _is_free(port):
                found.append(port)
            if len(found) == count:
                return found
        raise NoPortLeft(
            f"no {count} free ports in {self._ports[0]}-{self._ports[-1]}: "
            "delete services, or give a wider --service-ports"
        )


def _is_free(port: int) -> bool:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
