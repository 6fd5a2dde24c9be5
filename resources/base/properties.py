"""Property bags from responses, and the inputs and options of many resources."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import Resource

from resources.base.checker import whole_number
from resources.base.declarative_provider import Live
from resources.base.ownership import stack_mark
from resources.base.urns import urn_of

__all__ = ["marks_of", "plain", "with_secrets"]


def plain(model: Any) -> Live:
    """Return a response as a property bag, with names in snake_case and without nulls."""
    dumped: Live = _whole(model.model_dump(mode="json", exclude_none=True))
    return dumped


def marks_of(
    cls: type[Resource], resource_name: str, opts: pulumi.ResourceOptions | None
) -> dict[str, Any]:
    """Return the inputs that identify the resource and its stack (see `ownership`)."""
    return {
        "resource_urn": urn_of(cls, resource_name, opts),
        "stack_mark": stack_mark(
            pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()
        ),
    }


def with_secrets(opts: pulumi.ResourceOptions | None, *names: str) -> pulumi.ResourceOptions:
    """Return the options with these outputs as secrets."""
    return pulumi.ResourceOptions.merge(
        opts, pulumi.ResourceOptions(additional_secret_outputs=list(names))
    )


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return whole_number(value)
