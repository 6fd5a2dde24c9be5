"""The properties of a resource, declared: what is legal, what replaces, what is read back."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from resources.base.checker import Checker, is_known, whole_number

__all__ = [
    "ORGANIZATION",
    "SERVICE",
    "Check",
    "Field",
    "choice",
    "choices",
    "flag",
    "moment",
    "number",
    "same",
    "same_moment",
    "text",
    "texts",
]

# Notes what is illegal about a property.
Check = Callable[[Checker, str], None]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One property of a resource.

    Attributes:
        check: notes what is illegal about it.
        required: it must be there.
        replaces: another value is another thing.
        readable: the API reads it back, so drift in it is seen.
        clears: taking it out of the program resets it (a null is sent); without, it stays.
        same: whether two values mean the same.
    """

    check: Check
    required: bool = False
    replaces: bool = False
    readable: bool = True
    clears: bool = False
    same: Callable[[Any, Any], bool] = lambda old, new: whole_number(old) == whole_number(new)


def text(*, pattern: str = r"[\s\S]+", allowed: str = "a text") -> Check:
    """A text that matches the whole pattern."""
    return lambda checker, name: checker.text(name, pattern=pattern, allowed=allowed)


def moment(checker: Checker, name: str) -> None:
    """A date and time with its zone."""
    value = checker.known(name)
    if value is not None and _moment(value) is None:
        checker.reject(name, "a date and time with its zone, like 2027-01-01T00:00:00Z")


def same_moment(old: Any, new: Any) -> bool:
    """Whether two texts name one moment, in whatever zone."""
    return _moment(old) == _moment(new)


def _moment(value: Any) -> datetime.datetime | None:
    try:
        parsed = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return parsed if parsed.tzinfo else None


def flag(checker: Checker, name: str) -> None:
    """True or false."""
    checker.flag(name)


def number(*, minimum: int, maximum: int, step: int = 1) -> Check:
    """A whole number in a range, in steps."""
    return lambda checker, name: checker.number(name, minimum=minimum, maximum=maximum, step=step)


def choice(allowed: Sequence[Any]) -> Check:
    """One of these; numbers come as floats and become whole."""

    def check(checker: Checker, name: str) -> None:
        value = whole_number(checker.known(name))
        if value is None:
            return
        checker.inputs[name] = value
        if isinstance(value, bool) or value not in allowed:
            checker.reject(name, ", ".join(str(item) for item in allowed))

    return check


def choices(allowed: Sequence[str]) -> Check:
    """A set of these, at least one."""

    def check(checker: Checker, name: str) -> None:
        value = checker.known(name)
        if value is None:
            return
        if isinstance(value, list) and value and all(item in allowed for item in value):
            checker.inputs[name] = sorted(set(value))
        else:
            checker.reject(name, f"at least one of {', '.join(allowed)}")

    return check


def texts(*, allowed: str, least: int = 0) -> Check:
    """Check a set of strings."""
    return lambda checker, name: checker.texts(name, allowed=allowed, least=least)


ORGANIZATION = Field(check=text(), required=True, replaces=True, readable=False)
SERVICE = Field(check=text(), required=True, replaces=True, readable=False)


def same(field: Field, old: Any, new: Any) -> bool:
    """Whether two values of a field mean the same; what is not known yet is taken to differ."""
    if not is_known(new):
        return False
    if old is None or new is None:
        return old is new
    return field.same(old, new)
