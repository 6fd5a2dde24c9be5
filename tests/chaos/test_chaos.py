"""Random valid changes to stacks of three services, with faults on and `pulumi` killed.

`CHAOS_SEED` and `CHAOS_ROUNDS` set what is run; without them, the same ten rounds every time. The
rounds are shared among two stacks, each with clouds of its own: while one waits, the other works.
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
    """After each: the API has what the program has, no orphan, no create sent twice, no change.

    An `up` that is killed, or right to fail, is followed by one that gets there all the same.
    """
    failed = threading.Event()
    with capsys.disabled(), ThreadPoolExecutor(LANES) as threads:
        lanes = [threads.submit(play, number, tmp_path, failed) for number in range(LANES)]
        for lane in lanes:
            lane.result()


def play(number: int, folder: Path, failed: threading.Event) -> None:
    """All rounds of one stack; ends early when another one's checks fail."""
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
                print(f"\n{begun}, DID NOT END WELL: {chaos}", flush=True)
                raise
            print(f"\n{begun}, {happened}", end="", flush=True)
        lane.finish()
