"""The https endpoint of a service: streams requests to its engine, and the responses back."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from local.clickhouse.proxy.account_statements import AccountStatements, is_account_statement
from local.clickhouse.proxy.credentials import Identified, identify, parameters
from local.clickhouse.proxy.data_plane import DataPlane
from local.clickhouse.proxy.protocol_errors import ClickHouseError, http_error
from local.clickhouse.sql_accounts import ADMIN

__all__ = ["Listener", "loopback_hosts", "serve_https"]

_HEALTH_CHECKS = {"/ping", "/replicas_status"}
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "expect", "date", "server"}
# The limit is ClickHouse's. A query, with structure and schema, can be in the URL.
_LINE_BYTES = 1 << 20
_HEADER_BYTES = 1 << 17
_BUFFER_BYTES = 1 << 20
# An error is read completely, to replace the engine's user name with the client's.
_ERROR_BYTES = 1 << 20
_STATEMENT_BYTES = 1 << 20
# Enough to recognize a statement after a comment.
_PEEK_BYTES = 256
_GRACE_SECONDS = 0.2


class Listener:
    """An open port and its connections.

    Args:
        server: the server, which `close` stops.
        end: closes the connections.
    """

    def __init__(self, server: asyncio.Server, end: Callable[[], Awaitable[None]]) -> None:
        self._server = server
        self._end = end

    async def close(self) -> None:
        """Stop listening and close all connections."""
        self._server.close()
        await self._end()


def loopback_hosts() -> list[str]:
    """Return the addresses of `localhost`: some clients try only the first."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return ["127.0.0.1", "::1"]
    except OSError:
        return ["127.0.0.1"]


async def serve_https(plane: DataPlane, *, port: int, tls: ssl.SSLContext) -> Listener:
    """Listen on the service's https port.

    Raises:
        OSError: the port is in use.
    """
    endpoint = HttpsEndpoint(plane)
    server = web.Server(
        endpoint.serve,
        auto_decompress=False,
        access_log=None,
        keepalive_timeout=600,
        max_line_size=_LINE_BYTES,
        max_field_size=_HEADER_BYTES,
        read_bufsize=_BUFFER_BYTES,
    )
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(server, loopback_hosts(), port, ssl=tls)
    return Listener(listening, lambda: server.shutdown(_GRACE_SECONDS))


class HttpsEndpoint:
    """Serves the requests of one service."""

    def __init__(self, plane: DataPlane) -> None:
        self._plane = plane
        self._statements = AccountStatements(plane)

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one request. Errors have ClickHouse's form."""
        try:
            await _continue_if_expected(request)
            identified = identify(request.headers, request.rel_url.raw_query_string)
            start, whole = await self._first_bytes(request)
            given = parameters(identified.query)
            query = given.get("query", "").encode() + b" " + (start or b"")
            if is_account_statement(query):
                return await self._execute_statement(request, identified, given, start, whole)
            async with self._plane.entered():
                return await self._forward(request, identified, start, whole)
        except ClickHouseError as error:
            return http_error(error)

    async def _first_bytes(self, request: web.BaseRequest) -> tuple[bytes, bool]:
        """Return the beginning of the body, and whether it is the whole body."""
        if not request.body_exists:
            return b"", True
        chunk = await request.content.readany()
        while len(chunk) < _PEEK_BYTES and not request.content.at_eof():
            chunk += await request.content.readany()
        return chunk, request.content.at_eof()

    async def _execute_statement(
        self,
        request: web.BaseRequest,
        identified: Identified,
        given: dict[str, str],
        start: bytes,
        whole: bool,
    ) -> web.StreamResponse:
        body = bytearray(start)
        while not whole and (chunk := await request.content.readany()):
            body += chunk
            if len(body) > _STATEMENT_BYTES:
                raise ClickHouseError(62, "SYNTAX_ERROR", "Statement is too large", status=400)
        if request.method != "POST":
            raise ClickHouseError(
                164, "READONLY", "Cannot execute query in readonly mode: use method POST"
            )
        text = "\n".join(part for part in (given.get("query", ""), body.decode()) if part)
        database = given.get("database") or request.headers.get("X-ClickHouse-Database")
        response = await self._statements.execute(text, identified, database=database)
        headers = {"Content-Type": "text/plain; charset=UTF-8", "X-ClickHouse-Timezone": "UTC"}
        if "query_id" in given:
            headers["X-ClickHouse-Query-Id"] = given["query_id"]
        return web.Response(body=response, headers=headers)

    async def _forward(
        self, request: web.BaseRequest, identified: Identified, start: bytes, whole: bool
    ) -> web.StreamResponse:
        headers = CIMultiDict(
            (name, value)
            for name, value in request.headers.items()
            if name.lower() not in _HOP_BY_HOP and name not in identified.headers
        )
        headers.extend(identified.headers)
        target = request.rel_url.raw_path
        # Health checks need no login. With a query string ClickHouse has no such page.
        if target not in _HEALTH_CHECKS:
            target += f"?{identified.query}"
        body: bytes | AsyncIterator[bytes] = start if whole else _body(start, request)
        async with self._plane.send(request.method, target, headers, body) as response:
            if response.status >= 400:
                return await _error_for_client(response)
            return await _stream(request, response)


async def _continue_if_expected(request: web.BaseRequest) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        transport = request.transport
        if transport is not None:
            transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


async def _body(start: bytes, request: web.BaseRequest) -> AsyncIterator[bytes]:
    yield start
    # If the client disconnects, this raises and the engine's connection is closed, which ends
    # the query.
    while chunk := await request.content.readany():
        yield chunk


def _headers_for_client(response: aiohttp.ClientResponse) -> CIMultiDict[str]:
    return CIMultiDict(
        (name, value) for name, value in response.headers.items() if name.lower() not in _HOP_BY_HOP
    )


async def _error_for_client(response: aiohttp.ClientResponse) -> web.Response:
    body = await response.read()
    if len(body) <= _ERROR_BYTES:
        body = body.replace(ADMIN.encode(), b"default")
    headers = _headers_for_client(response)
    headers.pop("Content-Length", None)
    return web.Response(status=response.status, headers=headers, body=body)


async def _stream(request: web.BaseRequest, engine: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=engine.status, headers=_headers_for_client(engine))
    if "Content-Length" not in response.headers:
        response.enable_chunked_encoding()
    await response.prepare(request)
    try:
        while chunk := await engine.content.readany():
            await response.write(chunk)
    except aiohttp.ClientError:
        # Without this, the client could mistake a partial response for a complete one.
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write_eof()
    return response
