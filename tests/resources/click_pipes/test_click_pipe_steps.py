"""A pipe's waits: on the real local control plane, on a clock that only sleeping moves."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from clickhouse_api import Client, errors, models
from clickhouse_api.limiter import RateLimit
from local.stack.paths import StackPaths
from resources.base.control_plane import ControlPlane as Settings
from resources.base.errors import ResourceError, ServiceGone, WaitFailed
from resources.click_pipes import click_pipe_database_scaling
from resources.click_pipes.click_pipe_database_scaling import ClickPipeDatabaseScalingProvider
from resources.click_pipes.click_pipe_steps import PipeSteps
from tests.support.cloud_apis import ControlPlane
from tests.support.local_clouds import local_clouds

KAFKA = {"kafka": {"format": "JSONEachRow", "brokers": "b:9092", "topics": "t"}}
POSTGRES = {
    "postgres": {
        "host": "h",
        "port": 5432,
        "database": "d",
        "settings": {"replication_mode": "cdc"},
        "table_mappings": [
            {"source_schema_name": "public", "source_table": "a", "target_table": "a"}
        ],
    }
}
NAMES = (f"pipe {number}" for number in itertools.count())


class Service:
    """A running service, and the pipes that the tests make in it."""

    def __init__(self, layout: StackPaths) -> None:
        self.plane = ControlPlane(layout)
        cloud = self.plane.cloud
        self.client = Client(
            key_id=cloud["key_id"],
            key_secret=cloud["key_secret"],
            base_url=cloud["url"],
            state_dir=layout.state / "limits",
            rate_limit=RateLimit(requests=100_000),
        )
        self.organization_id = cloud["organization_id"]
        body = {"name": "s", "provider": "aws", "region": "us-east-1", "ipAccessList": []}
        self.id = self.plane.organization("POST", "services", body)["service"]["id"]
        self.until("running")

    def until(self, state: str) -> None:
        """The service has a state."""
        while self.plane.organization("GET", f"services/{self.id}")["state"] != state:
            time.sleep(0.05)

    def faults(self, **faults: Any) -> None:
        """From now on."""
        self.plane.request("PUT", "/local/faults", {"requests_per_window": 0, **faults})

    def idle(self) -> None:
        """Put to sleep."""
        self.plane.request("POST", f"/local/services/{self.id}/idle")

    def pipe(
        self, source: dict[str, Any], *, on_sleep: Callable[[float], None] = lambda _now: None
    ) -> PipeSteps:
        """A pipe that was just made; its steps sleep at once, and say so to `on_sleep`."""
        destination = {"database": "d"} if source is POSTGRES else {"database": "d", "table": "t"}
        name = next(NAMES)
        request = models.ClickPipePostRequest.model_validate(
            {"name": name, "source": source, "destination": destination}
        )
        made = self.client.click_pipes.click_pipe_create(self.organization_id, self.id, request)
        props = {"organization_id": self.organization_id, "service_id": self.id, "name": name}
        now = 0.0

        def sleep(seconds: float) -> None:
            nonlocal now
            now += seconds
            on_sleep(now)

        return PipeSteps(
            self.client, props, str(made.id), lambda _message: None, lambda: now, sleep
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for the file."""
    with local_clouds(tmp_path_factory.mktemp("clouds")) as layout:
        service = Service(layout)
        with service.client:
            yield service


@pytest.fixture
def service(home: Service) -> Iterator[Service]:
    """It, with nothing wrong at the beginning and at the end."""
    yield home
    home.faults()


def test_a_stuck_pipe_is_given_up_at_the_deadline(service: Service) -> None:
    """The last state is named; one look soon, then at most one per 5 s."""
    service.faults(provisioning="stuck")
    looks: list[float] = []
    steps = service.pipe(KAFKA, on_sleep=looks.append)
    with pytest.raises(WaitFailed, match=r"until it runs after 900 s: its state is Provisioning"):
        steps.bring_to(steps.read(), "running")
    waits = [after - before for before, after in zip([0.0, *looks], looks, strict=False)]
    assert waits[0] == 1
    assert min(waits[1:-1]) >= 5
    with pytest.raises(WaitFailed, match="until it can be stopped"):
        service.pipe(POSTGRES).bring_to(steps.read(), "stopped")


def test_a_pipe_that_fails_is_said_to_have_failed(service: Service) -> None:
    """At once; the next run starts it, and waits again. To be stopped, it is well as it is."""
    service.faults(provisioning="stuck")
    steps = service.pipe(KAFKA, on_sleep=lambda _now: service.faults(provisioning="failed"))
    with pytest.raises(WaitFailed, match="its state is Failed; the console shows why") as failure:
        steps.bring_to(steps.read(), "running")
    assert failure.value.last_state == "Failed"
    assert steps.bring_to(steps.read(), "stopped")["state"] == "Failed"
    service.faults()
    again = replace(steps, sleep=lambda _seconds: None)
    assert again.bring_to(again.read(), "running")["state"] == "Running"


