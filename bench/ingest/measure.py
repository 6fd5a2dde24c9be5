"""Measure one run of one system: rates, CPU and memory."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.ingest import bodies, peers
from bench.ingest.systems import System

__all__ = ["Stored", "report_of", "send", "start_sending", "store"]

DRAIN_SECONDS = 180.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Stored:
    """The results of a run, from the first request until all rows can be queried.

    Attributes:
        rows: rows that were sent and are in the table.
        acked_per_second: rows per second until the response to the last request.
        stored_per_second: rows per second until the last row was in the table.
        host_us: CPU of the host per row, microseconds.
        clickhouse_us: CPU of ClickHouse per row, microseconds.
        peak_bytes: highest memory of the host.
    """

    rows: int
    acked_per_second: float
    stored_per_second: float
    host_us: float
    clickhouse_us: float
    peak_bytes: int

    def line(self) -> str:
        """Return the results as a line of text."""
        return (
            f"acked {self.acked_per_second:8,.0f}/s  stored {self.stored_per_second:8,.0f}/s  "
            f"CPU {self.host_us:5.2f} + {self.clickhouse_us:5.2f} us a row  "
            f"host {self.peak_bytes / 2**20:4.0f} MiB"
        )


def store(
    system: System,
    spans: Path,
    warm: Path,
    *,
    headers: list[str],
    connections: int,
) -> Stored:
    """Send each body of `warm`, then each of `spans`, and wait until the table has all rows."""

    def send_all(file: Path, rows: int) -> tuple[dict[str, Any], float]:
        sent = send(
            system.url,
            file,
            headers=[*system.headers, *headers],
            connections=connections,
            retry="50ms",
        )
        return sent, _wait_for_rows(system, rows)

    rows = bodies.SPANS
    send_all(warm, bodies.WARM_SPANS)
    before = system.cpu_seconds()
    sent, finish = send_all(spans, bodies.WARM_SPANS + rows)
    after = system.cpu_seconds()
    start = sent["start_unix_nano"] / 1e9
    return Stored(
        rows,
        rows / sent["seconds"],
        rows / (finish - start),
        1e6 * (after[0] - before[0]) / rows,
        1e6 * (after[1] - before[1]) / rows,
        system.peak_bytes(),
    )


def _wait_for_rows(system: System, rows: int) -> float:
    """Wait until the table has this many rows. Return the Unix time in seconds."""
    deadline = time.time() + DRAIN_SECONDS
    while True:
        count = system.clickhouse.count("otel_traces")
        now = time.time()
        if count == rows:
            return now
        if count > rows or now > deadline:
            raise SystemExit(f"{system.name}: {count} rows of {rows} spans")
        time.sleep(_POLL_SECONDS)


def send(url: str, file: Path, *, headers: list[str], **options: object) -> dict[str, Any]:
    """Run the sender and return its report."""
    return report_of(start_sending(url, file, headers=headers, **options))


def report_of(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """Wait for the end of a sender and return its report."""
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit("the sender failed, its message is above")
    report: dict[str, Any] = json.loads(output)
    return report


def start_sending(
    url: str, file: Path, *, headers: list[str], **options: object
) -> subprocess.Popen[bytes]:
    """Start the sender with `options` as its flags."""
    command = [str(peers.load()), "-url", url, "-bodies", str(file)]
    for line in headers:
        command += ["-header", line]
    for name, value in options.items():
        command += [f"-{name}", str(value)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)
