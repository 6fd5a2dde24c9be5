"""Fixtures: a server, a clock that counts, and clients that use both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clickhouse_api import AsyncClient, Client
from clickhouse_api.limiter import RateLimit
from tests.clickhouse_api.clocks import CountingClock
from tests.clickhouse_api.cloud import KEY_ID, KEY_SECRET, Cloud, running_cloud


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with running_cloud() as running:
        yield running


@pytest.fixture
def clock() -> CountingClock:
    return CountingClock()


@pytest.fixture
def client(cloud: Cloud, clock: CountingClock, tmp_path: Path) -> Iterator[Client]:
    with Client(
        key_id=KEY_ID,
        key_secret=KEY_SECRET,
        base_url=cloud.base_url,
        state_dir=tmp_path,
        clock=clock,
    ) as made:
        yield made


@pytest.fixture
def async_client(cloud: Cloud, clock: CountingClock, tmp_path: Path) -> Callable[[], AsyncClient]:
    """Return a factory, because an asyncio client belongs to the event loop that creates it."""

    def make() -> AsyncClient:
        return AsyncClient(
            key_id=KEY_ID,
            key_secret=KEY_SECRET,
            base_url=cloud.base_url,
            state_dir=tmp_path,
            clock=clock,
            rate_limit=RateLimit(),
        )

    return make
