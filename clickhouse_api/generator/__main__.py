"""`python -m clickhouse_api.generator`: write the generated files, or check them."""

from __future__ import annotations

import argparse
import sys

import httpx

from clickhouse_api.generator.document import PUBLISHED_URL, SNAPSHOT, dump, load, strip_prose
from clickhouse_api.generator.render import differences, generated_files, write


def main(arguments: list[str] | None = None) -> int:
    """Run the generator and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        document = load(options.source)
    except (OSError, ValueError, httpx.HTTPError) as error:
        print(f"cannot read the OpenAPI spec from {options.source}: {error}", file=sys.stderr)
        return 2
    stripped = strip_prose(document)
    files = generated_files(stripped)
    if options.check:
        return _report_differences(differences(files))
    if options.source != str(SNAPSHOT):
        SNAPSHOT.write_text(dump(stripped))
    touched = write(files)
    print(f"{len(files)} files generated, {len(touched)} changed")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m clickhouse_api.generator",
        description="Generate models/, operations/ and blocking/ in clickhouse_api/.",
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="FILE_OR_URL",
        nargs="?",
        default=str(SNAPSHOT),
        const=PUBLISHED_URL,
        help="OpenAPI spec to generate from; it replaces the committed one. "
        f"Without a value: {PUBLISHED_URL}. Default: the committed spec",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if a file would change"
    )
    return parser


def _report_differences(paths: list[str]) -> int:
    for path in paths:
        print(f"clickhouse_api/{path} differs from the generator's output", file=sys.stderr)
    if paths:
        print("run: python -m clickhouse_api.generator", file=sys.stderr)
    return 1 if paths else 0


if __name__ == "__main__":
    sys.exit(main())
