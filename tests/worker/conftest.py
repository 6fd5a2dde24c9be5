"""Engines for the worker's tests: each test starts its own and stops them at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from resources.telemetry.worker_build import build_worker
from tests.support.clickhouse_server import ClickHouse
from tests.support.paths import ROOT
from tests.support.tcp_proxy import Proxy
from tests.support.worker_runtime import (
    FAST,
    INSERT_FORMATS,
    LONG_RETENTION_DAYS,
    Worker,
    WorkerFactory,
)


@pytest.fixture(scope="session", autouse=True)
def built_worker() -> None:
    """Build the bundle from the current sources, unless another process has built it."""
    build_worker(ROOT / "worker")


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[ClickHouse]:
    """Start a server with all migrations applied."""
    server = ClickHouse(tmp_path / "clickhouse")
    server.start()
    server.migrate()
    yield server
    server.process.kill()


@pytest.fixture
def proxy(clickhouse: ClickHouse) -> Iterator[Proxy]:
    """Start a proxy in front of that server, which loses responses on request."""
    with Proxy(clickhouse.port, forwards_partial_heads=False) as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each format of its mark `insert_formats`, or of its module's mark."""
    mark = metafunc.definition.get_closest_marker("insert_formats")
    if mark is not None and "insert_format" in metafunc.fixturenames:
        metafunc.parametrize("insert_format", mark.args)


@pytest.fixture
def insert_format() -> str:
    """Return the format in which workers seal batches of OTLP."""
    return INSERT_FORMATS[0]


@pytest.fixture
def make_worker(tmp_path: Path, insert_format: str) -> Iterator[WorkerFactory]:
    """Return a function that starts a worker with short waits; its keywords are `Worker`'s."""
    workers: list[Worker] = []

    def make(
        *,
        clickhouse_url: str,
        limits: Mapping[str, int] | None = None,
        access: Mapping[str, object] | None = None,
        sentry_dsn: str | None = None,
        retention_days: int | Mapping[str, int] = LONG_RETENTION_DAYS,
    ) -> Worker:
        worker = Worker(
            tmp_path / f"worker{len(workers)}",
            clickhouse_url=clickhouse_url,
            limits={**FAST, **(limits or {})},
            access=access,
            sentry_dsn=sentry_dsn,
            retention_days=retention_days,
            insert_format=insert_format,
        )
        workers.append(worker)
        worker.start()
        return worker

    yield make
    for worker in workers:
        worker.process.kill()


@pytest.fixture
def worker(clickhouse: ClickHouse, make_worker: WorkerFactory) -> Worker:
    """Start a worker that delivers to `clickhouse`."""
    return make_worker(clickhouse_url=clickhouse.url)


@pytest.fixture
def worker_without_clickhouse(make_worker: WorkerFactory) -> Worker:
    """Start a worker whose ClickHouse does not run. Requests still get responses."""
    return make_worker(clickhouse_url="http://127.0.0.1:1")
