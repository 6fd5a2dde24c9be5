"""Random valid changes to stacks of three services, with faults and kills of `pulumi`.

`CHAOS_SEED` and `CHAOS_ROUNDS` select the rounds. Without them, the same ten rounds run each time.
Two stacks share the rounds, each on its own local clouds: while one stack waits, the other works.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.chaos.changes import draw_rounds
from tests.chaos.stack_under_test import StackUnderTest
from tests.support.local_clouds import local_clouds

SEED = int(os.environ.get("CHAOS_SEED", "1"))
ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "10"))
LANES = 2


def test_every_round_ends_where_the_program_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After each round the API has the objects of the program.

    There is no orphan, no create was sent twice, and another `up` changes nothing. A first `up`
    that is killed or has to fail is followed by one that succeeds.
    """
    failed = threading.Event()
    with capsys.disabled(), ThreadPoolExecutor(LANES) as threads:
        lanes = [threads.submit(play, number, tmp_path, failed) for number in range(LANES)]
        for lane in lanes:
            lane.result()


def play(number: int, folder: Path, failed: threading.Event) -> None:
    """Play all rounds of one stack. Return early if the checks of the other stack fail."""
    rounds = draw_rounds(f"{SEED}/{number}", len(range(number, ROUNDS, LANES)))
    own = folder / f"stack-{number}"
    own.mkdir()
    with local_clouds(own / "state") as clouds:
        lane = StackUnderTest(clouds, own)
        for count, chaos in enumerate(rounds):
            if failed.is_set():
                return
            begun = f"CHAOS_SEED={SEED} stack {number}, round {count}: {chaos.creates} creates"
            try:
                happened = lane.play(chaos)
            except BaseException:
                failed.set()
                print(f"\n{begun}, FAILED: {chaos}", flush=True)
                raise
            print(f"\n{begun}, {happened}", end="", flush=True)
        lane.finish()
