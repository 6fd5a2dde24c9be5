"""Runs workerd: one process for all scripts, and short-lived ones to try a new script.

This process owns the edge's sockets and passes them to workerd. While workerd is replaced, or
starts again after a crash, clients wait in the sockets' queues and are not rejected.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local.cloudflare.errors import CloudflareError
from local.processes.durable_files import write_private
from local.processes.supervised_process import SupervisedProcess, die_with_parent

__all__ = ["EdgeSockets", "Runtime", "RuntimeFailed", "find_workerd"]

# Enough for all clients that connect while workerd is being replaced.
_BACKLOG = 1024
# A port that is free on IPv4 may be in use on IPv6.
_FREE_PORT_ATTEMPTS = 10
_READY_SECONDS = 20.0
# The real service gives a script's global scope one second of CPU time; this machine is shared.
_TRIAL_SECONDS = 15.0
# The time for requests that are in flight when a deploy replaces the process.
_DRAIN_SECONDS = 5.0
# `sun_path` has 108 bytes with the final zero on Linux, 104 elsewhere.
_LONGEST_ADDRESS_BYTES = 103
_CONTROL_REQUEST = b"GET / HTTP/1.1\r\nHost: control\r\nConnection: close\r\n\r\n"


class RuntimeFailed(Exception):
    """workerd does not run the configuration. The message is workerd's."""


def find_workerd(root: Path) -> Path:
    """Return the workerd binary that `npm ci` installed below `root`.

    Raises:
        FileNotFoundError: there is none; the message has the command that installs it.
    """
    for path in sorted(root.glob("node_modules/@cloudflare/workerd-*/bin/workerd")):
        return path
    raise FileNotFoundError("workerd is not installed: run `npm ci --ignore-scripts` in local/")


class EdgeSockets:
    """The listening sockets of the edge, on IPv4 and, if the machine has it, on IPv6.

    Raises:
        OSError: the port is in use.
    """

    def __init__(self, port: int) -> None:
        for _ in range(_FREE_PORT_ATTEMPTS if port == 0 else 1):
            first = _listen(socket.AF_INET, "127.0.0.1", port)
            self.port: int = first.getsockname()[1]
            self.sockets = {"edge": first}
            try:
                # A client may try ::1 first for `localhost`; a failure would cost it a second try.
                self.sockets["edge6"] = _listen(socket.AF_INET6, "::1", self.port)
                return
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    return  # a machine without IPv6
                first.close()
                trouble = error
        raise trouble

    def close(self) -> None:
        """Stop listening."""
        for edge in self.sockets.values():
            edge.close()


