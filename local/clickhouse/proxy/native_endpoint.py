"""The native TLS endpoint of a service: reads the client's Hello, then passes all bytes.

Only the first packet is parsed, for the user's name. So the engine rejects statements about users
here. They work over https.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from urllib.parse import quote_plus

from local.clickhouse.proxy.data_plane import (
    CONNECT_PAUSE_SECONDS,
    CONNECT_TRIES,
    DataPlane,
    Unavailable,
)
from local.clickhouse.proxy.https_endpoint import Listener, loopback_hosts
from local.clickhouse.proxy.protocol_errors import (
    ClickHouseError,
    error_from_text,
    native_error,
    varint,
)
from local.clickhouse.sql_accounts import inner_name

__all__ = ["serve_native"]

_HELLO = 0
_HELLO_SECONDS = 10.0
_STRING_BYTES = 1 << 16
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True)
class _Hello:
    packet: bytes
    database: str
    user: str
    password: str


async def serve_native(plane: DataPlane, *, port: int, tls: ssl.SSLContext) -> Listener:
    """Listen on the service's native port.

    Raises:
        OSError: the port is in use.
    """

    async def hang_up() -> None:
        for one in list(plane.native_clients):
            one()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _serve(plane, reader, writer)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            # The client or the engine has disconnected, so the other connection is closed, too.
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(
        connected, loopback_hosts(), port, ssl=tls, limit=_CHUNK_BYTES * 4
    )
    return Listener(server, hang_up)


async def _serve(
    plane: DataPlane, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        async with asyncio.timeout(_HELLO_SECONDS):
            hello = await _read_hello(reader)
        async with plane.entered():
            await _check(plane, hello)
            engine_reader, engine_writer = await _connect(plane)
    except ClickHouseError as error:
        writer.write(native_error(error))
        await writer.drain()
        return

    def hang_up() -> None:
        for one in (writer, engine_writer):
            one.transport.abort()

    plane.native_clients.add(hang_up)
    try:
        engine_writer.write(hello.packet)
        await engine_writer.drain()
        await _splice(plane, (reader, engine_writer), (engine_reader, writer))
    finally:
        plane.native_clients.discard(hang_up)
        engine_writer.close()


async def _connect(plane: DataPlane) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(CONNECT_TRIES):
        try:
            return await _connect_once(plane)
        except ConnectionRefusedError:
            plane.engine.lost()
            await asyncio.sleep(CONNECT_PAUSE_SECONDS)
            await plane.wait_until_ready()
    raise Unavailable("the service's engine does not accept connections")


async def _connect_once(plane: DataPlane) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    connecting = plane.engine.new_socket()
    try:
        connecting.setblocking(False)
        address = ("127.0.0.1", plane.engine.tcp_port)
        await asyncio.get_running_loop().sock_connect(connecting, address)
        return await asyncio.open_connection(sock=connecting, limit=_CHUNK_BYTES * 4)
    except BaseException:
        connecting.close()
        raise


async def _splice(
    plane: DataPlane, *ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> None:
    """Pass bytes in both directions until one side ends."""
    tasks = [asyncio.create_task(_pass_along(plane, *way)) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pass_along(
    plane: DataPlane, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while chunk := await reader.read(_CHUNK_BYTES):
        plane.touch()
        writer.write(chunk)
        await writer.drain()


async def _check(plane: DataPlane, hello: _Hello) -> None:
    """Check the login over HTTP first: the engine aborts if it rejects one on its native port.

    Raises:
        ClickHouseError: the engine rejects the login.
    """
    headers = {"X-ClickHouse-User": hello.user, "X-ClickHouse-Key": hello.password}
    path = f"/?database={quote_plus(hello.database)}" if hello.database else "/"
    async with plane.send("POST", path, headers, b"SELECT 1") as response:
        if response.status != 200:
            raise error_from_text(await response.text(), status=response.status)


async def _read_hello(reader: asyncio.StreamReader) -> _Hello:
    """Return the client's Hello with the user's name in the engine."""
    if await _number(reader) != _HELLO:
        raise ClickHouseError(
            101, "UNEXPECTED_PACKET_FROM_CLIENT", "Unexpected packet from client: expected Hello"
        )
    client = await _string(reader)
    numbers = [await _number(reader) for _ in ("major", "minor", "revision")]
    database, user, password = [(await _string(reader)).decode(errors="replace") for _ in range(3)]
    user = inner_name(user)
    strings = [s.encode() for s in (database, user, password)]
    packet = b"".join(
        [
            varint(_HELLO),
            varint(len(client)) + client,
            *(varint(number) for number in numbers),
            *(varint(len(s)) + s for s in strings),
        ]
    )
    return _Hello(packet, database, user, password)


async def _string(reader: asyncio.StreamReader) -> bytes:
    length = await _number(reader)
    if length > _STRING_BYTES:
        raise ClickHouseError(101, "UNEXPECTED_PACKET_FROM_CLIENT", "Hello is too large")
    return await reader.readexactly(length)


async def _number(reader: asyncio.StreamReader) -> int:
    value = 0
    for shift in range(0, 63, 7):
        byte = (await reader.readexactly(1))[0]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise ClickHouseError(101, "UNEXPECTED_PACKET_FROM_CLIENT", "Not the native protocol")
