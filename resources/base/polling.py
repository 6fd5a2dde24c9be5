"""`Poller`: a wait for a cloud, with a deadline, progress messages and intervals.

    Poller("Postgres service p (0b9c…)", 1800, progress).until(
        live, look, done, state_of=state_of, goal="runs"
    )

- `until` observes an object until it is as required, and fails at the deadline.
- `find` observes until the result is true. At the deadline it returns the last observation.
- `retry` repeats a request while the error may be temporary.

An API key may send 10 requests per 10 s. A wait sends one after 1 s, because many objects are ready
immediately, and then at most one per 5 s.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from resources.base import pulumi_engine as engine
from resources.base.errors import WaitFailed

__all__ = ["Intervals", "Poller"]

T = TypeVar("T")
E = TypeVar("E", bound=Exception)

_GROWTH = 1.25


@dataclass(frozen=True)
class Intervals:
    """Seconds between two observations: the first, the second, and the limit of their growth."""

    first: float = 1.0
    second: float = 5.0
    longest: float = 15.0

    @classmethod
    def of(cls, seconds: float) -> Intervals:
        """Return intervals of constant length."""
        return cls(seconds, seconds, seconds)

    def __iter__(self) -> Iterator[float]:
        """Yield the intervals, indefinitely."""
        interval = self.first
        while True:
            yield interval
            # Jitter keeps several waits of one `pulumi up` from sending requests together.
            longer = max(interval * _GROWTH, self.second) * random.uniform(1, 1.1)  # noqa: S311
            interval = min(longer, self.longest)


@dataclass
class Poller:
    """Waits for one object. Tests pass their own clock and sleep.

    Attributes:
        subject: the object's name in messages.
        deadline_seconds: limit of all waits of this poller together, from its creation.
        progress: receives a line before each pause.
        intervals: between two observations.
    """

    subject: str
    deadline_seconds: float
    progress: Callable[[str], None] = lambda _message: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = engine.sleep
    intervals: Intervals = Intervals()
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def until(
        self,
        observed: T,
        observe: Callable[[], T],
        done: Callable[[T], bool],
        *,
        state_of: Callable[[T], str | None],
        goal: str,
    ) -> T:
        """Wait until `done` returns True. `done` raises if that has become impossible.

        Args:
            observed: the object as last returned by the API.
            observe: requests it again.
            state_of: its state as the API names it; None if the API no longer has the object.
            goal: completes "waiting until it ...", for example "is stopped".
        Returns:
            The observation that ended the wait.
        Raises:
            WaitFailed: the deadline passed; carries the last state.
        """
        seen = observed
        for seen in self.observations(
            observed, observe, lambda last: self._message(state_of(last), goal)
        ):
            if done(seen):
                return seen
        raise self.failure(goal, state_of(seen))

    def find(self, observe: Callable[[], T], *, message: str) -> T:
        """Observe immediately, and then repeatedly until the result is true or the deadline has
        passed.

        Args:
            message: reported before each pause.
        Returns:
            The last observation.
        """
        found = observe()
        for seen in self.observations(found, observe, lambda _found: message):
            found = seen
            if found:
                break
        return found

    def observations(
        self, observed: T, observe: Callable[[], T], message: Callable[[T], str]
    ) -> Iterator[T]:
        """Yield an object, and observe it again after each pause, until the deadline has passed.

        Args:
            message: returns the line that is reported before a pause.
        """
        for interval in self.intervals:
            yield observed
            if self.seconds_left() <= 0:
                return
            self.progress(message(observed))
            self._sleep(interval)
            observed = observe()

    def retry(
        self, request: Callable[[], T], error: type[E], patience_seconds: Callable[[E], float]
    ) -> T:
        """Send a request until it succeeds.

        Args:
            error: the class of errors that may be temporary.
            patience_seconds: how long an error may be temporary; 0 if it is permanent.
        Raises:
            E: the last error, after its patience or at the deadline.
        """
        for interval in self.intervals:
            try:
                return request()
            except error as problem:
                limit = min(patience_seconds(problem), self.deadline_seconds)
                if self.clock() - self._started >= limit:
                    raise
                self.progress(f"{self.subject}: {problem}")
            self._sleep(interval)
        raise AssertionError("intervals never end")

    def pause(self, seconds: float, state: str | None, goal: str) -> None:
        """Report the state and sleep, but not longer than until the deadline.

        Raises:
            WaitFailed: the deadline has passed.
        """
        if self.seconds_left() <= 0:
            raise self.failure(goal, state)
        self.progress(self._message(state, goal))
        self._sleep(seconds)

    def seconds_left(self) -> float:
        """Return the time until the deadline; negative if it has passed."""
        return self._started + self.deadline_seconds - self.clock()

    def failure(self, goal: str, state: str | None) -> WaitFailed:
        """Return the error of a wait that did not reach its goal."""
        shown = f"its state is {state}" if state else "the API no longer has it"
        late = self.seconds_left() <= 0
        after = f" after {self.deadline_seconds:.0f} s" if late else ""
        return WaitFailed(
            f"{self.subject}: gave up waiting until it {goal}{after}: {shown}", last_state=state
        )

    def _message(self, state: str | None, goal: str) -> str:
        return f"{self.subject}: {state or 'deleted'}, waiting until it {goal}"

    def _sleep(self, seconds: float) -> None:
        self.sleep(max(0.0, min(seconds, self.seconds_left())))
