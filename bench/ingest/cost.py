"""What ingest costs in a month: `worker/COST.md`, from prices, formulas and measured counts.

Without options the tables are printed. `--write` puts them into the document. `--measure` runs a
small load of each shape against the real runtimes and says what was counted. `--check` fails if the
document's tables are not what the formulas give, or if a count is further from the one they are
computed from than is allowed: 5 to 50 % for counts, 1.5 times for sizes on disk, and CPU and time
may be three times as much; a machine where they are less is no error.
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

# --- measured: what the tables are computed from ------------------------------------------------

# SQLite rows written, deletions too, for each chunk, each write with keys, each batch; alarms that
# are set or deleted, and that run, for each batch.
CHUNK_WRITES = 2.0
KEY_WRITES = 2.0
BATCH_WRITES = 7.0
ALARM_WRITES = 3.0
ALARMS = 1.0
# Rows read for each chunk: sealed, measured, sent, deleted.
CHUNK_READS = 16.0
# Bodies that shared a call and a write: 64 connections, as fast as they were answered.
JOINED_BODIES = 20.0
# ClickHouse for each insert, besides its rows.
INSERT_CPU_MS = 22.0
# With something under way, for each batch, in seconds; a service in the cloud is further away.
BATCH_SECONDS = 0.25
COUNT_TOLERANCE = 1.15
TIME_TOLERANCE = 3.0
JOINED_TOLERANCE = 5.0
SIZE_TOLERANCE = 1.5


@dataclass(frozen=True)
class Shape:
    """How events come, and what was measured of them.

    Attributes:
        name: also that of its load in `counts.py`.
        says: what a request is.
        events_per_request: events or spans.
        raw_bytes: of one, as it is stored.
        request_cpu_ms: of the host per request, the network's share in it: an upper bound.
        row_cpu_us: of ClickHouse per row.
        row_bytes: on ClickHouse's disk, compressed.
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
    """What an operator or a sender chooses.

    Attributes:
        joined_bodies: that share a call and a write; 1 where requests are rare, or come through
            many of Cloudflare's locations.
        has_keys: bodies are recognised when they come again; events without a time are not.
        batch_age_seconds: `BATCH_AGE_MS` of `limits.ts`.
        buffers: teams or shards, among which the load is spread evenly.
        kept_months: until rows expire.
        request_logs: share of requests that are a log event (`invocationLogs`, sampled).
        object_logs: share of calls and alarms of buffers that are one.
        idle_minutes: after the last query ClickHouse Cloud stops the service; 5 at least.
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
    """Of one shape and volume."""

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
        """All of it."""
        return self.cloudflare_dollars + self.compute_dollars + self.storage_dollars


def month(shape: Shape, events: float, setup: Setup) -> Month:
    """The bill for so many events, spread evenly over the month."""
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
    # Half of it is left for merges and questions.
    vcpu = 2 * cpu_seconds / prices.SECONDS
    stored_tb = events * shape.row_bytes * setup.kept_months / 1e12
    tier = prices.BASIC if stored_tb <= prices.BASIC.max_tb and vcpu <= 2 else prices.SCALE
    units = tier.replicas * max(1, math.ceil(vcpu / tier.replicas / prices.UNIT_VCPU))
    # The share of time that lies within the idle time after some insert.
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
    """A batch waits for the age less the share of a full one that has come: `buffer/seal.ts`."""
    per_second = requests / prices.SECONDS / setup.buffers
    rows = per_second * shape.events_per_request
    full_per_second = max(
        rows * shape.raw_bytes / limit("BATCH_RAW_BYTES"), rows / limit("BATCH_ROWS")
    )
    wait = setup.batch_age_seconds / (1 + setup.batch_age_seconds * full_per_second)
    return prices.SECONDS * setup.buffers / (wait + 1 / per_second)


# --- tables -------------------------------------------------------------------------------------


def _usual(shape: Shape, events: float) -> Setup:
    """Only thousands of single events a second meet each other."""
    dense = shape.name == "single" and events >= 10e9
    return Setup(joined_bodies=JOINED_BODIES if dense else 1.0)


def tables() -> dict[str, str]:
    """The document's tables by the name of their place."""
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
    """What is changed, at which volume, from what to what."""
    single, bulk, otlp = SHAPES
    usual, joined = Setup(), Setup(joined_bodies=JOINED_BODIES)
    yield "sent as bulk of 100", "100 M", (single, usual), (bulk, usual)
    yield "no time of their own", "100 M", (single, usual), (single, Setup(has_keys=False))
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


# --- document -----------------------------------------------------------------------------------


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


