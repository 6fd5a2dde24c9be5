"""`Checker`: finds every invalid value of a resource's inputs at preview, without a request."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult
from pulumi.output import Unknown

__all__ = ["Checker", "is_known", "whole_number"]


def is_known(value: Any) -> bool:
    """Return False if the value, or a part of it, is an output that has no value yet."""
    if isinstance(value, Mapping):
        return all(is_known(part) for part in value.values())
    if isinstance(value, list | tuple):
        return all(is_known(part) for part in value)
    return not isinstance(value, Unknown)


def whole_number(value: Any) -> Any:
    """Return 8 for 8.0, because Pulumi sends numbers as floats. Return other values unchanged."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Checker:
    """Collects the invalid values of a property bag. Absent and unknown values are never invalid.

    Attributes:
        inputs: the inputs without nulls; a check may replace a value by its normal form.
        failures: for the engine, in the order in which they were found.
    """

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        # A null means the same as an absent value, so the program does not set the property.
        self.inputs = {name: value for name, value in inputs.items() if value is not None}
        self.failures: list[CheckFailure] = []

    def known(self, name: str) -> Any:
        """Return the value, or None if it is absent or not known yet."""
        value = self.inputs.get(name)
        return value if value is not None and is_known(value) else None

    def fail(self, path: str, problem: str) -> None:
        """Add a failure.

        Args:
            path: the property, or the path of a value in it: `tiles[0].name`.
            problem: continues a sentence that begins with the path.
        """
        self.failures.append(CheckFailure(re.split(r"[.\[]", path)[0], f"{path} {problem}"))

    def reject(self, path: str, allowed: str, *, value: Any = None) -> None:
        """Add a failure that contains the value and the allowed values.

        Args:
            value: by default the value of the property that `path` names. For a secret value, use
                `fail`.
        """
        shown = self.inputs.get(path) if value is None else value
        self.fail(path, f"is {shown!r}, allowed: {allowed}")

    def required(self, *names: str) -> None:
        """Require each of these properties."""
        for name in names:
            if name not in self.inputs:
                self.fail(name, "is required")

    def one_of(self, name: str, allowed: Collection[str]) -> None:
        """Require one of these values."""
        value = self.known(name)
        if value is not None and value not in allowed:
            self.reject(name, ", ".join(allowed))

    def text(self, name: str, *, pattern: str = r"[\s\S]+", allowed: str = "a string") -> None:
        """Require a string that matches the whole pattern."""
        value = self.known(name)
        if value is not None and not (isinstance(value, str) and re.fullmatch(pattern, value)):
            self.reject(name, allowed)

    def texts(self, name: str, *, pattern: str = r"[\s\S]+", allowed: str, least: int = 0) -> None:
        """Require a list of strings that match the whole pattern, and sort it as a set."""
        value = self.known(name)
        if value is None:
            return
        strings = value if isinstance(value, list) else [None]
        valid = all(isinstance(item, str) and re.fullmatch(pattern, item) for item in strings)
        if valid and len(strings) >= least:
            self.inputs[name] = sorted(set(strings))
        else:
            self.reject(name, allowed)

    def flag(self, name: str) -> None:
        """Require true or false."""
        value = self.known(name)
        if value is not None and not isinstance(value, bool):
            self.reject(name, "true or false")

    def number(self, name: str, *, minimum: int, maximum: int, step: int = 1) -> None:
        """Require a whole number in a range, in steps. 8.0 becomes 8."""
        value = whole_number(self.known(name))
        if value is None:
            return
        self.inputs[name] = value
        valid = isinstance(value, int) and not isinstance(value, bool)
        if not valid or not minimum <= value <= maximum or value % step:
            multiple = f" that is a multiple of {step}" if step > 1 else ""
            self.reject(name, f"a whole number from {minimum} to {maximum}{multiple}")

    def result(self) -> CheckResult:
        """Return the result of the provider's `check`."""
        return CheckResult(self.inputs, self.failures)
