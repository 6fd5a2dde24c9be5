"""Checks the archive of a function without running its code."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from typing import Any

__all__ = ["NOTHING_YET", "archive_contents", "problem_of"]

Json = Any

NOTHING_YET: Json = None
# The vendor's build requires this file.
_ENTRY = "main.py"
_LARGEST_BYTES = 64 << 20


def archive_contents(archive: bytes) -> dict[str, Json]:
    """Return the errors in an archive, for all runtimes and for Python, in the stored form."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = opened.infolist()
            if any(stat.S_ISLNK(member.external_attr >> 16) for member in members):
                return {"problem": "the archive has symbolic links"}
            if sum(member.file_size for member in members) > _LARGEST_BYTES:
                return {"problem": f"the archive is larger than {_LARGEST_BYTES} bytes"}
            return {"problem": None, "python": _problem_of_python(opened)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        return {"problem": f"the archive is not a ZIP file: {error}"}


def problem_of(archive: Mapping[str, Json], runtime: str) -> str | None:
    """Return the error of a build of the archive for a runtime, or None."""
    problem: str | None = archive["problem"]
    return problem or (archive["python"] if runtime.startswith("python") else None)


def _problem_of_python(archive: zipfile.ZipFile) -> str | None:
    if _ENTRY not in archive.namelist():
        return f"{_ENTRY} is not in the archive"
    try:
        compile(archive.read(_ENTRY), _ENTRY, "exec")
    except (SyntaxError, ValueError) as error:
        return f"{_ENTRY} does not compile: {error}"
    return None
