"""Keep the most common faults of this project's earlier prose from coming back.

    python -m docs.english [PATH ...]

reads the comments, docstrings, messages, test names and pages of the paths (by default: of all that
is in `CLEAN`) and prints each fault with its file, its line and a better word. It exits with 1 if
there is one. It reads no generated files. The rules have no exceptions: where one of them rejects a
sentence, rewrite the sentence, or put a quoted name in backticks.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.prose import passages

__all__ = ["CLEAN", "Fault", "check", "faults_of"]

ROOT = Path(__file__).resolve().parents[1]

# Files and folders that have no fault left. Add yours when it has none.
CLEAN = (
    "__main__.py",
    "bench",
    "clickhouse_api",
    "CONTRIBUTING.md",
    "docs",
    "examples",
    "hatch_build.py",
    "local",
    "Makefile",
    "migrations",
    "pyproject.toml",
    "README.md",
    "resources/__init__.py",
    "resources/base",
    "resources/click_pipes",
    "resources/click_stack",
    "resources/lookups.py",
    "resources/organization",
    "resources/orphans.py",
    "resources/postgres",
    "resources/retired_providers.py",
    "resources/service",
    "resources/service_parts",
    "resources/sql",
    "resources/telemetry",
    "resources/udf",
    "tests/chaos",
    "tests/clickhouse_api",
    "tests/docs",
    "tests/e2e",
    "tests/isolation",
    "tests/local",
    "tests/migrations",
    "tests/resources/base",
    "tests/resources/click_pipes",
    "tests/resources/click_stack",
    "tests/resources/conftest.py",
    "tests/resources/organization",
    "tests/resources/postgres",
    "tests/resources/programs",
    "tests/resources/service_parts",
    "tests/resources/sql",
    "tests/resources/telemetry",
    "tests/resources/test_all_resources.py",
    "tests/resources/test_lookups.py",
    "tests/resources/test_retired_providers.py",
    "tests/resources/test_states.py",
    "tests/resources/udf",
    "tests/support",
    "tests/versions",
    "tests/wheel",
    "tests/worker/access",
    "tests/worker/delivery",
    "tests/worker/hostile",
    "tests/worker/http",
    "tests/worker/memory",
    "tests/worker/otlp",
    "tests/worker/sdk",
    "worker",
)
# These files contain the rejected words.
_EXEMPT = ("docs/english.py", "tests/docs/test_english.py")

_GENERATED = re.compile(rb"\s*(#|//|<!--|/\*)\s*generated\b", re.IGNORECASE)

# Regular expression -> what to write instead. A space matches a line break as well.
_WORDS = {
    r"anew": "again",
    r"for ever": "indefinitely",
    r"by (itself|themselves)": "automatically, alone",
    r"of (its|their|our|your|one's) own": "own, custom, separate",
    r"in the air": "in flight",
    r"tak(e|es|en|ing) over|took over": "adopt",
    r"whoever|somebody|nobody|everybody": "the actual noun: the process, the client, the API",
    r"legal|legally": "valid",
    r"illegal|illegally": "invalid",
    r"wrong (value|values|field|fields)": "invalid",
    r"set(s|ting)? aside|bury|buries|buried": "dead-letter",
    r"st(ands?|ood|anding) in for|imitates?": "emulate",
    r"stands": "is, is in, represents",
    # "connection refused" is the name of an error.
    r"(?<!connection\s)(?<!connections\s)refus(e|es|ed|ing|al|als)(?!\sconnection)": "reject",
    r"joiner": "coalescer",
    r"leftovers?": "unfinished resource",
    r"(the|API|API's|OpenAPI|pinned) document": "OpenAPI spec; or the name of the file",
    r"(is|are|was|were|be|been|being) gone": "deleted, not found",
    r"things?": "the actual noun: resource, object",
    r"beside": "alongside, next to, in addition to",
    r"answer(s|ed|ing)?": "response, respond, return",
    r"hears?|heard": "receive",
    r"tells|told": "report, return; distinguish",
    r"asks|asked": "request, call",
    r"knows": "has, stores, caches",
    r"forgets?|forgot|forgotten": "drop, delete; omit",
}
_WORD = re.compile(
    "|".join(
        rf"(?P<word{number}>\b(?:{pattern})\b)" for number, pattern in enumerate(_WORDS)
    ).replace(" ", r"\s+"),
    re.IGNORECASE,
)
# The beginning of a sentence, and its end; a dot inside a word (`a.py`) ends nothing.
_HEAD = re.compile(
    r"(?:^\s*|[.!?]\s+)"
    r"(?P<head>(?:What|Who|Whom|Whose|Whatever|Whoever|That which|(?:Of|For|To) wh(?:at|ich|om))\b)"
    r"(?:[^.!?]|[.!?](?=\S))*(?P<end>[.!?]?)"
)


@dataclass(frozen=True)
class Fault:
    """A fault in a sentence.

    Attributes:
        line: its line, counted from the first line of the text, which is 0.
        words: the words in question.
        instead: a better word, or a hint.
    """

    line: int
    words: str
    instead: str


def faults_of(text: str) -> Iterator[Fault]:
    """Find the faults in a text without code."""
    for match in _WORD.finditer(text):
        number = int(str(match.lastgroup).removeprefix("word"))
        yield Fault(_line(text, match.start()), match[0], list(_WORDS.values())[number])
    for match in _HEAD.finditer(text):
        if match["end"] != "?":
            hint = "begin with a named subject or a verb"
            yield Fault(_line(text, match.start("head")), match["head"], hint)


def check(paths: Iterable[str]) -> list[str]:
    """Return a line for each fault in files and folders, paths relative to the repository."""
    found = []
    for file in _files(paths):
        for passage in passages(ROOT / file):
            for fault in faults_of(passage.text):
                words = " ".join(fault.words.split())
                line = passage.line + fault.line
                found.append(f'{file}:{line}: "{words}": {fault.instead}')
    return found


def _files(paths: Iterable[str]) -> list[str]:
    """List the files of the repository below the paths, without generated ones."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *paths],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return [
        name
        for name in sorted(set(listed))
        if name not in _EXEMPT and (ROOT / name).is_file() and not _is_generated(ROOT / name)
    ]


def _is_generated(path: Path) -> bool:
    with path.open("rb") as file:
        return _GENERATED.match(file.readline()) is not None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position)


def main(arguments: list[str]) -> int:
    """Print the faults. Return the exit status, 1 if there are any."""
    faults = check(arguments or CLEAN)
    print("\n".join([*faults, f"docs.english: {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
