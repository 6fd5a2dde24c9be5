"""`Confirmation`: records in the cloud that the state has the id of a created object.

A POST that creates an object marks it as unfinished, with a tag or in its name. This child resource
marks the object as finished. The engine runs a child after it has saved the parent in the state. So
an object that is still marked as unfinished is in no stack's state, and the next run may adopt or
delete it. `ownership` explains why this is safe.

A confirmation runs again when its parent is replaced. Deleting it does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, Resource, UpdateResult

from resources.base.properties import with_secrets
from resources.base.provider import Provider

__all__ = ["Confirmation", "ConfirmationProvider"]


class ConfirmationProvider(Provider):
    """Calls `confirm_created` of the provider that created the object."""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Accept all inputs: they come from this package, not from a program."""
        return CheckResult(news, [])

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare ids only: another object needs a confirmation as well."""
        return DiffResult(changes=olds.get("object_id") != news.get("object_id"))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Confirm the object. A repeated call changes nothing."""
        from resources import provider_named

        provider: Any = provider_named(props["provider"])
        with self._control_plane.client() as client:
            provider.confirm_created(client, props["object_id"], props)
        return CreateResult(props["object_id"], props)

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Confirm the object that replaced the earlier one."""
        return UpdateResult(self.create(news).outs)


class Confirmation(Resource, module="clickhouse", name="Confirmation"):
    """The child of a created resource that confirms it.

    Args:
        resource_name: the parent's name.
        provider: the parent's provider.
        of: the parent.
        props: further inputs that `confirm_created` of the provider needs.
        secrets: names of secret values in `props`.
    """

    object_id: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        provider: Provider,
        *,
        of: Resource,
        props: Mapping[str, Any],
        secrets: Sequence[str] = (),
    ) -> None:
        super().__init__(
            ConfirmationProvider(),
            resource_name,
            {**props, "provider": type(provider).__name__, "object_id": of.id},
            with_secrets(pulumi.ResourceOptions(parent=of), *secrets),
        )
