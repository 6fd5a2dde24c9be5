"""Rebuild `docs/resources/` and the table of config keys in README.md: `python -m docs`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from docs.config_table import README, readme_with_table
from docs.pages import FOLDER, render_all
from docs.source import DocumentationError


def main() -> int:
    """Write every page that changed, and delete the pages whose source file was deleted.

    Returns:
        The exit status: 1 if an example cannot be used, or with `--check` a page is not up to date.
    """
    parser = argparse.ArgumentParser(
        prog="python -m docs",
        description="Rebuild docs/resources/ from the docstrings of resources/, and the table of "
        "config keys in README.md.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 if a page would change",
    )
    check = parser.parse_args().check
    try:
        pages = {FOLDER / name: text for name, text in render_all().items()}
        pages[README] = readme_with_table()
    except DocumentationError as error:
        print(error, file=sys.stderr)
        return 1
    current = {page: page.read_text() for page in [README, *FOLDER.glob("*.md")]}
    stale = sorted(path for path in pages.keys() | current if pages.get(path) != current.get(path))
    if not check:
        _write(pages, stale)
    names = ": " + ", ".join(path.name for path in stale) if stale else ""
    print(f"docs: {len(pages)} pages, {len(stale)} {'stale' if check else 'written'}{names}")
    return 1 if check and stale else 0


def _write(pages: dict[Path, str], paths: list[Path]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in paths:
        if path in pages:
            path.write_text(pages[path])
        else:
            path.unlink()


if __name__ == "__main__":
    sys.exit(main())
