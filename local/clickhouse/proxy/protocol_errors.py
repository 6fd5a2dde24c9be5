"""ClickHouse's form of an error, over HTTP and over the native protocol."""

from __future__ import annotations

import re
import struct

from aiohttp import web

from local.clickhouse.sql_accounts import ADMIN

__all__ = ["ClickHouseError", "error_from_text", "http_error", "native_error", "varint"]

_NATIVE_EXCEPTION = 2


class ClickHouseError(Exception):
    """An error in ClickHouse's form.

    Attributes:
        code: ClickHouse's error code.
        name: ClickHouse's name of the error, for example `ACCESS_DENIED`.
        status: the HTTP status.
    """

    def __init__(self, code: int, name: str, message: str, *, status: int = 500) -> None:
        super().__init__(message)
        self.code = code
        self.name = name
        self.status = status

    @property
    def text(self) -> str:
        """Return the message for clients."""
        return f"Code: {self.code}. DB::Exception: {self}. ({self.name})"


def error_from_text(text: str, *, status: int) -> ClickHouseError:
    """Parse an error of the engine. Replace the engine's user name with the client's."""
    text = text.replace(ADMIN, "default")
    found = re.match(r"Code: (\d+)\. DB::Exception: (.*)\. \((\w+)\)", text, re.DOTALL)
    if found is None:
        return ClickHouseError(1002, "UNKNOWN_EXCEPTION", text, status=status)
    return ClickHouseError(int(found[1]), found[3], found[2], status=status)


def http_error(error: ClickHouseError) -> web.Response:
    """Return the response of the HTTP interface."""
    return web.Response(
        status=error.status,
        text=f"{error.text}\n",
        headers={"X-ClickHouse-Exception-Code": str(error.code)},
    )


def native_error(error: ClickHouseError) -> bytes:
    """Return an Exception packet of the native protocol."""
    strings = ["DB::Exception", f"DB::Exception: {error}. ({error.name})", ""]
    fields = b"".join(varint(len(s.encode())) + s.encode() for s in strings)
    return varint(_NATIVE_EXCEPTION) + struct.pack("<i", error.code) + fields + b"\0"


def varint(number: int) -> bytes:
    """Encode an unsigned number with seven bits per byte, lowest bits first."""
    parts = bytearray()
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)
