"""Logs an unexpected exception by its type and its place, without its message.

The message of an exception can quote a value of the request, which may be a password or a key.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator

__all__ = ["log_failure"]


def log_failure(error: BaseException) -> None:
    """Print the types and the stack frames of an exception and of its causes to stderr.

    A frame is printed with its line of source code, which has no values.
    """
    print("".join(_lines(error)), end="", file=sys.stderr, flush=True)


def _lines(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or error.__context__
    if cause is not None:
        yield from _lines(cause)
        yield "followed by\n"
    yield f"{type(error).__name__}\n"
    yield from traceback.format_tb(error.__traceback__)
