"""Ends the processes that a `pulumi` started before it was killed: language host and plugins.

Both belong to Pulumi. Some versions of them wait indefinitely for an engine that has ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

__all__ = ["end_stray_processes"]

_OURS = (
    b"pulumi-language-",
    b"pulumi-resource-",
    b"pulumi.dynamic",
    b"local.pulumi_resource_cloudflare",
)


def end_stray_processes(backend_url: str) -> int:
    """End the processes of a `pulumi` that ended. Linux only, because `/proc` lists the parents.

    Args:
        backend_url: the `PULUMI_BACKEND_URL` of that run.
    Returns:
        The number of processes.
    """
    marker = f"PULUMI_BACKEND_URL={backend_url}\0".encode()
    orphans = [
        pid
        for pid in _pids()
        if any(name in _read(pid, "cmdline") for name in _OURS)
        and marker in _read(pid, "environ")
        and not _engine_lives(pid)
    ]
    for pid in orphans:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(orphans)


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _engine_lives(pid: int) -> bool:
    """Return whether an ancestor of the process is the `pulumi` command."""
    while pid > 1:
        pid = _parent(pid)
        if Path(os.fsdecode(_read(pid, "cmdline").split(b"\0")[0])).name == "pulumi":
            return True
    return False


def _parent(pid: int) -> int:
    # The name before it, in brackets, may contain spaces and brackets.
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def _read(pid: int, file: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except OSError:
        return b""
