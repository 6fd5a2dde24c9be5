"""The server shell that both local clouds share: lock, port, signals and description file.

A state folder belongs to one process at a time. `cloud.json` in it has addresses and credentials.
The file exists only while the cloud is ready, so other processes can wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import signal
import sys
from collections.abc import Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from local.processes.durable_files import load_json, save_json

__all__ = [
    "HOST",
    "CannotServe",
    "LocalCloud",
    "exclusive",
    "port_in_use",
    "run_server",
    "saved_port",
    "serve_until_signal",
]

HOST = "127.0.0.1"
DESCRIPTION = "cloud.json"
_PORTS = "ports.json"
# The time for requests in flight at a signal. Longer requests are cancelled, because
# `local.stack.cloud_processes` kills a cloud that has not ended after 20 s.
_SHUTDOWN_SECONDS = 5.0


class CannotServe(Exception):
    """The cloud cannot start. The message is one line with a remedy."""


class LocalCloud(Protocol):
    """The part of a cloud that the server shell uses."""

    async def start(self) -> None:
        """Start everything that the state folder describes."""

    async def stop(self) -> None:
        """Stop everything that `start` started."""

    def ports(self) -> Mapping[str, int]:
        """Return the ports to use again at the next start, by name, without the port of the API."""

    def description(self, api_port: int) -> Mapping[str, Any]:
        """Return the addresses and credentials that clients need."""


def run_server(title: str, server: Coroutine[Any, Any, None]) -> int:
    """Run a server until it stops. Return the exit code, which is 2 if the server could not start.

    Args:
        title: the cloud's name, which begins the error line on stderr.
    """
    os.umask(0o077)
    try:
        asyncio.run(server)
    except CannotServe as error:
        print(f"{title}: {error}", file=sys.stderr)
        return 2
    return 0


@contextlib.contextmanager
def exclusive(state_dir: Path) -> Iterator[None]:
    """Lock the state folder for this process. The kernel releases the lock if the process dies.

    Raises:
        CannotServe: another process has the lock.
    """
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (state_dir / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotServe(f"another process is using {state_dir}; stop it first") from None
        # A process that was killed did not delete its description.
        (state_dir / DESCRIPTION).unlink(missing_ok=True)
        yield


def saved_port(state_dir: Path, name: str) -> int:
    """Return the port of the last start, or 0 if there was none."""
    return int(load_json(state_dir / _PORTS, {}).get(name, 0))


async def serve_until_signal(
    application: web.Application, cloud: LocalCloud, *, state_dir: Path, port: int
) -> None:
    """Serve the API of a cloud until SIGTERM or SIGINT, then stop the cloud.

    Args:
        port: the API's port. 0 selects the port of the last start, or a free port.
    Raises:
        CannotServe: the port is in use.
    """
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        port = await _listen(runner, port or saved_port(state_dir, "port"))
        await cloud.start()
        save_json(state_dir / _PORTS, {"port": port, **cloud.ports()})
        save_json(state_dir / DESCRIPTION, {"pid": os.getpid(), **cloud.description(port)})
        await _wait_for_signal()
    finally:
        (state_dir / DESCRIPTION).unlink(missing_ok=True)
        await runner.cleanup()
        await cloud.stop()


def port_in_use(error: OSError, *, name: str, port: int, option: str) -> Exception:
    """Return the error to raise instead of an OSError from listening on a port."""
    if error.errno != errno.EADDRINUSE:
        return error
    return CannotServe(f"{name} {port} is in use; free it or choose another with {option}")


async def _listen(runner: web.AppRunner, port: int) -> int:
    try:
        await web.TCPSite(runner, HOST, port, reuse_address=True).start()
    except OSError as error:
        raise port_in_use(error, name="API port", port=port, option="--port") from None
    address: tuple[str, int] = runner.addresses[0]
    return address[1]


async def _wait_for_signal() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
