"""The steps of a ClickPipe's lifecycle: edit, scale, start or stop, delete. Each is idempotent.

A pipe that replicates a database accepts an edit of its source only while it is paused, and resumes
automatically afterwards. So each edit pauses the pipe, and the last step sets the desired state.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from resources.base import Live
from resources.base import pulumi_engine as engine
from resources.base.errors import ResourceError, WaitFailed
from resources.base.polling import Poller
from resources.click_pipes.click_pipe_requests import live_pipe
from resources.click_pipes.click_pipe_sources import SOURCES, kind_of
from resources.click_pipes.click_pipe_states import (
    COMPLETED,
    FAILED,
    MOVING_ROWS,
    STARTED,
    STOPPED,
    STOPPING,
    TRANSIENT,
)
from resources.service.waits import ServiceRef
from resources.service.waking import when_awake

if TYPE_CHECKING:
    from clickhouse_api import Client, errors

__all__ = ["DEFAULT_TIMEOUT_MINUTES", "PipeSteps"]

T = TypeVar("T")

# A pipe that replicates a database first creates slots and publications.
DEFAULT_TIMEOUT_MINUTES = 15

# The response to an edit still has the state `Paused`. The pipe resumes after the response.
_RESUMES_WITHIN_SECONDS = 5.0
_EDIT_ATTEMPTS = 3
# A part of the API's error message for an edit that is only allowed while the pipe is paused.
_PAUSE_FIRST = "must be paused"


@dataclass
class PipeSteps:
    """The steps for one pipe.

    Attributes:
        props: the resource's inputs.
        clock, sleep: tests pass their own.
    """

    client: Client
    props: Mapping[str, Any]
    pipe_id: str
    progress: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = engine.sleep

    def __post_init__(self) -> None:
        # Whether an edit will resume the pipe automatically.
        self._resumes = False
        minutes = self.props.get("timeout_minutes") or DEFAULT_TIMEOUT_MINUTES
        self._poller = Poller(
            f"ClickPipe {self.props.get('name')} ({self.pipe_id})",
            minutes * 60,
            self.progress,
            self.clock,
            self.sleep,
        )

    @property
    def ids(self) -> tuple[str, str, str]:
        """Return the ids of organization, service and pipe for an operation."""
        return self.props["organization_id"], self.props["service_id"], self.pipe_id

    def read(self) -> Live:
        """Return the pipe.

        Raises:
            NotFound: the pipe is deleted.
        """
        return live_pipe(self.client.click_pipes.click_pipe_get(*self.ids))

    def edit(self, live: Live, patch: Mapping[str, Any]) -> Live:
        """Send an update. If it changes the source of a database, pause the pipe first."""
        from clickhouse_api import errors, models

        request = models.ClickPipePatchRequest.model_validate(patch)

        def send() -> Live:
            return live_pipe(self.client.click_pipes.click_pipe_update(*self.ids, request))

        if "source" in patch and SOURCES[kind_of(live["source"])].is_database:
            return self._while_paused(live, send)
        try:
            return self._awake(send)
        except errors.ApiStatusError as error:
            if not _needs_pause(error):
                raise
        return self._while_paused(self.read(), send)

    def put_settings(self, settings: Mapping[str, Any]) -> None:
        """Replace all settings."""
        from clickhouse_api import models

        request = models.ClickPipeSettingsPutRequest.model_validate(settings)
        self._awake(lambda: self.client.click_pipes.click_pipe_settings_update(*self.ids, request))

    def scale(self, scaling: Mapping[str, Any]) -> Live:
        """Change the number and the size of replicas."""
        from clickhouse_api import models

        request = models.ClickPipeScalingPatchRequest.model_validate(scaling)
        pipes = self.client.click_pipes
        return self._awake(lambda: live_pipe(pipes.click_pipe_scaling_update(*self.ids, request)))

    def bring_to(self, live: Live, desired_state: str) -> Live:
        """Start or stop the pipe if necessary, and wait until it has the desired state.

        Raises:
            WaitFailed: the pipe failed, or the deadline passed.
        """
        if desired_state == "stopped":
            if self._resumes:
                self.sleep(_RESUMES_WITHIN_SECONDS)
                live = self.read()
            return live if live["state"] in FAILED else self._stop(live)
        if live["state"] in STOPPING:
            live = self._until(live, STOPPED | FAILED, "is stopped")
        if live["state"] in STOPPED | FAILED:
            live = self._start(live)
        return self._until(live, MOVING_ROWS | COMPLETED, "runs", hopeless=FAILED)

    def delete(self) -> None:
        """Delete the pipe, and wait until the API no longer has it.

        Raises:
            NotFound: the pipe is deleted. A successful wait ends with this error as well.
            WaitFailed: the API still has the pipe at the deadline.
        """
        self.client.click_pipes.click_pipe_delete(*self.ids)
        self._poller.until(
            self.read(),
            self.read,
            lambda _pipe: False,
            state_of=lambda pipe: str(pipe["state"]),
            goal="is deleted",
        )

    def _while_paused(self, live: Live, send: Callable[[], Live]) -> Live:
        """Pause the pipe and send the edit. If the edit is rejected, resume the pipe."""
        from clickhouse_api import errors

        was_started = live["state"] in STARTED
        self._resumes = True
        for attempts_left in reversed(range(_EDIT_ATTEMPTS)):
            paused = self._stop(live)
            try:
                return self._awake(send)
            except errors.ClickHouseApiError as error:
                # The previous edit may have resumed the pipe a moment ago.
                if attempts_left and _needs_pause(error):
                    live = self.read()
                    continue
                if was_started:
                    with contextlib.suppress(errors.ClickHouseApiError, ResourceError):
                        self._start(paused)
                raise
        raise AssertionError("the last attempt returns or raises")

    def _start(self, live: Live) -> Live:
        """Start the pipe. A pipe that has resumed automatically rejects the command."""
        from clickhouse_api import errors

        try:
            return self._command("start")
        except errors.ApiStatusError as error:
            if error.status != 400:
                raise
            now = self.read()
            if now["state"] in STOPPED | FAILED:
                message = f"cannot start {self._poller.subject}, which is {live['state']}: {error}"
                raise ResourceError(message) from error
            return now

    def _stop(self, live: Live) -> Live:
        if live["state"] in TRANSIENT:
            settled = STARTED | COMPLETED | STOPPED | FAILED
            live = self._until(live, settled, "can be stopped")
        if live["state"] in STOPPED | COMPLETED | FAILED:
            return live
        if live["state"] not in STOPPING:
            live = self._command("stop")
        return self._until(live, STOPPED | COMPLETED, "is stopped", hopeless=FAILED)

    def _command(self, command: str) -> Live:
        from clickhouse_api import models

        request = models.ClickPipeStatePatchRequest.model_validate({"command": command})
        pipes = self.client.click_pipes
        return self._awake(lambda: live_pipe(pipes.click_pipe_state_update(*self.ids, request)))

    def _until(
        self,
        live: Live,
        states: frozenset[str],
        goal: str,
        *,
        hopeless: frozenset[str] = frozenset(),
    ) -> Live:
        def done(pipe: Live) -> bool:
            if pipe["state"] in hopeless:
                failure = self._poller.failure(goal, str(pipe["state"]))
                raise WaitFailed(f"{failure}; the console shows why", last_state=failure.last_state)
            return pipe["state"] in states

        return self._poller.until(
            live, self.read, done, state_of=lambda pipe: str(pipe["state"]), goal=goal
        )

    def _awake(self, request: Callable[[], T]) -> T:
        organization_id, service_id, _ = self.ids
        ref = ServiceRef(organization_id, service_id, "of the ClickPipe")
        return when_awake(self.client, ref, request, self.progress)


def _needs_pause(error: errors.ClickHouseApiError) -> bool:
    status = getattr(error, "status", None)
    return status == 400 and _PAUSE_FIRST in error.message
