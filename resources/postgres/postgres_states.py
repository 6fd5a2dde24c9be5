"""The states of a Postgres service, in the sets that its resource distinguishes.

Source: `pgStateProperty` in the OpenAPI spec.
"""

from __future__ import annotations

__all__ = ["DELETING", "RUNNING", "STOPPED", "TRANSIENT", "UNAVAILABLE"]

TRANSIENT = frozenset(
    {"creating", "restarting", "replaying_wal", "restoring_backup", "finalizing_restore"}
)
RUNNING = frozenset({"running"})
UNAVAILABLE = frozenset({"unavailable"})
"""A service may be unavailable for a moment, while it moves to other machines, or permanently."""
STOPPED = frozenset({"stopped"})
DELETING = frozenset({"deleting"})
"""No service returns from this state."""
