"""Writes small files that survive a SIGKILL at any moment."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["load_json", "save_json", "write_private"]


def load_json(path: Path, default: Any) -> Any:
    """Return the JSON value in `path`, or `default` if there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return default


def save_json(path: Path, value: Any) -> None:
    """Replace the JSON in `path`. Readers see the old or the new value, never a mixture."""
    write_private(path, (json.dumps(value, indent=1) + "\n").encode())


def write_private(path: Path, content: bytes) -> None:
    """Replace the file `path` durably. Only its owner can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp creates the file with mode 0600, and a rename keeps the mode.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    # The rename is durable only after the folder is synced.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
