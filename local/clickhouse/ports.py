"""Chooses the public ports of a service, which stay the same during its whole life."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Iterable

__all__ = ["NoPortLeft", "PortRange"]

# The range is below the ports that Linux and macOS use for outgoing connections, so that the ports
# of a service are still free at the next start of the cloud.
_LOWEST, _HIGHEST = 20000, 32000


class NoPortLeft(Exception):
    """All ports of the range are in use. The message names the range."""


class PortRange:
    """The ports from which those of a service are chosen.

    Args:
        text: `FIRST-LAST`, in this order; None chooses from ports that are usually free.
    Raises:
        ValueError: `text` is not a range of ports.
    """

    def __init__(self, text: str | None) -> None:
        self._ordered = text is not None
        found = re.fullmatch(r"(\d+)-(\d+)", text or f"{_LOWEST}-{_HIGHEST}")
        self._ports = range(int(found[1]), int(found[2]) + 1) if found else range(0)
        if not self._ports or self._ports[0] < 1 or self._ports[-1] > 65535:
            raise ValueError(f"--service-ports {text} is not FIRST-LAST, two ports from 1 to 65535")

    def take(self, count: int, *, taken: Iterable[int]) -> list[int]:
        """Return free ports, without those that are `taken` by a service.

        Raises:
            NoPortLeft: fewer ports are free.
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
            "delete services, or use a wider --service-ports"
        )


def _is_free(port: int) -> bool:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
