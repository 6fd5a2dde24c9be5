"""A note, on this machine, of what a resource last published of its function.

A function cannot carry a mark: all of its properties mean something, and its name is its id. That
name is what keeps a create from being done twice; the note tells a function that an interrupted
run of this resource made from one that somebody else made, and a version that was published
although nobody heard the answer from one that is still to be. It is written before the request is
sent and stays until the function is deleted. On another machine it is missing: then what an
interrupted run left is somebody else's, until the program says `adopt=True`.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from resources.base.ownership import Owner

__all__ = ["Publication"]


class Publication:
    """The note of one resource about one function.

    Args:
        owner: the resource.
        organization_id: of the function.
        function_name: the function; a note about another one is none.
    """

    def __init__(self, owner: Owner, organization_id: str, function_name: str) -> None:
        from clickhouse_api.limiter import default_state_dir

        given = os.environ.get("CLICKHOUSE_API_STATE_DIR")
        folder = Path(given) if given else default_state_dir()
        self._path = folder / f"publish-{owner.resource}.note"
        self._about = {"organization_id": organization_id, "function_name": function_name}

    def made_it(self) -> bool:
        """Whether this resource made the function, or at least sent the request."""
        return bool(self._read().get("made"))

    def has(self, version: int | None, digest: str) -> bool:
        """Whether this version of the function is the one with that definition and code."""
        note = self._read()
        after = note.get("after_version")
        return note.get("digest") == digest and after is not None and version == after + 1

    def write(self, *, after_version: int, digest: str) -> None:
        """A version is about to be published.

        Args:
            after_version: the newest one until now; 0 where the function is about to be made.
        """
        note = {
            **self._about,
            "made": after_version == 0 or self.made_it(),
            "after_version": after_version,
            "digest": digest,
        }
        # A folder that cannot be written costs this protection, not the function.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.write_text(json.dumps(note))

    def forget(self) -> None:
        """The function is gone."""
        if self._read():
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            note = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) and self._about.items() <= note.items() else {}
