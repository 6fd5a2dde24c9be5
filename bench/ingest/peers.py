"""The peers and the sender, built once into `.local/bench` from what their makers publish.

- The OpenTelemetry Collector with only an OTLP receiver and the ClickHouse exporter, built by its
  own builder from Go modules, 0.161 (the file storage is published as 0.155 and builds with it).
- Rotel, the fastest OTLP-to-ClickHouse peer known, from its wheel.
- `load`, the sender of this benchmark.
"""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

__all__ = ["collector", "load", "rotel"]

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".local" / "bench"
BUILDER = "go.opentelemetry.io/collector/cmd/builder@v0.161.0"
ROTEL = "rotel==0.0.1a15"

MANIFEST = """dist: {name: otelcol, module: bench/otelcol, output_path: ./build, go: go}
receivers:
  - gomod: go.opentelemetry.io/collector/receiver/otlpreceiver v0.161.0
processors:
  - gomod: go.opentelemetry.io/collector/processor/batchprocessor v0.161.0
exporters:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/exporter/clickhouseexporter \
v0.161.0
extensions:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage \
v0.155.0
providers:
  - gomod: go.opentelemetry.io/collector/confmap/provider/envprovider v1.67.0
  - gomod: go.opentelemetry.io/collector/confmap/provider/fileprovider v1.67.0
"""


def collector() -> Path:
    """The Collector's executable; two minutes on two cores the first time."""
    # Another manifest is another build: one that an older checkout left is not taken for this one.
    folder = FOLDER / f"collector-{sha256(MANIFEST.encode()).hexdigest()[:12]}"
    executable = folder / "build" / "otelcol"
    if not executable.exists():
        print("building the OpenTelemetry Collector (about 2 minutes) …", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "builder.yaml").write_text(MANIFEST)
        _run(["go", "install", BUILDER], folder, GOBIN=str(folder / "bin"))
        _run([str(folder / "bin" / "builder"), "--config", "builder.yaml"], folder)
    return executable


def rotel() -> Path:
    """Rotel's executable, out of its wheel."""
    folder = FOLDER / "rotel"
    executable = folder / "rotel" / "rotel-agent"
    if not executable.exists():
        print("installing Rotel …", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        _run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--target",
                ".",
                ROTEL,
            ],
            folder,
        )
    return executable


def load() -> Path:
    """The sender's executable; Go's own cache makes the second build free."""
    executable = FOLDER / "load"
    FOLDER.mkdir(parents=True, exist_ok=True)
    _run(["go", "build", "-o", str(executable), "."], Path(__file__).parent / "load")
    return executable


def _run(command: list[str], folder: Path, **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
