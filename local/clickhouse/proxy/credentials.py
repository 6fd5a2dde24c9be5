"""Reads a request's credentials, and replaces the user's name with its name in the engine."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus, unquote_plus

from multidict import CIMultiDict

from local.clickhouse.sql_accounts import inner_name

__all__ = ["Identified", "identify"]

_HEADERS = ("Authorization", "X-ClickHouse-User", "X-ClickHouse-Key")


@dataclass(frozen=True)
class Identified:
    """A request's credentials for the engine.

    Attributes:
        user: the user's name in the engine.
        headers: headers with credentials, with this name.
        query: the whole query string, still quoted, with this name.
    """

    user: str
    headers: Mapping[str, str]
    query: str


def identify(headers: Mapping[str, str], query: str) -> Identified:
    """Replace the clients' user name `default` with its name in the engine.

    Args:
        headers: headers of the request, case-insensitive.
        query: the raw query string.
    """
    carried = CIMultiDict({name: headers[name] for name in _HEADERS if name in headers})
    if "X-ClickHouse-User" in carried or "X-ClickHouse-Key" in carried:
        user = inner_name(carried.get("X-ClickHouse-User", ""))
        carried["X-ClickHouse-User"] = user
        return Identified(user, carried, query)
    basic = _basic(carried.get("Authorization", ""))
    if basic is not None:
        user, password = inner_name(basic[0]), basic[1]
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        carried["Authorization"] = f"Basic {token}"
        return Identified(user, carried, query)
    return _from_query(carried, query)


def parameters(query: str) -> dict[str, str]:
    """Return the parameters of a raw query string. The last one of a name wins."""
    pairs = [part.partition("=") for part in query.split("&") if part]
    return {unquote_plus(name): unquote_plus(value) for name, _, value in pairs}


def _from_query(headers: Mapping[str, str], query: str) -> Identified:
    user = inner_name(parameters(query).get("user", ""))
    others = [p for p in query.split("&") if p and unquote_plus(p.partition("=")[0]) != "user"]
    return Identified(user, headers, "&".join([*others, f"user={quote_plus(user)}"]))


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(token).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password
