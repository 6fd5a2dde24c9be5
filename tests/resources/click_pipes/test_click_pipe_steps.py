"""The waits for a pipe, on the local control plane and on a clock that only sleeping moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clickhouse_api import errors
from resources.base.errors import ResourceError, ServiceGone, WaitFailed
from tests.resources.click_pipes.pipe_service import KAFKA, POSTGRES, Service


def test_a_stuck_pipe_is_given_up_at_the_deadline(service: Service) -> None:
    """The message has the last state. The first poll is after 1 s, and others at most every 5 s."""
    service.faults(provisioning="stuck")
    polls: list[float] = []
    steps = service.pipe(KAFKA, on_sleep=polls.append)
    with pytest.raises(WaitFailed, match=r"until it runs after 900 s: its state is Provisioning"):
        steps.bring_to(steps.read(), "running")
    waits = [after - before for before, after in zip([0.0, *polls], polls, strict=False)]
    assert waits[0] == 1
    assert min(waits[1:-1]) >= 5
    with pytest.raises(WaitFailed, match="until it can be stopped"):
        service.pipe(POSTGRES).bring_to(steps.read(), "stopped")


def test_a_failed_pipe_ends_the_wait(service: Service) -> None:
    """The next run starts the pipe and waits again. A failed pipe counts as stopped."""
    service.faults(provisioning="stuck")
    steps = service.pipe(KAFKA, on_sleep=lambda _now: service.faults(provisioning="failed"))
    with pytest.raises(WaitFailed, match="its state is Failed; the console shows why") as failure:
        steps.bring_to(steps.read(), "running")
    assert failure.value.last_state == "Failed"
    assert steps.bring_to(steps.read(), "stopped")["state"] == "Failed"
    service.faults()
    again = replace(steps, sleep=lambda _seconds: None)
    assert again.bring_to(again.read(), "running")["state"] == "Running"


def test_a_pipe_from_a_database_is_paused_for_an_edit_and_resumed_if_that_is_rejected(
    service: Service,
) -> None:
    """The edit itself may pause the pipe, as an edit of another field than the source does."""
    steps = service.pipe(POSTGRES)
    running = steps.bring_to(steps.read(), "running")
    edited = steps.edit(running, {"source": {"postgres": {"host": "i"}}})
    assert (edited["state"], edited["source"]["postgres"]["host"]) == ("Paused", "i")
    assert steps.bring_to(edited, "running")["state"] == "Running"

    rejection = {"operation": "clickPipeUpdate", "fault": "error", "status": 400}
    service.faults(rules=[rejection])
    with pytest.raises(errors.ApiStatusError):
        steps.edit(steps.read(), {"source": {"postgres": {"host": "j"}}})
    assert steps.read()["state"] == "Running"
    service.faults()

    # The response of an edit has the state `Paused`, which soon changes. Neither another edit nor
    # a stop relies on that response.
    first = steps.edit(steps.read(), {"source": {"postgres": {"host": "k"}}})
    second = steps.edit(first, {"source": {"postgres": {"port": 5433}}})
    assert steps.bring_to(second, "stopped")["state"] == "Paused"
    assert steps.read()["state"] == "Paused"


def test_an_idle_service_is_woken_and_a_stopped_one_is_not(service: Service) -> None:
    """The error has the remedy, which is to start the service."""
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


def test_a_delete_ends_when_the_api_returns_404(service: Service) -> None:
    """A second delete gets the same error immediately."""
    steps = service.pipe(KAFKA)
    with pytest.raises(errors.NotFound):
        steps.delete()
    with pytest.raises(errors.NotFound):
        steps.delete()


def test_a_deleted_service_is_not_woken(service: Service) -> None:
    """The pipe was deleted with its service."""
    steps = service.pipe(KAFKA)
    rules = [{"operation": "clickPipeScalingUpdate", "fault": "error", "status": 424}]
    missing = {"operation": "instanceGet", "fault": "error", "status": 404}
    service.faults(rules=[*rules, missing])
    with pytest.raises(ServiceGone, match="was deleted, with everything in it"):
        steps.scale({"replicas": 2})
