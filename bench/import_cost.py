"""How long does the import of the control-plane client take, beyond its libraries?

Every run of a case is a new interpreter. The cases alternate, so that a busy moment of the machine
affects all of them. The result of a case is the median of its runs. The floor is an interpreter
that imports only httpx and pydantic. pydantic loads most of its code with the first model of a
program. The second case measures this, and the last two cases contain it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

FLOOR = "import httpx, pydantic"
CASES = {
    "floor: httpx and pydantic": FLOOR,
    "floor with one custom model": f"{FLOOR}\nclass Custom(pydantic.BaseModel):\n    x: int = 0",
    "clickhouse_api": f"{FLOOR}; import clickhouse_api",
    "clickhouse_api.models": f"{FLOOR}; import clickhouse_api.models",
    "every public name": f"{FLOOR}; from clickhouse_api import AsyncClient, Client, errors, models",
    "one instance_get read": (
        f"{FLOOR}; from clickhouse_api import Client, models; "
        "models.Service.model_validate({'id': 'x', 'state': 'running', 'endpoints': []})"
    ),
    "every model's class": (
        f"{FLOOR}; from clickhouse_api import models; "
        "[getattr(models, name) for name in models.__all__]"
    ),
}
REPOSITORY = Path(__file__).parent.parent


def seconds_of(statements: str) -> float:
    """Return the wall time of an interpreter that runs `statements`."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statements], check=True, cwd=REPOSITORY)
    return time.perf_counter() - started


def measure(runs: int) -> dict[str, float]:
    """Return the median milliseconds of each case. The first round only fills the caches."""
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for number in range(runs + 1):
        for name, statements in CASES.items():
            elapsed = seconds_of(statements)
            if number:
                times[name].append(elapsed * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> int:
    """Measure and print a table. Return 1 above the limit of `--limit-ms`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="runs of each case (default: 11)")
    parser.add_argument(
        "--limit-ms",
        type=float,
        help="exit with 1 if clickhouse_api or its models take longer above the floor",
    )
    options = parser.parse_args()
    medians = measure(options.runs)
    floor = next(iter(medians.values()))
    print(f"{'case':28}{'ms':>8}{'above floor':>14}{'ratio':>10}")
    for name, value in medians.items():
        print(f"{name:28}{value:8.0f}{value - floor:14.0f}{value / floor:10.2f}")
    limited = [medians[name] - floor for name in ("clickhouse_api", "clickhouse_api.models")]
    return int(options.limit_ms is not None and max(limited) > options.limit_ms)


if __name__ == "__main__":
    sys.exit(main())
