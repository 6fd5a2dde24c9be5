"""`ApiKey`: a key of the ClickHouse Cloud API, or of query endpoints, that can be rotated.

Operations: `openapiKeyCreate`, `openapiKeyGet`, `openapiKeyGetList`, `openapiKeyUpdate`,
`openapiKeyDelete`.

    key = ApiKey(
        "reporting",
        ApiKeyArgs(
            organization_id=warehouse.organization_id,
            roles=["query_endpoints"],
            ip_access_list=["203.0.113.7"],
            rotation="2026-11",
        ),
    )
    pulumi.export("key_id", key.key_id)
    pulumi.export("key_secret", key.key_secret)

A key has two ids. Other operations use the resource's `id`, and a client logs in with `key_id`. The
API returns the secret only in the response of the create request. It is stored as a secret output.

A change of the organization or of `rotation` replaces the key. The old key is deleted after the new
key was created and all resources that use it were updated. All other fields change in place. With
`adopt="<id>"` an existing key is adopted. Its `key_id` and `key_secret` are absent then, and it can
be rotated only after `adopt` was removed from the program.

A key has an ownership tag in its name until its id is saved (see `name_mark`). If a run is
interrupted before that, the secret of its key is lost. The next run deletes that key and creates
another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, CreatedResource, Live, marks_of, plain, with_secrets
from resources.base.access_list import check_access_list, same_access_list
from resources.base.checker import Checker
from resources.base.confirmation import Confirmation
from resources.base.fields import (
    ORGANIZATION,
    Field,
    choice,
    choices,
    moment,
    same_moment,
    text,
    texts,
)
from resources.base.name_mark import has_mark, marked, unmarked

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["ApiKey", "ApiKeyArgs", "ApiKeyProvider"]

ROLES = ("admin", "developer", "query_endpoints")
STATES = ("enabled", "disabled")
SENT = ("name", "roles", "assigned_role_ids", "ip_access_list", "expire_at", "state")


@dataclass(kw_only=True)
class ApiKeyArgs:
    """The key and its permissions.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        ip_access_list: clients that may use the key: addresses, CIDR ranges, or mappings with
            `source` and `description`. A set, in place. At least one, because an empty list
            rejects all clients.
        name: name of the key. Default: the Pulumi name, or the name of the adopted key. In place.
        roles: `admin`, `developer`, `query_endpoints`. A set, in place. Either `roles` or
            `assigned_role_ids` is required.
        assigned_role_ids: UUIDs of system or custom roles. A set, in place.
        expire_at: date and time with a zone, for example `2027-01-01T00:00:00Z`. Without it, the
            key never expires. In place.
        state: `enabled` or `disabled`. Default: the server's. In place.
        rotation: any string. Another value creates a new key. Replaces.
        adopt: id of an existing key to adopt.
    """

    organization_id: pulumi.Input[str]
    ip_access_list: pulumi.Input[Sequence[pulumi.Input[str | Mapping[str, str]]]]
    name: pulumi.Input[str] | None = None
    roles: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    assigned_role_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    expire_at: pulumi.Input[str] | None = None
    state: pulumi.Input[str] | None = None
    rotation: pulumi.Input[str] | None = None
    adopt: pulumi.Input[str] | None = None


class ApiKeyProvider(CreatedResource):
    """Creates, changes and deletes keys."""

    display_name = "API key"
    create_only_outputs = ("key_id", "key_secret")
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "name": Field(check=text()),
        "roles": Field(check=choices(ROLES)),
        "assigned_role_ids": Field(check=texts(allowed="at least one UUID of a role", least=1)),
        "ip_access_list": Field(check=check_access_list, required=True, same=same_access_list),
        "expire_at": Field(check=moment, clears=True, same=same_moment),
        "state": Field(check=choice(STATES)),
        "rotation": Field(check=text(), replaces=True, readable=False),
    }

    def rules(self, checker: Checker) -> None:
        """Require either `roles` or `assigned_role_ids`, except for an adopted key."""
        checker.text("adopt")
        given = [name for name in ("roles", "assigned_role_ids") if name in checker.inputs]
        if len(given) == 2:
            checker.reject("assigned_role_ids", "nothing together with roles")
        elif not given and "adopt" not in checker.inputs:
            checker.required("roles")

    def is_reusable(self, _live: Live, _props: Mapping[str, Any]) -> bool:
        """Return False: only the response of the create has the secret."""
        return False

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the key. The API returns its secret only when it is created."""
        return _live(client.api_keys.openapi_key_get(props["organization_id"], resource_id))

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Return the keys with this resource's ownership tag, from all pages of the list."""
        organization = props["organization_id"]
        from clickhouse_api import all_pages

        keys = all_pages(partial(client.api_keys.openapi_key_get_list, organization))
        return [(str(key.id), _live(key)) for key in keys if has_mark(key.name, props)]

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Create a key. Only this response has the secret."""
        from clickhouse_api import models

        values = {name: props[name] for name in SENT if name in props}
        request = models.ApiKeyPostRequest.model_validate({**values, "name": marked(props)})
        created = client.api_keys.openapi_key_create(props["organization_id"], request)
        key = created.key or models.ApiKey()
        secrets = {"key_id": created.key_id, "key_secret": created.key_secret}
        return str(key.id), {**_live(key), **secrets}

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the ownership tag from the key's name."""
        from clickhouse_api import models

        ids = props["organization_id"], resource_id
        name = client.api_keys.openapi_key_get(*ids).name or ""
        if unmarked(name) != name:
            patch = models.ApiKeyPatchRequest(name=unmarked(name))
            client.api_keys.openapi_key_update(*ids, patch)

    def sync(self, change: Change) -> Live:
        """Send the fields that differ. With null as its expiry, the key never expires."""
        from clickhouse_api import models

        request = models.ApiKeyPatchRequest.model_validate(change.values(SENT))
        return _live(change.client.api_keys.openapi_key_update(*change.ids, request))

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the key."""
        client.api_keys.openapi_key_delete(props["organization_id"], resource_id)


class ApiKey(Resource, module="clickhouse", name="ApiKey"):
    """A key. Other operations use its `id`. A client logs in with `key_id` and `key_secret`."""

    name: pulumi.Output[str]
    """Name of the key."""
    key_id: pulumi.Output[str]
    """Id that a client logs in with. Absent for an adopted key."""
    key_secret: pulumi.Output[str]
    """Secret of the key, as a secret output. Absent for an adopted key."""
    expire_at: pulumi.Output[str]
    """Time when the key expires. Absent if it never expires."""

    def __init__(
        self,
        resource_name: str,
        args: ApiKeyArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = args.name or (resource_name if args.adopt is None else None)
        provider = ApiKeyProvider()
        super().__init__(
            provider,
            resource_name,
            {
                **vars(args),
                "name": name,
                "key_id": None,
                "key_secret": None,
                **marks_of(type(self), resource_name, opts),
            },
            with_secrets(opts, "key_secret"),
        )
        if args.adopt is None:
            place = {"organization_id": args.organization_id}
            Confirmation(resource_name, provider, of=self, props=place)


def _live(key: models.ApiKey) -> Live:
    live = plain(key)
    roles = live.pop("assigned_roles", [])
    return {
        **live,
        "name": unmarked(live.get("name") or ""),
        "roles": sorted(live.get("roles") or []),
        "assigned_role_ids": sorted(role["role_id"] for role in roles if role.get("role_id")),
    }
