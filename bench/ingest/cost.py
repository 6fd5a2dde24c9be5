"""Compute the monthly cost of ingest for `worker/COST.md`, from prices and measured counts.

Without options it prints the tables. `--write` writes them to COST.md. `--measure` runs a small
load of each shape on the real runtimes and prints the counts. `--check` fails if the tables of
COST.md are not up to date, or if a count differs too much from the constant in the formulas: by 5
to 50 % for counts, by a factor of 1.5 for sizes on disk, of 5 for bodies that share a call, and of
3 for CPU and time. Less CPU or time is not an error.
"""

from __future__ import annotations

import argparse
import math
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bench.ingest import prices
from bench.ingest.counts import LOADS, Counts, counted
from bench.ingest.limits import limit
from tests.support.paths import ROOT

__all__ = ["Comparison", "comparisons", "deviations", "document_errors", "measure", "report"]

DOCUMENT = ROOT / "worker" / "COST.md"
VOLUMES = (("1 M", 1e6), ("100 M", 100e6), ("10 G", 10e9))

# --- measured constants of the formulas ------------------------------------------------

# SQLite rows written, with deletions, for each chunk, each write with keys and each batch. Alarms
# that are set or deleted, and alarms that run, for each batch.
CHUNK_WRITES = 2.0
KEY_WRITES = 2.0
BATCH_WRITES = 7.0
ALARM_WRITES = 3.0
ALARMS = 1.0
# Rows read for each chunk, when it is sealed, measured, sent and deleted.
CHUNK_READS = 16.0
# Bodies that shared a call and a write, with 64 connections without pauses.
JOINED_BODIES = 20.0
# CPU of ClickHouse for each insert, in addition to its rows.
INSERT_CPU_MS = 22.0
# Time with an operation in progress for each batch. A service in the cloud has a longer latency.
BATCH_SECONDS = 0.25
COUNT_TOLERANCE = 1.15
TIME_TOLERANCE = 3.0
JOINED_TOLERANCE = 5.0
SIZE_TOLERANCE = 1.5


@dataclass(frozen=True)
class Shape:
    """A way to send events, with its measured constants.

    Attributes:
        name: name of the shape and of its load in `counts.py`.
        says: description of a request.
        events_per_request: events or spans.
        raw_bytes: stored bytes of one event or span.
        request_cpu_ms: CPU of the host per request, with its network part, as an upper bound.
        row_cpu_us: CPU of ClickHouse per row.
        row_bytes: compressed bytes per row on ClickHouse's disk.
    """

    name: str
    says: str
    events_per_request: int
    raw_bytes: float
    request_cpu_ms: float
    row_cpu_us: float
    row_bytes: float


SHAPES = (
    Shape("single", "an event a request", 1, 200, 0.4, 10, 24),
    Shape("bulk", "100 events a request", 100, 200, 4.0, 10, 24),
    Shape("otlp", "512 spans a request", 512, 600, 6.0, 20, 64),
)

# --- formulas -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Setup:
    """The choices of an operator and of a sender.

    Attributes:
        joined_bodies: bodies that share a call and a write; 1 if requests are rare, or arrive
            in many of Cloudflare's locations.
        has_keys: whether repeated bodies are detected; not for events without a time.
        batch_age_seconds: `BATCH_AGE_MS` of `limits.ts`.
        buffers: number of teams or shards, with equal load.
        kept_months: time until rows expire.
        request_logs: share of requests with a log event (`invocationLogs`, sampled).
        object_logs: share of calls and alarms of buffers with a log event.
        idle_minutes: time from the last query until ClickHouse Cloud stops the service, at least 5.
    """

    joined_bodies: float = 1.0
    has_keys: bool = True
    batch_age_seconds: float = field(default_factory=lambda: limit("BATCH_AGE_MS") / 1e3)
    buffers: int = 1
    kept_months: float = 1.0
    request_logs: float = 0.0
    object_logs: float = 0.0
    idle_minutes: float = 5.0


@dataclass(frozen=True)
class Month:
    """The usage and the bill of a month, for one shape and volume."""

    usage: prices.CloudflareUsage
    inserts: float
    vcpu: float
    awake: float
    tier: prices.ServiceTier
    units: int
    stored_tb: float
    cloudflare_dollars: float
    compute_dollars: float
    storage_dollars: float

    @property
    def dollars(self) -> float:
        """The whole bill."""
        return self.cloudflare_dollars + self.compute_dollars + self.storage_dollars


