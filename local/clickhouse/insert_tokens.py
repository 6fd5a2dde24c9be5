"""Removes the deduplication tokens of inserts that a kill of ClickHouse interrupted.

A plain MergeTree writes a part's token to a log before it gives the part its final name
(`MergeTreeSink::commitPart`, see ClickHouse/ClickHouse#110429). If it is killed in between, it
drops the repeated insert, and the rows are lost. Replicated and shared tables, which these engines
emulate, write both in one transaction of Keeper and do not lose rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

__all__ = ["drop_tokens_without_part"]

# `<partition>_<first block>_<last block>_<level>`, with `_<mutation>` after a mutation.
_PART = re.compile(r"(?P<partition>.+?)_(?P<first>\d+)_(?P<last>\d+)_\d+(_\d+)?")
# Operation, part, token; a part that was dropped by a statement has a line of another operation.
_ADDED = re.compile(r"1\t(?P<part>[^\t]+)\t.*\n?")

# First and last block of each part of a partition.
_Blocks = Mapping[str, list[tuple[int, int]]]


def drop_tokens_without_part(*, logs: Path, parts: Path) -> int:
    """Remove tokens without a part from the logs of all tables. Return their number.

    The part of a token may have been merged into a larger one, which then covers its blocks. The
    token of a part whose rows were all deleted, or have expired, is removed as well.

    Args:
        logs: folder of the disk with the logs, of a server that does not run. The folder need not
            exist.
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
        # A kill during the write must not leave half a log. The new file is not in the folder of
        # the logs, because ClickHouse reads every file there as a log.
        temporary.write_text("".join(kept))
        temporary.replace(log)
    return len(lines) - len(kept)


def _blocks(table: Path) -> _Blocks:
    """Return the blocks of the parts that have their final names."""
    blocks = defaultdict(list)
    # A killed DROP may have deleted the folder already.
    for folder in table.iterdir() if table.exists() else ():
        if (part := _PART.fullmatch(folder.name)) and not folder.name.startswith("tmp"):
            blocks[part["partition"]].append((int(part["first"]), int(part["last"])))
    return blocks


def _is_unwritten(line: str, blocks: _Blocks) -> bool:
    """Return whether the token has no part. A line that cannot be parsed is kept."""
    added = _ADDED.fullmatch(line)
    part = added and _PART.fullmatch(added["part"])
    if not part:
        return False
    return not any(
        first <= int(part["first"]) <= last for first, last in blocks.get(part["partition"], [])
    )
