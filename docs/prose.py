"""Extract the prose of a file: comments, docstrings and messages, without code.

A `Passage` is a run of text that belongs together: a docstring, a block of comment lines, a string
literal of at least three words, a paragraph or a table cell of Markdown. Text in backticks is code,
so it is replaced by spaces.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Passage", "passages"]

_CODE = re.compile(r"``[^`]+``|`[^`]*`")
_FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
_LINK_TARGET = re.compile(r"\]\([^)]*\)|<!--.*?-->|https?://\S+", re.DOTALL)
# A comment or a string of a language with C's lexical rules: TypeScript, JavaScript, Go.
_C_TOKEN = re.compile(
    r"(?P<block>/\*.*?\*/)"
    r"|(?P<line>(?<![:\\])//[^\n]*)"
    r"""|(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)""",
    re.DOTALL,
)
_PLACEHOLDER = re.compile(r"\$?\{[^{}]*\}")


@dataclass(frozen=True)
class Passage:
    """Consecutive text.

    Attributes:
        line: the number of its first line in the file, from 1.
        text: the text; its line breaks are those of the file.
    """

    line: int
    text: str


def passages(path: Path) -> list[Passage]:
    """Return the passages of a file, without code in backticks. Unknown file types have none."""
    reader = _READERS.get(path.suffix or path.name)
    if reader is None:
        return []
    found = reader(path.read_text(encoding="utf-8"))
    return [Passage(one.line, _blanked(_CODE, one.text)) for one in found]


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Replace each match by spaces, and keep line breaks and positions."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _python(source: str) -> Iterator[Passage]:
    comments = [
        Passage(token.start[0], token.string.lstrip("#"))
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    yield from _joined(comments)
    yield from _Strings().found_in(source)


class _Strings(ast.NodeVisitor):
    """Collect the strings of a Python module, and the names of its tests as sentences."""

    def found_in(self, source: str) -> list[Passage]:
        self.found: list[Passage] = []
        self.visit(ast.parse(source))
        return self.found

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = (part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
        self.found += _message(node.lineno, "".join(map(str, parts)))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found += _message(node.lineno, node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name.startswith("test_"):
            self.found.append(Passage(node.lineno, node.name.replace("_", " ")))
        self.generic_visit(node)


def _c_like(source: str) -> Iterator[Passage]:
    comments = []
    for token in _C_TOKEN.finditer(source):
        line = source.count("\n", 0, token.start()) + 1
        if token["line"]:
            comments.append(Passage(line, token[0].lstrip("/")))
        elif token["block"]:
            yield Passage(line, re.sub(r"^\s*\*", "", token[0].strip("/*"), flags=re.MULTILINE))
        else:
            yield from _message(line, _PLACEHOLDER.sub("…", token[0][1:-1]))
    yield from _joined(comments)


def _hash_comments(source: str) -> Iterator[Passage]:
    lines = enumerate(source.splitlines(), start=1)
    found = [(number, re.search(r"(?:^|\s)##?(?=\s)(.*)", line)) for number, line in lines]
    yield from _joined([Passage(number, match[1]) for number, match in found if match])


def _markdown(source: str) -> Iterator[Passage]:
    text = _blanked(_LINK_TARGET, _blanked(_FENCE, source))
    for block in re.finditer(
        r"(?:^(?! *(?:[-*]|\d+\.|#+|\|) )[^\n]+\n?)+|^[^\n]+\n?"
        r"(?:^ +(?! *(?:[-*]|\d+\.) )[^\n]+\n?)*",
        text,
        re.MULTILINE,
    ):
        line = text.count("\n", 0, block.start()) + 1
        for cell in block[0].split("|") if block[0].startswith("|") else [block[0]]:
            yield Passage(line, re.sub(r"^ *(?:[-*]|\d+\.|#+)(?= )", "", cell))


def _joined(comments: Iterable[Passage]) -> Iterator[Passage]:
    """Join comments on consecutive lines."""
    first, lines = 0, list[str]()
    for comment in comments:
        if lines and comment.line != first + len(lines):
            yield Passage(first, "\n".join(lines))
            lines = []
        if not lines:
            first = comment.line
        lines.append(comment.text)
    if lines:
        yield Passage(first, "\n".join(lines))


def _message(line: int, text: str) -> Iterator[Passage]:
    if len(text.split()) >= 3:
        yield Passage(line, text)


_READERS: dict[str, Callable[[str], Iterable[Passage]]] = {
    ".py": _python,
    ".ts": _c_like,
    ".js": _c_like,
    ".mjs": _c_like,
    ".go": _c_like,
    ".md": _markdown,
    ".yaml": _hash_comments,
    ".toml": _hash_comments,
    "Makefile": _hash_comments,
}
