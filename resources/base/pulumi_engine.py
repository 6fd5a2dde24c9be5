"""The Pulumi engine as a dynamic provider sees it: where to report, and when to stop.

A dynamic provider runs in a process of its own (`python -m pulumi.dynamic <engine address>`)
that Pulumi's SDK wraps in a shell script. Some things are missing there, and `attach` adds them:

- When `pulumi` is killed, that process lives on and would go on creating things that no state
  knows of, racing with the next `pulumi up`. It must die with the engine.
- An exception in a provider is printed by grpc with its traceback, after the engine has already
  shown its message: the traceback is silenced, the message stays.
- Progress has no channel: `report` writes to the engine's status line.
- Ctrl-C reaches `pulumi` alone, which asks its providers to stop what they do (`Cancel`) and then
  waits for them. The SDK answers and goes on, for half an hour if a service takes that long: from
  here on every `sleep` ends with `Interrupted`, so nothing new is sent.
- The SDK works with four threads. Ten services that each take minutes would be made in three
  turns, and `Cancel` would stand in the queue behind them.

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
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from resources.base.errors import Interrupted

__all__ = ["Progress", "attach", "info", "interrupt", "report", "run", "sleep", "urn_in", "warn"]

# Where there is no terminal, every report is a line of its own.
_REPEAT_SECONDS = 5.0
# As many as Pulumi works on at once by itself on a machine of 16 cores.
_MOST_THREADS = 64

_lock = threading.Lock()
_attached = False
_stub: Any = None
_interrupted = threading.Event()


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
    _use_more_threads()
    _hear_cancel()


def sleep(seconds: float) -> None:
    """Let time pass.

    Raises:
        Interrupted: somebody pressed Ctrl-C, now or before; also where `seconds` is 0.
    """
    if _interrupted.wait(max(0.0, seconds)):
        raise Interrupted


def interrupt() -> None:
    """End every `sleep` of this process."""
    _interrupted.set()


def run() -> str:
    """What tells this run of `pulumi` from others: its engine's address; empty outside of one."""
    return sys.argv[1] if _attached and len(sys.argv) > 1 else ""


def report(urn: str, message: str) -> None:
    """Show a message on the resource's status line; the next one takes its place."""
    _log(urn, message, ephemeral=True)


def info(urn: str, message: str) -> None:
    """Show a message that stays, under the resource's name."""
    _log(urn, message, ephemeral=False)


def warn(urn: str, message: str) -> None:
    """Show a warning under the resource's name, and again at the end of the run."""
    _log(urn, message, ephemeral=False, severity="WARNING")


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


def _use_more_threads() -> None:
    """Let the server that runs this call run more of them at once."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        pool = frame.f_locals.get("executor_reference", lambda: None)()
        if isinstance(pool, ThreadPoolExecutor):
            # Read anew with each call that comes in; there is no public way to it.
            pool._max_workers = max(pool._max_workers, _MOST_THREADS)
            return


def _hear_cancel() -> None:
    """Have the SDK's server tell us of a Ctrl-C."""

    def cancel(self: object, request: object, context: object) -> object:  # noqa: ARG001
        from google.protobuf import empty_pb2

        from resources.base import pulumi_engine as engine

        engine.interrupt()
        return empty_pb2.Empty()

    server: Any = getattr(sys.modules["__main__"], "DynamicResourceProviderServicer", None)
    # grpc holds the bound method already: another one in its place would never be called.
    if server is not None:
        server.Cancel.__code__ = cancel.__code__


def _log(urn: str, message: str, *, ephemeral: bool, severity: str = "INFO") -> None:
    stub = _engine()
    if stub is None:
        return
    from pulumi.runtime.proto import engine_pb2

    # A lost progress line must not fail the work it tells of.
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
    """Return the URN among a resource's inputs. A message without a URN is the stack's."""
    return str(props.get("resource_urn") or "")


class Progress:
    """A status line that says what is waited for and since when: news at once, the rest at 5 s.

    As a context manager it repeats the latest message by itself, whatever its user is held up by:
    an answer that does not come, or the turns of the rate limit.

    Args:
        urn: the resource.
        first: what is repeated while there was no news at all.
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
