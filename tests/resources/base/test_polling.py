"""`Poller`: its deadline, its intervals, and the errors that end a wait."""

from __future__ import annotations

import itertools

import pytest

from resources.base.errors import SqlError, WaitFailed
from resources.base.polling import Intervals, Poller
from tests.support.clock import Clock


def poller_of(clock: Clock, reported: list[str] | None = None) -> Poller:
    """Return a poller with a deadline of 60 s."""
    progress = (reported if reported is not None else []).append
    return Poller("pipe p (1)", 60, progress, clock, clock.sleep)


def test_a_wait_observes_soon_and_then_at_most_every_5_s() -> None:
    """One last observation comes at the deadline; the error has the last state."""
    clock, observed, reported = Clock(), [0.0], list[str]()

    def observe() -> str:
        observed.append(clock.now)
        return "Setup"

    said = r"pipe p \(1\): gave up waiting until it runs after 60 s: its state is Setup"
    with pytest.raises(WaitFailed, match=said) as failure:
        poller_of(clock, reported).until(
            "Provisioning", observe, lambda seen: seen == "Running", state_of=str, goal="runs"
        )
    assert failure.value.last_state == "Setup"
    gaps = [after - before for before, after in itertools.pairwise(observed)]
    assert gaps[0] == 1
    assert all(5 <= gap <= 15 for gap in gaps[1:-1])
    assert observed[-1] == 60
    assert reported[0] == "pipe p (1): Provisioning, waiting until it runs"


def test_an_object_that_is_as_required_is_not_observed_again() -> None:
    """The response of the request before the wait is enough."""
    clock = Clock()
    done = poller_of(clock).until("Running", pytest.fail, bool, state_of=str, goal="runs")
    assert (done, clock.now) == ("Running", 0)


def test_a_deleted_object_has_no_state_in_the_error() -> None:
    """`None` is the observation of an object that the API no longer has."""
    failure = poller_of(Clock()).failure("runs", None)
    assert str(failure) == "pipe p (1): gave up waiting until it runs: the API no longer has it"
    assert failure.last_state is None


def test_the_waits_of_a_poller_share_its_deadline() -> None:
    """A second wait does not begin a new one."""
    clock = Clock()
    poller = poller_of(clock)
    assert poller.find(lambda: clock.now >= 50, message="looking")
    assert not poller.find(lambda: False, message="looking")
    assert clock.now == 60


@pytest.mark.parametrize(("code", "seconds"), [(60, 20), (81, 60), (62, 0)])
def test_an_error_is_retried_for_as_long_as_it_may_be_temporary(code: int, seconds: int) -> None:
    """The deadline limits the retries. Other classes of errors are never retried."""
    clock = Clock()
    poller = poller_of(clock)
    poller.intervals = Intervals.of(2)

    def fail() -> None:
        raise SqlError("no", code=code)

    def wrong_class() -> None:
        raise WaitFailed("no", last_state=None)

    patience = {60: 20.0, 81: 300.0}
    with pytest.raises(SqlError):
        poller.retry(fail, SqlError, lambda error: patience.get(error.code or 0, 0.0))
    assert clock.now == seconds
    with pytest.raises(WaitFailed):
        poller.retry(wrong_class, SqlError, lambda _error: 300.0)
