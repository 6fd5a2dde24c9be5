"""The list of services that the resources of a run share."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from clickhouse_api import Client
from resources.service.service_list_cache import FRESH_SECONDS, ServiceListCache


class Counting:
    """A client that counts its list requests. `barrier` starts this many threads together."""

    def __init__(self, threads: int = 1) -> None:
        self.service = self
        self.requests = 0
        self.barrier = threading.Barrier(threads)

    def instance_get_list(self, organization_id: str) -> list[Any]:
        self.requests += 1
        return [organization_id, self.requests]


class Run:
    """A run of `pulumi`, and a clock that only the test moves."""

    def __init__(self, name: str = "one") -> None:
        self.name, self.now = name, 0.0
        self.lists = ServiceListCache(clock=lambda: self.now, run=lambda: self.name)

    def list_services(self, client: Counting, organization_id: str = "o") -> Any:
        return self.lists.services(cast(Client, client), organization_id)


def test_ten_concurrent_resources_send_one_request() -> None:
    """One sends the request, and the others wait for its response."""
    client, run = Counting(10), Run()

    def list_at_once(_number: int) -> Any:
        client.barrier.wait()
        return run.list_services(client)

    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(list_at_once, range(10))) == [["o", 1]] * 10


def test_a_cached_list_is_valid_for_one_organization_one_run_and_half_a_minute() -> None:
    """Otherwise the list is requested again."""
    client, run = Counting(), Run()
    run.list_services(client)
    run.now = FRESH_SECONDS
    assert run.list_services(client) == ["o", 1]
    assert run.list_services(client, "other") == ["other", 2]
    run.now += 1
    assert run.list_services(client) == ["o", 3]
    run.name = "two"
    assert run.list_services(client) == ["o", 4]


def test_outside_of_a_run_no_list_is_cached() -> None:
    """A separate program requests the list each time."""
    client, run = Counting(), Run("")
    run.list_services(client)
    assert run.list_services(client) == ["o", 2]
