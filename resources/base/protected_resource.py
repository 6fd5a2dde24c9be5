"""`ProtectedResource`: a created resource that `deletion_protection` keeps from being deleted."""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import DiffResult

from resources.base.created_resource import CreatedResource
from resources.base.errors import ResourceError

__all__ = ["ProtectedResource"]


class ProtectedResource(CreatedResource):
    """An object with an input `deletion_protection` that prevents its deletion."""

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the properties. Also reject the replacement of a protected object, in the
        preview.

        Raises:
            ResourceError: the object is protected and would be replaced.
        """
        replaces = self.replaced(resource_id, olds, news)
        # The value in the state counts, not the one in the program, because a replacement deletes
        # the object with the old inputs.
        if replaces and olds.get("deletion_protection"):
            raise ResourceError(
                f"deletion_protection is True: another {' and '.join(replaces)} would replace "
                f"{self.display_name} {olds.get('name')} ({resource_id}) and delete its data; "
                "allowed: deletion_protection=False in a separate `pulumi up`, then the "
                "replacement"
            )
        return super().diff(resource_id, olds, news)

    def delete(self, resource_id: str, props: dict[str, Any]) -> None:
        """Delete the object, unless it is protected.

        Raises:
            ResourceError: the object is protected.
        """
        if props.get("deletion_protection"):
            raise ResourceError(
                f"deletion_protection is True: {self.display_name} {props.get('name')} "
                f"({resource_id}) is not deleted; allowed: deletion_protection=False in a "
                "separate `pulumi up`, then the deletion"
            )
        super().delete(resource_id, props)
