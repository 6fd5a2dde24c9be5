"""All signals under load and under faults of every kind: each acknowledged row is stored once.

`CHAOS_SEED` and `CHAOS_ROUNDS` select the faults, one a round. Without them, each kind of fault
occurs once, in the same order in every run.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.chaos.ingest.check import check_tables
from tests.chaos.ingest.faults import CLOCKS, KINDS, draw_faults, play
from tests.chaos.ingest.ingest_under_test import IngestUnderTest
from tests.chaos.ingest.load import Load
from tests.support.process_clock import build_shim
from tests.support.worker_runtime import INSERT_FORMATS

SEED = int(os.environ.get("CHAOS_SEED", "1"))
ROUNDS = int(os.environ.get("CHAOS_ROUNDS", str(len(KINDS))))


def test_every_acknowledged_row_is_there_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No row is lost or doubled. A body that was given up is stored completely or not at all."""
    shim = build_shim(tmp_path)
    insert_format = Random(f"{SEED}/insert_format").choice(INSERT_FORMATS)
    kinds = tuple(kind for kind in KINDS if shim is not None or kind not in CLOCKS)
    with (
        capsys.disabled(),
        IngestUnderTest(tmp_path / "ingest", shim=shim, insert_format=insert_format) as ingest,
    ):
        print(f"\nCHAOS_SEED={SEED}: batches are sealed for {insert_format} at first", end="")
        with Load(ingest.before_worker.port, seed=str(SEED)) as load:
            load.wait_for_progress()
            for number, fault in enumerate(draw_faults(str(SEED), ROUNDS, kinds)):
                meanwhile = "" if fault.meanwhile is None else f", meanwhile {fault.meanwhile}"
                begun = f"CHAOS_SEED={SEED} fault {number}: {fault.kind}{meanwhile}"
                print(f"\n{begun}", end="", flush=True)
                try:
                    play(ingest, load, fault)
                except BaseException:
                    print(f"\n{begun}, FAILED: {fault}", flush=True)
                    raise
        assert load.ledger.wrong == []
        ingest.wait_until_drained()
        assert ingest.dead_letters() == 0
        lines = check_tables(ingest.clickhouse, load.ledger)
        more = f"{load.ledger.repeats} repeats by clients, {ingest.unwritten} tokens without a part"
        print("", *lines, more, sep="\n", flush=True)
