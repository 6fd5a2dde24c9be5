"""Lists a process and its descendants, with the memory that each uses."""

from __future__ import annotations

import subprocess
from pathlib import Path

__all__ = ["process_tree"]


def process_tree(pid: int) -> list[tuple[int, int, str]]:
    """Return (process id, resident kilobytes, command) of a process and its descendants."""
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,rss=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 3) for line in listed.stdout.splitlines()]
    family, found = [pid], []
    for row in sorted(rows, key=lambda row: int(row[0])):
        process, parent, kilobytes, command = int(row[0]), int(row[1]), int(row[2]), row[3]
        if process == pid or parent in family:
            family.append(process)
            words = command.split()
            shown = " ".join(words[1:3] if "python" in words[0] else [Path(words[0]).name])
            found.append((process, kilobytes, shown))
    return found
