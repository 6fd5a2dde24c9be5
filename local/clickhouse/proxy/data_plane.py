"""The data plane of one service: its engine, its accounts, and the access to them."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
from yarl import URL

from local.clickhouse.engine import EngineFailed, ServiceEngine
from local.clickhouse.proxy.admission import Admission
from local.clickhouse.proxy.protocol_errors import ClickHouseError, error_from_text
from local.clickhouse.proxy.remaining_grants import with_remaining_grants
from local.clickhouse.sql_accounts import (
    MONITOR,
    Directory,
    EngineAccount,
    load_directory,
    save_directory,
)
from local.clickhouse.state import ENGINE

__all__ = ["CONNECT_PAUSE_SECONDS", "CONNECT_TRIES", "DataPlane", "Unavailable"]

# Longer than any query of this project. After this time a statement ends the queries in flight, as
# a restart of a server would.
_DRAIN_SECONDS = 30.0
_READY_SECONDS = 60.0
_QUIET_POLL_SECONDS = 0.02
CONNECT_PAUSE_SECONDS = 0.05
CONNECT_TRIES = 200
# Do not add these headers: a client's request brings its own. Without Accept-Encoding the engine
# does not compress.
_NO_HEADERS = ("User-Agent", "Content-Type", "Accept", "Accept-Encoding")
# Excludes the engine's internal session, whose user is empty here, and this query.
_CLIENT_QUERIES = "SELECT count() FROM system.processes WHERE user NOT IN ('', '_monitor_')"


class Unavailable(ClickHouseError):
    """The service serves no queries in its current state."""

    def __init__(self, message: str) -> None:
        super().__init__(210, "NETWORK_ERROR", message, status=503)


class DataPlane:
    """The engine and the accounts of one service, which its endpoints share.

    Args:
        folder: folder of the service; the engine can read only the folder `ENGINE` in it.
        library: path of libchdb.
        storage_key: key that encrypts the rows.
        wake: returns when the engine is being started; raises `Unavailable` if it cannot be.

    Attributes:
        last_used: monotonic time of the last beginning or end of a query.
    """

    def __init__(
        self,
        folder: Path,
        *,
        library: Path,
        storage_key: str,
        wake: Callable[[], Awaitable[None]],
    ) -> None:
        self.engine = ServiceEngine(folder / ENGINE, library=library, storage_key=storage_key)
        self.admission = Admission()
        self.last_used = time.monotonic()
        self.native_clients: set[Callable[[], None]] = set()
        self._wake = wake
        self._running = False
        self._accounts_file = folder / "accounts.json"
        self._directory = load_directory(self._accounts_file)
        self._changing = asyncio.Lock()
        # The password of the proxy's account is valid while this process runs, and never stored.
        self._monitor_password = secrets.token_hex(16)
        self._session: aiohttp.ClientSession | None = None

    @property
    def directory(self) -> Directory:
        """Return users, roles and settings profiles, by their names in the engine."""
        return self._directory

    @property
    def session(self) -> aiohttp.ClientSession:
        """Return a session with kept-alive connections to the engine."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                # Shorter than the engine's timeout, so that the engine does not close first.
                connector=aiohttp.TCPConnector(
                    limit=0, keepalive_timeout=300, socket_factory=self.engine.new_socket
                ),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                read_bufsize=1 << 20,
                max_line_size=1 << 17,
                max_field_size=1 << 17,
            )
        return self._session

    def set_accounts(self, accounts: Mapping[str, EngineAccount]) -> None:
        """Save the users of a new service durably."""
        self._set_directory(Directory(users=accounts))

    def _set_directory(self, directory: Directory) -> None:
        save_directory(self._accounts_file, directory)
        self._directory = directory

    async def start(self) -> None:
        """Start the engine.

        Raises:
            EngineFailed: the engine did not start.
        """
        if not self._running:
            await self.engine.start(self._all_accounts())
            self._running = True
            self.last_used = time.monotonic()

    async def stop(self, *, drain_seconds: float = _DRAIN_SECONDS) -> None:
        """Stop the engine after its queries have ended, or at the deadline."""
        async with self._exclusive(drain_seconds):
            self._running = False
            await self.engine.stop()
            await self._close_connections()

    async def close(self) -> None:
        """Stop the engine without a delay. All acknowledged data is on disk."""
        self._running = False
        await self.engine.stop()
        await self._close_connections()

    @contextlib.asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Count a query as in flight, with an engine that serves requests.

        Raises:
            Unavailable: the service is stopped, or its engine does not start again.
        """
        while True:
            await self._wake()
            async with self.admission.entered():
                if not self._running:
                    # The service was stopped while this query waited.
                    continue
                await self.wait_until_ready()
                self.last_used = time.monotonic()
                try:
                    yield
                finally:
                    self.last_used = time.monotonic()
                return

    def touch(self) -> None:
        """Record the use of a native connection, whose queries are not parsed."""
        self.last_used = time.monotonic()

    async def wait_until_ready(self) -> None:
        """Wait until the engine serves requests, for example after a crash.

        Raises:
            Unavailable: the engine did not start within a minute.
        """
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await self.engine.ready.wait()
        except TimeoutError:
            raise Unavailable("the service's engine does not start") from None

    async def change_accounts(
        self, change: Callable[[Mapping[str, EngineAccount]], Mapping[str, EngineAccount]]
    ) -> None:
        """Change only the users, as `change_directory` does."""
        await self.change_directory(lambda found: replace(found, users=change(found.users)))

    async def change_directory(self, change: Callable[[Directory], Directory]) -> None:
        """Change users, roles or profiles. The change is durable and in force on return.

        The engine reads its users only at its start, so a new one replaces it (0.3 s). Queries in
        flight end first, and new ones wait.
        """
        async with self._changing:
            before, after = self._directory, change(self._directory)
            if after == before:
                return
            await asyncio.to_thread(self._set_directory, after)
            if not self._running:
                return
            try:
                await self._replace_engine()
            except EngineFailed:
                await asyncio.to_thread(self._set_directory, before)
                await self._replace_engine()
                raise
            await self._tidy_grants()

    @contextlib.asynccontextmanager
    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | AsyncIterator[bytes],
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send one request to the engine, which may be starting again.

        Args:
            path: path and query string, both quoted already.
        Raises:
            Unavailable: no connection, or it failed before the beginning of the response.
        """
        for _ in range(CONNECT_TRIES):
            # Read at each attempt: an engine that was started again has other ports.
            url = URL(f"{self.engine.url}{path}", encoded=True)
            try:
                send = await self.session.request(
                    method,
                    url,
                    headers=headers,
                    data=body or None,
                    allow_redirects=False,
                    skip_auto_headers=_NO_HEADERS,
                )
            except aiohttp.ClientConnectorError:
                # Nothing was sent: the engine has ended and is being started again.
                self.engine.lost()
                await asyncio.sleep(CONNECT_PAUSE_SECONDS)
                await self.wait_until_ready()
                continue
            except (aiohttp.ClientError, ConnectionError) as error:
                raise Unavailable(
                    "the connection to the engine failed; the query may have been executed"
                ) from error
            async with send:
                yield send
            return
        raise Unavailable("the service's engine does not accept connections")

    async def query(self, query: str) -> str:
        """Run a query as the proxy's account. Return the result, tab-separated.

        Raises:
            ClickHouseError: the engine returned an error.
        """
        headers = {"X-ClickHouse-User": MONITOR, "X-ClickHouse-Key": self._monitor_password}
        async with self.send("POST", "/", headers, query.encode()) as response:
            text = await response.text()
            if response.status != 200:
                raise error_from_text(text, status=response.status)
            return text

    def _all_accounts(self) -> Directory:
        return self._directory.with_grantee(EngineAccount.monitor(self._monitor_password))

    async def _replace_engine(self) -> None:
        async with self._exclusive(_DRAIN_SECONDS):
            if self._running:
                await self.engine.stop()
                await self._close_connections()
                await self.engine.start(self._all_accounts())

    @contextlib.asynccontextmanager
    async def _exclusive(self, drain_seconds: float) -> AsyncIterator[None]:
        deadline = time.monotonic() + drain_seconds
        async with self.admission.closed(drain_seconds=drain_seconds):
            if self.native_clients and self.engine.ready.is_set():
                await self._native_queries_ended(deadline)
            yield

    async def _native_queries_ended(self, deadline: float) -> None:
        # The queries of native connections are not parsed, so the engine counts them.
        while time.monotonic() < deadline:
            try:
                if int(await self.query(_CLIENT_QUERIES)) == 0:
                    return
            except (aiohttp.ClientError, ClickHouseError):
                return
            await asyncio.sleep(_QUIET_POLL_SECONDS)

    async def _close_connections(self) -> None:
        for hang_up in list(self.native_clients):
            hang_up()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _tidy_grants(self) -> None:
        tidy = await with_remaining_grants(self._directory, self.query)
        if tidy != self._directory:
            await asyncio.to_thread(self._set_directory, tidy)
