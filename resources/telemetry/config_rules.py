"""The rules for the values of config keys. Every value of the Pulumi config is a string.

Each function returns a `Rule`, whose `read` converts the string, or raises `ValueError`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from resources.telemetry.access_rules import Rule

__all__ = ["any_string", "flag", "json_value", "one_of", "share", "strings", "whole_number"]

# `int` and `float` also accept spaces, "_", "+" and the digits of other scripts.
_WHOLE = r"-?[0-9]+"
# An exponent is accepted, because Python and JavaScript write small numbers as 1e-05 or 1e-7.
_NUMBER = r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"


def any_string(allowed: str = "a string") -> Rule:
    """Return the rule for a string that only the API can check.

    Args:
        allowed: for the documentation; no string is rejected.
    """
    return Rule(allowed, str)


def one_of(*values: str) -> Rule:
    """Return the rule for one of several strings."""

    def read(value: str) -> str:
        return str(_require(value, value in values))

    return Rule(", ".join(values), read)


def whole_number(minimum: int, maximum: int, *, step: int = 1) -> Rule:
    """Return the rule for a whole number in a range."""
    multiple = f" that is a multiple of {step}" if step > 1 else ""

    def read(value: str) -> int:
        number = int(_require(value, re.fullmatch(_WHOLE, value)))
        return int(_require(number, minimum <= number <= maximum and number % step == 0))

    return Rule(f"a whole number from {minimum} to {maximum}{multiple}", read)


def share() -> Rule:
    """Return the rule for a decimal number from 0 to 1."""

    def read(value: str) -> float:
        number = float(_require(value, re.fullmatch(_NUMBER, value)))
        return float(_require(number, 0 <= number <= 1))

    return Rule("a number from 0 to 1", read)


def flag() -> Rule:
    """Return the rule for true or false."""
    read = one_of("true", "false").read
    return Rule("true, false", lambda value: read(value) == "true")


def json_value(allowed: str) -> Rule:
    """Return the rule for a list or a map in JSON. Its contents are checked by `access_config`."""
    return Rule(allowed, json.loads)


def strings(allowed: str) -> Rule:
    """Return the rule for a list of strings in JSON."""

    def read(value: str) -> list[str]:
        items = json.loads(value)
        is_list = isinstance(items, list) and all(isinstance(item, str) for item in items)
        return list(_require(items, is_list))

    return Rule(allowed, read)


def _require(value: Any, holds: object) -> Any:
    if not holds:
        raise ValueError(value)
    return value
