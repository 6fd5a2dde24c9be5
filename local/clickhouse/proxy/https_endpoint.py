"""The https endpoint of a service: streams requests to its engine and answers back."""

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
# A query may stand in the URL, structure and schema and all: as long as ClickHouse allows.
_LINE_BYTES = 1 << 20
_HEADER_BYTES = 1 << 17
_BUFFER_BYTES = 1 << 20
# An error is read whole, so that it names the user as the client does.
_ERROR_BYTES = 1 << 20
_STATEMENT_BYTES = 1 << 20
# Enough to see past a comment what a statement is about.
_PEEK_BYTES = 256
_GRACE_SECONDS = 0.2


class Listener:
    """An open port and the connections that came through it.

    Args:
        server: no longer listens after `close`.
        end: ends the connections.
    """

    def __init__(self, server: asyncio.Server, end: Callable[[], Awaitable[None]]) -> None:
        self._server = server
        self._end = end

    async def close(self) -> None:
        """Listen no longer, and hang up."""
        self._server.close()
        await self._end()


def loopback_hosts() -> list[str]:
    """The addresses that `localhost` may mean: some clients try only the first."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return ["127.0.0.1", "::1"]
    except OSError:
        return ["127.0.0.1"]


async def serve_https(plane: DataPlane, *, port: int, tls: ssl.SSLContext) -> Listener:
    """Listen on the service's https port.

    Raises:
        OSError: the port is taken.
    """
    front = HttpsEndpoint(plane)
    server = web.Server(
        front.answer,
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
    """Answers requests of one service."""

    def __init__(self, plane: DataPlane) -> None:
        self._plane = plane
        self._desk = AccountStatements(plane)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, errors in ClickHouse's own form."""
        try:
            await _continue_if_expected(request)
            identified = identify(request.headers, request.rel_url.raw_query_string)
            start, whole = await self._first_bytes(request)
            given = parameters(identified.query)
            query = given.get("query", "").encode() + b" " + (start or b"")
            if is_account_statement(query):
                return await self._answer_at_desk(request, identified, given, start, whole)
            async with self._plane.entered():
                return await self._forward(request, identified, start, whole)
        except ClickHouseError as error:
            return http_error(error)

    async def _first_bytes(self, request: web.BaseRequest) -> tuple[bytes, bool]:
        """What the body begins with, and whether that is all of it."""
        if not request.body_exists:
            return b"", True
        chunk = await request.content.readany()
        while len(chunk) < _PEEK_BYTES and not request.content.at_eof():
            chunk += await request.content.readany()
        return chunk, request.content.at_eof()

    async def _answer_at_desk(
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
        answer = await self._desk.answer(text, identified, database=database)
        headers = {"Content-Type": "text/plain; charset=UTF-8", "X-ClickHouse-Timezone": "UTC"}
        if "query_id" in given:
            headers["X-ClickHouse-Query-Id"] = given["query_id"]
        return web.Response(body=answer, headers=headers)

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
        # Health checks need no login, and with a query string ClickHouse has no such page.
        if target not in _HEALTH_CHECKS:
            target += f"?{identified.query}"
        body: bytes | AsyncIterator[bytes] = start if whole else _body(start, request)
        async with self._plane.sent(request.method, target, headers, body) as answer:
            if answer.status >= 400:
                return await _error_for_client(answer)
            return await _stream(request, answer)


async def _continue_if_expected(request: web.BaseRequest) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        transport = request.transport
        if transport is not None:
            transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


async def _body(start: bytes, request: web.BaseRequest) -> AsyncIterator[bytes]:
    yield start
    # A client that goes away raises here: the engine's connection is cut, and it drops the query.
    while chunk := await request.content.readany():
        yield chunk


def _headers_for_client(answer: aiohttp.ClientResponse) -> CIMultiDict[str]:
    return CIMultiDict(
        (name, value) for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP
    )


async def _error_for_client(answer: aiohttp.ClientResponse) -> web.Response:
    body = await answer.read()
    if len(body) <= _ERROR_BYTES:
        body = body.replace(ADMIN.encode(), b"default")
    headers = _headers_for_client(answer)
    headers.pop("Content-Length", None)
    return web.Response(status=answer.status, headers=headers, body=body)


async def _stream(request: web.BaseRequest, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=_headers_for_client(answer))
    if "Content-Length" not in answer.headers:
        response.enable_chunked_encoding()
    await response.prepare(request)
    try:
        while chunk := await answer.content.readany():
            await response.write(chunk)
    except aiohttp.ClientError:
        # Half an answer must not look like a whole one.
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write_eof()
    return response
