"""Rebuilds `docs/resources/`: `python -m docs`."""

from __future__ import annotations

import sys

from docs.pages import FOLDER, render_all
from docs.source import DocumentationError


def main() -> int:
    """Write every page, remove those of files that are gone; 1 if an example cannot be used."""
    try:
        pages = render_all()
    except DocumentationError as error:
        print(error, file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    for page in FOLDER.glob("*.md"):
        if page.name not in pages:
            page.unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text)
    print(f"{len(pages)} pages in docs/resources/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
