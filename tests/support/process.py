"""Child processes that a test starts, kills and starts again."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60.0


_SHOWN_LOG_CHARACTERS = 3_000


def wait_until(
    what: str,
    holds: Callable[[], bool],
    *,
    seconds: float = START_SECONDS,
    log_of: Process | None = None,
) -> None:
    """Poll `holds` until it returns true.

    Raises:
        AssertionError: `holds` is still false after `seconds`, or the process `log_of` ended. The
            message contains `what` and the end of that process's log.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        ended = log_of is not None and log_of.has_ended()
        if ended or time.monotonic() >= deadline:
            why = "the process ended before" if ended else f"not within {seconds} s"
            shown = "" if log_of is None else log_of.log[-_SHOWN_LOG_CHARACTERS:]
            raise AssertionError(f"{why}: {what}\n{shown}")
        time.sleep(0.02)


@dataclass
class Process:
    """A child process that can be killed at any moment and started again with equal arguments."""

    command: list[str]
    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command, cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal without waiting, for example SIGSTOP to freeze the process."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """Send SIGKILL and wait for the end; the process cannot flush or report anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def has_ended(self) -> bool:
        """Return whether the process ended without `kill`."""
        return self._process is not None and self._process.poll() is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")
