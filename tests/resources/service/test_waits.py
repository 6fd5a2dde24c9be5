"""The waits for a service, on the local control plane and on a clock that only the test moves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clickhouse_api import Client, errors, models
from clickhouse_api.limiter import RateLimit
from local.stack.paths import StackPaths
from resources.base.errors import ResourceError, WaitFailed
from resources.service.service_steps import ServiceSteps, command
from resources.service.waits import ServiceRef, Waiter, get_or_none
from tests.support.clock import Clock
from tests.support.cloud_apis import ControlPlane
from tests.support.local_clouds import local_clouds

NEVER = 3600


class Counting:
    """A client that records the times at which a service is read."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self.reads: list[float] = []
        self.service = self

    def instance_get(self, *arguments: Any) -> models.Service:
        self.reads.append(self._clock.now)
        return self._client.service.instance_get(*arguments)


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPaths]:
    """Start both local clouds for all tests. Each test creates a separate service."""
    with local_clouds(tmp_path_factory.mktemp("waits")) as layout:
        yield layout


@pytest.fixture
def control_plane(clouds: StackPaths) -> ControlPlane:
    """Return the control plane of the local cloud."""
    return ControlPlane(clouds)


@pytest.fixture
def client(control_plane: ControlPlane, clouds: StackPaths) -> Iterator[Client]:
    """Return a client without a rate limit, which would cost real seconds."""
    cloud = control_plane.cloud
    with Client(
        key_id=cloud["key_id"],
        key_secret=cloud["key_secret"],
        base_url=cloud["url"],
        state_dir=clouds.state / "limits",
        rate_limit=RateLimit(requests=1_000_000),
    ) as client:
        yield client


def set_faults(control_plane: ControlPlane, **faults: Any) -> None:
    control_plane.request("PUT", "/local/faults", {"requests_per_window": 0, **faults})


def created(
    client: Client, control_plane: ControlPlane, provisioning: str
) -> tuple[ServiceRef, Any]:
    set_faults(control_plane, provisioning=provisioning)
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
    """The service is read at most every 5 s, and the message has the last state."""
    ref, service = created(client, control_plane, "stuck")
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


def seen_as(client: Client, ref: ServiceRef, state: str) -> models.Service:
    """Wait in real time until the service has a state, and return it."""
    deadline = time.monotonic() + 60
    while (service := get_or_none(client, ref)) is None or service.state != state:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return service


def waiter_of(client: Client, ref: ServiceRef, clock: Clock) -> Waiter:
    return Waiter(
        client,
        ref,
        deadline_seconds=60,
        clock=clock,
        sleep=clock.sleep,
        ping=lambda _origin: True,
    )


def running(client: Client, control_plane: ControlPlane) -> tuple[ServiceRef, models.Service]:
    ref, _ = created(client, control_plane, "normal")
    return ref, seen_as(client, ref, "running")


def stopped(client: Client, control_plane: ControlPlane) -> tuple[ServiceRef, models.Service]:
    ref, _ = running(client, control_plane)
    command(client, ref, "stop")
    return ref, seen_as(client, ref, "stopped")


def test_a_failed_service_ends_the_wait_at_once(
    client: Client, control_plane: ControlPlane
) -> None:
    """A failed service does not recover."""
    ref, _ = created(client, control_plane, "failed")
    service = seen_as(client, ref, "failed")
    clock = Clock()
    with pytest.raises(WaitFailed, match="its state is failed"):
        waiter_of(client, ref, clock).until_running(service)
    assert clock.now == 0


def test_a_degraded_service_may_recover_until_the_deadline(
    client: Client, control_plane: ControlPlane
) -> None:
    """The state neither ends the wait immediately nor counts as running."""
    ref, _ = created(client, control_plane, "degraded")
    service = seen_as(client, ref, "degraded")
    with pytest.raises(WaitFailed, match="after 60 s: its state is degraded"):
        waiter_of(client, ref, Clock()).until_running(service)


def start(client: Client, ref: ServiceRef, waiter: Waiter, service: models.Service) -> None:
    ServiceSteps(client, ref, {}, waiter).start(service, "running")


def stop(client: Client, ref: ServiceRef, waiter: Waiter, service: models.Service) -> None:
    ServiceSteps(client, ref, {"desired_state": "stopped"}, waiter).stop(service)


def scale(client: Client, ref: ServiceRef, waiter: Waiter, service: models.Service) -> None:
    ServiceSteps(client, ref, {"num_replicas": 7}, waiter).change(service)


