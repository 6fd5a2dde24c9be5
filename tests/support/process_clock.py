"""Changes the clock of a running process, by a small library that is preloaded into it."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

__all__ = ["Clock", "build_shim"]


def build_shim(folder: Path) -> Path | None:
    """Compile and return the library; None if there is no C compiler."""
    if shutil.which("cc") is None:
        return None
    library = folder / "process_clock.so"
    source = Path(__file__).with_name("process_clock.c")
    subprocess.run(
        ["cc", "-Wall", "-Werror", "-O2", "-fPIC", "-shared", "-o", library, source, "-ldl"],
        check=True,
    )
    return library


class Clock:
    """The clock of one process. It is correct until it is set.

    Args:
        shim: the result of `build_shim`; None: the clock cannot be set.
        file: file from which the process reads its offset.
    """

    def __init__(self, shim: Path | None, file: Path) -> None:
        self._shim = shim
        self._file = file
        self.set(0)

    def set(self, offset_seconds: int) -> None:
        """Set the process this far ahead of the true time, or behind it if negative."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("=q", offset_seconds))

    def command(self, command: list[str]) -> list[str]:
        """Return the command with the library preloaded, so that the process uses this clock."""
        if self._shim is None:
            return command
        return ["env", f"LD_PRELOAD={self._shim}", f"CHAOS_CLOCK={self._file}", *command]
