"""ClickHouse is stopped for a minute under load: the senders' responses and the backlog's rate.

`python -m bench.ingest.outage` has the seconds and rates as options, for busy machines. Rates are
averages over a long time, so each load runs once.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from bench.ingest import bodies
from bench.ingest.measure import report_of, start_sending
from bench.ingest.systems import System, running
from tests.support.clickhouse_server import ClickHouse
from tests.support.process import wait_until

__all__ = ["LOADS", "Outage", "outage"]

DRAIN_SECONDS = 120.0
# Usual delay of the table behind the senders.
USUAL_SECONDS = 2.0


@dataclass(frozen=True)
class Outage:
    """A load, and the time without ClickHouse.

    Attributes:
        name: name of the rows.
        path: path of the endpoint.
        content_type: content type of the bodies.
        table: table of the rows.
        rows_per_request: rows in each body.
        connections: number of parallel requests.
        rate: requests a second.
        before_seconds: time with ClickHouse before the outage.
        away_seconds: time without ClickHouse, after a kill.
        after_seconds: time with ClickHouse again, while the senders continue.
    """

    name: str
    path: str
    content_type: str
    table: str
    rows_per_request: int
    connections: int
    rate: float
    before_seconds: float = 5
    away_seconds: float = 60
    after_seconds: float = 60

    @property
    def arrival(self) -> float:
        """Rows per second that the senders send."""
        return self.rows_per_request * self.rate

    @property
    def seconds(self) -> float:
        """Total seconds of load."""
        return self.before_seconds + self.away_seconds + self.after_seconds


LOADS = (
    Outage("spans", "/v1/traces", "application/x-protobuf", "otel_traces", 512, 8, 24),
    Outage("events", "/events", "application/json", "events", 1, 64, 2_000),
)


def outage(folder: Path, _pairs: int) -> None:
    """Run both loads, each with an outage of a minute."""
    for load in LOADS:
        run(load, folder / load.name)


def run(load: Outage, folder: Path) -> None:
    """Run one outage and print its results in a line.

    Raises:
        SystemExit: the backlog was not inserted before the sender stopped.
    """
    folder.mkdir(parents=True)
    file = bodies.write(folder / "bodies", _bodies(load))
    with running("ours", folder / "ours") as system:
        clickhouse = system.clickhouse
        already = clickhouse.count(load.table)
        sender = start_sending(
            system.url.replace("/v1/traces", load.path),
            file,
            headers=[f"Content-Type: {load.content_type}", *system.headers],
            connections=load.connections,
            rate=load.rate,
            duration=f"{load.seconds}s",
        )
        start = time.monotonic()
        time.sleep(load.before_seconds)
        clickhouse.process.kill()
        time.sleep(load.away_seconds)
        clickhouse.start()
        back = time.monotonic()
        there = clickhouse.count(load.table)
        first, caught_up = _caught_up(clickhouse, load, start, already)
        stored = clickhouse.count(load.table) - there
        report = report_of(sender)
        rows = already + report["acked"] * load.rows_per_request
        _wait_for(clickhouse, load, rows)
        drained = stored / (caught_up - back) / load.arrival
        print(
            f"  {load.name}: {load.arrival:,.0f}/s arrived, responses {report['statuses']}, p99 "
            f"{report['p99_ms']:.0f} ms; away {load.away_seconds:.0f} s; then {stored:,} rows in "
            f"{caught_up - back:.1f} s = {drained:.2f} x arrival, the first after "
            f"{first - back:.1f} s; all {rows - already:,} inserted once; host {_peak(system)} MiB",
            flush=True,
        )


def _bodies(load: Outage) -> list[bytes]:
    if load.table == "events":
        return [bodies.EVENTS_BODY]
    requests = bodies.trace_requests(
        load.rows_per_request, total=64 * load.rows_per_request, own_ids=False
    )
    return [each.SerializeToString() for each in requests]


def _caught_up(
    clickhouse: ClickHouse, load: Outage, start: float, already: int
) -> tuple[float, float]:
    """Return the times of the first new row and of the usual delay of the table."""
    count_before = clickhouse.count(load.table)
    first: float | None = None
    while True:
        now = time.monotonic()
        count = clickhouse.count(load.table)
        if first is None and count > count_before:
            first = now
        if count - already >= (now - start - USUAL_SECONDS) * load.arrival:
            return first or now, now
        if now - start > load.seconds:
            raise SystemExit(
                f"{load.name}: {count - already:,} rows are inserted when the sender stops, and "
                "the backlog is not inserted"
            )
        time.sleep(0.1)


def _wait_for(clickhouse: ClickHouse, load: Outage, rows: int) -> None:
    wait_until(
        f"{load.name}: every acknowledged row is inserted once",
        lambda: clickhouse.count(load.table) == rows,
        seconds=DRAIN_SECONDS,
    )


def _peak(system: System) -> int:
    return round(system.peak_bytes() / 2**20)


def main() -> int:
    """Run the requested loads."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.ingest.outage",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [load.name for load in LOADS]
    parser.add_argument("loads", nargs="*", metavar="load", help=f"{', '.join(names)}; default all")
    parser.add_argument("--before", type=float, default=LOADS[0].before_seconds, metavar="seconds")
    parser.add_argument("--away", type=float, default=LOADS[0].away_seconds, metavar="seconds")
    parser.add_argument("--after", type=float, default=LOADS[0].after_seconds, metavar="seconds")
    parser.add_argument("--share", type=float, default=1.0, help="factor of the usual rate")
    arguments = parser.parse_args()
    unknown = set(arguments.loads) - set(names)
    if unknown:
        parser.error(f"load: {', '.join(sorted(unknown))}; allowed: {', '.join(names)}")
    with tempfile.TemporaryDirectory(prefix="bench-outage-") as folder:
        for load in LOADS:
            if not arguments.loads or load.name in arguments.loads:
                changed = replace(
                    load,
                    before_seconds=arguments.before,
                    away_seconds=arguments.away,
                    after_seconds=arguments.after,
                    rate=load.rate * arguments.share,
                )
                run(changed, Path(folder) / load.name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
