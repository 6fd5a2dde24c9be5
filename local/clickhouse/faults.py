"""Causes faults of the real control plane on request, one operation at a time."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from local.clickhouse.errors import BadRequest, ServerError, TooManyRequests

__all__ = ["FaultRule", "Faults", "Outcome", "ResponseLost", "Timing"]

Kind = Literal["error", "rate_limit", "fresh_key", "lost", "late_error", "slow", "empty"]
Outcome = Literal["normal", "stuck", "failed", "degraded"]


class ResponseLost(Exception):
    """The operation was carried out, and its response must not be sent."""


@dataclass
class Timing:
    """Durations of a service's transitions, in seconds.

    Attributes:
        provisioning: from the create request to a running engine.
        starting: duration of `start` and `awake`.
        stopping: duration of `stop`.
        deleting: from the delete request until the service is deleted.
        conflict_after_stopped: how long a delete is still rejected after the state is `stopped`.
    """

    provisioning: float = 0.0
    starting: float = 0.0
    stopping: float = 0.0
    deleting: float = 0.0
    conflict_after_stopped: float = 0.0


@dataclass
class FaultRule:
    """One fault.

    Attributes:
        operation: an `operationId`, or `*`.
        fault: `error` returns `status` without carrying out the operation, `rate_limit` returns
            429, `fresh_key` the 400 that a key created seconds ago can get. The others carry the
            operation out: `lost` then closes the connection without a response, `late_error`
            returns `status`, `slow` responds late, `empty` returns success without a body.
        times: number of requests that get the fault; None is all.
        status: status of `error` and `late_error`.
        reset_seconds: seconds in the header of `rate_limit`; None sends no header.
        delay_seconds: delay of `slow`.
    """

    operation: str
    fault: Kind
    times: int | None = 1
    status: int = 500
    reset_seconds: float | None = None
    delay_seconds: float = 0.0


@dataclass
class Faults:
    """All faults in use. There are none at the start, and a restart drops them.

    Attributes:
        timing: durations of a service's transitions.
        provisioning: outcome for services that are created.
        moving: outcome for services that start or stop.
        requests_per_window: rate limit; None is the vendor's, 0 is none.
        other_organizations: number of organizations without services that the API key sees as
            well. The list of organizations then has one organization on a page, the key's last.
        rules: faults of single operations.
    """

    timing: Timing = field(default_factory=Timing)
    provisioning: Outcome = "normal"
    moving: Outcome = "normal"
    requests_per_window: int | None = None
    other_organizations: int = 0
    rules: list[FaultRule] = field(default_factory=list)

    def other_organization_ids(self) -> list[str]:
        """Return the ids of the other organizations."""
        return [str(uuid.UUID(int=number)) for number in range(self.other_organizations)]

    @classmethod
    def from_json(cls, value: Any) -> Faults:
        """Create faults from the body of `PUT /local/faults`.

        Raises:
            BadRequest: a field is unknown or has an invalid value.
        """
        if not isinstance(value, dict):
            raise BadRequest("faults: the body must be a JSON object")
        try:
            given = dict(value)
            timing = Timing(**given.pop("timing", {}))
            rules = [FaultRule(**rule) for rule in given.pop("rules", [])]
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
        """Return the faults as JSON; `times` of a rule is the number that remains."""
        return asdict(self)

    def before(self, operation: str) -> None:
        """Cause the faults that prevent an operation.

        Raises:
            ServerError, TooManyRequests, BadRequest: a rule requests it.
        """
        for rule in self._used(operation, "error", "rate_limit", "fresh_key"):
            if rule.fault == "error":
                raise ServerError("a rule of /local/faults requests this error", status=rule.status)
            if rule.fault == "fresh_key":
                raise BadRequest("openApiKeys: an API key was not found")
            raise TooManyRequests(rule.reset_seconds)

    async def after(self, operation: str) -> bool:
        """Cause the faults of an operation's response, after the operation was carried out.

        Returns:
            Whether the response loses its body, as the vendor's response to a DELETE
            (ClickHouse/clickhousectl#49).
        Raises:
            ResponseLost, ServerError: a rule requests it.
        """
        for rule in self._used(operation, "slow"):
            await asyncio.sleep(rule.delay_seconds)
        for _ in self._used(operation, "lost"):
            raise ResponseLost
        for rule in self._used(operation, "late_error"):
            raise ServerError("a rule of /local/faults requests this error", status=rule.status)
        return len(list(self._used(operation, "empty"))) > 0

    def _used(self, operation: str, *kinds: Kind) -> Iterator[FaultRule]:
        for rule in list(self.rules):
            if rule.fault not in kinds or rule.operation not in (operation, "*"):
                continue
            if rule.times is not None:
                rule.times -= 1
                if rule.times <= 0:
                    with contextlib.suppress(ValueError):
                        self.rules.remove(rule)
            yield rule
