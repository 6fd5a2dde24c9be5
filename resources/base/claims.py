"""Turns: what several resources of a run read, change and write back as a whole.

Pulumi makes and changes resources in parallel, in threads and processes of their own. Where the API
only knows the whole of something that several of them share, such as the keys of a query endpoint
or the actors of a role, two that read it before either has written would each undo the other. A
lock on a file beside the rate limit's keeps them apart; the kernel drops that of a process that
dies. Other machines are not kept out: whoever writes looks afterwards whether it is still there.

The file also says which parts of the thing a resource of this run answers for since its turn. What
moves from one resource to another, or stays while its resource gets another name in the program, is
then not taken away again by the one that had it before.
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

__all__ = ["ALL", "Turn", "is_claimed", "one_at_a_time"]

ALL = frozenset({"*"})
"""What is claimed of a thing that is not shared."""

_LOOK_INTERVAL_SECONDS = 0.05
# Addresses of engines come again some day; a claim that old is of no run that still goes on.
_LONGEST_RUN_SECONDS = 24 * 3600.0


@dataclass
class Turn:
    """The time in which a shared thing is ours alone.

    Attributes:
        claimed: parts that resources answer for which had their turn earlier in this run.
    """

    claimed: set[str] = field(default_factory=set)

    def claim(self, parts: Iterable[str]) -> None:
        """Answer for these from now on."""
        self.claimed.update(parts)


@contextlib.contextmanager
def one_at_a_time(thing: str) -> Iterator[Turn]:
    """Keep everybody else on this machine who names the same thing waiting.

    Args:
        thing: what it is, with its id.
    Raises:
        Interrupted: somebody pressed Ctrl-C while we waited.
        ConfigurationError: there is no folder for the file.
    """
    descriptor = _open(_path(thing))
    try:
        _lock(descriptor)
        turn = Turn(_read(descriptor))
        yield turn
        _write(descriptor, turn.claimed)
    finally:
        os.close(descriptor)


def is_claimed(thing: str) -> bool:
    """Whether a resource that had its turn earlier in this run answers for the thing."""
    try:
        descriptor = os.open(_path(thing), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return bool(_read(descriptor))
    finally:
        os.close(descriptor)


def _path(thing: str) -> Path:
    from clickhouse_api.limiter import default_state_dir

    return default_state_dir() / f"{hashlib.sha256(thing.encode()).hexdigest()[:32]}.turn"


def _open(path: Path) -> int:
    # The file stays: whoever removed it would take away a lock that somebody just waits for.
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"cannot take turns in {path.parent} ({error.strerror}): set "
            "CLICKHOUSE_API_STATE_DIR to a folder that can be written"
        ) from error


def _lock(descriptor: int) -> None:
    """Wait for our turn; threads keep each other out too, because each opens the file anew."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # The kernel would wait, too, but not hear a Ctrl-C.
            engine.sleep(_LOOK_INTERVAL_SECONDS)
        else:
            return


def _read(descriptor: int) -> set[str]:
    """What was claimed in this run; the claims of another one are void."""
    run = engine.run()
    if time.time() - os.fstat(descriptor).st_mtime > _LONGEST_RUN_SECONDS:
        return set()
    try:
        content = json.loads(os.pread(descriptor, 1 << 20, 0) or b"{}")
        return set(content["claimed"]) if run and content["run"] == run else set()
    except (ValueError, TypeError, KeyError):
        return set()


def _write(descriptor: int, claimed: set[str]) -> None:
    content = json.dumps({"run": engine.run(), "claimed": sorted(claimed)}).encode()
    # Killed between the two, it is unreadable, and nothing is claimed: as on another machine.
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)
