"""The rules for the values in `access`, checked where an object is constructed.

A rule returns the value to keep, or raises `ValueError`. `checked` applies the rules of one class
and reports all invalid fields together, as `InvalidArgs`, whether the object comes from the stack's
config or from a custom program.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pulumi

from resources.base.checker import whole_number
from resources.base.errors import ConfigurationError

__all__ = [
    "InvalidArgs",
    "Problem",
    "Rule",
    "checked",
    "flag",
    "list_of",
    "optional",
    "origin",
    "positive",
    "shown",
    "text",
    "utc_time",
    "whole",
]

# As browsers send it: lower case, no path, the port only where it is not the scheme's own.
_ORIGIN = r"\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?"
_ORIGIN_ALLOWED = "a list of origins like https://shop.example.com, or *"
_TIME_ALLOWED = 'a time in quotes like "2027-01-31T00:00:00Z"'
# A YAML time without quotes, as Pulumi passes it on: https://pkg.go.dev/time#Time.String
_YAML_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) ([+-]\d{4}) \S+")
_MOST_SHOWN = 100


def shown(value: object) -> str:
    """Return the value for a message, cut to 100 characters."""
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


@dataclass(frozen=True)
class Problem:
    """One invalid field: its place, its value, and the allowed values."""

    field: str
    value: object
    allowed: str


class InvalidArgs(ConfigurationError, pulumi.RunError):
    """Arguments with invalid values; Pulumi prints the message without a traceback."""

    def __init__(self, owner: str, problems: Collection[Problem]) -> None:
        lines = [
            f"{owner}.{each.field} is {shown(each.value)}, allowed: {each.allowed}"
            for each in problems
        ]
        super().__init__("; ".join(lines))
        self.problems = list(problems)


@dataclass(frozen=True)
class Rule:
    """The allowed values of a field.

    Attributes:
        allowed: for the message.
        read: returns the value to keep; raises ValueError, TypeError or OverflowError.
    """

    allowed: str
    read: Callable[[Any], Any]


def checked(owner: object, rules: Mapping[str, Rule]) -> None:
    """Replace each field of a frozen dataclass by the value its rule returns.

    Outputs are left alone: their values are not known yet.

    Raises:
        InvalidArgs: with every invalid field.
    """
    problems = []
    for name, rule in rules.items():
        value = getattr(owner, name)
        if isinstance(value, pulumi.Output):
            continue
        try:
            object.__setattr__(owner, name, rule.read(value))
        except (ValueError, TypeError, OverflowError):
            problems.append(Problem(name, value, rule.allowed))
    if problems:
        raise InvalidArgs(type(owner).__name__, problems)


def text(pattern: str, allowed: str) -> Rule:
    """Return the rule for a string that matches the whole pattern."""

    def read(value: Any) -> str:
        return str(_require(value, isinstance(value, str) and re.fullmatch(pattern, value)))

    return Rule(allowed, read)


def list_of(values: Collection[str]) -> Rule:
    """Return the rule for a list of some of these values, at least one."""

    def read(value: Any) -> list[str]:
        _require(value, isinstance(value, list | tuple) and value)
        return [str(_require(item, item in values)) for item in value]

    return Rule(f"a list of {', '.join(values)}", read)


def whole(minimum: int, maximum: int) -> Rule:
    """Return the rule for a whole number in a range."""

    def read(value: Any) -> int:
        number = whole_number(value)
        is_whole = isinstance(number, int) and not isinstance(number, bool)
        return int(_require(number, is_whole and minimum <= number <= maximum))

    return Rule(f"a whole number from {minimum} to {maximum}", read)


def positive() -> Rule:
    """Return the rule for a finite number above 0. NaN is rejected as well."""

    def read(value: Any) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(_require(value, is_number and math.isfinite(value) and value > 0))

    return Rule("a number above 0", read)


def flag() -> Rule:
    """Return the rule for true or false."""
    return Rule("true or false", lambda value: _require(value, isinstance(value, bool)))


def utc_time() -> Rule:
    """Return the rule for an ISO 8601 time with a zone; it is kept in UTC with milliseconds.

    The worker reads no other form: `Date.parse` does not accept every format that Python accepts
    (https://tc39.es/ecma262/#sec-date-time-string-format), and the strings compare as times.
    """

    def read(value: Any) -> str:
        string = _require(value, isinstance(value, str))
        moment = datetime.fromisoformat(_YAML_TIME.sub(r"\1\2", string))
        # Without a zone it would be a different moment on each machine.
        _require(value, moment.tzinfo is not None)
        shown = moment.astimezone(UTC).isoformat(timespec="milliseconds")
        return shown.replace("+00:00", "Z")

    return Rule(_TIME_ALLOWED, read)


def origin() -> Rule:
    """Return the rule for a list of origins."""
    each = text(_ORIGIN, _ORIGIN_ALLOWED)

    def read(value: Any) -> list[str]:
        _require(value, isinstance(value, list | tuple))
        return [each.read(item) for item in value]

    return Rule(_ORIGIN_ALLOWED, read)


def optional(rule: Rule) -> Rule:
    """Return the rule for a field that may be None."""
    return Rule(rule.allowed, lambda value: None if value is None else rule.read(value))


def _require(value: Any, holds: object) -> Any:
    if not holds:
        raise ValueError(value)
    return value
