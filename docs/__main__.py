"""Rebuilds `docs/resources/`: `python -m docs`."""

from __future__ import annotations

import argparse
import sys

from docs.pages import FOLDER, render_all
from docs.source import DocumentationError


def main() -> int:
    """Write every page, remove those of files that are gone.

    Returns:
        The exit status: 1 if an example cannot be used, or with `--check` a page is not up to date.
    """
    parser = argparse.ArgumentParser(
        prog="python -m docs",
        description="Rebuild docs/resources/ from the docstrings of resources/.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 if a page would change",
    )
    check = parser.parse_args().check
    try:
        pages = render_all()
    except DocumentationError as error:
        print(error, file=sys.stderr)
        return 1
    there = {page.name: page.read_text() for page in FOLDER.glob("*.md")}
    stale = sorted(name for name in pages.keys() | there if pages.get(name) != there.get(name))
    if not check:
        _write(pages, stale)
    names = ": " + ", ".join(stale) if stale else ""
    print(f"docs/resources: {len(pages)} pages, {len(stale)} {'stale' if check else 'new'}{names}")
    return 1 if check and stale else 0


def _write(pages: dict[str, str], names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name in pages:
            (FOLDER / name).write_text(pages[name])
        else:
            (FOLDER / name).unlink()


if __name__ == "__main__":
    sys.exit(main())
