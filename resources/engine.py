"""The Pulumi engine as a dynamic provider sees it: where to report, and when to stop.

A dynamic provider runs in a process of its own (`python -m pulumi.dynamic <engine address>`)
that Pulumi's SDK wraps in a shell script. Three things are missing there, and `attach` adds them:

- When `pulumi` is killed, that process lives on and would go on creating things that no state
  knows of, racing with the next `pulumi up`. It must die with the engine.
- An exception in a provider is printed by grpc with its traceback, after the engine has already
  shown its message: the traceback is silenced, the message stays.
- Progress has no channel: `report` writes to the engine's status line.

Nothing here imports more than the provider process has loaded anyway.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import stat
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

__all__ = ["Progress", "attach", "info", "report", "run"]

# Where there is no terminal, every report is a line of its own.
_REPEAT_SECONDS = 5.0

_lock = threading.Lock()
_attached = False
_stub: Any = None


def attach() -> None:
    """Tie this process to the engine; does nothing outside a dynamic provider's process."""
    global _attached
    with _lock:
        if _attached or not _is_provider_process():
            return
        _attached = True
    # The engine shows the exception's text; grpc would add forty lines of traceback to it.
    logging.getLogger("grpc._server").disabled = True
    _watch_engine()


def run() -> str:
    """What tells this run of `pulumi` from others: its engine's address; empty outside of one."""
    return sys.argv[1] if _attached and len(sys.argv) > 1 else ""


def report(urn: str, message: str) -> None:
    """Show a message on the resource's status line; the next one takes its place."""
    _log(urn, message, ephemeral=True)


def info(urn: str, message: str) -> None:
    """Show a message that stays, under the resource's name."""
    _log(urn, message, ephemeral=False)


def _is_provider_process() -> bool:
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    return getattr(spec, "name", "") == "pulumi.dynamic.__main__"


def _watch_engine() -> None:
    """Exit as soon as nobody reads our standard output any more: then the engine is dead.

    Waiting for the parent's death would not do: the parent is a shell that waits for us.
    """
    if not stat.S_ISFIFO(os.fstat(1).st_mode):
        return

    def watch() -> None:
        poll = select.poll()
        poll.register(1, 0)  # errors and hang-ups are always reported
        poll.poll()
        os._exit(1)

    threading.Thread(target=watch, name="engine-watch", daemon=True).start()


def _log(urn: str, message: str, *, ephemeral: bool) -> None:
    stub = _engine()
    if stub is None:
        return
    from pulumi.runtime.proto import engine_pb2

    # A lost progress line must not fail the work it tells of.
    with contextlib.suppress(Exception):
        stub.Log(
            engine_pb2.LogRequest(
                severity=engine_pb2.LogSeverity.Value("INFO"),
                message=message,
                urn=urn,
                ephemeral=ephemeral,
            ),
            timeout=5,
        )


def _engine() -> Any:
    global _stub
    address = run()
    if not address:
        return None
    with _lock:
        if _stub is None:
            import grpc
            from pulumi.runtime.proto import engine_pb2_grpc

            _stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))
    return _stub


class Progress:
    """A status line that says what is waited for and since when: news at once, the rest at 5 s."""

    def __init__(self, urn: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._urn = urn
        self._clock = clock
        self._started = clock()
        self._last = float("-inf")
        self._shown = ""

    def __call__(self, message: str) -> None:
        now = self._clock()
        if message != self._shown or now - self._last >= _REPEAT_SECONDS:
            self._last, self._shown = now, message
            report(self._urn, f"{message} ({now - self._started:.0f} s)")
