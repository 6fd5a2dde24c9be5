"""Exclusive access to an object that several resources of a run read, change and write as a whole.

Pulumi creates and changes resources in parallel, in several threads and processes. The API has no
way to add one entry to some lists, such as the keys of a query endpoint or the actors of a role:
each write replaces the list. Two resources that read the list before either has written it would
each undo the other's change. A lock on a file next to the file of the rate limit prevents this. The
kernel releases the lock of a process that dies. Processes on other machines are not excluded, so
each writer reads the list again afterwards and writes it again if its entries are missing.

The file also has the claimed ids: the entries that resources of this run have written since the run
began. A resource does not remove an entry that another resource has claimed. This keeps an entry
that moved from one resource to another, or whose resource was renamed in the program.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from resources.base import pulumi_engine as engine
from resources.base.errors import ConfigurationError

__all__ = ["ALL", "Claims", "exclusive", "is_claimed"]

ALL = frozenset({"*"})
"""The claimed ids of an object that has one owner."""

_LOOK_INTERVAL_SECONDS = 0.05
# The engine's address identifies a run, and a later run may get the same address. Claims that are
# older than this belong to a run that has ended.
_LONGEST_RUN_SECONDS = 24 * 3600.0


@dataclass
class Claims:
    """The claimed ids of one object.

    Attributes:
        ids: those of this run so far.
    """

    ids: set[str] = field(default_factory=set)

    def add(self, ids: Iterable[str]) -> None:
        """Claim these ids until the run ends."""
        self.ids.update(ids)


@contextlib.contextmanager
def exclusive(subject: str) -> Iterator[Claims]:
    """Lock an object against all other threads and processes on this machine.

    Args:
        subject: kind and id of the object.
    Returns:
        A context manager of the object's claims, which are saved if its block raises no error.
    Raises:
        Interrupted: Ctrl-C was pressed during the wait for the lock.
        ConfigurationError: there is no folder for the file.
    """
    descriptor = _open(_path(subject))
    try:
        _lock(descriptor)
        claims = Claims(_read(descriptor))
        yield claims
        _write(descriptor, claims.ids)
    finally:
        os.close(descriptor)


def is_claimed(subject: str) -> bool:
    """Return whether a resource of this run has claimed the object or a part of it."""
    try:
        descriptor = os.open(_path(subject), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return bool(_read(descriptor))
    finally:
        os.close(descriptor)


def _path(subject: str) -> Path:
    from clickhouse_api.limiter import default_state_dir

    return default_state_dir() / f"{hashlib.sha256(subject.encode()).hexdigest()[:32]}.claims"


def _open(path: Path) -> int:
    # The file is never removed: a process may be waiting for the lock on it.
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"cannot create lock files in {path.parent} ({error.strerror}): set "
            "CLICKHOUSE_API_STATE_DIR to a folder that can be written"
        ) from error


def _lock(descriptor: int) -> None:
    """Wait for the lock. Each thread opens the file, so threads exclude each other as well."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # A blocking `flock` would not end at Ctrl-C.
            engine.sleep(_LOOK_INTERVAL_SECONDS)
        else:
            return


def _read(descriptor: int) -> set[str]:
    """Return the claimed ids of this run; those of another run are ignored."""
    run = engine.run()
    if time.time() - os.fstat(descriptor).st_mtime > _LONGEST_RUN_SECONDS:
        return set()
    try:
        content = json.loads(os.pread(descriptor, 1 << 20, 0) or b"{}")
        return set(content["claimed"]) if run and content["run"] == run else set()
    except (ValueError, TypeError, KeyError):
        return set()


def _write(descriptor: int, ids: set[str]) -> None:
    content = json.dumps({"run": engine.run(), "claimed": sorted(ids)}).encode()
    # A process that is killed between these two calls leaves a file that cannot be read. Such a
    # file counts as one without claims.
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)
