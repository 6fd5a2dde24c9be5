"""Faults on demand: what the real control plane does on its bad days, one operation at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from local.clickhouse.errors import BadRequest, ServerError, TooManyRequests

__all__ = ["AnswerLost", "Faults", "Outcome", "Rule", "Timing"]

Kind = Literal["error", "rate_limit", "fresh_key", "lost", "late_error", "slow", "empty"]
Outcome = Literal["normal", "stuck", "failed", "degraded"]


class AnswerLost(Exception):
    """The request was carried out; its answer must never arrive."""


@dataclass
class Timing:
    """How long the state machine takes, in seconds.

    Attributes:
        provisioning: from the create to a running engine.
        starting: of `start` and `awake`.
        stopping: of `stop`.
        deleting: from the delete until nothing is left.
        conflict_after_stopped: how long a delete is still refused after `stopped` shows.
    """

    provisioning: float = 0.0
    starting: float = 0.0
    stopping: float = 0.0
    deleting: float = 0.0
    conflict_after_stopped: float = 0.0


@dataclass
class Rule:
    """One fault.

    Attributes:
        operation: an `operationId`, or `*`.
        fault: `error` answers `status` and does nothing; `rate_limit` answers 429; `lost` does
            it and hangs up instead of answering; `late_error` does it and answers `status`; `slow`
            answers late; `empty` does it and answers success without a body; `fresh_key` is the
            400 that a key made seconds ago may meet.
        times: how often before the rule is used up; None is for ever.
        status: of `error` and `late_error`.
        reset_seconds: of `rate_limit`; None sends no header.
        delay_seconds: of `slow`.
    """

    operation: str
    fault: Kind
    times: int | None = 1
    status: int = 500
    reset_seconds: float | None = None
    delay_seconds: float = 0.0


@dataclass
class Faults:
    """All that is wrong at present; nothing, unless asked for. Not kept over a restart.

    Attributes:
        timing: of the state machine.
        provisioning: what becomes of what is created.
        moving: what becomes of a service that starts or stops.
        requests_per_window: None is the vendor's limit, 0 is none.
        rules: faults of single operations.
    """

    timing: Timing = field(default_factory=Timing)
    provisioning: Outcome = "normal"
    moving: Outcome = "normal"
    requests_per_window: int | None = None
    rules: list[Rule] = field(default_factory=list)

    @classmethod
    def from_json(cls, value: Any) -> Faults:
        """Faults as `PUT /local/faults` takes them.

        Raises:
            BadRequest: a field that is not known, or has a wrong value.
        """
        if not isinstance(value, dict):
            raise BadRequest("faults: a JSON object is asked for")
        try:
            given = dict(value)
            timing = Timing(**given.pop("timing", {}))
            rules = [Rule(**rule) for rule in given.pop("rules", [])]
            faults = cls(timing=timing, rules=rules, **given)
        except (TypeError, ValueError) as error:
            known = ", ".join(f.name for f in fields(cls))
            raise BadRequest(f"faults: {error}; known fields: {known}") from None
        for name, seconds in asdict(timing).items():
            if not isinstance(seconds, int | float) or seconds < 0:
                raise BadRequest(f"timing.{name}: {seconds!r} is not a number of seconds")
        for rule in rules:
            if rule.fault not in get_args(Kind):
                raise BadRequest(f"rules.fault: {rule.fault!r}; one of {get_args(Kind)}")
        for phase in ("provisioning", "moving"):
            if (outcome := getattr(faults, phase)) not in get_args(Outcome):
                raise BadRequest(f"{phase}: {outcome!r}; one of {get_args(Outcome)}")
        return faults

    def to_json(self) -> dict[str, Any]:
        """The same, with what is left of each rule."""
        return asdict(self)

    def before(self, operation: str) -> None:
        """Faults that keep an operation from being carried out.

        Raises:
            ServerError, TooManyRequests, BadRequest: as a rule says.
        """
        for rule in self._used(operation, "error", "rate_limit", "fresh_key"):
            if rule.fault == "error":
                raise ServerError("a fault was asked for here", status=rule.status)
            if rule.fault == "fresh_key":
                raise BadRequest("openApiKeys: an API key was not found")
            raise TooManyRequests(rule.reset_seconds)

    async def after(self, operation: str) -> bool:
        """Faults that an operation's answer meets once it was carried out.

        Returns:
            Whether the answer loses its body, as the vendor's to a DELETE
            (ClickHouse/clickhousectl#49).
        Raises:
            AnswerLost, ServerError: as a rule says.
        """
        for rule in self._used(operation, "slow"):
            await asyncio.sleep(rule.delay_seconds)
        for _ in self._used(operation, "lost"):
            raise AnswerLost
        for rule in self._used(operation, "late_error"):
            raise ServerError("a fault was asked for here", status=rule.status)
        return len(list(self._used(operation, "empty"))) > 0

    def _used(self, operation: str, *kinds: Kind) -> Iterator[Rule]:
        for rule in list(self.rules):
            if rule.fault not in kinds or rule.operation not in (operation, "*"):
                continue
            if rule.times is not None:
                rule.times -= 1
                if rule.times <= 0:
                    with contextlib.suppress(ValueError):
                        self.rules.remove(rule)
            yield rule
