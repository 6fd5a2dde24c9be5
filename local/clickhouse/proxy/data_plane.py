"""One service's data plane: its engine, its accounts, and who may pass to it when."""

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
from local.clickhouse.sql_accounts import (
    ADMIN,
    MONITOR,
    Account,
    Directory,
    Role,
    load_directory,
    save_directory,
)
from local.clickhouse.state import ENGINE

__all__ = ["CONNECT_PAUSE_SECONDS", "CONNECT_TRIES", "DataPlane", "Unavailable"]

# Longer than any query of ours; a statement that waits longer takes the queries down with it,
# as a restarted server would.
_DRAIN_SECONDS = 30.0
_READY_SECONDS = 60.0
_QUIET_POLL_SECONDS = 0.02
CONNECT_PAUSE_SECONDS = 0.05
CONNECT_TRIES = 200
# A client's request has its own; without Accept-Encoding the engine answers uncompressed.
_NO_HEADERS = ("User-Agent", "Content-Type", "Accept", "Accept-Encoding")
# Neither the engine's own session, which has no name here, nor this query itself.
_OTHERS_QUERIES = "SELECT count() FROM system.processes WHERE user NOT IN ('', '_monitor_')"


class Unavailable(ClickHouseError):
    """The service does not answer queries in its present state."""

    def __init__(self, message: str) -> None:
        super().__init__(210, "NETWORK_ERROR", message, status=503)


