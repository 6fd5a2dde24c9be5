"""ClickHouse's own form of an error, over HTTP and over the native protocol."""

from __future__ import annotations

import re
import struct

from aiohttp import web

from local.clickhouse.sql_accounts import ADMIN

__all__ = ["ClickHouseError", "error_from_text", "http_error", "native_error", "varint"]

_NATIVE_EXCEPTION = 2


class ClickHouseError(Exception):
    """An error as ClickHouse would answer it.

    Attributes:
        code: ClickHouse's number of it.
        name: ClickHouse's name of it, as `ACCESS_DENIED`.
        status: what HTTP clients see.
    """

    def __init__(self, code: int, name: str, message: str, *, status: int = 500) -> None:
        super().__init__(message)
        self.code = code
        self.name = name
        self.status = status

    @property
    def text(self) -> str:
        """The line that clients read."""
        return f"Code: {self.code}. DB::Exception: {self}. ({self.name})"


def error_from_text(text: str, *, status: int) -> ClickHouseError:
    """The error that the engine wrote, naming the user as clients do."""
    text = text.replace(ADMIN, "default")
    found = re.match(r"Code: (\d+)\. DB::Exception: (.*)\. \((\w+)\)", text, re.DOTALL)
    if found is None:
        return ClickHouseError(1002, "UNKNOWN_EXCEPTION", text, status=status)
    return ClickHouseError(int(found[1]), found[3], found[2], status=status)


def http_error(error: ClickHouseError) -> web.Response:
    """The answer of the HTTP interface."""
    return web.Response(
        status=error.status,
        text=f"{error.text}\n",
        headers={"X-ClickHouse-Exception-Code": str(error.code)},
    )


def native_error(error: ClickHouseError) -> bytes:
    """An Exception packet of the native protocol."""
    strings = ["DB::Exception", f"DB::Exception: {error}. ({error.name})", ""]
    fields = b"".join(varint(len(s.encode())) + s.encode() for s in strings)
    return varint(_NATIVE_EXCEPTION) + struct.pack("<i", error.code) + fields + b"\0"


def varint(number: int) -> bytes:
    """An unsigned number, seven bits a byte, lowest first."""
    parts = bytearray()
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)
