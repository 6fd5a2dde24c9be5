"""Single product events: accepted rate, latency of responses, and time until a query finds them."""

from __future__ import annotations

import json
import statistics
import subprocess
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.ingest import bodies
from bench.ingest.measure import report_of, start_sending
from bench.ingest.systems import System, running
from tests.support.access_binding import TOKEN
from tests.support.process import wait_until

__all__ = ["events"]

CONNECTIONS = 64
SECONDS = 10
JSON = "Content-Type: application/json"
# Interval of separate events that are sent and queried during the load.
PROBE_SECONDS = 0.25


@dataclass(frozen=True)
class Half:
    """The results at half of the rate that the worker accepts.

    Attributes:
        p99_ms: 99th percentile of the latency.
        inserts_per_second: inserts into `events`.
        rows_per_insert: mean rows of an insert.
        query_p95_seconds: time from sending an event until a query returns it.
    """

    p99_ms: float
    inserts_per_second: float
    rows_per_insert: float
    query_p95_seconds: float


def events(folder: Path, pairs: int) -> None:
    """Measure the highest rate of both, then both at half of the worker's rate."""
    file = bodies.write(folder / "events", [bodies.EVENTS_BODY])
    ratios, latencies = [], []
    for number in range(pairs):
        place = folder / f"events-{number}"
        with running("empty", place / "empty") as empty:
            floor = _most(empty, file)
        with running("ours", place / "ours") as ours:
            rate = _most(ours, file)
        with running("empty", place / "empty-half") as empty:
            floor_p99 = _accepted(_start(empty, file, rate=rate / 2))["p99_ms"]
        with running("ours", place / "ours-half") as ours:
            half = _half(ours, file, rate / 2)
            peak = ours.peak_bytes() / 2**20
        ratios.append(rate / floor)
        latencies.append(half.p99_ms / floor_p99)
        print(
            f"  {number + 1}  accepted {rate:7,.0f}/s, empty Worker {floor:7,.0f}/s; at half: "
            f"p99 {half.p99_ms:.1f} ms, empty {floor_p99:.1f} ms; "
            f"{half.inserts_per_second:.2f} inserts/s of {half.rows_per_insert:,.0f} rows; "
            f"event to query p95 {half.query_p95_seconds:.2f} s; host {peak:.0f} MiB",
            flush=True,
        )
    print(
        f"  accepted, ours / empty Worker {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f}-{max(ratios):.2f}); p99 at half of it, ours / empty "
        f"{statistics.median(latencies):.2f} ({min(latencies):.2f}-{max(latencies):.2f})"
    )


def _most(system: System, file: Path) -> float:
    """Return the accepted requests per second of 64 connections."""
    report = _accepted(_start(system, file, rate=0))
    return float(report["acked"] / report["seconds"])


def _start(system: System, file: Path, *, rate: float) -> subprocess.Popen[bytes]:
    """Send for ten seconds. A rate of 0 means without a pause after each response."""
    return start_sending(
        _url(system),
        file,
        headers=[JSON, *system.headers],
        connections=CONNECTIONS,
        duration=f"{SECONDS}s",
        rate=rate,
    )


def _accepted(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    report = report_of(process)
    if set(report["statuses"]) != {"200"}:
        raise SystemExit(f"not every event was accepted: {report['statuses']}")
    return report


def _half(system: System, file: Path, rate: float) -> Half:
    before = _inserts(system)
    process = _start(system, file, rate=rate)
    waits: list[float] = []
    done = threading.Event()
    prober = threading.Thread(target=_probe, args=(system, waits, done))
    prober.start()
    process.wait()
    done.set()
    prober.join()
    report = _accepted(process)
    clickhouse = system.clickhouse
    rows = report["acked"] + len(waits)
    wait_until("all events are in the table", lambda: clickhouse.count("events") == rows)
    inserts = _inserts(system) - before
    return Half(
        report["p99_ms"],
        inserts / report["seconds"],
        rows / inserts,
        statistics.quantiles(waits, n=20)[-1],
    )


def _inserts(system: System) -> int:
    """Return the number of inserts so far, with those of the migrations."""
    query = "SELECT value FROM system.events WHERE event = 'InsertQuery'"
    return int(system.clickhouse.query(query))


def _probe(system: System, waits: list[float], done: threading.Event) -> None:
    number = 0
    while not done.wait(PROBE_SECONDS):
        number += 1
        start = time.monotonic()
        _post(system, {"event_name": "probe", "user_id": f"probe-{number}"})
        query = (
            "SELECT count() FROM telemetry.events "
            f"WHERE event_name = 'probe' AND user_id = 'probe-{number}'"
        )
        while system.clickhouse.query(query) != "1":
            time.sleep(0.02)
        waits.append(time.monotonic() - start)


def _post(system: System, event: dict[str, str]) -> None:
    request = urllib.request.Request(
        _url(system),
        data=json.dumps(event).encode(),
        headers={"content-type": "application/json", "authorization": f"Bearer {TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        response.read()


def _url(system: System) -> str:
    return system.url.replace("/v1/traces", "/events")
