"""Functions that look up existing objects while the program runs.

Operations: `instanceGetList`, `backupGetList`, `usageCostGet`, `instancePrivateEndpointConfigGet`.

    existing = find_service(organization.id, name="existing")
    pulumi.export("latest_backup", list_backups(organization.id, existing.id)[:1])
    pulumi.export("metrics", prometheus_url(organization.id, existing.id))

Each function except `prometheus_url` sends one request to the API at every `preview` and `up`.
If a service is not found, the run ends with one line that lists the existing ones.
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

Result = TypeVar("Result")


@dataclass(frozen=True)
class FoundService:
    """A service that another program owns.

    Attributes:
        id: UUID of the service.
        name: name of the service.
        state: `running`, `idle`, `stopped` or another state of the API.
        cloud_provider: `aws`, `gcp` or `azure`.
        region: region of that provider.
        tags: all tags of the service.
    """

    id: str
    name: str
    state: str
    cloud_provider: str
    region: str
    tags: dict[str, str]


@dataclass(frozen=True)
class PrivateEndpointConfig:
    """The values that are needed to create a private endpoint to a service.

    Attributes:
        endpoint_service_id: the service's id at the cloud provider.
        private_dns_hostname: hostname of the service behind the private endpoint.
    """

    endpoint_service_id: str
    private_dns_hostname: str


def find_service(
    organization_id: str, *, name: str | None = None, tag: tuple[str, str] | None = None
) -> FoundService:
    """Return the only service with this name, this tag, or both.

    Raises:
        pulumi.RunError: no service matches, or several do; the message lists all names.
    """

    def list_services(client: Client) -> list[FoundService]:
        return [_found(service) for service in client.service.instance_get_list(organization_id)]

    services = _request("looking up a service", list_services)
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
        f"{len(chosen)} services have {wanted or 'any name'}, allowed: exactly one; existing "
        f"services: {names}"
    )


def list_backups(organization_id: str, service_id: str) -> list[dict[str, Any]]:
    """Return the backups of a service in the API's order, with field names in snake_case."""
    return _request(
        "listing the backups",
        lambda client: [
            plain(b) for b in client.backup.backup_get_list(organization_id, service_id)
        ],
    )


def usage_cost(organization_id: str, *, from_date: str, to_date: str) -> dict[str, Any]:
    """Return the organization's cost from one day (`2026-11-01`) to another, at most 31 days."""
    return _request(
        "getting the usage cost",
        lambda client: plain(
            client.billing.usage_cost_get(organization_id, from_date=from_date, to_date=to_date)
        ),
    )


def private_endpoint_config(organization_id: str, service_id: str) -> PrivateEndpointConfig:
    """Return the values that are needed to create a private endpoint to a service."""
    found = _request(
        "looking up the private endpoint configuration",
        lambda client: client.service.instance_private_endpoint_config_get(
            organization_id, service_id
        ),
    )
    return PrivateEndpointConfig(found.endpoint_service_id or "", found.private_dns_hostname or "")


def prometheus_url(organization_id: str, service_id: str) -> str:
    """Return the URL at which Prometheus scrapes a service, without sending a request.

    Prometheus authenticates with the id and the secret of an API key as user and password.
    """
    base = pulumi.Config().get("clickhouseApiUrl") or os.environ.get("CLICKHOUSE_API_URL")
    base = (base or "https://api.clickhouse.cloud/v1").rstrip("/")
    return f"{base}/organizations/{organization_id}/services/{service_id}/prometheus"


def _request(operation: str, send: Callable[[Client], Result]) -> Result:
    from clickhouse_api import errors

    try:
        with ControlPlane(pulumi.Config().get).client() as client:
            return send(client)
    except (errors.ClickHouseApiError, ResourceError) as error:
        raise pulumi.RunError(f"{operation}: {error}") from None


def _found(service: models.Service) -> FoundService:
    return FoundService(
        id=str(service.id),
        name=service.name or "",
        state=str(service.state or ""),
        cloud_provider=str(service.provider or ""),
        region=str(service.region or ""),
        tags=tags_of(service),
    )
