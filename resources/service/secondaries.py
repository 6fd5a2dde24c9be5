"""A warehouse's primary can neither stop nor go while it has secondaries: says which hold it.

The secondaries of a stack that take `data_warehouse_id` from their primary's output are deleted
before it, by Pulumi. Stopping goes the other way round, since a primary is changed before what
depends on it: so it stops them itself, and they then find themselves as they want to be (`check`
refuses one that wants to run while its primary is stopped). Those of another stack, or made by
hand, are somebody else's decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from resources.base.errors import ResourceError
from resources.base.ownership import STACK, tags_of
from resources.service.service_states import DELETED, DELETING, STOPPED
from resources.service.waits import ServiceRef

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["HeldBySecondaries", "naming_secondaries", "releasing_own_secondaries"]

# The document says 400, the API is known to say 409.
_REFUSED = (400, 409)
# A stopped secondary does not keep its primary from stopping, but from being deleted.
_NO_HOLDERS = {"stop": DELETING | DELETED | STOPPED, "delete": DELETING | DELETED}


class HeldBySecondaries(ResourceError):
    """A primary is held by these; carries them."""

    def __init__(self, message: str, *, holders: Sequence[models.Service]) -> None:
        super().__init__(message)
        self.holders = holders


@contextmanager
def naming_secondaries(client: Client, ref: ServiceRef, what: str) -> Iterator[None]:
    """Turn a refusal that secondaries are the cause of into an error that names them.

    Args:
        what: what is being done, `stop` or `delete`.
    Raises:
        HeldBySecondaries: the service is a primary and these secondaries hold it.
    """
    from clickhouse_api import errors

    try:
        yield
    except errors.ApiStatusError as error:
        holders = _holders(client, ref, what) if error.status in _REFUSED else []
        if not holders:
            raise
        named = ", ".join(f"{other.name} ({other.id}) is {other.state}" for other in holders)
        raise HeldBySecondaries(
            f"cannot {what} {ref}, the primary of a warehouse, before its secondaries: {named}",
            holders=holders,
        ) from error


def releasing_own_secondaries(
    stop_primary: Callable[[], models.Service],
    stop: Callable[[models.Service], object],
    wanted: Mapping[str, Any],
) -> models.Service:
    """Stop a primary; where secondaries hold it that are all of its own stack, those first.

    Args:
        stop_primary: may be called again once it was refused.
        stop: stops one secondary, and waits until it is.
        wanted: the primary's inputs, which name its stack.
    Raises:
        HeldBySecondaries: some are not of this stack; then none was stopped.
    """
    try:
        return stop_primary()
    except HeldBySecondaries as held:
        if any(tags_of(other).get(STACK) != wanted["stack_mark"] for other in held.holders):
            raise
        for other in held.holders:
            stop(other)
    return stop_primary()


def _holders(client: Client, ref: ServiceRef, what: str) -> list[models.Service]:
    services = client.service.instance_get_list(ref.organization_id)
    warehouses = [s.data_warehouse_id for s in services if s.id == ref.id and s.is_primary]
    return [
        service
        for service in services
        if service.id != ref.id
        and service.data_warehouse_id in warehouses
        and service.state not in _NO_HOLDERS[what]
    ]
