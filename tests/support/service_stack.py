"""A stack of one service and whatever is asked for beside it."""

from __future__ import annotations

import json
import urllib.error
from pathlib import Path
from typing import Any

from local.environment import Layout
from tests.support.program_stack import ProgramStack

__all__ = ["add_fault", "declare", "service_result", "service_stack"]


def service_stack(clouds: Layout, folder: Path, *, alone: bool = False) -> ProgramStack:
    """The stack; the local cloud allows it any number of requests, so it need not keep to ten.

    Args:
        alone: without the service, for what belongs to the organization.
    """
    unlimited = {"CLICKHOUSE_API_REQUESTS_PER_WINDOW": "100000"}
    stack = ProgramStack(clouds, "service_children", folder, environment=unlimited)
    if alone:
        stack.pulumi("config", "set", "alone", "true")
    return stack


def declare(
    stack: ProgramStack, *things: tuple[str, str, dict[str, Any]], secret: bool = False
) -> None:
    """Set what the program makes beside its service; as a secret, if there is one in it."""
    listed = [{"kind": kind, "name": name, "args": args} for kind, name, args in things]
    how = "--secret" if secret else "--plaintext"
    stack.pulumi("config", "set", how, "resources", json.dumps(listed))


def service_result(stack: ProgramStack, path: str, method: str = "GET", body: Any = None) -> Any:
    """The `result` of an operation of the service; None where the API answers 404."""
    (service,) = stack.services()
    try:
        return stack.control_plane.organization(method, f"services/{service['id']}{path}", body)
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return None


def add_fault(stack: ProgramStack, operation: str, kind: str, **details: Any) -> None:
    """Let an operation go wrong, once unless `times` says otherwise, beside what is wrong already.

    Args:
        kind, details: `fault` and the other fields of `local.clickhouse.faults.Rule`.
    """
    faults = stack.control_plane.request("GET", "/local/faults")
    rule = {"operation": operation, "fault": kind, **details}
    faults["rules"] = [*faults["rules"], rule]
    stack.control_plane.request("PUT", "/local/faults", faults)
