"""What a killed ClickHouse remembers of inserts that it had not made.

A plain MergeTree writes a part's token into its log, and only then gives the part its name
(`MergeTreeSink::commitPart`; ClickHouse/ClickHouse#110429 tells of it). Killed in between, it drops
the repeat and has no rows. Replicated and shared tables write both in one transaction of Keeper, so
that cannot happen to what this server stands in for; nor may it happen to a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["forget_unwritten"]

# `<partition>_<first block>_<last block>_<level>`, with `_<mutation>` where there was one.
_PART = re.compile(r"(?P<partition>.+?)_(?P<first>\d+)_(?P<last>\d+)_\d+(_\d+)?")
_ADDED = "1"


def forget_unwritten(data: Path) -> int:
    """Take tokens without a part from the logs of all tables; returns how many there were.

    Args:
        data: of a server that is not running, and was killed a moment ago: a part that was merged
            into a larger one, and then deleted, is still known by it.
    """
    return sum(_mend(log) for log in data.glob("store/*/*/deduplication_logs/*.txt"))


def _mend(log: Path) -> int:
    blocks = list(_blocks(log.parent.parent))
    lines = log.read_text().splitlines(keepends=True)
    kept = [line for line in lines if _has_part(line, blocks)]
    if len(kept) < len(lines):
        log.write_text("".join(kept))
    return len(lines) - len(kept)


def _blocks(table: Path) -> Iterator[tuple[str, int, int]]:
    """Partition, first and last block of each part that has its name."""
    for folder in table.iterdir():
        if (part := _PART.fullmatch(folder.name)) and not folder.name.startswith("tmp"):
            yield part["partition"], int(part["first"]), int(part["last"])


def _has_part(line: str, blocks: list[tuple[str, int, int]]) -> bool:
    operation, name, _token = line.split("\t")
    part = _PART.fullmatch(name)
    assert part is not None, line
    return operation != _ADDED or any(
        partition == part["partition"] and first <= int(part["first"]) <= last
        for partition, first, last in blocks
    )
