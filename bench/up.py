"""How long does a `pulumi up` of the local stack take, relative to an empty Pulumi program?

Both run alternately on the same machine, and the ratio of two consecutive runs is measured.
The benchmark starts separate clouds, so it does not change a running stack.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from local.processes.process_tree import process_tree
from local.stack.cloud_processes import ANY_PORTS, CLOUDS, start_clouds, stop_clouds
from local.stack.paths import StackPaths
from local.stack.pulumi_stack import Stack, local_settings

ROOT = Path(__file__).resolve().parents[1]
FIRSTS = 3


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.up", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, help="runs of each, default %(default)s")
    parser.add_argument(
        "--make", action="store_true", help="also time `make up` in a fresh clone, cold and warm"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-up-") as folder:
        compare(Path(folder), arguments.pairs)
    if arguments.make:
        with tempfile.TemporaryDirectory(prefix="bench-make-") as folder:
            time_make(Path(folder))
    return 0


def compare(folder: Path, pairs: int) -> None:
    """Measure first `up`s, then `up`s without a change, each followed by an `up` of an empty
    program."""
    layout = StackPaths(ROOT, folder / "state")
    for line in start_clouds(layout.clouds, ANY_PORTS):
        print(line, flush=True)
    try:
        empty = Stack(layout, "empty", program=empty_program(folder / "empty"))
        stack = Stack(layout, "bench", config_file=local_settings(layout, folder / "bench.yaml"))
        empty.ensure()
        seconds_of(empty)
        firsts = []
        for number in range(FIRSTS):
            stack.destroy()
            stack.ensure()
            firsts.append(pair(f"first up {number + 1}", stack, empty))
        report_memory(layout)
        agains = [pair(f"no-change up {number + 1}", stack, empty) for number in range(pairs)]
        for title, ratios in (("first up", firsts), ("no-change up", agains)):
            print(
                f"{title + ' / empty':<22} {statistics.median(ratios):6.2f} "
                f"(min {min(ratios):.2f}, max {max(ratios):.2f})"
            )
        stack.destroy()
    finally:
        for line in stop_clouds(layout.clouds):
            print(line, flush=True)


def pair(title: str, stack: Stack, empty: Stack) -> float:
    """Return the duration of the stack's `up`, divided by that of the `up` after it."""
    ours, floor = seconds_of(stack), seconds_of(empty)
    print(f"{title}: {ours:.2f} s, empty {floor:.2f} s", flush=True)
    return ours / floor


def empty_program(folder: Path) -> Path:
    """Write a Pulumi Python program that creates nothing."""
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: empty\nruntime: python\n")
    (folder / "__main__.py").write_text("import pulumi\n")
    return folder


def seconds_of(stack: Stack) -> float:
    """Return the wall-clock seconds of one `pulumi up`. End the benchmark if it fails."""
    begun = time.perf_counter()
    result = stack.run("up", "--yes", "--skip-preview", capture=True)
    seconds = time.perf_counter() - begun
    if result.returncode != 0:
        sys.exit(f"pulumi up failed:\n{result.stdout}\n{result.stderr}")
    return seconds


def report_memory(layout: StackPaths) -> None:
    """Print the resident memory of every process of the idle local clouds."""
    for cloud in CLOUDS:
        pid = cloud.running_pid(layout.clouds)
        for _, kilobytes, name in process_tree(pid) if pid else []:
            print(f"memory {cloud.name:<12} {kilobytes / 1024:5.0f} MB  {name}", flush=True)


def time_make(folder: Path) -> None:
    """Time `make up` in a fresh clone without a build cache, then again. Then run `make down`."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    environment = {
        **os.environ,
        "GOCACHE": str(folder / "go-build"),
        "GOMODCACHE": str(folder / "go-mod"),
        "GOFLAGS": "-modcacherw",
        "UV_CACHE_DIR": str(folder / "uv"),
        "PIP_CACHE_DIR": str(folder / "pip"),
        "npm_config_cache": str(folder / "npm"),
    }
    ports = "PORTS=--control-plane-port 0 --cloudflare-port 0 --edge-port 0 --service-ports 0"
    for title in ("cold", "warm"):
        begun = time.perf_counter()
        subprocess.run(["make", "up", ports], cwd=clone, env=environment, check=True)
        print(f"make up, {title}: {time.perf_counter() - begun:.0f} s", flush=True)
    subprocess.run(["make", "down"], cwd=clone, env=environment, check=True)
    shutil.rmtree(clone)


if __name__ == "__main__":
    raise SystemExit(main())
