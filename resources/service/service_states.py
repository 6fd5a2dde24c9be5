"""The states of a ClickHouse service, in the sets that its resources distinguish.

Source: the enum of `Service.state` in the OpenAPI spec.
"""

from __future__ import annotations

__all__ = [
    "COMING_UP",
    "DEGRADED",
    "DELETED",
    "DELETING",
    "FAILED",
    "PARTIALLY_RUNNING",
    "PROVISIONING",
    "REJECT_DELETE",
    "RUNNING",
    "STOPPED",
    "STOPPED_OR_STOPPING",
    "STOPPING",
]

PROVISIONING = frozenset({"provisioning"})
COMING_UP = frozenset({"starting", "awaking"})
"""A start command was sent, possibly by an interrupted `pulumi up`."""
PARTIALLY_RUNNING = frozenset({"partially_running"})
RUNNING = frozenset({"running", "idle"})
"""`idle` counts as running: the next query wakes the service."""
DEGRADED = frozenset({"degraded"})
"""The service may recover, so a wait fails only at its deadline."""
STOPPING = frozenset({"stopping"})
STOPPED = frozenset({"stopped"})
STOPPED_OR_STOPPING = STOPPED | STOPPING
FAILED = frozenset({"failed"})
DELETING = frozenset({"softdeleting", "terminating"})
"""No service returns from these states."""
DELETED = frozenset({"softdeleted", "terminated"})
"""`instanceGet` may still return such a service; for resources it does not exist."""

REJECT_DELETE = RUNNING | PARTIALLY_RUNNING
"""`instanceDelete` succeeds in most states. In these, the service must be stopped first."""
