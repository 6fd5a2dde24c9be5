"""The floor: ClickHouse inserts the same bytes without a worker, as fast as possible.

The statement and its settings are recorded from the worker, so the floor always uses the current
statement. For example, merges build the skip indexes here as well.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from bench.ingest import bodies
from bench.ingest.limits import limit
from bench.ingest.measure import Stored, store
from bench.ingest.systems import System
from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import ClickHouse
from tests.support.protobuf_fields import varint
from tests.support.worker_runtime import Worker

__all__ = ["clickhouse_alone"]

BATCH_BYTES = limit("BATCH_RAW_BYTES")
CONNECTIONS = limit("INSERTS_IN_FLIGHT")


def clickhouse_alone(folder: Path, file: Path, warm: Path, *, encoding: str) -> Stored:
    """Send the bodies of each file in batches directly to ClickHouse."""
    folder.mkdir(parents=True)
    path = _recorded_statement(folder / "recorded", encoding)
    batches = [bodies.write(folder / each.name, _batches(each, encoding)) for each in (file, warm)]
    clickhouse = ClickHouse(folder / "clickhouse")
    clickhouse.start()
    try:
        clickhouse.migrate()
        system = System("clickhouse", f"{clickhouse.url}{path}", None, clickhouse)
        headers = ["X-ClickHouse-User: owner", "X-ClickHouse-Key: owner"]
        if encoding == "gzip":
            headers.append("Content-Encoding: gzip")
        return store(system, *batches, headers=headers, connections=CONNECTIONS)
    finally:
        clickhouse.process.kill()


def _batches(file: Path, encoding: str) -> Iterator[bytes]:
    """Yield batches: a length, then concatenated protobuf messages or gzip members."""

    def enveloped() -> bytes:
        head = varint(raw)
        return (gzip.compress(head) if encoding == "gzip" else head) + bytes(batch)

    batch, raw = bytearray(), 0
    for body in bodies.read(file):
        batch += body
        raw += len(gzip.decompress(body)) if encoding == "gzip" else len(body)
        if raw >= BATCH_BYTES:
            yield enveloped()
            batch, raw = bytearray(), 0
    if batch:
        yield enveloped()


def _recorded_statement(folder: Path, encoding: str) -> str:
    """Return path and query of the worker's insert for one such body."""
    folder.mkdir()
    recorded: list[str] = []
    arrived = threading.Event()

    class Recorder(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            if "otel_traces" in self.path:
                recorded.append(self.path)
                arrived.set()
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write no log."""

    server = HTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    worker = Worker(folder / "worker", clickhouse_url=f"http://127.0.0.1:{server.server_port}")
    worker.start()
    try:
        body = next(bodies.read(bodies.write_traces(folder, 64, encoding=encoding, total=64)))
        worker.request(
            "POST",
            "/v1/traces",
            body,
            authorization=f"Bearer {TOKEN}",
            content_type="application/x-protobuf",
            **({"content_encoding": "gzip"} if encoding == "gzip" else {}),
        )
        if not arrived.wait(30):
            raise SystemExit("the worker sent no insert")
    finally:
        worker.process.kill()
        server.shutdown()
    parts = urlsplit(recorded[0])
    # Without the recorded token, because ClickHouse would drop all batches but the first.
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "insert_deduplication_token"]
    return f"{parts.path}?{urlencode(query)}"
