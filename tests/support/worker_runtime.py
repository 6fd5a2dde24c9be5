"""A Workers runtime for one test, which starts, kills and restarts it.

The local clouds restart engines automatically. These tests control when an engine starts, so they
run it without the local clouds.
"""

from __future__ import annotations

import json
import re
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from local.cloudflare.workerd_config import V8_FLAGS
from resources.telemetry.statement_proof import DEDUPLICATION_SETTINGS
from tests.support.access_binding import SIGNALS, TOKEN, access_document
from tests.support.paths import ROOT
from tests.support.ports import held_port
from tests.support.process import Process, wait_until

# The formats of inserts, `worker/src/tables/formats.ts`; the first one is the default.
INSERT_FORMATS = ("protobuf", "rowbinary")
# Recorded bodies contain the time of their recording, and bodies of unit tests begin in 1970.
LONG_RETENTION_DAYS = 36_500


@dataclass(frozen=True)
class Response:
    """A response of the worker."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class Worker:
    """workerd with the built script; its Durable Objects are stored in `folder/objects`.

    Args:
        clickhouse_url: URL to which the worker delivers: a server, or a proxy in front of it.
        limits: values that replace those of `limits.ts`, by name.
        access: the binding with teams and tokens.
        sentry_dsn: where the worker reports errors; by default nowhere.
        retention_days: the maximum age of rows, one number or one for each of `SIGNALS`.
        insert_format: the format of OTLP batches, one of `INSERT_FORMATS`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clickhouse_url: str,
        limits: Mapping[str, int] | None = None,
        access: Mapping[str, object] | None = None,
        sentry_dsn: str | None = None,
        retention_days: int | Mapping[str, int] = LONG_RETENTION_DAYS,
        insert_format: str = INSERT_FORMATS[0],
    ) -> None:
        (folder / "objects").mkdir(parents=True)
        self.folder = folder
        self._sentry_dsn = sentry_dsn
        self._retention_days = retention_days
        self.insert_format = insert_format
        self.port = held_port(self)
        self.deploy(clickhouse_url=clickhouse_url, limits=limits or {}, access=access)
        (binary,) = ROOT.glob("local/node_modules/@cloudflare/workerd-*/bin/workerd")
        self.process = Process([str(binary), "serve", "config.capnp"], folder)

    def deploy(
        self,
        *,
        clickhouse_url: str,
        limits: Mapping[str, int],
        access: Mapping[str, object] | None = None,
    ) -> None:
        """Write script and configuration; they take effect at the next start."""
        access = access or access_document()
        (self.folder / "index.js").write_text(built_script(limits))
        bindings = {
            "CLICKHOUSE_URL": clickhouse_url,
            "CLICKHOUSE_USER": "writer",
            "CLICKHOUSE_PASSWORD": "writer",
            "INSERT_SETTINGS": json.dumps(DEDUPLICATION_SETTINGS),
            "ACCESS": json.dumps(access),
            "RETENTION_DAYS": retention_days(self._retention_days),
            "INSERT_FORMAT": self.insert_format,
            **({} if self._sentry_dsn is None else {"SENTRY_DSN": self._sentry_dsn}),
        }
        (self.folder / "config.capnp").write_text(_configuration(self.port, bindings))

    def start(self) -> None:
        self.process.start()
        wait_until("the worker responds", self._answers, log_of=self.process)

    def _answers(self) -> bool:
        try:
            return self.request("GET", "/health").status == 200
        except OSError:
            return False

    def restart(self) -> None:
        self.process.kill()
        self.start()

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Response:
        """Send one request; `_` in the name of a header keyword means `-`."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=body,
            method=method,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Response(response.status, _lower(response.headers), response.read())
        except urllib.error.HTTPError as error:
            return Response(error.code, _lower(error.headers), error.read())

    def post_traces(self, body: bytes, **headers: str) -> Response:
        """Send an authenticated export request with spans."""
        return self.post_otlp("traces", body, **headers)

    def post_otlp(self, signal: str, body: bytes, **headers: str) -> Response:
        """Send an authenticated export request with `traces`, `logs` or `metrics`."""
        return self.request(
            "POST",
            f"/v1/{signal}",
            body,
            **{
                "authorization": f"Bearer {TOKEN}",
                "content_type": "application/x-protobuf",
                **headers,
            },
        )

    def post_event(self, event: object, **headers: str) -> Response:
        """Send an authenticated product event."""
        return self.request(
            "POST",
            "/events",
            event if isinstance(event, bytes) else json.dumps(event).encode(),
            **{"authorization": f"Bearer {TOKEN}", "content_type": "application/json", **headers},
        )

    def operate(self, what: str) -> None:
        """Pause or resume all buffers with the token `admin`. After a pause, batches are full."""
        response = self.request(
            "POST",
            f"/admin/{what}",
            b"{}",
            authorization="Bearer admin",
            content_type="application/json",
        )
        assert response.status == 200, response

    def stored(self, sql: str) -> list[tuple[object, ...]]:
        """Read rows of the buffer's own database while the object is running."""
        file = self._database()
        if file is None:
            return []
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def tamper(self, sql: str, *parameters: object) -> None:
        """Change the buffer's database while the worker is not running."""
        file = self._database()
        assert file is not None
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(sql, parameters)

    def _database(self) -> Path | None:
        for file in (self.folder / "objects").rglob("*.sqlite"):
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
                names = database.execute("SELECT name FROM sqlite_master").fetchall()
            if ("chunks",) in names:
                return file
        return None

    def is_drained(self) -> bool:
        """Return whether every accepted body has been delivered or dead-lettered."""
        return self.stored("SELECT count(*) FROM chunks") == [(0,)]


def retention_days(days: int | Mapping[str, int]) -> str:
    """Return the value of the binding `RETENTION_DAYS`."""
    return json.dumps(days if isinstance(days, Mapping) else dict.fromkeys(SIGNALS, days))


def built_script(limits: Mapping[str, int]) -> str:
    """Return the bundled script with some of its limits replaced."""
    script = (ROOT / "worker" / "dist" / "index.js").read_text()
    for name, value in limits.items():
        script, count = re.subn(rf"var {name} = [^;]+;", f"var {name} = {value};", script)
        assert count == 1, f"{name} is not a limit of the worker"
    return script


def _configuration(port: int, bindings: Mapping[str, str]) -> str:
    package = json.loads((ROOT / "worker" / "package.json").read_text())
    date = package["config"]["compatibility_date"]
    texts = "".join(
        f"    (name = {json.dumps(name)}, text = {json.dumps(value)}),\n"
        for name, value in bindings.items()
    )
    return f"""using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "ingest", worker = .ingest),
    (name = "internet", network = (allow = ["private", "local"])),
    (name = "objects", disk = (path = "objects", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "ingest")],
  v8Flags = {json.dumps(V8_FLAGS)},
);
const ingest :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = "{date}",
  bindings = [
{texts}    (name = "BUFFER", durableObjectNamespace = "IngestBuffer"),
  ],
  durableObjectNamespaces =
    [(className = "IngestBuffer", uniqueKey = "ingest-buffer", enableSql = true)],
  durableObjectStorage = (localDisk = "objects"),
);
"""


WorkerFactory = Callable[..., Worker]

# One batch a second suits a table but would make the tests slow. Rows of `ingest_health` would
# change the counts of a slow test.
FAST = {"BATCH_AGE_MS": 200, "RETRY_MAX_MS": 1_000, "HEALTH_ROWS_MS": 3_600_000}
