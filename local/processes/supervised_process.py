"""Keeps one child process running: a ClickHouse engine, or workerd."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

__all__ = ["SupervisedProcess", "die_with_parent"]

# A child that always ends immediately must not use a whole core. A child that ended once in an hour
# must run again before its clients time out.
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 5.0
_HEALTHY_AFTER_SECONDS = 10.0
_LOG_BYTES = 4_000_000
_PR_SET_PDEATHSIG = 1


class SupervisedProcess:
    """One child process, which is started again when it ends and stopped with its parent.

    Args:
        name: the process's name in the log.
        command: program and arguments, without secrets: `ps` shows them.
        directory: folder of `NAME.pid` and `NAME.log` (emptied at a start when over 4 MB).
        environment: variables in addition to this process's.
        pass_fds: file descriptors that every child inherits, for example listening sockets.
        before_start: called before each start, while no child runs.
        on_start: called after each start with the new process id.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        directory: Path,
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        before_start: Callable[[], None] | None = None,
        on_start: Callable[[int], None] | None = None,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.restarts = 0
        self._environment = dict(environment or {})
        self._pass_fds = tuple(pass_fds)
        self._directory = directory
        self._pid_file = directory / f"{name}.pid"
        self._log_file = directory / f"{name}.log"
        self._before_start = before_start
        self._on_start = on_start
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Return the process id of the running child, or None."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    async def start(self) -> None:
        """Start the child and keep it running until `stop`.

        Raises:
            OSError: the program cannot be started.
        """
        if self._keeper is not None:
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        _kill_orphan(self._pid_file, self.command)
        process = await self._spawn()
        self._keeper = asyncio.create_task(self._keep(process), name=f"keep {self.name}")

    async def stop(self, *, grace_seconds: float = 5.0) -> None:
        """Send SIGTERM to the child and, after the grace period, SIGKILL."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        await self._end(grace_seconds)
        self._pid_file.unlink(missing_ok=True)

    async def restart(
        self, command: Sequence[str] | None = None, *, grace_seconds: float = 5.0
    ) -> None:
        """Stop the child and start it again, with another command if one is given."""
        await self.stop(grace_seconds=grace_seconds)
        if command is not None:
            self.command = list(command)
        await self.start()

    async def _keep(self, process: asyncio.subprocess.Process) -> None:
        pause = _FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            code = await process.wait()
            if loop.time() - started > _HEALTHY_AFTER_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            print(f"{self.name}: ended with {code}, starting it again", file=sys.stderr, flush=True)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            process = await self._spawn()
            self.restarts += 1

    async def _spawn(self) -> asyncio.subprocess.Process:
        if self._before_start is not None:
            # A thread would continue after `stop`, alongside the next child.
            self._before_start()
        with _open_log(self._log_file) as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self._environment},
                pass_fds=self._pass_fds,
                preexec_fn=die_with_parent,
            )
        self._pid_file.write_text(str(self._process.pid))
        if self._on_start is not None:
            self._on_start(self._process.pid)
        return self._process

    async def _end(self, grace_seconds: float) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(grace_seconds):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _die_with_parent() -> None:
    # Runs in the child between fork and exec. The kernel kills the engines of a cloud that gets a
    # SIGKILL, so that none of them keeps a port or the lock of a data folder.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


die_with_parent: Callable[[], None] | None = _die_with_parent if sys.platform == "linux" else None
"""`preexec_fn` of a child that must not outlive this process; None if the system has none."""


def _open_log(path: Path) -> BinaryIO:
    too_long = path.exists() and path.stat().st_size > _LOG_BYTES
    return path.open("wb" if too_long else "ab")


def _kill_orphan(pid_file: Path, command: Sequence[str]) -> None:
    """Kill the child of a killed parent, for systems without PR_SET_PDEATHSIG (macOS)."""
    try:
        pid = int(pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return
    # The process id may be reused by now, so the command has to be the same.
    running = Path(f"/proc/{pid}/cmdline")
    if running.exists() and running.read_bytes() == "\0".join([*command, ""]).encode():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    pid_file.unlink(missing_ok=True)
