"""A ClickHouse and a Workers runtime of a test's own: started, killed and started again by hand.

The local clouds bring back what dies; here a test decides when, so the engines run bare.
"""

from __future__ import annotations

import errno
import json
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import weakref
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from email.message import Message
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from clickhouse_migrations.clickhouse_cluster import (  # type: ignore[import-untyped]
    ClickhouseCluster,
)

from local.clickhouse.insert_tokens import forget_unwritten
from local.cloudflare.config import V8_FLAGS
from resources.retention import partition_days
from resources.statement_proof import DEDUPLICATION_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-test-token"
DATABASE = "telemetry"
START_SECONDS = 60.0
# The ways into ClickHouse, `worker/src/tables/formats.ts`; the first one is the default.
INSERT_FORMATS = ("protobuf", "rowbinary")
_SHOWN_LOG_CHARACTERS = 3_000
# Below them are the ports of well-known servers, above them those of local services.
_HELD_PORTS = (10_000, 20_000)
_random = random.SystemRandom()
TTL_DAYS = "30"
# Recorded bodies have the times of their recording, and those of unit tests begin at 1970.
LONG_RETENTION_DAYS = 36_500

_USERS = """<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>
<default><password></password><networks><ip>127.0.0.1</ip></networks></default>
<owner><password>owner</password><networks><ip>::/0</ip></networks>
<grants><query>GRANT ALL ON *.*</query></grants></owner>
<writer><password>writer</password><networks><ip>::/0</ip></networks>
<grants><query>GRANT INSERT ON telemetry.*</query><query>GRANT INSERT ON other.*</query></grants>
</writer>
<reader><password>reader</password><networks><ip>::/0</ip></networks>
<grants><query>GRANT SELECT ON telemetry.*</query></grants>
</reader>
<other_reader><password>other_reader</password><networks><ip>::/0</ip></networks>
<grants><query>GRANT SELECT ON other.*</query></grants>
</other_reader>
</users></clickhouse>"""


def free_port() -> int:
    """A port that no other process is given until this one ends."""
    return held_port(sys.modules[__name__])


def held_port(holder: object) -> int:
    """A port that no other process is given as long as `holder` is alive.

    So nothing else answers there while the holder's engine is down. The engine can listen on it all
    the same: this socket never does, and both allow the address to be used again.

    The port is below the range from which systems choose ports (32768 and above on Linux, 49152 and
    above on macOS). A port from that range can be chosen by another process, released, held here,
    and then be used by the other process, because both allow the address to be used again.
    """
    held = socket.socket()
    while True:
        try:
            held.bind(("127.0.0.1", _random.randrange(*_HELD_PORTS)))
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    # Only now: with it from the start, two processes could hold the same port.
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    weakref.finalize(holder, held.close)
    port: int = held.getsockname()[1]
    return port


