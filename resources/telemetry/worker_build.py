"""`build_worker`: the ingest worker as one ES module, built only if its sources changed.

    worker = build_worker("worker")

`npm run build` writes the same bytes for the same sources. So a build is skipped if neither the
sources nor the result changed, and a `pulumi up` that changes nothing does not start Node.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pulumi

__all__ = ["BuiltWorker", "build_worker"]

_RESULT = "dist/index.js"
_STATEMENTS = "statements.json"
_RESULTS = (_RESULT, f"dist/{_STATEMENTS}")
_STAMP = "dist/index.js.sources"
_LOCK = "dist/index.js.lock"
_NOT_SOURCES = {"node_modules", "dist", "test", "tests", ".wrangler"}


@dataclass(frozen=True)
class BuiltWorker:
    """A built worker, by file name and hash. So neither the state nor a diff contains the script.

    Attributes:
        file: path of the ES module, relative to the program.
        sha256: SHA-256 of the file, in hexadecimal.
        compatibility_date: version of the Workers runtime's behaviour that the script needs.
        statements: path of `statements.json`; empty if the worker has none.
        statements_sha256: SHA-256 of that file.
        tables: names of the tables that the worker inserts into.
    """

    file: str
    sha256: str
    compatibility_date: str
    statements: str = ""
    statements_sha256: str = ""
    tables: tuple[str, ...] = ()

    @classmethod
    def of(cls, file: Path, compatibility_date: str) -> BuiltWorker:
        """Describe the module in a file."""
        # Relative, because an absolute path differs between checkouts and would change the state.
        module = (os.path.relpath(file), _sha256(file), compatibility_date)
        statements = file.with_name(_STATEMENTS)
        if not statements.is_file():
            return cls(*module)
        tables = tuple(json.loads(statements.read_text(encoding="utf8")))
        return cls(*module, os.path.relpath(statements), _sha256(statements), tables)


def build_worker(folder: str | Path = "worker") -> BuiltWorker:
    """Return the worker's module, after a build if one is needed.

    Args:
        folder: contains the worker's sources and its `package.json`.
    Raises:
        pulumi.RunError: the folder does not exist, Node is not installed, or the build failed.
    """
    root = Path(folder)
    manifest = root / "package.json"
    if not manifest.is_file():
        raise pulumi.RunError(f"building the worker: there is no {manifest}")
    stamp = root / _STAMP
    with _locked(root / _LOCK):
        sources = _fingerprint(root)
        if not _is_built(root) or not stamp.is_file() or stamp.read_text() != _seal(sources, root):
            _build(root)
            stamp.write_text(_seal(sources, root))
    config = json.loads(manifest.read_text())["config"]
    return BuiltWorker.of(root / _RESULT, config["compatibility_date"])


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file, so that the second of two programs uses the build of the first."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if _NOT_SOURCES.isdisjoint(parts) and path.is_file():
            digest.update(f"{'/'.join(parts)}\0{_sha256(path)}\n".encode())
    return digest.hexdigest()


def _is_built(root: Path) -> bool:
    return all((root / result).is_file() for result in _RESULTS)


def _seal(sources: str, root: Path) -> str:
    return f"{sources} {' '.join(_sha256(root / result) for result in _RESULTS)}\n"


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _build(root: Path) -> None:
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        raise pulumi.RunError(
            f"building the worker: {' and '.join(missing)} not found on PATH; "
            "install Node.js 20 or newer"
        )
    if not (root / "node_modules").is_dir():
        raise pulumi.RunError(f"building the worker: run `npm ci --ignore-scripts` in {root} first")
    # Without the last two options, npm writes a log of every run to the home folder.
    command = ["npm", "run", "build", "--silent", "--logs-max=0", "--no-update-notifier"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if run.returncode != 0 or not _is_built(root):
        shown = " ".join((run.stderr or run.stdout).split())
        raise pulumi.RunError(f"building the worker: `npm run build` in {root} failed: {shown}")
