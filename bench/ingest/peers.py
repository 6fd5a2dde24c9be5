"""Install the peers and the sender into `.local/bench`, from published packages.

- The OpenTelemetry Collector 0.161 with only an OTLP receiver and the ClickHouse exporter, built by
  the Collector's builder from Go modules (the file storage is 0.155, which works with it).
- Rotel, the fastest known OTLP-to-ClickHouse peer, from its wheel.
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
    """Return the Collector's executable. The first build takes two minutes on two cores."""
    # Each manifest has a separate folder, so the build of an older checkout is not used.
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
    """Return Rotel's executable from its wheel."""
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
    """Return the sender's executable. Go's cache makes later builds fast."""
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
