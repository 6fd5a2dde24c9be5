"""The code of a function as the API accepts it: one ZIP file, from strings or from a file.

The same code becomes the same bytes at any time and on any machine, so its digest shows a change.
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

# The file that the build for Python requires.
_ENTRY = "main.py"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_READABLE = stat.S_IFREG | 0o644


def code_digest(props: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the code. For `files`, it does not depend on the compression.

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
    """Return the ZIP file to upload.

    Raises:
        ResourceError: the archive cannot be read.
    """
    if "archive" in props:
        return _read(props["archive"])
    archived = io.BytesIO()
    with zipfile.ZipFile(archived, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(props["files"].items()):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.external_attr = _READABLE << 16
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return archived.getvalue()


def problem_of(props: Mapping[str, Any]) -> str | None:
    """Return a problem for which the build would reject the code, if one can be found here."""
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


def _without_entry(source: str, names: list[str], props: Mapping[str, Any]) -> str | None:
    if str(props.get("runtime", "")).startswith("python") and _ENTRY not in names:
        return f"{source} has no {_ENTRY}, which {props['runtime']} requires"
    return None


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ResourceError(f"archive {path} cannot be read: {error.strerror}") from error
