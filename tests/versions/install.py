"""`python -m tests.versions.install`: other versions of ClickHouse, each in a separate folder.

They are versions of one package, chdb-core, pinned in `locks/`. Each takes 520 MB on disk.
`CLICKHOUSE_VERSIONS` names the versions to install and to test: `all`, or a list with commas.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.install import STATE, VENV_PYTHON, once

__all__ = ["installed", "selected"]

_LOCKS = Path(__file__).parent / "locks"
_ALL = tuple(sorted(path.stem for path in _LOCKS.glob("*.txt")))
# The oldest, the first that accepts the schema unchanged, and the newest.
_USUAL = ("26.1", "26.3", "26.9")
_FOLDER = STATE / "clickhouse-versions"


def selected() -> tuple[str, ...]:
    """Return the versions that `CLICKHOUSE_VERSIONS` names.

    Raises:
        ValueError: there is no such version.
    """
    wanted = os.environ.get("CLICKHOUSE_VERSIONS") or ",".join(_USUAL)
    versions = _ALL if wanted == "all" else tuple(wanted.split(","))
    unknown = set(versions) - set(_ALL)
    if unknown:
        raise ValueError(f"CLICKHOUSE_VERSIONS: {sorted(unknown)}; allowed: all, {', '.join(_ALL)}")
    return versions


def installed(version: str) -> Path:
    """Return the library of a version. Install the version if it is missing."""
    folder = _FOLDER / version
    library = folder / "chdb" / "_chdb.abi3.so"
    lock = _LOCKS / f"{version}.txt"
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
    command += ["--disable-pip-version-check", "--require-hashes", "--target", str(folder)]

    def install() -> None:
        subprocess.run([*command, "--requirement", str(lock)], check=True)

    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / f"{version}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # a second test process finds it installed
        once(f"ClickHouse {version}", [lock], library, install)
    return library


def main() -> None:
    """Install the selected versions at the same time: the network is the slowest part."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(installed, selected()))


if __name__ == "__main__":
    main()
