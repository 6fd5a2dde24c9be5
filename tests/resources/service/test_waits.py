"""The waits: against the real local control plane, on a clock that only the test moves."""

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
    """A client that notes when a service was read."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self.reads: list[float] = []
        self.service = self

    def instance_get(self, *arguments: Any) -> models.Service:
        self.reads.append(self._clock.now)
        return self._client.service.instance_get(*arguments)


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPaths]:
    """Both local clouds, for all of these tests: each makes a service of its own."""
    with local_clouds(tmp_path_factory.mktemp("waits")) as layout:
        yield layout


@pytest.fixture
def control_plane(clouds: StackPaths) -> ControlPlane:
    """The control plane, without a limit on requests and without faults."""
    return ControlPlane(clouds)


@pytest.fixture
def client(control_plane: ControlPlane, clouds: StackPaths) -> Iterator[Client]:
    """A client of it that keeps to no limit either: real seconds would pass."""
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


def made(client: Client, control_plane: ControlPlane, provisioning: str) -> tuple[ServiceRef, Any]:
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


def seen_as(client: Client, ref: ServiceRef, state: str) -> models.Service:
    """The service once the real clock has brought it there."""
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
    ref, _ = made(client, control_plane, "normal")
    return ref, seen_as(client, ref, "running")


def stopped(client: Client, control_plane: ControlPlane) -> tuple[ServiceRef, models.Service]:
    ref, _ = running(client, control_plane)
    command(client, ref, "stop")
    return ref, seen_as(client, ref, "stopped")


def test_a_failed_service_ends_the_wait_at_once(
    client: Client, control_plane: ControlPlane
) -> None:
    """There is nothing to wait for."""
    ref, _ = made(client, control_plane, "failed")
    service = seen_as(client, ref, "failed")
    clock = Clock()
    with pytest.raises(WaitFailed, match="its state is failed"):
        waiter_of(client, ref, clock).until_running(service)
    assert clock.now == 0


def test_a_degraded_service_may_heal_until_the_deadline(
    client: Client, control_plane: ControlPlane
) -> None:
    """It is not given up at once, and not taken for one that runs either."""
    ref, _ = made(client, control_plane, "degraded")
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
    ("begin", "step", "faults", "said"),
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
            # Stopped from the start: this clock outruns the time that a stop really takes.
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
    said: str,
) -> None:
    """Each flow says what it waited for and the last state, after one request per 5 s at most."""
    ref, service = begin(client, control_plane)
    set_faults(control_plane, **faults)
    before = requests(control_plane)
    with pytest.raises(WaitFailed, match=said):
        step(client, ref, waiter_of(client, ref, Clock()), service)
    # Beside the waiting: a look, a stop, a look soon after, a delete that is refused, twice, and
    # all of it once more when the deadline has come.
    assert requests(control_plane) - before <= 60 / 5 + 12
    set_faults(control_plane)


def requests(control_plane: ControlPlane) -> int:
    answers = control_plane.request("GET", "/local/counts")["responses"]
    return sum(answer["count"] for answer in answers)


@pytest.mark.parametrize(("begin", "step"), [(stopped, start), (running, stop)])
def test_a_service_that_fails_while_it_moves_is_an_error(
    client: Client, control_plane: ControlPlane, begin: Begin, step: Step
) -> None:
    """Long before the deadline."""
    ref, service = begin(client, control_plane)
    set_faults(control_plane, moving="failed")
    with pytest.raises(ResourceError, match="is failed"):
        # A real clock: the cloud needs its moment.
        step(client, ref, Waiter(client, ref, deadline_seconds=60), service)


def test_a_service_that_fails_while_it_stops_is_deleted_all_the_same(
    client: Client, control_plane: ControlPlane
) -> None:
    """A failed service can be deleted, and nobody wants to keep it."""
    ref, service = running(client, control_plane)
    set_faults(control_plane, moving="failed")
    delete(client, ref, Waiter(client, ref, deadline_seconds=60), service)
    assert get_or_none(client, ref) is None


def test_scaling_that_is_refused_fails_at_once(client: Client, control_plane: ControlPlane) -> None:
    """A 400 says that it will never work."""
    ref, service = running(client, control_plane)
    refused = {"operation": "instanceReplicaScalingUpdate", "fault": "error", "status": 400}
    set_faults(control_plane, rules=[refused])
    with pytest.raises(errors.ApiStatusError, match="instanceReplicaScalingUpdate: 400"):
        scale(client, ref, waiter_of(client, ref, Clock()), service)


def test_scaling_that_does_not_come_is_given_up_at_the_deadline(
    client: Client, control_plane: ControlPlane
) -> None:
    """The service runs, but not as asked."""
    ref, service = running(client, control_plane)
    # What the vendor does when it takes a field and drops it, as of a release channel once.
    control_plane.patch_service(ref.id, "/replicaScaling", {"numReplicas": 2})
    with pytest.raises(WaitFailed, match="runs as required after 60 s: its state is running"):
        waiter_of(client, ref, Clock()).until_running(
            service,
            matches=lambda seen: seen.num_replicas == 7,
            goal="runs as required",
        )


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
