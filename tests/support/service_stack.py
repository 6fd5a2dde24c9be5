"""A stack of one service and the resources that a test declares next to it."""

from __future__ import annotations

import json
import urllib.error
from pathlib import Path
from typing import Any

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack

__all__ = ["add_fault", "declare", "service_result", "service_stack"]


def service_stack(clouds: StackPaths, folder: Path, *, alone: bool = False) -> ProgramStack:
    """Return the stack. The local cloud's rate limit is off, so the stack need not respect it.

    Args:
        alone: omit the service, for resources of the organization.
    """
    unlimited = {"CLICKHOUSE_API_REQUESTS_PER_WINDOW": "100000"}
    stack = ProgramStack(clouds, "service_children", folder, environment=unlimited)
    if alone:
        stack.pulumi("config", "set", "alone", "true")
    return stack


def declare(
    stack: ProgramStack, *declared: tuple[str, str, dict[str, Any]], secret: bool = False
) -> None:
    """Set the resources of the program; with `secret` as a secret config value."""
    listed = [{"kind": kind, "name": name, "args": args} for kind, name, args in declared]
    how = "--secret" if secret else "--plaintext"
    stack.pulumi("config", "set", how, "resources", json.dumps(listed))


def service_result(stack: ProgramStack, path: str, method: str = "GET", body: Any = None) -> Any:
    """Return the `result` of an operation of the service, or None after a 404."""
    (service,) = stack.services()
    try:
        return stack.control_plane.organization(method, f"services/{service['id']}{path}", body)
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return None


def add_fault(stack: ProgramStack, operation: str, kind: str, **details: Any) -> None:
    """Add a fault to the local cloud; it affects one call unless `times` is given.

    Args:
        kind, details: `fault` and the other fields of `local.clickhouse.faults.Rule`.
    """
    faults = stack.control_plane.request("GET", "/local/faults")
    rule = {"operation": operation, "fault": kind, **details}
    faults["rules"] = [*faults["rules"], rule]
    stack.control_plane.request("PUT", "/local/faults", faults)
