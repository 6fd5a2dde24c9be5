"""Starts, finds and stops the two local clouds as background processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.processes.durable_files import load_json

__all__ = [
    "ANY_PORTS",
    "CLOUDS",
    "CloudFailed",
    "CloudProcess",
    "Ports",
    "start_clouds",
    "stop_clouds",
]

# A cloud is ready in about a second; a machine under heavy load may take much longer.
_START_DEADLINE_SECONDS = 60.0
_STOP_DEADLINE_SECONDS = 20.0


class CloudFailed(Exception):
    """A local cloud did not start or stop; the message is one line with a remedy."""


@dataclass(frozen=True)
class Ports:
    """TCP ports of the local clouds on the loopback interface; 0 lets the system choose.

    Attributes:
        control_plane: ClickHouse Cloud's API.
        cloudflare: Cloudflare's API.
        edge: deployed Workers, with TLS.
        services: ClickHouse services, with TLS: `FIRST-LAST` or `0`.
    """

    control_plane: int = 7440
    cloudflare: int = 7441
    edge: int = 7443
    services: str = "7450-7499"


ANY_PORTS = Ports(control_plane=0, cloudflare=0, edge=0, services="0")
"""The ports of the last start, or free ones."""


@dataclass(frozen=True)
class CloudProcess:
    """One local cloud.

    Attributes:
        name: its folder in the state folder.
        module: its module for `python -m`.
        title: its name in messages.
    """

    name: str
    module: str
    title: str

    def arguments(self, state_dir: Path, ports: Ports) -> list[str]:
        """Return the command line of this cloud, which contains no secret."""
        command = [sys.executable, "-m", self.module]
        command += ["--state-dir", str(state_dir / self.name)]
        command += ["--certificates", str(state_dir / "certificates")]
        if self.name == "clickhouse":
            command += ["--port", str(ports.control_plane)]
            # Without a range each service gets free ports.
            return command + (["--service-ports", ports.services] if ports.services != "0" else [])
        return [*command, *("--port", str(ports.cloudflare), "--edge-port", str(ports.edge))]

    def description(self, state_dir: Path) -> dict[str, Any]:
        """Return the addresses and credentials that the cloud wrote when it was last ready."""
        return dict(load_json(state_dir / self.name / "cloud.json", {}))

    def running_pid(self, state_dir: Path) -> int | None:
        """Return the process id of this cloud, or None if it does not run."""
        pid = self.description(state_dir).get("pid")
        return pid if isinstance(pid, int) and _runs(pid, self.module) else None


CLOUDS = (
    CloudProcess("clickhouse", "local.clickhouse", "ClickHouse Cloud"),
    CloudProcess("cloudflare", "local.cloudflare", "Cloudflare"),
)


def start_clouds(state_dir: Path, ports: Ports) -> Iterator[str]:
    """Start the clouds that do not run yet. Yield a line of progress for each cloud.

    Raises:
        CloudFailed: a cloud could not start; clouds that this call started are stopped again.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    started = []
    for cloud in CLOUDS:
        if cloud.running_pid(state_dir) is not None:
            yield f"{cloud.title}: already running at {cloud.description(state_dir)['url']}"
            continue
        started.append((cloud, _spawn(cloud, state_dir, ports), time.monotonic()))
    for cloud, process, begun in started:
        try:
            _wait_until_ready(cloud, process, state_dir)
        except CloudFailed:
            for _, other, _ in started:
                other.terminate()
                other.wait()
            raise
        seconds = time.monotonic() - begun
        yield f"{cloud.title}: up at {cloud.description(state_dir)['url']} ({seconds:.1f} s)"


def stop_clouds(state_dir: Path) -> Iterator[str]:
    """Stop both clouds and all processes that they started. Yield a line for each cloud.

    Raises:
        CloudFailed: a process did not end after SIGKILL.
    """
    running = [(cloud, cloud.running_pid(state_dir)) for cloud in CLOUDS]
    for _, pid in running:
        if pid is not None:
            _signal(pid, signal.SIGTERM)
    for cloud, pid in running:
        if pid is None:
            yield f"{cloud.title}: was not running"
            continue
        _wait_until_ended(cloud, pid)
        yield f"{cloud.title}: stopped"


def _spawn(cloud: CloudProcess, state_dir: Path, ports: Ports) -> subprocess.Popen[bytes]:
    folder = state_dir / cloud.name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "cloud.log").open("ab") as log:
        log.write(f"--- start {time.strftime('%Y-%m-%dT%H:%M:%S')}\n".encode())
        return subprocess.Popen(
            cloud.arguments(state_dir.resolve(), ports),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C in the terminal that started the clouds must not stop them.
            start_new_session=True,
            cwd=Path(__file__).resolve().parents[2],
        )


def _wait_until_ready(
    cloud: CloudProcess, process: subprocess.Popen[bytes], state_dir: Path
) -> None:
    deadline = time.monotonic() + _START_DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CloudFailed(_end_of_log(cloud, state_dir))
        description = cloud.description(state_dir)
        if description.get("pid") == process.pid and _responds(description["url"]):
            return
        time.sleep(0.05)
    process.kill()
    raise CloudFailed(
        f"{cloud.title}: not ready after {_START_DEADLINE_SECONDS:.0f} s; "
        f"see {state_dir / cloud.name / 'cloud.log'}"
    )


def _end_of_log(cloud: CloudProcess, state_dir: Path) -> str:
    log = state_dir / cloud.name / "cloud.log"
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines[-1].startswith(cloud.title) else f"{cloud.title}: {lines[-1]}"


def _responds(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 (a local address)
    except urllib.error.HTTPError:
        # An error response to a request without credentials also shows that the cloud runs.
        return True
    except OSError:
        return False
    return True


def _runs(pid: int, module: str) -> bool:
    # The process id is not enough: after a restart of the machine another process may have it.
    command = _command_line(pid)
    return module in command


def _command_line(pid: int) -> Sequence[str]:
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            return proc.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return []
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.split()


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _wait_until_ended(cloud: CloudProcess, pid: int) -> None:
    begun = time.monotonic()
    killed = False
    while _runs(pid, cloud.module):
        waited = time.monotonic() - begun
        if waited > _STOP_DEADLINE_SECONDS and not killed:
            _signal(pid, signal.SIGKILL)
            killed = True
        if waited > 2 * _STOP_DEADLINE_SECONDS:
            raise CloudFailed(f"{cloud.title}: process {pid} does not end; inspect it with ps")
        time.sleep(0.05)
