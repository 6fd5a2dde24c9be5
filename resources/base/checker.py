"""Finds every wrong value of a resource's inputs at preview, before any cloud is called."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult
from pulumi.output import Unknown

__all__ = ["Checker", "is_known", "whole_number"]


def is_known(value: Any) -> bool:
    """False where the value, or a part of it, will only be known once something was created."""
    if isinstance(value, Mapping):
        return all(is_known(part) for part in value.values())
    if isinstance(value, list | tuple):
        return all(is_known(part) for part in value)
    return not isinstance(value, Unknown)


def whole_number(value: Any) -> Any:
    """Pulumi's numbers are floats on the wire: 8.0 is 8; anything else stays what it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Checker:
    """Collects what is wrong with a property bag; absent and unknown values are never wrong."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        # An absent value and a null one are the same to a resource: nothing was asked for.
        self.inputs = {name: value for name, value in inputs.items() if value is not None}
        self.failures: list[CheckFailure] = []

    def known(self, name: str) -> Any:
        """The value, or None where it is absent or not known yet."""
        value = self.inputs.get(name)
        return value if value is not None and is_known(value) else None

    def refuse(self, name: str, allowed: str, *, secret: bool = False) -> None:
        """Note that a property has an illegal value, and what would be legal."""
        shown = "a secret" if secret else repr(self.inputs.get(name))
        self.failures.append(CheckFailure(name, f"{name} is {shown}, allowed: {allowed}"))

    def required(self, *names: str) -> None:
        """Each of these must be there."""
        for name in names:
            if name not in self.inputs:
                self.failures.append(CheckFailure(name, f"{name} is required"))

    def one_of(self, name: str, allowed: Collection[str]) -> None:
        """The value must be one of these."""
        value = self.known(name)
        if value is not None and value not in allowed:
            self.refuse(name, ", ".join(allowed))

    def text(self, name: str, *, pattern: str = r"[\s\S]+", allowed: str = "a text") -> None:
        """The value must be a text that matches the whole pattern."""
        value = self.known(name)
        if value is not None and not (isinstance(value, str) and re.fullmatch(pattern, value)):
            self.refuse(name, allowed)

    def matching(self, name: str, *, pattern: str, allowed: str) -> None:
        """The value must be a list of texts that match the whole pattern; it becomes a set."""
        value = self.known(name)
        if value is None:
            return
        texts = value if isinstance(value, list) else [None]
        if all(isinstance(text, str) and re.fullmatch(pattern, text) for text in texts):
            self.inputs[name] = sorted(set(texts))
        else:
            self.refuse(name, allowed)

    def flag(self, name: str) -> None:
        """The value must be true or false."""
        value = self.known(name)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, "true or false")

    def number(self, name: str, *, minimum: int, maximum: int, step: int = 1) -> None:
        """The value must be a whole number in a range, in steps; 8.0 becomes 8."""
        value = whole_number(self.known(name))
        if value is None:
            return
        self.inputs[name] = value
        legal = isinstance(value, int) and not isinstance(value, bool)
        if not legal or not minimum <= value <= maximum or value % step:
            multiple = f" that is a multiple of {step}" if step > 1 else ""
            self.refuse(name, f"a whole number from {minimum} to {maximum}{multiple}")

    def result(self) -> CheckResult:
        """What the provider's `check` answers."""
        return CheckResult(self.inputs, self.failures)
