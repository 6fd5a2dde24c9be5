"""`QueryEndpoint`: the API keys that may query a service over ClickHouse's query API.

Operations: `instanceQueryEndpointGet`, `instanceQueryEndpointUpsert`,
`instanceQueryEndpointDelete`.

    QueryEndpoint(
        "queries",
        QueryEndpointArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            open_api_keys=[key.id],
            roles=["sql_console_read_only"],
        ),
    )

`open_api_keys` are resource ids (`ApiKey.id`), not the ids that a client logs in with. Every change
of an endpoint replaces all of its keys. By default the resource therefore reads the other keys
first and sends them with its own. It then manages its own keys only, so several resources may share
an endpoint. With `exclusive=True` it manages the whole list and revokes all other keys. Roles and
origins belong to the endpoint as a whole.

A change of the service replaces the resource. All other fields change in place. An existing
endpoint is adopted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of, plain
from resources.base.fields import ORGANIZATION, SERVICE, Field, choices, flag, text, texts
from resources.base.polling import Intervals, Poller

if TYPE_CHECKING:
    from clickhouse_api import Client, models
    from clickhouse_api.errors import ApiStatusError

__all__ = ["QueryEndpoint", "QueryEndpointArgs", "QueryEndpointProvider"]

ROLES = ("sql_console_read_only", "sql_console_admin")
# For some seconds the API rejects about one in twenty new keys with the status 400. While a service
# is provisioned, the status is 500 (ClickHouse/clickhousectl#242).
_NEW_KEY_SECONDS = 30.0
_PROVISIONING_SECONDS = 300.0
_RETRY = Intervals.of(3.0)


@dataclass(kw_only=True)
class QueryEndpointArgs:
    """The keys and their permissions.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        open_api_keys: resource ids of API keys, at least one. A set, in place.
        roles: `sql_console_read_only`, `sql_console_admin`. A set, in place.
        allowed_origins: origins from which browsers may send queries. Default: the server's. In
            place.
        exclusive: whether to revoke every key that is not listed. Default: no. In place.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    open_api_keys: pulumi.Input[Sequence[pulumi.Input[str]]]
    roles: pulumi.Input[Sequence[pulumi.Input[str]]]
    allowed_origins: pulumi.Input[str] | None = None
    exclusive: pulumi.Input[bool] | None = None


class QueryEndpointProvider(Singleton):
    """Writes a service's query endpoint, including keys that others added."""

    display_name = "query endpoint"
    shared_field = "open_api_keys"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "open_api_keys": Field(
            check=texts(allowed="at least one resource id of an API key", least=1), required=True
        ),
        "roles": Field(check=choices(ROLES), required=True),
        "allowed_origins": Field(check=text()),
        "exclusive": Field(check=flag, readable=False),
    }

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the endpoint with all of its keys."""
        return _live(
            client.service.instance_query_endpoint_get(props["organization_id"], resource_id)
        )

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the keys of this resource. With `exclusive`, return all keys."""
        shown = super().shown(live, wanted)
        if not wanted.get("exclusive"):
            ours = set(wanted.get("open_api_keys") or ())
            shown["open_api_keys"] = [key for key in live["open_api_keys"] if key in ours]
        return shown

    def sync(self, change: Change) -> None:
        """Send keys, roles and origins. Origins that the program does not set stay as they are."""
        live, news = change.live or {}, change.news
        keys = set(news["open_api_keys"])
        if not news.get("exclusive"):
            keys |= set(live.get("open_api_keys", ())) - set(change.olds.get("open_api_keys") or ())
        endpoint = {
            "open_api_keys": sorted(keys),
            "roles": news["roles"],
            "allowed_origins": news.get("allowed_origins") or live.get("allowed_origins"),
        }
        _upsert(change.client, *change.ids, endpoint)

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the keys of this resource. Delete the endpoint if no other key is left."""
        live = self.observe(client, resource_id, props)
        left = sorted(set(live["open_api_keys"]) - set(props.get("open_api_keys") or ()))
        if left and not props.get("exclusive"):
            _upsert(client, props["organization_id"], resource_id, {**live, "open_api_keys": left})
        else:
            client.service.instance_query_endpoint_delete(props["organization_id"], resource_id)


class QueryEndpoint(Resource, module="clickhouse", name="QueryEndpoint"):
    """A service's query endpoint."""

    open_api_keys: pulumi.Output[list[str]]
    """Resource ids of the keys that this resource manages."""
    roles: pulumi.Output[list[str]]
    """Roles of the keys."""
    allowed_origins: pulumi.Output[str]
    """Origins from which browsers may send queries."""

    def __init__(
        self,
        resource_name: str,
        args: QueryEndpointArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), **marks_of(type(self), resource_name, opts)}
        super().__init__(QueryEndpointProvider(), resource_name, props, opts)


def _upsert(
    client: Client, organization_id: str, service_id: str, endpoint: Mapping[str, Any]
) -> None:
    """Write the endpoint. Repeat while the API does not accept the new keys or the new service."""
    from clickhouse_api import errors, models

    names = ("open_api_keys", "roles", "allowed_origins")
    request = models.InstanceServiceQueryApiEndpointsPostRequest.model_validate(
        {name: endpoint[name] for name in names if endpoint.get(name) is not None}
    )
    Poller(
        f"query endpoint of service {service_id}", _PROVISIONING_SECONDS, intervals=_RETRY
    ).retry(
        lambda: client.service.instance_query_endpoint_upsert(organization_id, service_id, request),
        errors.ApiStatusError,
        _patience_seconds,
    )


def _live(endpoint: models.ServiceQueryAPIEndpoint) -> Live:
    live = plain(endpoint)
    return {**live, **{name: sorted(live.get(name, [])) for name in ("open_api_keys", "roles")}}


def _patience_seconds(error: ApiStatusError) -> float:
    if error.status == 500:
        return _PROVISIONING_SECONDS
    return _NEW_KEY_SECONDS if error.status == 400 else 0.0
