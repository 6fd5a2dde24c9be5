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
    """Gives a thing its plain name.

    Args:
        thing: the provider that knows how.
    """

    def __init__(self, thing: ClickStackThing) -> None:
        super().__init__()
        self._thing = thing

    def finish(self, client: Client, props: Mapping[str, Any]) -> None:
        """Take the mark off."""
        self._thing.take_mark_off(client, props["thing_id"], props)


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
            ClickStackReceiptProvider(thing),
            resource_name,
            {**props, "thing_id": of.id},
            with_secrets(pulumi.ResourceOptions(parent=of), *secrets),
        )
