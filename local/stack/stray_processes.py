"""Ends what a SIGKILLed `pulumi` left running: its language host and its plugins.

They are Pulumi's own processes, and some versions wait for ever for the engine that is gone.
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
    """End processes of a `pulumi` that is dead; only on Linux, where `/proc` tells whose they are.

    Args:
        backend_url: what `PULUMI_BACKEND_URL` was for that run.
    Returns:
        How many there were.
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
    """Whether the process has an ancestor that is the `pulumi` command."""
    while pid > 1:
        pid = _parent(pid)
        if Path(os.fsdecode(_read(pid, "cmdline").split(b"\0")[0])).name == "pulumi":
            return True
    return False


def _parent(pid: int) -> int:
    # The name before it, in brackets, may itself hold spaces and brackets.
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def _read(pid: int, file: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except OSError:
        return b""