def month(shape: Shape, events: float, setup: Setup) -> Month:
    """Return the bill for `events`, distributed evenly over the month."""
    requests = events / shape.events_per_request
    calls = requests / setup.joined_bodies
    batches = _batches(shape, requests, setup)
    chunk_writes = CHUNK_WRITES + (KEY_WRITES if setup.has_keys else 0)
    object_requests = calls + batches * ALARMS
    active = batches * BATCH_SECONDS / prices.SECONDS / setup.buffers
    usage = prices.CloudflareUsage(
        requests=requests,
        cpu_ms=requests * shape.request_cpu_ms,
        object_requests=object_requests,
        object_seconds=min(1.0, active) * prices.SECONDS * setup.buffers,
        rows_written=calls * chunk_writes + batches * (BATCH_WRITES + ALARM_WRITES),
        rows_read=calls * CHUNK_READS,
        log_events=requests * setup.request_logs + object_requests * setup.object_logs,
    )
    cpu_seconds = batches * INSERT_CPU_MS / 1e3 + events * shape.row_cpu_us / 1e6
    # Half of the CPU is for merges and queries.
    vcpu = 2 * cpu_seconds / prices.SECONDS
    stored_tb = events * shape.row_bytes * setup.kept_months / 1e12
    tier = prices.BASIC if stored_tb <= prices.BASIC.max_tb and vcpu <= 2 else prices.SCALE
    units = tier.replicas * max(1, math.ceil(vcpu / tier.replicas / prices.UNIT_VCPU))
    # The share of time that is within the idle time after an insert.
    awake = 1 - math.exp(-batches * setup.idle_minutes * 60 / prices.SECONDS)
    return Month(
        usage=usage,
        inserts=batches,
        vcpu=vcpu,
        awake=awake,
        tier=tier,
        units=units,
        stored_tb=stored_tb,
        cloudflare_dollars=prices.cloudflare_dollars(usage),
        compute_dollars=units * tier.unit_hour_dollars * prices.HOURS * awake,
        storage_dollars=stored_tb * prices.TB_MONTH_DOLLARS,
    )


def _batches(shape: Shape, requests: float, setup: Setup) -> float:
    """Return the batches of a month. A fuller batch waits for a shorter time: `buffer/seal.ts`."""
    per_second = requests / prices.SECONDS / setup.buffers
    rows = per_second * shape.events_per_request
    full_per_second = max(
        rows * shape.raw_bytes / limit("BATCH_RAW_BYTES"), rows / limit("BATCH_ROWS")
    )
    wait = setup.batch_age_seconds / (1 + setup.batch_age_seconds * full_per_second)
    return prices.SECONDS * setup.buffers / (wait + 1 / per_second)


# --- tables -------------------------------------------------------------------------------------


def _usual(shape: Shape, events: float) -> Setup:
    """Return the usual setup. Bodies share a call only at thousands of single events a second."""
    dense = shape.name == "single" and events >= 10e9
    return Setup(joined_bodies=JOINED_BODIES if dense else 1.0)


def tables() -> dict[str, str]:
    """Return the tables of COST.md by the name in their comment."""
    return {"usage": _usage_table(), "dollars": _dollars_table(), "knobs": _knobs_table()}


def _cases() -> Iterator[tuple[str, Shape, Month]]:
    for volume, events in VOLUMES:
        for shape in SHAPES:
            yield volume, shape, month(shape, events, _usual(shape, events))


def _usage_table() -> str:
    head = (
        "events a month",
        "as",
        "requests",
        "object requests",
        "rows written",
        "object GB-s",
        "inserts",
        "ClickHouse vCPU",
        "stored",
    )
    rows = [
        (
            volume,
            shape.says,
            _count(case.usage.requests),
            _count(case.usage.object_requests),
            _count(case.usage.rows_written),
            _count(case.usage.object_seconds * prices.OBJECT_GB),
            _count(case.inserts),
            f"{case.vcpu:.2f}",
            _size(case.stored_tb),
        )
        for volume, shape, case in _cases()
    ]
    return _table(head, rows)


def _dollars_table() -> str:
    head = ("events a month", "as", "Cloudflare", "ClickHouse", "storage", "all", "a million")
    rows = [
        (
            volume,
            shape.says,
            _dollars(case.cloudflare_dollars),
            f"{_dollars(case.compute_dollars)} ({case.tier.name})",
            _dollars(case.storage_dollars),
            _dollars(case.dollars),
            _dollars(case.dollars / dict(VOLUMES)[volume] * 1e6),
        )
        for volume, shape, case in _cases()
    ]
    return _table(head, rows)


def _knobs_table() -> str:
    rows = []
    for says, volume, (shape, before), (other, after) in _knobs():
        events = dict(VOLUMES)[volume]
        was, is_ = month(shape, events, before), month(other, events, after)
        rows.append(
            (
                says,
                f"{volume}, {shape.says}",
                f"{_dollars(was.cloudflare_dollars)} → {_dollars(is_.cloudflare_dollars)}",
                f"{_dollars(was.dollars - was.cloudflare_dollars)} → "
                f"{_dollars(is_.dollars - is_.cloudflare_dollars)}",
            )
        )
    return _table(("knob", "at", "Cloudflare", "ClickHouse with storage"), rows)


