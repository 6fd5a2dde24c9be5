"""The states of a ClickPipe, in the sets that its resource distinguishes.

Sources: the enum of `ClickPipe.state` in the OpenAPI spec, and
https://clickhouse.com/docs/integrations/clickpipes/postgres/lifecycle. That page does not describe
`Degraded`, `Stopping` and `Stopped`; streaming pipes have them.

- A `Degraded` pipe is started and has errors, so a start command would not repair it. It has
  `desired_state="running"`, and must be stopped like a running pipe. A wait until the pipe runs
  continues until the pipe recovers: `pulumi up` must not succeed while a pipe has errors.
- A `Completed` pipe has loaded everything it was created for; no further action follows. It
  neither starts nor stops, so every `desired_state` and every wait accepts it.
"""

from __future__ import annotations

__all__ = [
    "COMPLETED",
    "FAILED",
    "MOVING_ROWS",
    "STARTED",
    "STOPPED",
    "STOPPING",
    "TRANSIENT",
]

MOVING_ROWS = frozenset({"Running", "Snapshot", "Resync"})
"""`Snapshot` is the initial load, which may take days."""
STARTED = MOVING_ROWS | {"Degraded"}
COMPLETED = frozenset({"Completed"})
STOPPING = frozenset({"Stopping", "Pausing"})
STOPPED = frozenset({"Stopped", "Paused"})
"""Streaming pipes become `Stopped`, pipes that replicate a database become `Paused`."""
FAILED = frozenset({"Failed", "InternalError"})
TRANSIENT = frozenset({"Provisioning", "Setup", "Modifying", "Unknown"})
"""The pipe leaves these states without a command."""
