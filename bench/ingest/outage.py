"""ClickHouse away for a minute under load: what senders see, and how fast the backlog goes."""

from __future__ import annotations

import time
from pathlib import Path

from bench.ingest import bodies
from bench.ingest.measure import report_of, start_sending
from bench.ingest.systems import running
from tests.worker.engines import ClickHouse, wait_until

__all__ = ["outage"]

AWAY_SECONDS = 60
BEFORE_SECONDS = 5
AFTER_SECONDS = 60
SPANS_PER_REQUEST = 512
REQUESTS_PER_SECOND = 24


def outage(folder: Path, _pairs: int) -> None:
    """One outage: rates are long averages, so once is enough."""
    requests = bodies.trace_requests(SPANS_PER_REQUEST, total=64 * SPANS_PER_REQUEST, own_ids=False)
    file = bodies.write(folder / "outage", (each.SerializeToString() for each in requests))
    arrival = SPANS_PER_REQUEST * REQUESTS_PER_SECOND
    with running("ours", folder / "outage-ours") as system:
        clickhouse = system.clickhouse
        sender = start_sending(
            system.url,
            file,
            headers=["Content-Type: application/x-protobuf", *system.headers],
            connections=8,
            rate=REQUESTS_PER_SECOND,
            duration=f"{BEFORE_SECONDS + AWAY_SECONDS + AFTER_SECONDS}s",
        )
        start = time.monotonic()
        time.sleep(BEFORE_SECONDS)
        clickhouse.process.kill()
        time.sleep(AWAY_SECONDS)
        clickhouse.start()
        back = time.monotonic()
        there = clickhouse.count("otel_traces")
        caught_up = _caught_up(clickhouse, start, arrival)
        stored = clickhouse.count("otel_traces") - there
        report = report_of(sender)
        rows = report["acked"] * SPANS_PER_REQUEST
        wait_until(
            "every acknowledged span is there once",
            lambda: clickhouse.count("otel_traces") == rows,
        )
        print(
            f"  {arrival:,} spans/s arrived, answers {report['statuses']}, p99 "
            f"{report['p99_ms']:.0f} ms; away {AWAY_SECONDS} s; then {stored:,} spans in "
            f"{caught_up - back:.1f} s = {stored / (caught_up - back) / arrival:.2f} x arrival; "
            f"all {rows:,} there once; host {system.peak_bytes() / 2**20:.0f} MiB",
            flush=True,
        )


def _caught_up(clickhouse: ClickHouse, start: float, arrival: int) -> float:
    """When the table was no further behind the senders than it is without an outage."""
    usual_seconds = 2.0
    while True:
        now = time.monotonic()
        if clickhouse.count("otel_traces") >= (now - start - usual_seconds) * arrival:
            return now
        if now - start > BEFORE_SECONDS + AWAY_SECONDS + AFTER_SECONDS:
            raise SystemExit("the backlog was not gone before the sender stopped")
        time.sleep(0.1)
