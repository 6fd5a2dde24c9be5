"""A disk of its own for the buffer, which can be filled up to the last block."""

from __future__ import annotations

import contextlib
import errno
import subprocess
from pathlib import Path

__all__ = ["SmallDisk"]

_ALLOW = (
    "unprivileged user namespaces have to be allowed, on Ubuntu with "
    "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
)


class SmallDisk:
    """A tmpfs in a mount namespace that one sleeping process holds; a context manager.

    `path` leads into it from outside, through that process, so no other process has to be in the
    namespace, and what was written outlives whoever wrote it.

    Args:
        folder: becomes the mount point.
        mebibytes: how much it holds.
    Raises:
        OSError: unprivileged user namespaces are not allowed here; says what was said.
    """

    def __init__(self, folder: Path, *, mebibytes: int) -> None:
        folder.mkdir()
        script = f'mount -t tmpfs -o size={mebibytes}m tmpfs "$0" && echo mounted && exec sleep inf'
        self._holder = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"mounted\n":
            _, said = self._holder.communicate()
            raise OSError(errno.EPERM, f"{said.decode().strip()}; {_ALLOW}")
        self.path = Path(f"/proc/{self._holder.pid}/root{folder}")
        self._ballast = self.path / "ballast"

    def __enter__(self) -> SmallDisk:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._holder.kill()
        self._holder.communicate()

    def fill(self) -> None:
        """Take what is free, once: what others free later is theirs."""
        with self._ballast.open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            while True:
                ballast.write(bytes(4096))

    def free(self) -> None:
        """Give it back."""
        self._ballast.unlink(missing_ok=True)