_Knob = tuple[str, str, tuple[Shape, Setup], tuple[Shape, Setup]]


def _knobs() -> Iterator[_Knob]:
    """Yield each change, its volume, and the setups before and after."""
    single, bulk, otlp = SHAPES
    usual, joined = Setup(), Setup(joined_bodies=JOINED_BODIES)
    yield "sent as bulk of 100", "100 M", (single, usual), (bulk, usual)
    yield "without a time", "100 M", (single, usual), (single, Setup(has_keys=False))
    yield f"{JOINED_BODIES:.0f} share a write", "100 M", (single, usual), (single, joined)
    yield "none share a write", "10 G", (single, joined), (single, usual)
    for age_seconds in (10, 3600):
        says = f"`BATCH_AGE_MS` {age_seconds:,} s"
        yield says, "1 M", (single, usual), (single, Setup(batch_age_seconds=age_seconds))
    for volume in ("100 M", "10 G"):
        yield "20 teams", volume, (otlp, usual), (otlp, Setup(buffers=20))
    logged = Setup(request_logs=1.0)
    yield "`invocationLogs`, requests alone", "100 M", (single, usual), (single, logged)
    logged = Setup(request_logs=1.0, object_logs=1.0)
    yield "`invocationLogs`, buffers too", "100 M", (single, usual), (single, logged)
    logged = Setup(request_logs=0.1, object_logs=0.1)
    says = "`invocationLogs`, `logSamplingRate` 0.1"
    yield says, "100 M", (single, usual), (single, logged)
    yield "rows kept for 7 days", "10 G", (otlp, usual), (otlp, Setup(kept_months=7 / 30))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * 2 + ["---:"] * (len(head) - 2), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _count(value: float) -> str:
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= unit:
            return f"{value / unit:,.3g}{name}" if value < 1000 * unit else f"{value / unit:,.0f}"
    return f"{value:.3g}"


def _size(terabytes: float) -> str:
    gigabytes = terabytes * 1e3
    return f"{gigabytes:,.0f} GB" if gigabytes >= 10 else f"{gigabytes:.2g} GB"


def _dollars(value: float) -> str:
    return f"${value:,.0f}" if value >= 20 else f"${value:.2f}"


# --- COST.md -----------------------------------------------------------------------------------


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


def written(text: str) -> str:
    """Return the text of COST.md with current tables."""
    for name, table in tables().items():
        text, found = _place(name).subn(rf"\g<1>{table}\n\g<2>", text)
        if found != 1:
            raise ValueError(f"{DOCUMENT.name}: {found} places for the table {name}, allowed: 1")
    return text


def document_errors() -> list[str]:
    """Return an error if the tables of COST.md are not up to date."""
    text = DOCUMENT.read_text()
    if written(text) == text:
        return []
    return [
        f"{DOCUMENT.name}: its tables are not up to date; run `python -m bench.ingest.cost --write`"
    ]


# --- comparison of measured and assumed counts --------------------------------------------------


def measure(folder: Path) -> dict[str, Counts]:
    """Run a small load of each shape, one after the other."""
    with counted(folder) as running:
        return {load.name: running.run(load) for load in LOADS}


@dataclass(frozen=True)
class Comparison:
    """A measured count and the one in the formulas.

    Attributes:
        name: name of the load and of the count.
        unit: unit of both counts.
        measured: the count of the load.
        formula: the count in the formulas.
        factor: allowed factor between the counts.
        bounds: which bound is checked; CPU and time may be less, bodies that share a call more.
    """

    name: str
    unit: str
    measured: float
    formula: float
    factor: float
    bounds: Literal["both", "most", "least"] = "both"

    @property
    def is_time(self) -> bool:
        """Whether it is CPU or time, which depend on the machine."""
        return self.bounds == "most"

    @property
    def holds(self) -> bool:
        """Whether the measured count is within the bounds."""
        is_enough = self.bounds == "most" or self.measured >= self.formula / self.factor
        return is_enough and (self.bounds == "least" or self.measured <= self.formula * self.factor)

    @property
    def verdict(self) -> str:
        """The result of the comparison, and the allowed counts."""
        least, most = _figure(self.formula / self.factor), _figure(self.formula * self.factor)
        allowed = {"both": f"{least} to {most}", "most": f"up to {most}", "least": f"{least} on"}
        return f"{'ok' if self.holds else 'WRONG'}, allowed is {allowed[self.bounds]}"


