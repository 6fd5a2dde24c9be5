"""The connection of a dynamic provider to the Pulumi engine: messages, and the end of a run.

A dynamic provider runs in a separate process (`python -m pulumi.dynamic <engine address>`), which
Pulumi's SDK starts through a shell script. `attach` adds what is missing in that process:

- If `pulumi` is killed, the process stays alive. It would continue to create objects that are in no
  state, at the same time as the next `pulumi up`. `attach` makes it exit with the engine.
- grpc prints an exception of a provider with its traceback, after the engine has shown the message.
  `attach` silences the traceback.
- There is no channel for progress. `report` writes to the engine's status line.
- Only `pulumi` receives Ctrl-C. It sends `Cancel` to its providers and waits for them. The SDK
  responds and continues, for half an hour if a service takes that long. After `attach`, every
  `sleep` then ends with `Interrupted`, so no further request is sent.
- The SDK works with four threads. Ten services that take minutes each would be created in three
  groups, and `Cancel` would wait behind them. `attach` raises the limit.

This module imports only what the provider's process has loaded already.
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
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from resources.base.errors import Interrupted

__all__ = ["Progress", "attach", "info", "interrupt", "report", "run", "sleep", "urn_in", "warn"]

# Without a terminal, every report is a separate line.
_REPEAT_SECONDS = 5.0
# The number of resources that Pulumi processes in parallel by default, on a machine of 16 cores.
_MOST_THREADS = 64

_lock = threading.Lock()
_attached = False
_stub: Any = None
_interrupted = threading.Event()


def attach() -> None:
    """Connect this process to the engine. In other processes than a provider's, do nothing."""
    global _attached
    with _lock:
        if _attached or not _is_provider_process():
            return
        _attached = True
    # The engine shows the exception's message; grpc would add forty lines of traceback.
    logging.getLogger("grpc._server").disabled = True
    _watch_engine()
    _use_more_threads()
    _handle_cancel()


def sleep(seconds: float) -> None:
    """Sleep.

    Raises:
        Interrupted: the user pressed Ctrl-C, now or before. Also raised if `seconds` is 0.
    """
    if _interrupted.wait(max(0.0, seconds)):
        raise Interrupted


def interrupt() -> None:
    """End every `sleep` of this process."""
    _interrupted.set()


def run() -> str:
    """Return the engine's address, which identifies this run of `pulumi`; empty outside a run."""
    return sys.argv[1] if _attached and len(sys.argv) > 1 else ""


def report(urn: str, message: str) -> None:
    """Show a message on the resource's status line until the next one."""
    _log(urn, message, ephemeral=True)


def info(urn: str, message: str) -> None:
    """Show a permanent message under the resource's name."""
    _log(urn, message, ephemeral=False)


def warn(urn: str, message: str) -> None:
    """Show a warning under the resource's name, and again at the end of the run."""
    _log(urn, message, ephemeral=False, severity="WARNING")


def _is_provider_process() -> bool:
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    return getattr(spec, "name", "") == "pulumi.dynamic.__main__"


def _watch_engine() -> None:
    """Exit when the reader of the standard output is closed, because the engine has exited.

    The exit of the parent process does not show this, because the parent is a shell that waits for
    this process.
    """
    if not stat.S_ISFIFO(os.fstat(1).st_mode):
        return

    def watch() -> None:
        poll = select.poll()
        poll.register(1, 0)  # errors and hang-ups are always reported
        poll.poll()
        os._exit(1)

    threading.Thread(target=watch, name="engine-watch", daemon=True).start()


def _use_more_threads() -> None:
    """Let the server of this call process more calls in parallel."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        pool = frame.f_locals.get("executor_reference", lambda: None)()
        if isinstance(pool, ThreadPoolExecutor):
            # The pool reads this limit with each call. There is no public way to set it.
            pool._max_workers = max(pool._max_workers, _MOST_THREADS)
            return


def _handle_cancel() -> None:
    """Make the SDK's server interrupt this process on Ctrl-C."""

    def cancel(self: object, request: object, context: object) -> object:  # noqa: ARG001
        from google.protobuf import empty_pb2

        from resources.base import pulumi_engine as engine

        engine.interrupt()
        return empty_pb2.Empty()

    server: Any = getattr(sys.modules["__main__"], "DynamicResourceProviderServicer", None)
    # grpc already holds the bound method, so a replacement of the method would never be called.
    if server is not None:
        server.Cancel.__code__ = cancel.__code__


def _log(urn: str, message: str, *, ephemeral: bool, severity: str = "INFO") -> None:
    stub = _engine()
    if stub is None:
        return
    from pulumi.runtime.proto import engine_pb2

    # A lost message must not fail the work.
    with contextlib.suppress(Exception):
        stub.Log(
            engine_pb2.LogRequest(
                severity=engine_pb2.LogSeverity.Value(severity),
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


def urn_in(props: Mapping[str, Any]) -> str:
    """Return the URN among a resource's inputs. A message without a URN belongs to the stack."""
    return str(props.get("resource_urn") or "")


class Progress:
    """A status line with the reason and the time of a wait: changes immediately, repeats every 5 s.

    As a context manager it repeats the latest message automatically, also while its user waits for
    a response or for the rate limit.

    Args:
        urn: the resource.
        first: the message that is repeated before the first report.
    """

    def __init__(
        self, urn: str, *, first: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._urn = urn
        self._clock = clock
        self._started = clock()
        self._last = float("-inf")
        self._shown = first
        self._ended = threading.Event()

    def __call__(self, message: str) -> None:
        if message != self._shown or self._clock() - self._last >= _REPEAT_SECONDS:
            self._shown = message
            self._report()

    def __enter__(self) -> Progress:
        threading.Thread(target=self._repeat, name="progress", daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()

    def _repeat(self) -> None:
        while not self._ended.wait(_REPEAT_SECONDS):
            if self._shown and self._clock() - self._last >= _REPEAT_SECONDS:
                self._report()

    def _report(self) -> None:
        self._last = self._clock()
        report(self._urn, f"{self._shown} ({self._last - self._started:.0f} s)")
