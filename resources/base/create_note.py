"""A note, on this machine, that a creating request is on its way.

A `pulumi` that is killed while its POST is still in the network leaves a service that no list
shows yet: the next run would look, find nothing and create a second one. So the request is noted
before it is sent and the note removed when its answer has come; a run that finds a fresh note
looks for a while longer before it creates. On another machine the note is missing, but nobody
moves there within half a minute.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from resources.base.ownership import Owner

__all__ = ["IN_FLIGHT_SECONDS", "Attempt"]

# A request that arrived is carried out, or refused, long before this.
IN_FLIGHT_SECONDS = 30.0


class Attempt:
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

    def is_noted(self) -> bool:
        """Whether nobody heard the end of a request, however long ago."""
        return self._path.exists()

    def seconds_left(self) -> float:
        """For how long a request that nobody heard the end of may still be carried out."""
        try:
            written = self._path.stat().st_mtime
        except OSError:
            return 0.0
        return max(0.0, min(IN_FLIGHT_SECONDS, written + IN_FLIGHT_SECONDS - self._clock()))

    def note(self) -> None:
        """Say that the request is about to be sent; the note stays if the process dies now."""
        # A folder that cannot be written costs this protection, not the create.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Keep the note while the request is on its way; what becomes of it is known after."""
        self.note()
        try:
            yield
        finally:
            self.forget()

    def forget(self) -> None:
        """What the request did is known now."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
