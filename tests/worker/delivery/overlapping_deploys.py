"""One Workers runtime with several entrances to the same buffers, each with its own `ACCESS`.

This is the state for a while after a deploy: isolates with the old and with the new configuration
run at once and call the same Durable Objects.
"""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from tests.support.access_binding import ADMIN, access_document, token_entry
from tests.support.clickhouse_server import DATABASE
from tests.support.ports import free_port
from tests.support.worker_runtime import LONG_RETENTION_DAYS, Worker

Layout = Mapping[str, object]
# The form is that of `resources/telemetry/shard_layouts.py`. `ONE` is the layout without a setting.
ONE: Layout = {"number": 0, "shards": 1, "before": []}
TWO: Layout = {"number": 1, "shards": 2, "before": [1]}
FOUR: Layout = {"number": 1, "shards": 4, "before": [1]}
ONE_AGAIN: Layout = {"number": 2, "shards": 1, "before": [1, 4]}
THREE: Layout = {"number": 3, "shards": 3, "before": [1, 4]}


def access_for(layout: Layout, rate: float) -> dict[str, object]:
    """Return the `ACCESS` binding of a deployment with this layout and a token `limited`."""
    teams = [
        {"name": "default", "database": DATABASE, "layout": layout},
        {"name": "other", "database": "other"},
    ]
    limited = token_entry("limited", name="limited", requests_per_second=rate)
    return access_document(ADMIN, limited, teams=teams)


class OverlappingDeploys(Worker):
    """workerd with an entrance for each layout.

    Args:
        folder: the folder of this runtime.
        clickhouse_url: the server to which the buffers deliver.
        limits: the limits of `Worker`.
        layouts: one for each entrance.
        rate: the rate of the token `limited`.
        retention_days: the retention of `Worker`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clickhouse_url: str,
        limits: Mapping[str, int],
        layouts: Sequence[Layout],
        rate: float = 1.0,
        retention_days: int = LONG_RETENTION_DAYS,
    ) -> None:
        self._layouts = layouts
        self._rate = rate
        self._ports: list[int] = []
        self._options = {"clickhouse_url": clickhouse_url, "limits": limits}
        super().__init__(
            folder,
            clickhouse_url=clickhouse_url,
            limits=limits,
            retention_days=retention_days,
        )

    def lay_out(self, *layouts: Layout, replaced: tuple[str, str] | None = None) -> None:
        """Restart with these entrances.

        Args:
            replaced: a string of the script, and its replacement.
        """
        self.process.kill()
        self._layouts = layouts
        self.deploy(**self._options)  # type: ignore[arg-type]
        if replaced is not None:
            script = self.folder / "index.js"
            text = script.read_text()
            assert text.count(replaced[0]) == 1, replaced
            script.write_text(text.replace(*replaced))
        self.start()

    def deploy(
        self,
        *,
        clickhouse_url: str,
        limits: Mapping[str, int],
        access: Mapping[str, object] | None = None,
    ) -> None:
        """Write script and configuration; they take effect at the next start."""
        first, *others = self._layouts
        super().deploy(
            clickhouse_url=clickhouse_url,
            limits=limits,
            access=access or access_for(first, self._rate),
        )
        self._ports = [self.port]
        file = self.folder / "config.capnp"
        for number, layout in enumerate(others, start=1):
            self._ports.append(free_port())
            text = file.read_text()
            access_text = json.dumps(access_for(layout, self._rate))
            file.write_text(_with_entrance(text, f"ingest{number}", self._ports[-1], access_text))

    def at(self, number: int) -> Worker:
        """Return the same runtime as a client of this entrance."""
        entrance = copy.copy(self)
        entrance.port = self._ports[number]
        return entrance

    def stored_anywhere(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of all buffers' databases."""
        rows: list[tuple[object, ...]] = []
        for file in self._databases():
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
                rows += database.execute(sql).fetchall()
        return rows

    def tamper_anywhere(self, sql: str) -> None:
        """Change all buffers' databases while the worker is not running."""
        for file in self._databases():
            with closing(sqlite3.connect(file)) as database, database:
                database.execute(sql)

    def _databases(self) -> Iterator[Path]:
        for file in (self.folder / "objects").rglob("*.sqlite"):
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
                names = database.execute("SELECT name FROM sqlite_master").fetchall()
            if ("chunks",) in names:
                yield file

    def is_drained(self) -> bool:
        """Return whether every buffer has delivered or dead-lettered every body."""
        return set(self.stored_anywhere("SELECT count(*) FROM chunks")) == {(0,)}


def _with_entrance(configuration: str, name: str, port: int, access: str) -> str:
    """Return the configuration with one more service that uses the first one's objects."""
    head, _, worker = configuration.partition("const ingest :Workerd.Worker = ")
    body, _, _ = worker.partition("  durableObjectNamespaces =")
    before, _, after = body.partition('(name = "ACCESS", text = ')
    rest = after[after.index("),\n") :]
    entrance = f'{before}(name = "ACCESS", text = {json.dumps(access)}{rest}'.replace(
        'durableObjectNamespace = "IngestBuffer"',
        'durableObjectNamespace = (className = "IngestBuffer", serviceName = "ingest")',
    )
    head = head.replace(
        "  services = [\n", f'  services = [\n    (name = "{name}", worker = .{name}),\n'
    ).replace(
        "  sockets = [",
        f'  sockets = [(name = "{name}", address = "127.0.0.1:{port}", '
        f'http = (), service = "{name}"),\n    ',
    )
    return (
        f"{head}const ingest :Workerd.Worker = {worker}\n"
        f"const {name} :Workerd.Worker = {entrance});\n"
    )