def test_a_database_s_pipe_is_paused_to_be_edited_and_goes_on_if_that_is_refused(
    service: Service,
) -> None:
    """Also where the pause is news to us, as for an edit of something else than the source."""
    steps = service.pipe(POSTGRES)
    running = steps.bring_to(steps.read(), "running")
    edited = steps.edit(running, {"source": {"postgres": {"host": "i"}}})
    assert (edited["state"], edited["source"]["postgres"]["host"]) == ("Paused", "i")
    assert steps.bring_to(edited, "running")["state"] == "Running"

    refusal = {"operation": "clickPipeUpdate", "fault": "error", "status": 400}
    service.faults(rules=[refusal])
    with pytest.raises(errors.ApiStatusError):
        steps.edit(steps.read(), {"source": {"postgres": {"host": "j"}}})
    assert steps.read()["state"] == "Running"
    service.faults()

    # The answer of an edit says `Paused`, and soon it is not: neither another edit nor the wish
    # to have it stopped takes that answer for the truth.
    first = steps.edit(steps.read(), {"source": {"postgres": {"host": "k"}}})
    second = steps.edit(first, {"source": {"postgres": {"port": 5433}}})
    assert steps.bring_to(second, "stopped")["state"] == "Paused"
    assert steps.read()["state"] == "Paused"


def test_an_idle_service_is_woken_and_a_stopped_one_is_not(service: Service) -> None:
    """Who stopped it has to start it; then the pipe goes with its service."""
    steps = service.pipe(KAFKA)
    service.idle()
    assert steps.scale({"replicas": 2})["scaling"]["replicas"] == 2
    service.until("running")
    service.plane.patch_service(service.id, "/state", {"command": "stop"})
    service.until("stopped")
    with pytest.raises(ResourceError, match=r"is stopped, and this needs it running: start it"):
        steps.scale({"replicas": 3})
    service.plane.patch_service(service.id, "/state", {"command": "start"})
    service.until("running")


def test_a_pipe_that_does_not_go_is_waited_for(service: Service) -> None:
    """Deleted for good, when the API says so; then it cannot be deleted again."""
    steps = service.pipe(KAFKA)
    with pytest.raises(errors.NotFound):
        steps.delete()
    with pytest.raises(errors.NotFound):
        steps.delete()


def test_a_service_that_is_gone_is_not_woken(service: Service) -> None:
    """What was in it is gone as well."""
    steps = service.pipe(KAFKA)
    rules = [{"operation": "clickPipeScalingUpdate", "fault": "error", "status": 424}]
    missing = {"operation": "instanceGet", "fault": "error", "status": 404}
    service.faults(rules=[*rules, missing])
    with pytest.raises(ServiceGone, match="is gone, and what was in it"):
        steps.scale({"replicas": 2})


def test_pipes_from_databases_share_their_size(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once there was one: set, seen, drift seen, and left as it is when the resource goes."""
    cloud = service.plane.cloud
    provider = ClickPipeDatabaseScalingProvider()
    provider._control_plane = Settings(
        {
            "clickhouseApiUrl": cloud["url"],
            "clickhouseCloudApiKey": cloud["key_id"],
            "clickhouseCloudApiSecret": cloud["key_secret"],
        }.get
    )
    monkeypatch.setenv("CLICKHOUSE_API_REQUESTS_PER_WINDOW", "100000")
    inputs = {
        "organization_id": service.organization_id,
        "service_id": service.id,
        "replica_cpu_millicores": 2000,
        "replica_memory_gb": 8,
    }
    wrong = provider.check({}, {**inputs, "replica_memory_gb": 6}).failures
    assert [one.reason for one in wrong] == [
        "replica_memory_gb is 6, allowed: a whole number from 4 to 128 that is a multiple of 4"
    ]
    with monkeypatch.context() as patch:
        patch.setattr(click_pipe_database_scaling, "_APPEAR_SECONDS", 0.0)
        missing = {"operation": "clickPipeCdcScalingUpdate", "fault": "error", "status": 404}
        service.faults(rules=[missing])
        with pytest.raises(WaitFailed, match="absent, as where there never was such a pipe"):
            provider.create(inputs)
    service.pipe(POSTGRES)
    service.idle()
    made = provider.create(inputs)
    assert not provider.diff(made.id, made.outs or {}, inputs).changes
    path = f"services/{service.id}/clickpipesCdcScaling"
    service.plane.organization("PATCH", path, {"replicaMemoryGb": 16})
    seen = provider.read(made.id, made.outs or {})
    assert provider.diff(made.id, seen.outs or {}, inputs).changes
    provider.update(made.id, seen.outs or {}, inputs)
    provider.delete(made.id, inputs)
    assert service.plane.organization("GET", path)["replicaMemoryGb"] == 8
