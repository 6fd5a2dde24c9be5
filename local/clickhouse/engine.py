"""Runs the ClickHouse process of one service: files, private ports, start and stop."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path
from xml.sax.saxutils import escape

import aiohttp

from local.clickhouse.engine_sockets import engine_socket
from local.clickhouse.engine_storage import EngineStorage, PlainData
from local.clickhouse.insert_tokens import drop_tokens_without_part
from local.clickhouse.sql_accounts import Directory
from local.clickhouse.users_file import write_users_file
from local.processes.durable_files import write_private
from local.processes.supervised_process import SupervisedProcess

__all__ = ["EngineFailed", "ServiceEngine", "find_library"]

_START_DEADLINE_SECONDS = 60.0
_POLL_SECONDS = 0.02
_SERVER_MEMORY_BYTES = 4 << 30
_QUERY_MEMORY_BYTES = 2 << 30
_PROGRAM = Path(__file__).with_name("server")


class EngineFailed(Exception):
    """An engine did not start. The message names the engine and its log."""


class ServiceEngine:
    """One engine. Between `start` and `stop`, an engine that ends is started again.

    Args:
        folder: has the data, the configuration, the log and the process id (`engine.pid`).
        library: path of libchdb.
        storage_key: key that encrypts the rows, see `engine_storage.py`.

    Attributes:
        ready: set while the engine serves requests.
    """

    def __init__(self, folder: Path, *, library: Path, storage_key: str) -> None:
        self.ready = asyncio.Event()
        self.http_port = 0
        self.tcp_port = 0
        self._next_ports = (0, 0)
        self._folder = folder
        self._library = library
        self._storage = EngineStorage(folder, storage_key)
        self._door = folder / "door"
        self._process: SupervisedProcess | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Return the URL of the engine's HTTP interface, which only the proxy can reach."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def pid(self) -> int | None:
        """Return the process id, or None while no process runs."""
        return self._process.pid if self._process else None

    def new_socket(self, _address: object = None) -> socket.socket:
        """Return a new socket that can connect to the engine's ports.

        Raises:
            ConnectionRefusedError: no engine runs.
        """
        return engine_socket(self._door)

    async def start(self, directory: Directory) -> None:
        """Start the engine with these users, and wait until it serves requests.

        Raises:
            EngineFailed: the engine did not respond within a minute, or its data cannot be read.
                Then no process runs.
        """
        try:
            self._storage.prepare()
        except PlainData as error:
            raise EngineFailed(str(error)) from None
        self._next_ports = _free_ports()
        self._process = SupervisedProcess(
            "engine",
            self._command(),
            directory=self._folder,
            environment={"TZ": "UTC", **self._storage.environment()},
            before_start=lambda: self._prepare(directory),
            on_start=self._started,
        )
        await self._process.start()
        try:
            async with asyncio.timeout(_START_DEADLINE_SECONDS):
                await self.ready.wait()
        except TimeoutError:
            await self.stop()
            raise EngineFailed(
                f"the engine in {self._folder} did not respond within "
                f"{_START_DEADLINE_SECONDS:.0f} s; see engine.log there"
            ) from None

    async def stop(self) -> None:
        """Kill the process. All acknowledged data is on disk, so no grace period is needed."""
        self.ready.clear()
        if self._process is not None:
            await self._process.stop(grace_seconds=0.0)
            self._process = None
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _command(self) -> list[str]:
        ports = [str(port) for port in self._next_ports]
        program = [sys.executable, "-I", str(_PROGRAM)]
        return [*program, str(self._library), str(self._folder), *ports, str(self._door)]

    def _prepare(self, directory: Directory) -> None:
        # Written at every start, because the users' file is deleted once the engine has read it.
        write_users_file(self._folder / "users.xml", directory, memory_bytes=_QUERY_MEMORY_BYTES)
        write_private(self._folder / "config.xml", self._config().encode())
        removed = drop_tokens_without_part(
            logs=self._storage.deduplication_logs, parts=self._storage.rows
        )
        if removed:
            print(
                f"{self._folder.parent.name}: {removed} inserts were interrupted by the kill; "
                "their repeats will be accepted",
                file=sys.stderr,
                flush=True,
            )

    def _started(self, _pid: int) -> None:
        self.ready.clear()
        self.http_port, self.tcp_port = self._next_ports
        if self._process is not None:
            # The next start uses other ports, because another process may use these by then.
            self._next_ports = _free_ports()
            self._process.command = self._command()
        if self._watch is not None:
            self._watch.cancel()
        self._watch = asyncio.create_task(self._wait_until_ready(), name="engine is ready")

    async def _wait_until_ready(self) -> None:
        timeout = aiohttp.ClientTimeout(total=2)
        connector = aiohttp.TCPConnector(socket_factory=self.new_socket)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            while True:
                try:
                    async with session.get(f"{self.url}/ping") as response:
                        if response.status == 200:
                            self.ready.set()
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(_POLL_SECONDS)

    def lost(self) -> None:
        """Clear `ready` after a failed connection: the process has ended, or is ending.

        It is started again. Until then no request should be sent to it.
        """
        if self.pid is None:
            self.ready.clear()

    def _config(self) -> str:
        # Caches and pools have the size for a laptop: the defaults are for a whole server.
        folder = escape(str(self._folder))
        return f"""<clickhouse>
<users_config>{folder}/users.xml</users_config>
<format_schema_path>{folder}/format_schemas/</format_schema_path>
<backups><allowed_path>{folder}/backups/</allowed_path></backups>
{self._storage.config()}
<timezone>UTC</timezone>
<keep_alive_timeout>600</keep_alive_timeout>
<max_server_memory_usage>{_SERVER_MEMORY_BYTES}</max_server_memory_usage>
<mark_cache_size>67108864</mark_cache_size>
<index_mark_cache_size>16777216</index_mark_cache_size>
<uncompressed_cache_size>0</uncompressed_cache_size>
<background_pool_size>4</background_pool_size>
<background_schedule_pool_size>8</background_schedule_pool_size>
<background_common_pool_size>4</background_common_pool_size>
<background_move_pool_size>1</background_move_pool_size>
<background_fetches_pool_size>1</background_fetches_pool_size>
</clickhouse>
"""


def find_library() -> Path:
    """Return the libchdb that npm installed for this machine.

    Raises:
        EngineFailed: libchdb is not installed.
    """
    modules = Path(__file__).resolve().parents[1] / "node_modules" / "@chdb"
    for library in sorted(modules.glob("lib-*/libchdb.*")):
        if library.suffix in (".so", ".dylib"):
            return library
    raise EngineFailed(f"no libchdb under {modules}: run `npm ci --ignore-scripts` in local/")


def _free_ports() -> tuple[int, int]:
    # Both sockets are open at the same time, so that the ports differ.
    with socket.create_server(("127.0.0.1", 0)) as a, socket.create_server(("127.0.0.1", 0)) as b:
        return int(a.getsockname()[1]), int(b.getsockname()[1])
