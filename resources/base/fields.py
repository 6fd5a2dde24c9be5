"""`Field`: a property of a resource, with its valid values and its behavior on change."""

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

# Adds the failures of one property to a checker.
Check = Callable[[Checker, str], None]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One property of a resource.

    Attributes:
        check: adds the failures of its value.
        required: whether it must be set.
        replaces: whether a change replaces the object.
        readable: whether the API returns it, so that drift is visible.
        clears: whether removing the property from the program resets it with a null. Otherwise
            the object keeps the value.
        same: returns whether two values mean the same.
    """

    check: Check
    required: bool = False
    replaces: bool = False
    readable: bool = True
    clears: bool = False
    same: Callable[[Any, Any], bool] = lambda old, new: whole_number(old) == whole_number(new)


def text(*, pattern: str = r"[\s\S]+", allowed: str = "a string") -> Check:
    """Check a string that matches the whole pattern."""
    return lambda checker, name: checker.text(name, pattern=pattern, allowed=allowed)


def moment(checker: Checker, name: str) -> None:
    """Check a date and time with its zone."""
    value = checker.known(name)
    if value is not None and _moment(value) is None:
        checker.reject(name, "a date and time with its zone, like 2027-01-01T00:00:00Z")


def same_moment(old: Any, new: Any) -> bool:
    """Return whether two timestamps are equal, also in different zones."""
    return _moment(old) == _moment(new)


def _moment(value: Any) -> datetime.datetime | None:
    try:
        parsed = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return parsed if parsed.tzinfo else None


def flag(checker: Checker, name: str) -> None:
    """Check true or false."""
    checker.flag(name)


def number(*, minimum: int, maximum: int, step: int = 1) -> Check:
    """Check a whole number in a range, in steps."""
    return lambda checker, name: checker.number(name, minimum=minimum, maximum=maximum, step=step)


def choice(allowed: Sequence[Any]) -> Check:
    """Check one of these values. Pulumi sends numbers as floats, so 8.0 becomes 8."""

    def check(checker: Checker, name: str) -> None:
        value = whole_number(checker.known(name))
        if value is None:
            return
        checker.inputs[name] = value
        if isinstance(value, bool) or value not in allowed:
            checker.reject(name, ", ".join(str(item) for item in allowed))

    return check


def choices(allowed: Sequence[str]) -> Check:
    """Check a set of these values, at least one."""

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
    """Return whether two values of a field mean the same. An unknown value differs."""
    if not is_known(new):
        return False
    if old is None or new is None:
        return old is new
    return field.same(old, new)
