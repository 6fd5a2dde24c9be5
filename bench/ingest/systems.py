"""The systems that receive the requests: the ingest worker, its peers, and its floors.

Each system starts and stops with a separate ClickHouse, so a merge of an earlier run does not count
for a later one.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.ingest import peers
from local.cloudflare.workerd_config import V8_FLAGS
from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import ClickHouse
from tests.support.paths import ROOT
from tests.support.ports import free_port
from tests.support.process import Process, wait_until
from tests.support.worker_runtime import Worker

__all__ = ["SYSTEMS", "System", "running"]

_TICKS = os.sysconf("SC_CLK_TCK")
_WORKERD_CONFIG = """using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "empty", worker = .empty)],
  sockets = [(name = "http", address = "127.0.0.1:%d", http = (), service = "empty")],
  v8Flags = %s,
);
const empty :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = "2026-11-01",
);
"""
_EMPTY_SCRIPT = """export default { fetch: () => new Response("ok") };
"""
# Batches of 10,000 spans, at most 1 s old. In memory, the batch processor builds them, as in most
# deployments. With the queue on disk, the exporter's batcher builds them from the queue, because a
# batch processor before the queue would acknowledge spans that are not on disk.
_COLLECTOR_CONFIG = """receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:%(port)d", max_request_body_size: 33554432}}}
processors:
  batch: {send_batch_size: 10000, send_batch_max_size: 10000, timeout: 1s}
%(storage)s
exporters:
  clickhouse:
    endpoint: "http://127.0.0.1:%(clickhouse)d"
    username: owner
    password: owner
    database: telemetry
    create_schema: false
    async_insert: false
    sending_queue: {%(queue)s}
service:
  telemetry: {logs: {level: error}, metrics: {level: none}}
  %(extensions)s
  pipelines:
    traces: {receivers: [otlp], processors: [%(processors)s], exporters: [clickhouse]}
"""
_MEMORY = {
    "storage": "",
    "queue": "num_consumers: 4, queue_size: 2000",
    "extensions": "",
    "processors": "batch",
}
_DISK = {
    "storage": "extensions:\n  file_storage: {directory: queue, fsync: true}",
    "queue": "num_consumers: 4, sizer: items, queue_size: 1000000, storage: file_storage, "
    "batch: {flush_timeout: 1s, min_size: 10000, max_size: 10000, sizer: items}",
    "extensions": "extensions: [file_storage]",
    "processors": "",
}


@dataclass(frozen=True)
class System:
    """A running system and its address.

    Attributes:
        name: name of the system.
        url: URL for OTLP requests; events are sent to `/events` of the same origin.
        headers: header lines of its requests.
        host: the process that receives requests; None if it is ClickHouse.
        server: the ClickHouse with the rows; None for the empty Worker.
    """

    name: str
    url: str
    host: Process | None
    server: ClickHouse | None
    headers: list[str] = field(default_factory=list)

    @property
    def clickhouse(self) -> ClickHouse:
        """The ClickHouse with the rows.

        Raises:
            ValueError: the empty Worker has none.
        """
        if self.server is None:
            raise ValueError(f"{self.name} has no ClickHouse")
        return self.server

    def cpu_seconds(self) -> tuple[float, float]:
        """Return user and system time so far, of the host and of ClickHouse."""
        return (
            _cpu_seconds(self.host.pid) if self.host else 0.0,
            _cpu_seconds(self.server.process.pid) if self.server else 0.0,
        )

    def peak_bytes(self) -> int:
        """Return the highest resident memory of the host so far."""
        return _status_kib(self.host.pid, "VmHWM") * 1024 if self.host else 0


@contextmanager
def running(name: str, folder: Path) -> Iterator[System]:
    """Start a new system of this name. Stop its processes afterwards."""
    folder.mkdir(parents=True)
    with ExitStack() as ending:
        if name == "empty":
            system = _empty(folder)
        else:
            clickhouse = ClickHouse(folder / "clickhouse")
            ending.callback(clickhouse.process.kill)
            clickhouse.start()
            clickhouse.migrate()
            system = SYSTEMS[name](folder, clickhouse)
        if system.host:
            ending.callback(system.host.kill)
        yield system


def _ours(folder: Path, clickhouse: ClickHouse) -> System:
    worker = Worker(folder / "worker", clickhouse_url=clickhouse.url)
    return _worker("ours", worker, clickhouse)


def _ours_rowbinary(folder: Path, clickhouse: ClickHouse) -> System:
    worker = Worker(folder / "worker", clickhouse_url=clickhouse.url, insert_format="rowbinary")
    return _worker("ours-rowbinary", worker, clickhouse)


def _worker(name: str, worker: Worker, clickhouse: ClickHouse) -> System:
    worker.start()
    return System(
        name,
        f"http://127.0.0.1:{worker.port}/v1/traces",
        worker.process,
        clickhouse,
        [f"Authorization: Bearer {TOKEN}"],
    )


def _empty(folder: Path) -> System:
    port = free_port()
    (folder / "index.js").write_text(_EMPTY_SCRIPT)
    (folder / "config.capnp").write_text(_WORKERD_CONFIG % (port, json.dumps(V8_FLAGS)))
    (binary,) = ROOT.glob("local/node_modules/@cloudflare/workerd-*/bin/workerd")
    host = Process([str(binary), "serve", "config.capnp"], folder)
    return _listening("empty", port, host, None)


def _collector(folder: Path, clickhouse: ClickHouse) -> System:
    return _collector_with(_MEMORY, "collector", folder, clickhouse)


def _collector_disk(folder: Path, clickhouse: ClickHouse) -> System:
    (folder / "queue").mkdir()
    return _collector_with(_DISK, "collector-disk", folder, clickhouse)


def _collector_with(
    settings: Mapping[str, str], name: str, folder: Path, clickhouse: ClickHouse
) -> System:
    port = free_port()
    places = {"port": port, "clickhouse": clickhouse.port}
    (folder / "collector.yaml").write_text(_COLLECTOR_CONFIG % {**places, **settings})
    host = Process([str(peers.collector()), "--config", "collector.yaml"], folder)
    return _listening(name, port, host, clickhouse)


def _rotel(folder: Path, clickhouse: ClickHouse) -> System:
    port = free_port()
    options = {
        "otlp-http-endpoint": f"127.0.0.1:{port}",
        "otlp-grpc-endpoint": f"127.0.0.1:{free_port()}",
        "exporter": "clickhouse",
        "clickhouse-exporter-endpoint": clickhouse.url,
        "clickhouse-exporter-database": "telemetry",
        "clickhouse-exporter-user": "owner",
        "clickhouse-exporter-password": "owner",
        "pid-file": str(folder / "pid"),
    }
    command = [str(peers.rotel()), "start"]
    for option, value in options.items():
        command += [f"--{option}", value]
    return _listening("rotel", port, Process(command, folder), clickhouse)


def _listening(name: str, port: int, host: Process, clickhouse: ClickHouse | None) -> System:
    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    host.start()
    wait_until(f"{name} listens", listens, log_of=host)
    return System(name, f"http://127.0.0.1:{port}/v1/traces", host, clickhouse)


SYSTEMS = {
    "ours": _ours,
    "ours-rowbinary": _ours_rowbinary,
    "rotel": _rotel,
    "collector": _collector,
    "collector-disk": _collector_disk,
}


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _status_kib(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise ValueError(f"/proc/{pid}/status has no {name}")
