"""The services that a resource of this stack has created before, by their ownership tags.

`ownership` explains why an interrupted run leaves no orphan and no second service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from resources.base.errors import ResourceError
from resources.base.ownership import Owner
from resources.service import service_fields
from resources.service.service_states import DELETED, DELETING

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = [
    "reject_second_service",
    "require_same_kind",
    "unfinished_service",
]


def unfinished_service(client: Client, props: Mapping[str, Any]) -> models.Service | None:
    """Return the service that an interrupted create of this resource left, or None.

    Raises:
        ResourceError: there are several, or the service is of another kind than the program wants.
    """
    services = client.service.instance_get_list(props["organization_id"])
    found = [s for s in Owner.of(props).unfinished(services) if s.state not in DELETING | DELETED]
    if len(found) > 1:
        names = ", ".join(f"{service.name} ({service.id})" for service in found)
        raise ResourceError(
            f"{len(found)} unfinished services carry the ownership tags of this resource: {names}; "
            "delete all but one, `python -m resources.orphans` lists them"
        )
    if not found:
        return None
    require_same_kind(found[0], props, "an interrupted run left")
    return found[0]


def reject_second_service(client: Client, props: Mapping[str, Any]) -> None:
    """Reject a second service of a resource whose first service is protected.

    A forced replacement (`--target-replace`, a taint) does not go through `diff`. Without this
    check, the deletion of the first service would fail only after the second was created.

    Raises:
        ResourceError: names the first service.
    """
    if not props.get("deletion_protection"):
        return
    services = client.service.instance_get_list(props["organization_id"])
    finished = Owner.of(props).finished(services)
    for service in (it for it in finished if it.state not in DELETING | DELETED):
        raise ResourceError(
            f"deletion_protection is True: service {service.name} ({service.id}) of this resource "
            "exists and is not replaced; allowed: deletion_protection=False in a separate "
            f"`pulumi up` first, or adopt={str(service.id)!r} if no state has it"
        )


def require_same_kind(service: models.Service, props: Mapping[str, Any], origin: str) -> None:
    """Raise if the service differs in a field that only a create sets.

    Args:
        origin: begins the message: how the service came into this run.
    Raises:
        ResourceError: names the fields, their values and the values that the program wants.
    """
    names = service_fields.mismatched(service, props)
    if not names:
        return
    seen = service_fields.outputs(service, {})
    if {"cloud_provider", "region"} & set(names):
        names = ["cloud_provider", "region"]
    actual = ", ".join(f"{name} {seen.get(name)!r}" for name in names)
    wanted = ", ".join(f"{name} {props.get(name)!r}" for name in names)
    raise ResourceError(
        f"{origin} service {service.name} ({service.id}) with {actual}, but {wanted} is wanted: go "
        "back to that, or delete the service first (`python -m resources.orphans` lists what "
        "interrupted runs left)"
    )
