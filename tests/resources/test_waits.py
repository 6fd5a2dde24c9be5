"""The waits: against the real local control plane, on a clock that only the test moves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from clickhouse_api import Client, models
from local.environment import Layout
from resources.errors import WaitFailed
from resources.waits import ServiceRef, Waiter, get_or_none
from tests.e2e.clouds import ControlPlane


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Counting:
    """A client that notes when a service was read."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self.reads: list[float] = []
        self.service = self

    def instance_get(self, *arguments: Any) -> models.Service:
        self.reads.append(self._clock.now)
        return self._client.service.instance_get(*arguments)


@pytest.fixture
def control_plane(clouds: Layout) -> ControlPlane:
    """The control plane, without a limit on requests."""
    return ControlPlane(clouds)


@pytest.fixture
def client(control_plane: ControlPlane, clouds: Layout) -> Iterator[Client]:
    """A client of it."""
    cloud = control_plane.cloud
    with Client(
        key_id=cloud["key_id"],
        key_secret=cloud["key_secret"],
        base_url=cloud["url"],
        state_dir=clouds.state / "limits",
    ) as client:
        yield client


def made(client: Client, control_plane: ControlPlane, provisioning: str) -> tuple[ServiceRef, Any]:
    control_plane.request(
        "PUT", "/local/faults", {"requests_per_window": 0, "provisioning": provisioning}
    )
    request = models.ServicePostRequest.model_validate(
        {"name": "n", "provider": "aws", "region": "eu-central-1", "ip_access_list": []}
    )
    organization = control_plane.cloud["organization_id"]
    service = client.service.instance_create(organization, request).service
    assert service is not None
    return ServiceRef(organization, str(service.id), "n"), service


def test_a_stuck_service_is_given_up_at_the_deadline(
    client: Client, control_plane: ControlPlane
) -> None:
    """At most one request per 5 s, and the last state in the message."""
    ref, service = made(client, control_plane, "stuck")
    clock = Clock()
    counting = Counting(client, clock)
    waiter = Waiter(
        counting,  # type: ignore[arg-type]
        ref,
        deadline_seconds=60,
        clock=clock,
        sleep=clock.sleep,
        ping=lambda _origin: False,
    )
    with pytest.raises(WaitFailed, match=r"after 60 s: its state is provisioning") as caught:
        waiter.until_running(service)
    assert caught.value.last_state == "provisioning"
    gaps = [b - a for a, b in zip([0.0, *counting.reads], counting.reads, strict=False)]
    assert counting.reads
    assert all(gap >= 5 for gap in gaps[:-1])  # the last one is cut off by the deadline


def test_a_failed_service_ends_the_wait_at_once(
    client: Client, control_plane: ControlPlane
) -> None:
    """There is nothing to wait for."""
    ref, _ = made(client, control_plane, "failed")
    deadline = time.monotonic() + 60
    while (service := get_or_none(client, ref)) is not None and service.state != "failed":
        assert time.monotonic() < deadline
    assert service is not None
    clock = Clock()
    waiter = Waiter(client, ref, deadline_seconds=60, clock=clock, sleep=clock.sleep)
    with pytest.raises(WaitFailed, match="its state is failed"):
        waiter.until_running(service)
    assert clock.now == 0


def test_an_answering_service_is_read_early_once(
    client: Client, control_plane: ControlPlane
) -> None:
    """A ping that answers brings the next read forward, but not the ones after it."""
    ref, service = made(client, control_plane, "stuck")
    service.endpoints = [
        models.ServiceEndpoint.model_validate({"protocol": "https", "host": "h", "port": 1})
    ]
    clock = Clock()
    counting = Counting(client, clock)
    waiter = Waiter(
        counting,  # type: ignore[arg-type]
        ref,
        deadline_seconds=30,
        clock=clock,
        sleep=clock.sleep,
        ping=lambda _origin: clock.now >= 1,
    )
    with pytest.raises(WaitFailed):
        waiter.until_running(service)
    assert counting.reads[0] == pytest.approx(1, abs=0.3)
    assert counting.reads[1] - counting.reads[0] >= 5
