"""The list of services that the resources of a run share."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from clickhouse_api import Client
from resources.service.service_list_cache import FRESH_SECONDS, ServiceListCache


class Counting:
    """A client whose lists are counted; `wanted` lets so many threads begin at once."""

    def __init__(self, threads: int = 1) -> None:
        self.service = self
        self.asked = 0
        self.wanted = threading.Barrier(threads)

    def instance_get_list(self, organization_id: str) -> list[Any]:
        self.asked += 1
        return [organization_id, self.asked]


class Run:
    """A run of `pulumi`, and a clock that only the test moves."""

    def __init__(self, name: str = "one") -> None:
        self.name, self.now = name, 0.0
        self.lists = ServiceListCache(clock=lambda: self.now, run=lambda: self.name)

    def ask(self, client: Counting, organization_id: str = "o") -> Any:
        return self.lists.services(cast(Client, client), organization_id)


def test_ten_resources_that_ask_at_once_cost_one_request() -> None:
    """One asks, the others wait for its answer."""
    client, run = Counting(10), Run()

    def ask(_number: int) -> Any:
        client.wanted.wait()
        return run.ask(client)

    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(ask, range(10))) == [["o", 1]] * 10


def test_a_list_is_of_one_organization_one_run_and_half_a_minute() -> None:
    """Anything else is asked anew."""
    client, run = Counting(), Run()
    run.ask(client)
    run.now = FRESH_SECONDS
    assert run.ask(client) == ["o", 1]
    assert run.ask(client, "other") == ["other", 2]
    run.now += 1
    assert run.ask(client) == ["o", 3]
    run.name = "two"
    assert run.ask(client) == ["o", 4]


def test_outside_of_a_run_nothing_is_shared() -> None:
    """A program of its own asks when it wants to know."""
    client, run = Counting(), Run("")
    run.ask(client)
    assert run.ask(client) == ["o", 2]