def wait_until(
    what: str,
    holds: Callable[[], bool],
    *,
    seconds: float = START_SECONDS,
    log_of: Process | None = None,
) -> None:
    """Return as soon as `holds()`.

    Raises:
        AssertionError: it does not within `seconds`, or the process `log_of` has ended;
            the message has `what` and the end of that process's log.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        ended = log_of is not None and log_of.has_ended()
        if ended or time.monotonic() >= deadline:
            why = "the process ended before" if ended else f"not within {seconds} s"
            shown = "" if log_of is None else log_of.log[-_SHOWN_LOG_CHARACTERS:]
            raise AssertionError(f"{why}: {what}\n{shown}")
        time.sleep(0.02)


@dataclass
class Process:
    """A child that can be killed at any moment and started again with the same arguments."""

    command: list[str]
    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command, cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal without waiting, e.g. SIGSTOP to freeze it."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nothing is said."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def has_ended(self) -> bool:
        """Whether it was started, was not killed, and yet runs no more."""
        return self._process is not None and self._process.poll() is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


class ClickHouse:
    """One server, with the migrations' tables once `migrate` has run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "users.xml").write_text(_USERS)
        (folder / "config.xml").write_text(
            f"<clickhouse><users_config>{folder}/users.xml</users_config>"
            f"<format_schema_path>{folder}/schemas/</format_schema_path></clickhouse>"
        )
        (library,) = ROOT.glob("local/node_modules/@chdb/lib-*/libchdb.so")
        self.port = held_port(self)
        self.tcp_port = held_port(self)
        program = ROOT / "local" / "clickhouse" / "server"
        self.process = Process(
            [
                sys.executable,
                "-I",
                str(program),
                str(library),
                str(folder),
                str(self.port),
                str(self.tcp_port),
            ],
            folder,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, mended: bool = True) -> int:
        """Runs and answers, `mended` of what a kill may have left, as the local cloud is.

        Returns how many inserts it was made to forget.
        """
        forgotten = forget_unwritten(self.process.folder / "data") if mended else 0
        self.process.start()
        wait_until("ClickHouse answers", self._answers, log_of=self.process)
        return forgotten

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ping", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def query(self, sql: str, **settings: str) -> str:
        """The answer's text, as the user who owns everything."""
        request = urllib.request.Request(
            f"{self.url}/?{urlencode(settings)}",
            data=sql.encode(),
            headers={"x-clickhouse-user": "owner", "x-clickhouse-key": "owner"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text: str = answer.read().decode()
                return text.strip()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{sql}: {error.read().decode()[:1000]}") from error

    def count(self, table: str) -> int:
        return int(self.query(f"SELECT count() FROM {DATABASE}.{table}"))

    def cluster(self) -> ClickhouseCluster:
        return ClickhouseCluster(
            db_host="127.0.0.1",
            db_port=str(self.port),
            db_user="owner",
            db_password="owner",
            driver="clickhouse-connect",
        )

    def migrate(self, *, ttl_days: str = TTL_DAYS, database: str = DATABASE) -> list[object]:
        """Apply what is pending; returns it."""
        self.query(f"CREATE DATABASE IF NOT EXISTS {database} ENGINE = Atomic")
        applied: list[object] = self.cluster().migrate(
            database,
            ROOT / "migrations",
            create_db_if_no_exists=False,
            multi_statement=True,
            variables={
                "TTL_DAYS": ttl_days,
                "PARTITION_DAYS": str(partition_days(int(ttl_days))),
            },
        )
        return applied


@dataclass(frozen=True)
class Answer:
    """What the worker said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class Worker:
    """workerd with the built script; its Durable Objects are in `folder/objects`.

    Args:
        clickhouse_url: where the worker delivers, a server or a proxy before it.
        limits: numbers of `limits.ts` to run with instead, by name.
        access: the binding of teams and tokens.
        sentry_dsn: where it reports errors; default: nowhere.
        retention_days: how old rows may be, one number or one for each of `SIGNALS`.
        insert_format: how batches of OTLP are sealed, one of `INSERT_FORMATS`.
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
        """Write script and configuration; the next start runs them."""
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
        wait_until("the worker answers", self._answers, log_of=self.process)

    def _answers(self) -> bool:
        try:
            return self.request("GET", "/health").status == 200
        except OSError:
            return False

    def restart(self) -> None:
        self.process.kill()
        self.start()

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request; header names are written with `_` for `-`."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=body,
            method=method,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, _lower(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, _lower(error.headers), error.read())

    def post_traces(self, body: bytes, **headers: str) -> Answer:
        """An authenticated export request with spans."""
        return self.post_otlp("traces", body, **headers)

    def post_otlp(self, signal: str, body: bytes, **headers: str) -> Answer:
        """An authenticated export request with `traces`, `logs` or `metrics`."""
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

    def post_event(self, event: object, **headers: str) -> Answer:
        """An authenticated product event."""
        return self.request(
            "POST",
            "/events",
            event if isinstance(event, bytes) else json.dumps(event).encode(),
            **{"authorization": f"Bearer {TOKEN}", "content_type": "application/json", **headers},
        )

    def operate(self, what: str) -> None:
        """`pause` or `resume` all buffers, with the token `admin`: batches of a pause are full."""
        answer = self.request(
            "POST",
            f"/admin/{what}",
            b"{}",
            authorization="Bearer admin",
            content_type="application/json",
        )
        assert answer.status == 200, answer

    def stored(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the buffer's own database, read beside the running object."""
        file = self._database()
        if file is None:
            return []
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def tamper(self, sql: str, *parameters: object) -> None:
        """Change that database while the worker is not running."""
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
        """Everything taken has been delivered or set aside."""
        return self.stored("SELECT count(*) FROM chunks") == [(0,)]


SIGNALS = ("traces", "logs", "metrics", "events")


def token_entry(token: str, **changes: object) -> dict[str, object]:
    """How the worker is told of a token: for everything that can be sent, unless changed."""
    digest = sha256(token.encode()).hexdigest()
    return {"name": "test", "team": "default", "scopes": SIGNALS, "sha256": digest, **changes}


def access_document(*entries: Mapping[str, object], **changes: object) -> dict[str, object]:
    """Two teams, and `TOKEN` for the first of them, with more tokens if given."""
    teams = [{"name": "default", "database": DATABASE}, {"name": "other", "database": "other"}]
    document: dict[str, Any] = {
        "teams": teams,
        "tokens": [token_entry(TOKEN), *entries],
        **changes,
    }
    return {**document, "teams": [with_reader(team) for team in document["teams"]]}


def with_reader(team: Mapping[str, Any]) -> dict[str, Any]:
    """The team with its SQL user, which may read no other team's database."""
    user = "other_reader" if team["database"] == "other" else "reader"
    return {"reader": {"user": user, "password": user}, **team}


def retention_days(days: int | Mapping[str, int]) -> str:
    """The binding of that name."""
    return json.dumps(days if isinstance(days, Mapping) else dict.fromkeys(SIGNALS, days))


def built_script(limits: Mapping[str, int]) -> str:
    """The bundle, with some of its limits set to other numbers."""
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
