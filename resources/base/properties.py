"""Property bags: an answer as one, and the inputs and options that many resources need."""

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
    """An answer as a property bag: snake_case names, no nulls, whole numbers whole."""
    dumped: Live = _whole(model.model_dump(mode="json", exclude_none=True))
    return dumped


def marks_of(
    cls: type[Resource], resource_name: str, opts: pulumi.ResourceOptions | None
) -> dict[str, Any]:
    """The inputs that `ownership` needs: which resource of which stack this is."""
    return {
        "resource_urn": urn_of(cls, resource_name, opts),
        "stack_mark": stack_mark(
            pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()
        ),
    }


def with_secrets(opts: pulumi.ResourceOptions | None, *names: str) -> pulumi.ResourceOptions:
    """The options, with these outputs as secrets."""
    return pulumi.ResourceOptions.merge(
        opts, pulumi.ResourceOptions(additional_secret_outputs=list(names))
    )


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return whole_number(value)
