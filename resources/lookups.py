"""Look-ups: what is there already, asked while the program runs.

Operations: `instanceGetList`, `backupGetList`, `usageCostGet`, `instancePrivateEndpointConfigGet`.

    existing = find_service(organization.id, name="existing")
    pulumi.export("latest_backup", list_backups(organization.id, existing.id)[:1])
    pulumi.export("metrics", prometheus_url(organization.id, existing.id))

Each of them asks the API once at every `preview` and `up`. What is not there ends the run with one
line that says what there is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi

from resources.base import plain
from resources.base.control_plane import ControlPlane
from resources.base.errors import ResourceError
from resources.base.ownership import tags_of

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = [
    "FoundService",
    "PrivateEndpointConfig",
    "find_service",
    "list_backups",
    "private_endpoint_config",
    "prometheus_url",
    "usage_cost",
]

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class FoundService:
    """A service that some other program owns.

    Attributes:
        id: its UUID.
        name: its name.
        state: `running`, `idle`, `stopped`, …
        cloud_provider: `aws`, `gcp` or `azure`.
        region: region of that provider.
        tags: all its tags.
    """

    id: str
    name: str
    state: str
    cloud_provider: str
    region: str
    tags: dict[str, str]


@dataclass(frozen=True)
class PrivateEndpointConfig:
    """What one needs to make a private endpoint.

    Attributes:
        endpoint_service_id: the cloud provider's id of the service behind it.
        private_dns_hostname: the name under which the service is reached through it.
    """

    endpoint_service_id: str
    private_dns_hostname: str


def find_service(
    organization_id: str, *, name: str | None = None, tag: tuple[str, str] | None = None
) -> FoundService:
    """The one service with this name, this tag, or both.

    Raises:
        pulumi.RunError: there is none, or more than one; the message lists the names there are.
    """

    def ask(client: Client) -> list[FoundService]:
        return [_found(service) for service in client.service.instance_get_list(organization_id)]

    services = _asked("looking up a service", ask)
    chosen = [
        service
        for service in services
        if name in (None, service.name) and (tag is None or service.tags.get(tag[0]) == tag[1])
    ]
    if len(chosen) == 1:
        return chosen[0]
    wanted = " and ".join(
        [f"name {name!r}"] * (name is not None) + [f"tag {tag!r}"] * (tag is not None)
    )
    names = ", ".join(repr(service.name) for service in services) or "none"
    raise pulumi.RunError(
        f"{len(chosen)} services have {wanted or 'any name'}, one is asked for; there are: {names}"
    )


def list_backups(organization_id: str, service_id: str) -> list[dict[str, Any]]:
    """The backups of a service, as the API lists them, with names in snake_case."""
    return _asked(
        "listing the backups",
        lambda client: [
            plain(b) for b in client.backup.backup_get_list(organization_id, service_id)
        ],
    )


def usage_cost(organization_id: str, *, from_date: str, to_date: str) -> dict[str, Any]:
    """What the organization used from one day (`2026-11-01`) to another, 31 days at most."""
    return _asked(
        "asking for the usage cost",
        lambda client: plain(
            client.billing.usage_cost_get(organization_id, from_date=from_date, to_date=to_date)
        ),
    )


def private_endpoint_config(organization_id: str, service_id: str) -> PrivateEndpointConfig:
    """What a private endpoint to a service needs to know."""
    found = _asked(
        "looking up the private endpoint configuration",
        lambda client: client.service.instance_private_endpoint_config_get(
            organization_id, service_id
        ),
    )
    return PrivateEndpointConfig(found.endpoint_service_id or "", found.private_dns_hostname or "")


def prometheus_url(organization_id: str, service_id: str) -> str:
    """Where Prometheus scrapes a service, with an API key as user and password; nobody is asked."""
    base = pulumi.Config().get("clickhouseApiUrl") or os.environ.get("CLICKHOUSE_API_URL")
    base = (base or "https://api.clickhouse.cloud/v1").rstrip("/")
    return f"{base}/organizations/{organization_id}/services/{service_id}/prometheus"


def _asked(what: str, ask: Callable[[Client], Answer]) -> Answer:
    from clickhouse_api import errors

    try:
        with ControlPlane(pulumi.Config().get).client() as client:
            return ask(client)
    except (errors.ClickHouseApiError, ResourceError) as error:
        raise pulumi.RunError(f"{what}: {error}") from None


def _found(service: models.Service) -> FoundService:
    return FoundService(
        id=str(service.id),
        name=service.name or "",
        state=str(service.state or ""),
        cloud_provider=str(service.provider or ""),
        region=str(service.region or ""),
        tags=tags_of(service),
    )
