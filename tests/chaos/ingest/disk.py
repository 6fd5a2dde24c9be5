"""A separate disk for the buffer, which can be filled up to the last block."""

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

    `path` leads into the namespace through that process. So no other process has to be in the
    namespace, and files outlive the process that wrote them.

    Args:
        folder: created as the mount point.
        mebibytes: size of the disk.
    Raises:
        OSError: unprivileged user namespaces are not allowed here; has the output of `unshare`.
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
            _, output = self._holder.communicate()
            raise OSError(errno.EPERM, f"{output.decode().strip()}; {_ALLOW}")
        self.path = Path(f"/proc/{self._holder.pid}/root{folder}")
        self._ballast = self.path / "ballast"

    def __enter__(self) -> SmallDisk:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._holder.kill()
        self._holder.communicate()

    def fill(self) -> None:
        """Fill the space that is free now. Space that is freed later stays free."""
        with self._ballast.open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            while True:
                ballast.write(bytes(4096))

    def free(self) -> None:
        """Free the space that `fill` has taken."""
        self._ballast.unlink(missing_ok=True)
