"""What a killed ClickHouse remembers of inserts that it had not made.

A plain MergeTree writes a part's token into its log, and only then gives the part its name
(`MergeTreeSink::commitPart`; ClickHouse/ClickHouse#110429 tells of it). Killed in between, it drops
the repeat and has no rows. Replicated and shared tables write both in one transaction of Keeper, so
that cannot happen to what these engines stand in for; nor may it happen on a laptop.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

__all__ = ["drop_tokens_without_part"]

# `<partition>_<first block>_<last block>_<level>`, with `_<mutation>` where there was one.
_PART = re.compile(r"(?P<partition>.+?)_(?P<first>\d+)_(?P<last>\d+)_\d+(_\d+)?")
# Operation, part, token; a part that was dropped by a statement has a line of another operation.
_ADDED = re.compile(r"1\t(?P<part>[^\t]+)\t.*\n?")

# First and last block of each part of a partition.
_Blocks = Mapping[str, list[tuple[int, int]]]


def drop_tokens_without_part(*, logs: Path, parts: Path) -> int:
    """Take tokens without a part from the logs of all tables; returns how many there were.

    A part that was merged into a larger one, and then deleted, is still known by it. One that left
    nothing, for all its rows were deleted or have expired, is forgotten too.

    Args:
        logs: folder of the disk with the logs, of a server that is not running. The folder need
            not exist.
        parts: folder of the disk with the parts; may be the same.
    """
    return sum(
        _mend(log, parts / log.parent.parent.relative_to(logs), temporary=logs / "tokens.tmp")
        for log in logs.glob("store/*/*/deduplication_logs/*.txt")
    )


def _mend(log: Path, table: Path, *, temporary: Path) -> int:
    blocks = _blocks(table)
    lines = log.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not _is_unwritten(line, blocks)]
    if len(kept) < len(lines):
        # Killed while it writes, we must not leave half a log; and in the logs' own folder
        # ClickHouse takes every file for a log.
        temporary.write_text("".join(kept))
        temporary.replace(log)
    return len(lines) - len(kept)


def _blocks(table: Path) -> _Blocks:
    """Of the parts that have their names."""
    blocks = defaultdict(list)
    # A killed DROP may have deleted the folder already.
    for folder in table.iterdir() if table.exists() else ():
        if (part := _PART.fullmatch(folder.name)) and not folder.name.startswith("tmp"):
            blocks[part["partition"]].append((int(part["first"]), int(part["last"])))
    return blocks


def _is_unwritten(line: str, blocks: _Blocks) -> bool:
    """Whether it is a token without a part; what cannot be read is left to ClickHouse."""
    added = _ADDED.fullmatch(line)
    part = added and _PART.fullmatch(added["part"])
    if not part:
        return False
    return not any(
        first <= int(part["first"]) <= last for first, last in blocks.get(part["partition"], [])
    )
