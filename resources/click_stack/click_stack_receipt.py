"""`ClickStackReceipt`: takes the mark off a ClickStack name once its id is saved in the state.

The child that each of the four makes for itself; `named_receipt` has the argument. Operations: GET
and PUT of the thing. A webhook's PUT must have the address again, which no answer tells, so its
receipt is given the webhook's own inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import Resource

from resources.base import with_secrets
from resources.base.name_mark import NamedReceiptProvider
from resources.click_stack.click_stack_object import ClickStackThing

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["ClickStackReceipt", "ClickStackReceiptProvider"]


class ClickStackReceiptProvider(NamedReceiptProvider):
    """Removes the ownership mark from an object's name."""

    def finish(self, client: Client, props: Mapping[str, Any]) -> None:
        """Send the object with its plain name, as its own provider does."""
        from resources import provider_class

        provider = provider_class(props["thing_provider"])()
        assert isinstance(provider, ClickStackThing)  # noqa: S101 - narrows the type
        provider.take_mark_off(client, props["thing_id"], props)


class ClickStackReceipt(Resource, module="clickhouse", name="ClickStackReceipt"):
    """Marks a thing as known to the state; made by it."""

    thing_id: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        thing: ClickStackThing,
        *,
        of: Resource,
        props: Mapping[str, Any],
        secrets: Sequence[str] = (),
    ) -> None:
        super().__init__(
            ClickStackReceiptProvider(),
            resource_name,
            {**props, "thing_id": of.id, "thing_provider": type(thing).__name__},
            with_secrets(pulumi.ResourceOptions(parent=of), *secrets),
        )