class Runtime:
    """Keeps workerd running with its latest configuration."""

    def __init__(self, workerd: Path, directory: Path, edge: EdgeSockets) -> None:
        self._workerd = workerd
        self._directory = directory
        self._config = directory / "config.capnp"
        self._edge = edge
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_cut_off_trials(directory)
        self._control = directory / "control.sock"
        self._control_socket = _listen_unix(self._control)
        inherited = {**edge.sockets, "control": self._control_socket}
        self._workerd_process = SupervisedProcess(
            "workerd",
            [str(workerd), "serve", *_socket_arguments(inherited), str(self._config)],
            directory=directory,
            pass_fds=[each.fileno() for each in inherited.values()],
        )

    @property
    def pid(self) -> int | None:
        """Return the process id of workerd, or None while it does not run."""
        return self._workerd_process.pid

    async def replace(self, config: str, *, generation: str) -> None:
        """Run `config` instead of the current configuration. Return when it serves requests.

        Raises:
            RuntimeFailed: workerd does not start; the former configuration runs again.
        """
        former = self._config.read_bytes() if self._config.exists() else None
        started = self._workerd_process.pid is not None
        try:
            await self._run(config.encode(), generation)
        except RuntimeFailed:
            if former is not None and started:
                await self._run(former, None)
            raise

    async def stop(self) -> None:
        """Stop workerd, after a short time for the requests in flight."""
        await self._workerd_process.stop(grace_seconds=_DRAIN_SECONDS)
        self._control_socket.close()
        self._control.unlink(missing_ok=True)

    async def try_out(self, config: str) -> dict[str, Any]:
        """Start `config` in a separate workerd and return the JSON of its control socket.

        Raises:
            CloudflareError: the script does not start; the message is workerd's.
        """
        with tempfile.TemporaryDirectory(prefix="trial-", dir=self._directory) as folder:
            # The file is in the folder of the real configuration, so that relative names are valid.
            file = self._directory / f"{Path(folder).name}.capnp"
            write_private(file, config.encode())
            try:
                return await self._start_trial(file, Path(folder) / "control.sock")
            finally:
                file.unlink(missing_ok=True)

    async def _run(self, config: bytes, generation: str | None) -> None:
        await self._workerd_process.stop(grace_seconds=_DRAIN_SECONDS)
        write_private(self._config, config)
        self._workerd_process.restarts = 0
        await self._workerd_process.start()
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await self._wait_until_ready(generation)
        except TimeoutError:
            raise RuntimeFailed(
                f"workerd did not respond within {_READY_SECONDS:.0f} s of its start"
            ) from None

    async def _wait_until_ready(self, generation: str | None) -> None:
        while True:
            response = None
            # A request to a process that ends before it accepts would wait indefinitely.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    response = await _request_control(self._control)
            if response is not None and (generation is None or response == generation.encode()):
                return
            if self._workerd_process.restarts > 1:
                raise RuntimeFailed("workerd ends as soon as it starts; see workerd.log")
            await asyncio.sleep(0.01)

    async def _start_trial(self, file: Path, path: Path) -> dict[str, Any]:
        with _listen_unix(path) as control:
            process = await asyncio.create_subprocess_exec(
                str(self._workerd),
                "serve",
                *_socket_arguments({"control": control}),
                str(file),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=[control.fileno()],
                preexec_fn=die_with_parent,
            )
            try:
                async with asyncio.timeout(_TRIAL_SECONDS):
                    return await _first_response(process, path)
            except TimeoutError:
                raise CloudflareError.invalid_upload(
                    "Script startup exceeded CPU time limit."
                ) from None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


async def _first_response(process: asyncio.subprocess.Process, path: Path) -> dict[str, Any]:
    requesting = asyncio.create_task(_request_control(path))
    ending = asyncio.create_task(process.communicate())
    try:
        # workerd ends if it rejects the script.
        await asyncio.wait({requesting, ending}, return_when=asyncio.FIRST_COMPLETED)
        response = requesting.result() if requesting.done() else None
        if response is None:
            _, output = await ending
            raise CloudflareError.invalid_upload(_error_text(output.decode(errors="replace")))
        value: dict[str, Any] = json.loads(response)
        return value
    finally:
        for task in (requesting, ending):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, CloudflareError):
                await task


def _remove_cut_off_trials(directory: Path) -> None:
    """Delete the files of trials that a SIGKILL ended: configurations contain secrets."""
    for left in directory.glob("*trial-*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _error_text(output: str) -> str:
    """Return the errors in workerd's output, without the script's name in the trial."""
    lines = [line for line in output.splitlines() if line.strip() and "warning:" not in line]
    lines = [line.removeprefix("service script: ") for line in lines]
    return "\n".join(lines[:5]) or "The script does not start."


async def _request_control(path: Path) -> bytes | None:
    """Return the body of a control socket's response, or None if the connection was closed."""
    try:
        with _reachable(path) as address:
            reader, writer = await asyncio.open_unix_connection(address)
    except OSError:
        return None
    try:
        writer.write(_CONTROL_REQUEST)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        return body if head.startswith(b"HTTP/1.1 200") else None
    except OSError:
        return None
    finally:
        writer.close()


def _socket_arguments(sockets: Mapping[str, socket.socket]) -> list[str]:
    return [f"--socket-fd={name}={listening.fileno()}" for name, listening in sockets.items()]


def _listen(family: int, host: str, port: int) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _listen_unix(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _reachable(path) as address:
        listening.bind(address)
    listening.listen(_BACKLOG)
    return listening


@contextlib.contextmanager
def _reachable(path: Path) -> Iterator[str]:
    """Yield a short address for the socket at `path`, which may be longer than the limit."""
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS_BYTES or sys.platform != "linux":
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
