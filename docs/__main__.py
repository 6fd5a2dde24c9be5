"""Rebuild `docs/resources/`, the config keys in README.md and `resources/public_names.py`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from docs.config_table import README, readme_with_table
from docs.pages import FOLDER, render_all
from docs.source import ROOT, DocumentationError
from docs.stub import PUBLIC_NAMES, render_public_names


def main() -> int:
    """Write every page that changed, and delete the pages whose source file was deleted.

    Returns:
        The exit status: 1 if an example cannot be used, or with `--check` a file is not up to date.
    """
    parser = argparse.ArgumentParser(
        prog="python -m docs",
        description="Rebuild docs/resources/ and resources/public_names.py from resources/, and "
        "the table of config keys in README.md.",
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
        pages[PUBLIC_NAMES] = render_public_names()
    except DocumentationError as error:
        print(error, file=sys.stderr)
        return 1
    current = {page: page.read_text() for page in [README, PUBLIC_NAMES, *FOLDER.glob("*.md")]}
    stale = sorted(path for path in pages.keys() | current if pages.get(path) != current.get(path))
    if not check:
        _write(pages, stale)
    names = ": " + ", ".join(str(path.relative_to(ROOT)) for path in stale) if stale else ""
    print(f"docs: {len(pages)} files, {len(stale)} {'stale' if check else 'written'}{names}")
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
