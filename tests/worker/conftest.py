"""Engines for the worker's tests: each test gets its own, and none outlives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from resources.worker_build import build_worker
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
    """Build the bundle of the sources as they are now, unless another process did."""
    build_worker(ROOT / "worker")


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[ClickHouse]:
    """A server with all migrations applied."""
    server = ClickHouse(tmp_path / "clickhouse")
    server.start()
    server.migrate()
    yield server
    server.process.kill()


@pytest.fixture
def proxy(clickhouse: ClickHouse) -> Iterator[Proxy]:
    """A way to that server which loses answers when told to."""
    with Proxy(clickhouse.port, forwards_partial_heads=False) as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each format of its mark `insert_formats`, or of its module's."""
    mark = metafunc.definition.get_closest_marker("insert_formats")
    if mark is not None and "insert_format" in metafunc.fixturenames:
        metafunc.parametrize("insert_format", mark.args)


@pytest.fixture
def insert_format() -> str:
    """How workers seal batches of OTLP."""
    return INSERT_FORMATS[0]


@pytest.fixture
def make_worker(tmp_path: Path, insert_format: str) -> Iterator[WorkerFactory]:
    """Builds and starts workers that wait less; keyword arguments are `Worker`'s."""
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
    """A worker that delivers to `clickhouse`."""
    return make_worker(clickhouse_url=clickhouse.url)


@pytest.fixture
def worker_without_clickhouse(make_worker: WorkerFactory) -> Worker:
    """A worker whose ClickHouse is not there: requests are answered all the same."""
    return make_worker(clickhouse_url="http://127.0.0.1:1")
