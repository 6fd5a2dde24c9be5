"""The code of a function as the API takes it: one ZIP, from texts or from a file.

The same code is the same bytes, whenever and wherever it is packed, so that its digest tells
whether it changed.
"""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from resources.base.errors import ResourceError

__all__ = ["code_digest", "packed", "problem_of"]

# What the build for Python looks for.
_ENTRY = "main.py"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_READABLE = stat.S_IFREG | 0o644


def code_digest(props: Mapping[str, Any]) -> str:
    """SHA-256 of the code; of texts, whatever a later zlib makes of them.

    Raises:
        ResourceError: the archive cannot be read.
    """
    if "archive" in props:
        return hashlib.sha256(_read(props["archive"])).hexdigest()
    parts = [
        f"{len(text.encode())} {name}\n{text}" for name, text in sorted(props["files"].items())
    ]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def packed(props: Mapping[str, Any]) -> bytes:
    """The ZIP to upload.

    Raises:
        ResourceError: the archive cannot be read.
    """
    if "archive" in props:
        return _read(props["archive"])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(props["files"].items()):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.external_attr = _READABLE << 16
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def problem_of(props: Mapping[str, Any]) -> str | None:
    """What the build would refuse in the code, as far as looking at it can tell."""
    if "files" in props:
        names = list(props["files"])
        for name in names:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or str(path) != name:
                return f"files has {name!r}, allowed: relative paths like lib/helper.py"
        return _without_entry("files", names, props)
    try:
        with zipfile.ZipFile(io.BytesIO(_read(props["archive"]))) as opened:
            members = opened.infolist()
    except ResourceError as error:
        return str(error)
    except zipfile.BadZipFile as error:
        return f"archive {props['archive']} is not a ZIP file: {error}"
    for member in members:
        if stat.S_ISLNK(member.external_attr >> 16):
            return f"archive {props['archive']} has the symbolic link {member.filename}"
    return _without_entry("archive", [member.filename for member in members], props)


def _without_entry(what: str, names: list[str], props: Mapping[str, Any]) -> str | None:
    if str(props.get("runtime", "")).startswith("python") and _ENTRY not in names:
        return f"{what} has no {_ENTRY}, which {props['runtime']} begins with"
    return None


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ResourceError(f"archive {path} cannot be read: {error.strerror}") from error
