"""Checks of a worker after an attack: it still serves requests, and its host stays small."""

from __future__ import annotations

import os
import re
from pathlib import Path
from random import Random

from tests.support.otlp_spans import export_bytes
from tests.support.worker_runtime import Worker
from tests.worker.hostile.hostile_requests import KIB

# The limit of the Workers host under any load.
MAX_HOST_BYTES = 256_000_000


def assert_alive(worker: Worker) -> None:
    """Check that the worker accepts a valid body."""
    answer = worker.post_traces(export_bytes(1, seed=Random().randrange(2**31)))
    assert answer.status == 200, (answer, worker.process.log[-2000:])


def stored_rows(worker: Worker) -> int:
    ((rows,),) = worker.stored("SELECT ifnull(sum(row_count), 0) FROM chunks") or [(0,)]
    assert isinstance(rows, int)
    return rows


def peak_bytes(worker: Worker) -> int:
    """Return the maximum memory of the worker's process so far."""
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * KIB


def cpu_seconds(worker: Worker) -> float:
    """Return the CPU time of the worker's process so far."""
    stat = Path(f"/proc/{worker.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