def deviations(measured: Mapping[str, Counts], *, times: bool = True) -> list[str]:
    """Return a line for each count that is out of bounds.

    Args:
        times: also compare CPU and time, which depend on the machine.
    """
    return [
        f"{each.name}: counted {_figure(each.measured)}, "
        f"the tables have {_figure(each.formula)} {each.unit}"
        for each in comparisons(measured)
        if not each.holds and (times or not each.is_time)
    ]


def comparisons(measured: Mapping[str, Counts]) -> Iterator[Comparison]:
    """Yield the comparison of each measured count, load by load."""
    for name, each in measured.items():
        writes = each.chunk_writes / each.chunks
        yield Comparison(f"{name}: writes a chunk", "rows", writes, CHUNK_WRITES, 1.05)
        if name == "joined":
            yield _cpu("single: host CPU a request", each, SHAPES[0])
            shared = each.requests / each.calls
            yield Comparison(
                "joined: bodies a call", "bodies", shared, JOINED_BODIES, JOINED_TOLERANCE, "least"
            )
            continue
        shape = next(shape for shape in SHAPES if shape.name == name)
        yield from _of_batches(each, shape)
        if name != "single":  # with few rows a second, CPU and bytes are mostly those of the batch
            yield _cpu(f"{name}: host CPU a request", each, shape)
            yield Comparison(
                f"{name}: size of a row", "bytes", each.row_bytes, shape.row_bytes, SIZE_TOLERANCE
            )
        counted_ms = each.clickhouse_us / 1e3
        formula_ms = each.batches * INSERT_CPU_MS + each.rows * shape.row_cpu_us / 1e3
        yield _time(f"{name}: ClickHouse CPU in total", "ms", counted_ms, formula_ms)
        writes = each.chunk_writes + each.key_writes + each.batch_writes + each.alarm_writes
        formula = each.chunks * CHUNK_WRITES + each.key_rows * KEY_WRITES
        formula += each.batches * (BATCH_WRITES + ALARM_WRITES)
        yield Comparison(f"{name}: writes in total", "rows", writes, formula, COUNT_TOLERANCE)


def _of_batches(counts: Counts, shape: Shape) -> Iterator[Comparison]:
    for title, unit, counted_in_all, formula, factor in (
        ("writes", "rows", counts.batch_writes, BATCH_WRITES, 1.3),
        ("alarms", "alarms", counts.alarms, ALARMS, 1.5),
        ("alarm writes", "rows", counts.alarm_writes, ALARM_WRITES, 1.5),
    ):
        count = counted_in_all / counts.batches
        yield Comparison(f"{shape.name}: {title} a batch", unit, count, formula, factor)
    seconds = counts.active_ms / counts.batches / 1e3
    yield _time(f"{shape.name}: active time a batch", "s", seconds, BATCH_SECONDS)


def _cpu(name: str, counts: Counts, shape: Shape) -> Comparison:
    return _time(name, "ms", counts.host_us / counts.requests / 1e3, shape.request_cpu_ms)


def _time(name: str, unit: str, count: float, formula: float) -> Comparison:
    return Comparison(name, unit, count, formula, TIME_TOLERANCE, "most")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


# --- command line -------------------------------------------------------------------------------


def report(measured: Mapping[str, Counts]) -> str:
    """Return a line for each load, then a line for each comparison."""
    sent = [
        f"{name}: {each.requests:,} requests in {each.calls:,} calls, {each.chunks:,} chunks, "
        f"{each.batches:,} batches, {each.rows:,} rows in the table, {each.rows_read:,} rows read"
        for name, each in measured.items()
    ]
    compared = [("", "measured", "formula", "unit", "verdict")]
    for each in comparisons(measured):
        counts = _figure(each.measured), _figure(each.formula)
        compared.append((each.name, *counts, each.unit, each.verdict))
    lines = [
        f"{name:<30} {count:>9} {formula:>9} {unit:<7} {verdict}"
        for name, count, formula, unit, verdict in compared
    ]
    return "\n".join([*sent, "", *lines])


def main() -> int:
    """Print, write, measure or check the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.ingest.cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--write", action="store_true", help="write the tables to COST.md")
    parser.add_argument("--measure", action="store_true", help="run small loads and print counts")
    parser.add_argument(
        "--check", action="store_true", help="measure, and fail if a count is out of bounds"
    )
    arguments = parser.parse_args()
    if arguments.write:
        DOCUMENT.write_text(written(DOCUMENT.read_text()))
        return 0
    if not (arguments.measure or arguments.check):
        print("\n\n".join(tables().values()))
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-cost-") as folder:
        measured = measure(Path(folder))
    print(report(measured))
    if not arguments.check:
        return 0
    errors = [*document_errors(), *deviations(measured)]
    print("", *(errors or ["The tables of COST.md and the counts agree."]), sep="\n")
    return 1 if errors else 0


if __name__ == "__main__":
    raise SystemExit(main())
