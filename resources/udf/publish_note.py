"""A note, on this machine, about the last publication of a function by a resource.

A function cannot carry an ownership tag: each of its properties has a meaning, and its name is its
id. A create cannot happen twice, because the name is taken after the first one. The note makes two
distinctions that the API cannot make:

- between a function that an interrupted run of this resource created and one of another owner,
- between a version that was published, although its response was lost, and one not yet published.

The note is written before the request is sent, and is deleted with the function. On another machine
it is missing: there, an unfinished function has another owner until the program sets `adopt=True`.
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
        function_name: the function; a note about another function is ignored.
    """

    def __init__(self, owner: Owner, organization_id: str, function_name: str) -> None:
        from clickhouse_api.limiter import default_state_dir

        given = os.environ.get("CLICKHOUSE_API_STATE_DIR")
        folder = Path(given) if given else default_state_dir()
        self._path = folder / f"publish-{owner.resource}.note"
        self._about = {"organization_id": organization_id, "function_name": function_name}

    def made_it(self) -> bool:
        """Return whether this resource created the function, or at least sent the request."""
        return bool(self._read().get("made"))

    def has(self, version: int | None, digest: str) -> bool:
        """Return whether this version has that definition and code."""
        note = self._read()
        after = note.get("after_version")
        return note.get("digest") == digest and after is not None and version == after + 1

    def write(self, *, after_version: int, digest: str) -> None:
        """Note that a version is about to be published.

        Args:
            after_version: the newest version until now; 0 if the function does not exist yet.
        """
        note = {
            **self._about,
            "made": after_version == 0 or self.made_it(),
            "after_version": after_version,
            "digest": digest,
        }
        # If the folder is not writable, the function is published without this protection.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.write_text(json.dumps(note))

    def forget(self) -> None:
        """Delete the note, because the function is deleted."""
        if self._read():
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            note = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) and self._about.items() <= note.items() else {}
