"""A stack of one service and whatever is asked for beside it."""

from __future__ import annotations

import json
import urllib.error
from pathlib import Path
from typing import Any

from local.environment import Layout
from tests.resources.stacks import ProgramStack

__all__ = ["ask_for", "beside", "fault", "of_service"]


def beside(clouds: Layout, folder: Path) -> ProgramStack:
    """The stack; the local cloud allows it any number of requests, so it need not keep to ten."""
    unlimited = {"CLICKHOUSE_API_REQUESTS_PER_WINDOW": "100000"}
    return ProgramStack(clouds, "beside", folder, environment=unlimited)


def ask_for(stack: ProgramStack, *things: tuple[str, str, dict[str, Any]]) -> None:
    """Set what the program makes beside its service."""
    listed = [{"kind": kind, "name": name, "args": args} for kind, name, args in things]
    stack.pulumi("config", "set", "things", json.dumps(listed))


def of_service(stack: ProgramStack, path: str, method: str = "GET", body: Any = None) -> Any:
    """The `result` of an operation of the service; None where the API answers 404."""
    (service,) = stack.services()
    try:
        return stack.control_plane.organization(method, f"services/{service['id']}{path}", body)
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return None


def fault(stack: ProgramStack, operation: str, kind: str, **details: Any) -> None:
    """Let an operation go wrong, once unless `times` says otherwise, beside what is wrong already.

    Args:
        kind, details: `fault` and the other fields of `local.clickhouse.faults.Rule`.
    """
    faults = stack.control_plane.request("GET", "/local/faults")
    rule = {"operation": operation, "fault": kind, **details}
    faults["rules"] = [*faults["rules"], rule]
    stack.control_plane.request("PUT", "/local/faults", faults)
