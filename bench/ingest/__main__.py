"""How fast is the ingest worker, and how much CPU and memory does it use, relative to its peers?

Every case runs its systems one after the other, in as many rounds as --pairs. Each run has a
separate, empty ClickHouse, and is warmed up by spans that are not counted. The results are ratios
within a round. The peers acknowledge spans that they hold in memory (except `collector-disk`). This
worker (`ours`) acknowledges spans that are on disk.

- bulk: 512 spans a request, protobuf, 8 connections, raw and gzipped by the client;
- small: 20 spans a request, 16 connections;
- json: OTLP/JSON relative to protobuf, both ours;
- formats: rows that the worker encodes, relative to protobuf that ClickHouse decodes, both ours;
- events: single product events, relative to an empty Worker;
- outage: ClickHouse is stopped for a minute under load.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.ingest import bodies, peers
from bench.ingest.events import events
from bench.ingest.floors import clickhouse_alone
from bench.ingest.measure import Stored, store
from bench.ingest.outage import outage
from bench.ingest.systems import running

PROTOBUF = ["Content-Type: application/x-protobuf"]
HEADERS = {
    "raw": PROTOBUF,
    "gzip": [*PROTOBUF, "Content-Encoding: gzip"],
    "json": ["Content-Type: application/json"],
}

Run = Callable[[Path], Stored]


def main() -> int:
    """Run the requested cases and print their results."""
    cases: dict[str, Callable[[Path, int], None]] = {
        "bulk": bulk,
        "small": small,
        "json": json_against_protobuf,
        "formats": rowbinary_against_protobuf,
        "events": events,
        "outage": outage,
    }
    parser = argparse.ArgumentParser(
        prog="python -m bench.ingest",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "cases", nargs="*", metavar="case", help=f"{', '.join(cases)}; default: all"
    )
    parser.add_argument("--pairs", type=int, default=5, help="rounds, default %(default)s")
    arguments = parser.parse_args()
    unknown = set(arguments.cases) - cases.keys()
    if unknown:
        parser.error(f"case: {', '.join(sorted(unknown))}; allowed: {', '.join(cases)}")
    peers.load()
    print(f"{os.cpu_count()} cores, {bodies.SPANS:,} spans, {arguments.pairs} rounds", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-ingest-") as folder:
        for name in arguments.cases or cases:
            print(f"\n== {name}", flush=True)
            cases[name](Path(folder), arguments.pairs)
    return 0


def bulk(folder: Path, pairs: int) -> None:
    """Compare 512 spans a request, raw and gzipped, with all peers and ClickHouse alone."""
    for encoding in ("raw", "gzip"):
        print(f"512 spans a request, {encoding}", flush=True)
        runs = {
            name: _sender(name, 512, encoding, connections=8)
            for name in ("ours", "rotel", "collector", "collector-disk")
        }

        def floor(place: Path, encoding: str = encoding) -> Stored:
            file = bodies.write_traces(folder, 512, encoding=encoding)
            warm = bodies.write_warm_traces(folder, 512, encoding=encoding)
            return clickhouse_alone(place, file, warm, encoding=encoding)

        _compare(folder / f"bulk-{encoding}", {**runs, "clickhouse": floor}, pairs)


def small(folder: Path, pairs: int) -> None:
    """Compare 20 spans a request with all peers."""
    runs = {
        name: _sender(name, 20, "raw", connections=16)
        for name in ("ours", "rotel", "collector", "collector-disk")
    }
    _compare(folder / "small", runs, pairs)


def json_against_protobuf(folder: Path, pairs: int) -> None:
    """Compare the same spans as OTLP/JSON and as protobuf."""
    runs = {
        "json": _sender("ours", 512, "json", connections=8),
        "protobuf": _sender("ours", 512, "raw", connections=8),
    }
    _compare(folder / "json", runs, pairs)


def rowbinary_against_protobuf(folder: Path, pairs: int) -> None:
    """Compare 512 spans a request, raw and gzipped, in each insert format."""
    for encoding in ("raw", "gzip"):
        print(f"512 spans a request, {encoding}", flush=True)
        runs = {
            name: _sender(name, 512, encoding, connections=8) for name in ("ours-rowbinary", "ours")
        }
        _compare(folder / f"formats-{encoding}", runs, pairs)


def _sender(name: str, spans_per_request: int, encoding: str, *, connections: int) -> Run:
    def run(place: Path) -> Stored:
        shared = place.parents[2]
        file = bodies.write_traces(shared, spans_per_request, encoding=encoding)
        warm = bodies.write_warm_traces(shared, spans_per_request, encoding=encoding)
        with running(name, place) as system:
            return store(system, file, warm, headers=HEADERS[encoding], connections=connections)

    return run


def _compare(folder: Path, runs: Mapping[str, Run], pairs: int) -> None:
    """Run all systems in each round. Print the ratios of the first system to each other one."""
    rounds: list[dict[str, Stored]] = []
    names = list(runs)
    for number in range(pairs):
        results: dict[str, Stored] = {}
        # Each round begins with another system, so that no system always follows the same one.
        for name in names[number % len(names) :] + names[: number % len(names)]:
            results[name] = runs[name](folder / str(number) / name)
            print(f"  {number + 1}  {name:15}{results[name].line()}", flush=True)
        rounds.append(results)
    first, *others = names
    for other in others:
        _print_ratio(
            f"stored/s, {first} / {other}",
            [each[first].stored_per_second / each[other].stored_per_second for each in rounds],
        )
        _print_ratio(
            f"CPU per row of all processes, {first} / {other}",
            [_cpu_us(each[first]) / _cpu_us(each[other]) for each in rounds],
        )


def _cpu_us(result: Stored) -> float:
    return result.host_us + result.clickhouse_us


def _print_ratio(title: str, ratios: Sequence[float]) -> None:
    middle = statistics.median(ratios)
    print(f"  {title:55}{middle:6.2f} ({min(ratios):.2f}-{max(ratios):.2f})", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