def written(text: str) -> str:
    """The document with its tables as the formulas give them now."""
    for name, table in tables().items():
        text, found = _place(name).subn(rf"\g<1>{table}\n\g<2>", text)
        if found != 1:
            raise ValueError(f"{DOCUMENT.name}: {found} places for the table {name}, not one")
    return text


def document_errors() -> list[str]:
    """What the document says otherwise than the formulas."""
    text = DOCUMENT.read_text()
    if written(text) == text:
        return []
    return [f"{DOCUMENT.name}: its tables are old; run `python -m bench.ingest.cost --write`"]


# --- measured against assumed -------------------------------------------------------------------


def measure(folder: Path) -> dict[str, Counts]:
    """A small load of each shape, one after the other."""
    with counted(folder) as running:
        return {load.name: running.run(load) for load in LOADS}


@dataclass(frozen=True)
class Comparison:
    """A count beside the one that the tables are computed from.

    Attributes:
        name: of the load, and what was counted of it.
        unit: of both counts.
        measured: in the load.
        formula: what the tables have.
        factor: how much more or less is allowed.
        bounds: what is an error; CPU and time may always be less, bodies that share a call more.
    """

    name: str
    unit: str
    measured: float
    formula: float
    factor: float
    bounds: Literal["both", "most", "least"] = "both"

    @property
    def is_time(self) -> bool:
        """CPU or time, which each machine has others of."""
        return self.bounds == "most"

    @property
    def holds(self) -> bool:
        """Whether the tables may stay as they are."""
        is_enough = self.bounds == "most" or self.measured >= self.formula / self.factor
        return is_enough and (self.bounds == "least" or self.measured <= self.formula * self.factor)

    @property
    def verdict(self) -> str:
        """Whether it holds, and what would."""
        least, most = _figure(self.formula / self.factor), _figure(self.formula * self.factor)
        allowed = {"both": f"{least} to {most}", "most": f"up to {most}", "least": f"{least} on"}
        return f"{'ok' if self.holds else 'WRONG'}, allowed is {allowed[self.bounds]}"


def deviations(measured: Mapping[str, Counts], *, times: bool = True) -> list[str]:
    """Counts that are not what the tables are computed from, a line each.

    Args:
        times: CPU and seconds, too; without them it is the same on every machine.
    """
    return [
        f"{each.name}: counted {_figure(each.measured)}, "
        f"the tables have {_figure(each.formula)} {each.unit}"
        for each in comparisons(measured)
        if not each.holds and (times or not each.is_time)
    ]


def comparisons(measured: Mapping[str, Counts]) -> Iterator[Comparison]:
    """Everything that the tables are computed from and that was counted, load by load."""
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
        if name != "single":  # of few rows a second it is the batch that costs, in CPU and bytes
            yield _cpu(f"{name}: host CPU a request", each, shape)
            yield Comparison(
                f"{name}: size of a row", "bytes", each.row_bytes, shape.row_bytes, SIZE_TOLERANCE
            )
        counted_ms = each.clickhouse_us / 1e3
        formula_ms = each.batches * INSERT_CPU_MS + each.rows * shape.row_cpu_us / 1e3
        yield _time(f"{name}: ClickHouse CPU in all", "ms", counted_ms, formula_ms)
        writes = each.chunk_writes + each.key_writes + each.batch_writes + each.alarm_writes
        formula = each.chunks * CHUNK_WRITES + each.key_rows * KEY_WRITES
        formula += each.batches * (BATCH_WRITES + ALARM_WRITES)
        yield Comparison(f"{name}: writes in all", "rows", writes, formula, COUNT_TOLERANCE)


def _of_batches(counts: Counts, shape: Shape) -> Iterator[Comparison]:
    for what, unit, counted_in_all, formula, factor in (
        ("writes", "rows", counts.batch_writes, BATCH_WRITES, 1.3),
        ("alarms", "alarms", counts.alarms, ALARMS, 1.5),
        ("alarm writes", "rows", counts.alarm_writes, ALARM_WRITES, 1.5),
    ):
        count = counted_in_all / counts.batches
        yield Comparison(f"{shape.name}: {what} a batch", unit, count, formula, factor)
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
    """What was sent, a line for each load; then a line for each comparison."""
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
    """Print, write, measure or check."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.ingest.cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--write", action="store_true", help="put the tables into the document")
    parser.add_argument("--measure", action="store_true", help="run small loads and print counts")
    parser.add_argument("--check", action="store_true", help="measure, and fail where it differs")
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
    wrong = [*document_errors(), *deviations(measured)]
    print("", *(wrong or ["The document and the tables hold."]), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
