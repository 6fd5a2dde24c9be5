"""Checks IP access lists of services and API keys."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping

from local.clickhouse.errors import BadRequest

__all__ = ["check_access_list", "is_listed"]


def check_access_list(entries: Iterable[Mapping[str, str]]) -> None:
    """Check that every source is an address or a network.

    Raises:
        BadRequest: a source is neither; the message names it.
    """
    for entry in entries:
        source = entry.get("source")
        try:
            ipaddress.ip_network(source or "", strict=False)
        except ValueError:
            raise BadRequest(
                f"ipAccessList: source {source!r} is not an IP address or a CIDR network"
            ) from None


def is_listed(address: str, entries: Iterable[Mapping[str, str]]) -> bool:
    """Return whether an address is in one of the networks. An empty list contains none."""
    ip = ipaddress.ip_address(address)
    networks = [ipaddress.ip_network(entry["source"], strict=False) for entry in entries]
    return any(ip.version == network.version and ip in network for network in networks)
