"""`urn_of`: the URN that a resource will have, as an input of that resource."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import cast

import pulumi
from pulumi.dynamic import Resource

__all__ = ["urn_of"]


def urn_of(
    cls: type[Resource], resource_name: str, opts: pulumi.ResourceOptions | None
) -> pulumi.Output[str]:
    """Return the URN of a resource that is about to be registered, as an output of no resource.

    `create_urn` returns an output of the parent. Pulumi expands a dependency on a component to
    all children of the component, so the resource would wait for itself: the preview hangs, or
    ends with "circular dependency" (`_add_dependency` in pulumi/runtime/rpc.py). The value needs
    no such dependency: the engine registers a parent before its children in any case.
    """
    urn = pulumi.create_urn(
        resource_name, f"pulumi-python:{cls._resource_type_name}", opts.parent if opts else None
    )
    value = cast("Awaitable[str]", urn.future())
    return pulumi.Output(set(), value, urn.is_known())
