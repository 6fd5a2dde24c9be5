"""A pipe's waits: on the real local control plane, on a clock that only sleeping moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clickhouse_api import errors
from resources.base.errors import ResourceError, ServiceGone, WaitFailed
from tests.resources.click_pipes.pipe_service import KAFKA, POSTGRES, Service


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
