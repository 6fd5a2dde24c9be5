"""The secondaries that prevent the primary of a warehouse from being stopped or deleted.

Pulumi deletes secondaries before their primary if they take `data_warehouse_id` from its output. It
stops them after their primary, because a resource is changed before the resources that depend on
it. So the primary first stops the secondaries of the same stack. `check` rejects a secondary with
`desired_state="running"` while its primary is stopped, so the secondaries need no further change.
Secondaries of another stack, or created by hand, are not stopped: an error names them.
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

# The OpenAPI spec has 400. The API is known to return 409.
_REJECTED = (400, 409)
# A stopped secondary prevents the deletion of its primary, but not its stop.
_NO_HOLDERS = {"stop": DELETING | DELETED | STOPPED, "delete": DELETING | DELETED}


class HeldBySecondaries(ResourceError):
    """Secondaries prevent a primary from being stopped or deleted.

    Attributes:
        holders: the secondaries.
    """

    def __init__(self, message: str, *, holders: Sequence[models.Service]) -> None:
        super().__init__(message)
        self.holders = holders


@contextmanager
def naming_secondaries(client: Client, ref: ServiceRef, action: str) -> Iterator[None]:
    """Replace an error that secondaries have caused with one that names them.

    Args:
        action: `stop` or `delete`.
    Raises:
        HeldBySecondaries: the service is a primary, and secondaries prevent the action.
    """
    from clickhouse_api import errors

    try:
        yield
    except errors.ApiStatusError as error:
        holders = _holders(client, ref, action) if error.status in _REJECTED else []
        if not holders:
            raise
        named = ", ".join(f"{other.name} ({other.id}) is {other.state}" for other in holders)
        raise HeldBySecondaries(
            f"cannot {action} {ref}, the primary of a warehouse, before its secondaries: {named}",
            holders=holders,
        ) from error


def releasing_own_secondaries(
    stop_primary: Callable[[], models.Service],
    stop: Callable[[models.Service], object],
    wanted: Mapping[str, Any],
) -> models.Service:
    """Stop a primary. If secondaries of the same stack prevent that, stop them first.

    Args:
        stop_primary: stops the primary; it is called again after the secondaries are stopped.
        stop: stops one secondary and waits until it is stopped.
        wanted: the primary's inputs, which name its stack.
    Raises:
        HeldBySecondaries: some secondaries belong to another stack. No secondary was stopped.
    """
    try:
        return stop_primary()
    except HeldBySecondaries as held:
        if any(tags_of(other).get(STACK) != wanted["stack_mark"] for other in held.holders):
            raise
        for other in held.holders:
            stop(other)
    return stop_primary()


def _holders(client: Client, ref: ServiceRef, action: str) -> list[models.Service]:
    services = client.service.instance_get_list(ref.organization_id)
    warehouses = [s.data_warehouse_id for s in services if s.id == ref.id and s.is_primary]
    return [
        service
        for service in services
        if service.id != ref.id
        and service.data_warehouse_id in warehouses
        and service.state not in _NO_HOLDERS[action]
    ]
