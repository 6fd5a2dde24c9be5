"""A warehouse's primary can neither stop nor go while it has secondaries: says which hold it.

The secondaries of a stack that take `data_warehouse_id` from their primary's output are deleted
before it, by Pulumi. Those of another stack, or made by hand, are somebody else's decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from resources.errors import ResourceError
from resources.waits import GONE, LEAVING, ServiceRef

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["naming_secondaries"]

# The document says 400, the API is known to say 409.
_REFUSED = (400, 409)


@contextmanager
def naming_secondaries(client: Client, ref: ServiceRef, what: str) -> Iterator[None]:
    """Turn a refusal that secondaries are the cause of into an error that names them.

    Args:
        what: what is being done, `stop` or `delete`.
    Raises:
        ResourceError: the service is a primary and these secondaries hold it.
    """
    from clickhouse_api import errors

    try:
        yield
    except errors.ApiStatusError as error:
        holders = _secondaries(client, ref) if error.status in _REFUSED else []
        if not holders:
            raise
        named = ", ".join(f"{other.name} ({other.id}) is {other.state}" for other in holders)
        raise ResourceError(
            f"cannot {what} {ref}, the primary of a warehouse, before its secondaries: {named}"
        ) from error


def _secondaries(client: Client, ref: ServiceRef) -> list[models.Service]:
    services = client.service.instance_get_list(ref.organization_id)
    warehouses = [s.data_warehouse_id for s in services if s.id == ref.id and s.is_primary]
    return [
        service
        for service in services
        if service.id != ref.id
        and service.data_warehouse_id in warehouses
        and service.state not in LEAVING | GONE
    ]
