"""`CreateNote`: a file on this machine that says that a create request is in flight.

A `pulumi` that is killed while its POST is in flight can leave an object that no list shows yet.
The next run would list the objects, find none and create a second one. So the note is written
before the request is sent, and removed when the response has come. A run that finds a fresh note
repeats the list for some time before it creates anything. A run on another machine does not see the
note, but it is unlikely to start within half a minute.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from resources.base.ownership import Owner

__all__ = ["IN_FLIGHT_SECONDS", "CreateNote"]

# The API completes or rejects a request in much less time than this.
IN_FLIGHT_SECONDS = 30.0


class CreateNote:
    """The note of one resource.

    Args:
        owner: the resource that creates.
        clock: wall clock, because the note outlives the process.
    """

    def __init__(self, owner: Owner, *, clock: Callable[[], float] = time.time) -> None:
        from clickhouse_api.limiter import default_state_dir

        given = os.environ.get("CLICKHOUSE_API_STATE_DIR")
        folder = Path(given) if given else default_state_dir()
        self._path = folder / f"create-{owner.resource}.note"
        self._clock = clock

    def exists(self) -> bool:
        """Return whether a request was sent whose response never came, however long ago."""
        return self._path.exists()

    def seconds_left(self) -> float:
        """Return for how long a request without a response may still be carried out."""
        try:
            written = self._path.stat().st_mtime
        except OSError:
            return 0.0
        return max(0.0, min(IN_FLIGHT_SECONDS, written + IN_FLIGHT_SECONDS - self._clock()))

    def write(self) -> None:
        """Note that the request is about to be sent; the note survives the process."""
        # Without a writable folder this protection is lost, and the create continues.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)

    def remove(self) -> None:
        """Remove the note: the outcome of the request is known."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
