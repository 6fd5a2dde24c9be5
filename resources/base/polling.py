"""Waits for things that have a state of their own beside a service's, as pipes and functions.

The first look comes soon, since many a thing is there at once; after that a wait costs at most one
request per 5 s of the 10 per 10 s that a key has.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from resources.base import pulumi_engine as engine
from resources.base.errors import WaitFailed

__all__ = ["Poller"]

T = TypeVar("T")

_FIRST_INTERVAL_SECONDS = 1.0
_NEXT_INTERVAL_SECONDS = 5.0
_LONGEST_INTERVAL_SECONDS = 15.0


@dataclass
class Poller:
    """Looks until something holds; tests hand in the clock and the sleep.

    Attributes:
        subject: what is waited for, in messages.
        deadline_seconds: for all waits of this poller together, from now on.
        progress: told what is being waited for.
    """

    subject: str
    deadline_seconds: float
    progress: Callable[[str], None] = lambda _message: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = engine.sleep
    _deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self._deadline = self.clock() + self.deadline_seconds

    def until(
        self,
        seen: T,
        look: Callable[[], T],
        done: Callable[[T], bool],
        *,
        state_of: Callable[[T], str],
        what: str,
    ) -> T:
        """Wait until `done`, which raises where that cannot happen any more.

        Args:
            seen: the latest answer of the API.
            look: asks for another.
            state_of: its state, in the API's words.
            what: what is waited for, after "waiting until it".
        Returns:
            The answer that ended the wait.
        Raises:
            WaitFailed: the deadline passed; says the last state.
        """
        interval = _FIRST_INTERVAL_SECONDS
        while not done(seen):
            left = self._deadline - self.clock()
            if left <= 0:
                raise WaitFailed(
                    f"{self.subject}: gave up waiting until it {what} after "
                    f"{self.deadline_seconds:.0f} s: its state is {state_of(seen)}",
                    last_state=state_of(seen),
                )
            self.progress(f"{self.subject}: {state_of(seen)}, waiting until it {what}")
            self.sleep(min(interval, left))
            seen = look()
            # Jitter keeps several waits of one `up` from asking in the same instant.
            longer = max(interval * 1.25, _NEXT_INTERVAL_SECONDS) * random.uniform(1, 1.1)  # noqa: S311
            interval = min(longer, _LONGEST_INTERVAL_SECONDS)
        return seen