class DataPlane:
    """What the fronts of one service share.

    Args:
        folder: the service's own; the engine can read only the folder `ENGINE` in it.
        library: libchdb.
        storage_key: encrypts the rows.
        wake: returns once the engine should be running, raises `Unavailable` if it will not be.

    Attributes:
        last_used: monotonic clock at the last query's begin or end.
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
        # The front's own account lives as long as this process: nobody needs to know it later.
        self._monitor_password = secrets.token_hex(16)
        self._session: aiohttp.ClientSession | None = None

    @property
    def directory(self) -> Directory:
        """Users, roles and settings profiles, by the engine's names."""
        return self._directory

    @property
    def session(self) -> aiohttp.ClientSession:
        """Kept-alive connections to the engine."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                # Shorter than the engine's own, so that it is never the one that hangs up.
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

    def set_accounts(self, accounts: Mapping[str, Account]) -> None:
        """Save the users of a new service, durable before this returns."""
        self._set_directory(Directory(users=accounts))

    def _set_directory(self, directory: Directory) -> None:
        save_directory(self._accounts_file, directory)
        self._directory = directory

    async def start(self) -> None:
        """Run the engine.

        Raises:
            EngineFailed: it did not come up.
        """
        if not self._running:
            await self.engine.start(self._everybody())
            self._running = True
            self.last_used = time.monotonic()

    async def stop(self, *, drain_seconds: float = _DRAIN_SECONDS) -> None:
        """End the engine once its queries have ended, or at the deadline."""
        async with self._alone(drain_seconds):
            self._running = False
            await self.engine.stop()
            await self._forget_connections()

    async def close(self) -> None:
        """End everything at once; data that was answered for is on disk."""
        self._running = False
        await self.engine.stop()
        await self._forget_connections()

    @contextlib.asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Be inside with an engine that answers.

        Raises:
            Unavailable: the service is stopped, or its engine does not come back.
        """
        while True:
            await self._wake()
            async with self.admission.entered():
                if not self._running:
                    # Stopped while this one waited at the gate.
                    continue
                await self.wait_until_ready()
                self.last_used = time.monotonic()
                try:
                    yield
                finally:
                    self.last_used = time.monotonic()
                return

    def touch(self) -> None:
        """Bytes went by on a connection that is not taken apart into queries."""
        self.last_used = time.monotonic()

    async def wait_until_ready(self) -> None:
        """Until the engine answers, as after a crash.

        Raises:
            Unavailable: not within a minute.
        """
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await self.engine.ready.wait()
        except TimeoutError:
            raise Unavailable("the service's engine does not come up") from None

    async def change_accounts(
        self, change: Callable[[Mapping[str, Account]], Mapping[str, Account]]
    ) -> None:
        """As `change_directory`, of the users alone."""
        await self.change_directory(lambda found: replace(found, users=change(found.users)))

    async def change_directory(self, change: Callable[[Directory], Directory]) -> None:
        """Put other users, roles or profiles in force; durable and in force when this returns.

        The engine reads its users at its start only, so it is exchanged for a fresh one (0.3 s):
        queries in flight end first, new ones wait meanwhile.
        """
        async with self._changing:
            before, after = self._directory, change(self._directory)
            if after == before:
                return
            await asyncio.to_thread(self._set_directory, after)
            if not self._running:
                return
            try:
                await self._exchange_engine()
            except EngineFailed:
                await asyncio.to_thread(self._set_directory, before)
                await self._exchange_engine()
                raise
            await self._tidy_grants()

    @contextlib.asynccontextmanager
    async def sent(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | AsyncIterator[bytes],
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request to the engine, which may just be starting again.

        Args:
            path: with its query string, both quoted already.
        Raises:
            Unavailable: no connection, or it broke before the answer began.
        """
        for _ in range(CONNECT_TRIES):
            # Anew each time: an engine that was started again has other ports.
            url = URL(f"{self.engine.url}{path}", encoded=True)
            try:
                sent = await self.session.request(
                    method,
                    url,
                    headers=headers,
                    data=body or None,
                    allow_redirects=False,
                    skip_auto_headers=_NO_HEADERS,
                )
            except aiohttp.ClientConnectorError:
                # Nothing was sent: the engine just died and is being started again.
                self.engine.lost()
                await asyncio.sleep(CONNECT_PAUSE_SECONDS)
                await self.wait_until_ready()
                continue
            except (aiohttp.ClientError, ConnectionError) as error:
                raise Unavailable(
                    "the connection to the engine broke; the query may have been executed"
                ) from error
            async with sent:
                yield sent
            return
        raise Unavailable("the service's engine does not accept connections")

    async def ask(self, query: str) -> str:
        """What the engine answers to the front's own account, as tab separated text.

        Raises:
            ClickHouseError: the engine refused.
        """
        headers = {"X-ClickHouse-User": MONITOR, "X-ClickHouse-Key": self._monitor_password}
        async with self.sent("POST", "/", headers, query.encode()) as response:
            text = await response.text()
            if response.status != 200:
                raise error_from_text(text, status=response.status)
            return text

    def _everybody(self) -> Directory:
        return self._directory.with_grantee(Account.monitor(self._monitor_password))

    async def _exchange_engine(self) -> None:
        async with self._alone(_DRAIN_SECONDS):
            if self._running:
                await self.engine.stop()
                await self._forget_connections()
                await self.engine.start(self._everybody())

    @contextlib.asynccontextmanager
    async def _alone(self, drain_seconds: float) -> AsyncIterator[None]:
        deadline = time.monotonic() + drain_seconds
        async with self.admission.closed(drain_seconds=drain_seconds):
            if self.native_clients and self.engine.ready.is_set():
                await self._native_queries_ended(deadline)
            yield

    async def _native_queries_ended(self, deadline: float) -> None:
        # Native connections are not taken apart into queries, so the engine is asked.
        while time.monotonic() < deadline:
            try:
                if int(await self.ask(_OTHERS_QUERIES)) == 0:
                    return
            except (aiohttp.ClientError, ClickHouseError):
                return
            await asyncio.sleep(_QUIET_POLL_SECONDS)

    async def _forget_connections(self) -> None:
        for hang_up in list(self.native_clients):
            hang_up()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _tidy_grants(self) -> None:
        """Replace what was granted and revoked by what is left of it."""
        tidy = self._directory
        grantees: list[Account | Role] = [*tidy.users.values(), *tidy.roles.values()]
        for grantee in grantees:
            # The admin's own stay as they are written: one of them takes something away.
            if grantee.name != ADMIN and any(g.startswith("REVOKE") for g in grantee.grants):
                text = await self.ask(f"SHOW GRANTS FOR `{grantee.name}` FORMAT TSVRaw")
                lines = [line for line in text.splitlines() if " ON " in line]  # the rest: roles
                left = tuple(_without_grantee(line, grantee.name) for line in lines)
                if await self._are_legible(left):
                    tidy = tidy.with_grantee(replace(grantee, grants=left))
        if tidy != self._directory:
            await asyncio.to_thread(self._set_directory, tidy)

    async def _are_legible(self, grants: tuple[str, ...]) -> bool:
        """Whether the engine reads what it wrote; of ALL on a database it writes what it cannot."""
        listed = ", ".join(f"'{_escaped(f'{grant} TO x')}'" for grant in grants)
        unread = await self.ask(
            "SELECT countIf(isNull(formatQuerySingleLineOrNull(g))) "  # noqa: S608 - escaped
            f"FROM (SELECT arrayJoin([{listed}]::Array(String)) AS g)"
        )
        return int(unread) == 0


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _without_grantee(grant: str, name: str) -> str:
    for grantee in (f" TO {name}", f" TO `{name}`", f" FROM {name}", f" FROM `{name}`"):
        head, found, tail = grant.rpartition(grantee)
        if found:
            return head + tail
    return grant