def delete(client: Client, ref: ServiceRef, waiter: Waiter, _service: models.Service) -> None:
    ServiceSteps(client, ref, {}, waiter).delete()


Step = Callable[[Client, ServiceRef, Waiter, models.Service], None]
Begin = Callable[[Client, ControlPlane], tuple[ServiceRef, models.Service]]


@pytest.mark.parametrize(
    ("begin", "step", "faults", "message"),
    [
        (stopped, start, {"moving": "stuck"}, "until it runs after 60 s: its state is starting"),
        (running, stop, {"moving": "stuck"}, "is stopped after 60 s: its state is stopping"),
        (running, delete, {"moving": "stuck"}, "is stopped after 60 s: its state is stopping"),
        (
            stopped,
            delete,
            {"timing": {"deleting": NEVER}},
            "is deleted after 60 s: its state is softdeleting",
        ),
        (
            # Stopped before the test: on the clock of the test, a real stop would be too slow.
            stopped,
            delete,
            {"timing": {"conflict_after_stopped": NEVER}},
            "may be deleted after 60 s: its state is stopped",
        ),
    ],
    ids=["start", "stop", "delete-stop", "delete", "delete-conflict"],
)
def test_a_stuck_cloud_is_given_up_at_the_deadline(
    client: Client,
    control_plane: ControlPlane,
    begin: Begin,
    step: Step,
    faults: dict[str, Any],
    message: str,
) -> None:
    """The message has the goal of the wait and the last state. Reads are at most every 5 s."""
    ref, service = begin(client, control_plane)
    set_faults(control_plane, **faults)
    before = requests(control_plane)
    with pytest.raises(WaitFailed, match=message):
        step(client, ref, waiter_of(client, ref, Clock()), service)
    # In addition to the wait: a read, a stop, an early read, a rejected delete, twice, and all of
    # these once more at the deadline.
    assert requests(control_plane) - before <= 60 / 5 + 12
    set_faults(control_plane)


def requests(control_plane: ControlPlane) -> int:
    responses = control_plane.request("GET", "/local/counts")["responses"]
    return sum(response["count"] for response in responses)


@pytest.mark.parametrize(("begin", "step"), [(stopped, start), (running, stop)])
def test_a_service_that_fails_while_it_moves_is_an_error(
    client: Client, control_plane: ControlPlane, begin: Begin, step: Step
) -> None:
    """The wait ends long before the deadline."""
    ref, service = begin(client, control_plane)
    set_faults(control_plane, moving="failed")
    with pytest.raises(ResourceError, match="is failed"):
        # A real clock, because the cloud needs real time.
        step(client, ref, Waiter(client, ref, deadline_seconds=60), service)


def test_a_service_that_fails_while_it_stops_is_deleted_anyway(
    client: Client, control_plane: ControlPlane
) -> None:
    """The API allows the deletion of a failed service."""
    ref, service = running(client, control_plane)
    set_faults(control_plane, moving="failed")
    delete(client, ref, Waiter(client, ref, deadline_seconds=60), service)
    assert get_or_none(client, ref) is None


def test_rejected_scaling_fails_at_once(client: Client, control_plane: ControlPlane) -> None:
    """A request with status 400 is not repeated."""
    ref, service = running(client, control_plane)
    rejected = {"operation": "instanceReplicaScalingUpdate", "fault": "error", "status": 400}
    set_faults(control_plane, rules=[rejected])
    with pytest.raises(errors.ApiStatusError, match="instanceReplicaScalingUpdate: 400"):
        scale(client, ref, waiter_of(client, ref, Clock()), service)


def test_a_wait_for_scaling_without_effect_ends_at_the_deadline(
    client: Client, control_plane: ControlPlane
) -> None:
    """The service runs with another number of replicas."""
    ref, service = running(client, control_plane)
    # The API once accepted and ignored a field, the release channel. This emulates such a field.
    control_plane.patch_service(ref.id, "/replicaScaling", {"numReplicas": 2})
    with pytest.raises(WaitFailed, match="runs as required after 60 s: its state is running"):
        waiter_of(client, ref, Clock()).until_running(
            service,
            matches=lambda seen: seen.num_replicas == 7,
            goal="runs as required",
        )


def test_a_service_that_responds_to_a_ping_is_read_early_once(
    client: Client, control_plane: ControlPlane
) -> None:
    """The first response to a ping brings the next read forward, but no later one."""
    ref, service = created(client, control_plane, "stuck")
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
