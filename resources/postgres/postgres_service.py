"""`PostgresService`: a Postgres service in ClickHouse Cloud.

Operations: `postgresServiceCreate`, `postgresInstanceCreateReadReplica`, `postgresInstanceRestore`,
`postgresServiceGet`, `postgresServiceGetList`, `postgresServicePatch`, `postgresInstanceConfigGet`,
`postgresInstanceConfigPatch`, `postgresInstanceConfigPost`, `postgresServicePatchState`,
`postgresServiceSetPassword`, `postgresServiceDelete`.

    orders = PostgresService(
        "orders",
        PostgresServiceArgs(
            organization_id=organization.id,
            cloud_provider="aws",
            region="eu-central-1",
            size="r8gd.large",
            ha_type="async",
            pg_config={"max_connections": 200},
            pg_bouncer_config={"default_pool_size": "40"},
        ),
    )
    orders_to_read = PostgresService(
        "orders-to-read",
        PostgresServiceArgs(organization_id=organization.id, read_replica_of=orders.id),
    )

A change of the organization, cloud provider, region, Postgres version, primary or restore replaces
the service. The new service runs before the old one is deleted, and data is not copied. All other
properties change in place. A read replica whose `read_replica_of` is removed from the program is
promoted. `deletion_protection` blocks deletion and replacement; a replacement fails at preview.
Some parameters take effect after a restart. The API then reports that in a message, and a change of
`restart_version` restarts the service.

The create request already has the ownership tags of the service (see `ownership`), so the next
`pulumi up` continues an interrupted create with the same service. The password of `postgres` is
generated on this machine and is a secret output. It is sent to the API, which accepts no hash.
`adopt="<id>"` adopts an existing service and keeps its password.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import CheckResult, CreateResult, Resource, UpdateResult

from resources.base import Live, ProtectedResource, marks_of, passwords, plain, with_secrets
from resources.base import pulumi_engine as engine
from resources.base.checker import Checker
from resources.base.confirmation import Confirmation
from resources.base.errors import ResourceError
from resources.base.fields import ORGANIZATION, Field, choice, flag, moment, number, text
from resources.base.ownership import CREATE, DONE, Owner, tags_of
from resources.base.schema_check import check_shape
from resources.base.tags import check_tags, tag_list
from resources.postgres import postgres_rules
from resources.postgres.postgres_states import DELETING, UNAVAILABLE
from resources.postgres.postgres_steps import (
    PATCHED,
    RESIZING,
    PostgresSteps,
    live_of,
    same_parameters,
    with_password,
)

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = [
    "PostgresService",
    "PostgresServiceArgs",
    "PostgresServiceProvider",
]

NAME_CHARACTERS = 50
SECRETS = ("password", "connection_string")
# The fields that only the API sets.
SERVER_FIELDS = ("state", "hostname", "username", "is_primary", "storage_size", "created_at")
# The fields that only a create sets. An existing service must have the same values.
CREATED = ("cloud_provider", "region", "postgres_version")


@dataclass(kw_only=True)
class PostgresServiceArgs:
    """The properties of a Postgres service.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        cloud_provider: `aws` or `gcp`. Replaces. Required, like region and size, unless the service
            is created from another service or adopted.
        region: a region of that provider. Replaces.
        size: machine type of the provider, such as `r8gd.large`. In place.
        name: 1 to 50 characters. Default: the Pulumi name. In place.
        postgres_version: `18` or `17`. Default: the server's. Replaces.
        ha_type: standby servers: `none`, `async` or `sync`. Default: the server's. In place.
        tags: up to 47 keys and values of letters, digits and `._-`. If set, all other tags are
            removed. Keys that begin with `pulumi-` are reserved. In place.
        ip_access_list: a set of allowed clients: mappings of `source` (an address or CIDR range),
            `port_range` and optionally `description`. If set, all others are removed. In place.
        pg_config: Postgres parameters, with their names in the OpenAPI spec. All others keep their
            values. A parameter that is removed from the program is reset. In place.
        pg_bouncer_config: parameters of PgBouncer, strings. In place, like `pg_config`.
        read_replica_of: id of the primary, for a read replica. A change of the id replaces the
            replica; removing it promotes the replica, in place.
        restore_from: id of the service from which this service is restored. A change of the id
            replaces the service; removing it changes nothing.
        restore_target: time to restore, `2027-01-01T00:00:00Z`. Replaces, like `restore_from`.
        restart_version: any string. A change restarts Postgres. In place.
        password: of the user `postgres`: 12 characters or more, with a small and a capital letter
            and a digit. Default: generated. In place. With `adopt`, the present password.
        password_version: any string. A change generates a new password. In place. With `adopt`, a
            value generates a password for the adopted service.
        deletion_protection: True rejects deletion and replacement of the service. In place. It must
            be removed by a separate `pulumi up` before the deletion.
        adopt: id of an existing service to adopt instead of creating one.
        timeout_minutes: limit for creating, changing or deleting. Default: 30. In place.
    """

    organization_id: pulumi.Input[str]
    cloud_provider: pulumi.Input[str] | None = None
    region: pulumi.Input[str] | None = None
    size: pulumi.Input[str] | None = None
    name: pulumi.Input[str] | None = None
    postgres_version: pulumi.Input[str] | None = None
    ha_type: pulumi.Input[str] | None = None
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    ip_access_list: pulumi.Input[Sequence[pulumi.Input[Mapping[str, str]]]] | None = None
    pg_config: pulumi.Input[Mapping[str, Any]] | None = None
    pg_bouncer_config: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    read_replica_of: pulumi.Input[str] | None = None
    restore_from: pulumi.Input[str] | None = None
    restore_target: pulumi.Input[str] | None = None
    restart_version: pulumi.Input[str] | None = None
    password: pulumi.Input[str] | None = None
    password_version: pulumi.Input[str] | None = None
    deletion_protection: pulumi.Input[bool] | None = None
    adopt: pulumi.Input[str] | None = None
    timeout_minutes: pulumi.Input[int] | None = None


class PostgresServiceProvider(ProtectedResource):
    """Translates between the property bags of `PostgresService` and the control plane."""

    display_name = "Postgres service"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "name": Field(
            check=text(
                pattern=rf"[\s\S]{{1,{NAME_CHARACTERS}}}",
                allowed=f"1 to {NAME_CHARACTERS} characters",
            ),
            required=True,
        ),
        "cloud_provider": Field(check=choice(tuple(postgres_rules.PROVIDERS)), replaces=True),
        "region": Field(check=text(), replaces=True),
        "postgres_version": Field(check=choice(postgres_rules.VERSIONS), replaces=True),
        "size": Field(check=text()),
        "ha_type": Field(check=choice(postgres_rules.HA_TYPES)),
        "tags": Field(check=partial(check_tags, most=postgres_rules.USER_TAGS, shortest_value=1)),
        "ip_access_list": Field(check=postgres_rules.check_access),
        "pg_config": Field(
            check=postgres_rules.check_parameters, clears=True, same=same_parameters
        ),
        "pg_bouncer_config": Field(
            check=postgres_rules.check_pooler, clears=True, same=same_parameters
        ),
        "read_replica_of": Field(check=text(), readable=False, clears=True),
        "restore_from": Field(check=text(), readable=False, replaces=True),
        "restore_target": Field(check=moment, readable=False, replaces=True),
        "restart_version": Field(check=text(), readable=False),
        "password": Field(check=postgres_rules.check_password, readable=False),
        "password_version": Field(check=text(), readable=False),
        "deletion_protection": Field(check=flag, readable=False),
        "timeout_minutes": Field(check=number(minimum=1, maximum=24 * 60), readable=False),
    }

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Check values, and the parameters against the OpenAPI spec."""
        result = super().check(olds, news)
        checker = Checker(result.inputs)
        # A value that passed at the last `up` needs no check, which would load the client.
        if not result.failures and checker.inputs.get("pg_config") != olds.get("pg_config"):
            check_shape(checker, "pg_config", "PgConfig")
        return CheckResult(checker.inputs, [*result.failures, *checker.failures])

    def rules(self, checker: Checker) -> None:
        """Check the origin of the service, and its size against its provider."""
        checker.text("adopt")
        postgres_rules.check_size(checker)
        postgres_rules.check_origin(checker)

    def replaced(
        self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> list[str]:
        """Compare the properties. Another primary replaces a replica; a promotion does not."""
        replaces = super().replaced(resource_id, olds, news)
        if "read_replica_of" in news and "read_replica_of" in self.changed(olds, news):
            replaces.append("read_replica_of")
        return replaces

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Adopt an unfinished service or create one, and wait until it has all properties."""
        progress = engine.Progress(engine.urn_in(props))
        with progress, self._control_plane.client() as client:
            service_id, live = self.ensure(client, props, progress)
            steps = PostgresSteps(client, props, service_id, progress)
            # The list and the response to the POST have fewer fields than the service.
            live = steps.until_running(steps.look() or live)
            live = self._with_fields(steps, live, {}, props)
            password = self._first_password(steps, live, props)
        return CreateResult(service_id, self._told(live, props, password))

    def update(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Send the fields that differ, and wait until the service has them."""
        progress = engine.Progress(engine.urn_in(news))
        with progress, self._control_plane.client() as client:
            steps = PostgresSteps(client, news, resource_id, progress)
            live = steps.look()
            if live is None:
                self.require_existing(resource_id)
            live = steps.until_running(live)
            if olds.get("read_replica_of") and "read_replica_of" not in news:
                live = self._promoted(steps, live)
            live = self._with_fields(steps, live, olds, news)
            if "restart_version" in news and olds.get("restart_version") != news["restart_version"]:
                steps.until_changed(steps.command("restart"), lambda _live: True)
            password = self._next_password(steps, live, olds, news)
        return UpdateResult(self._told(live, news, password))

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        """Return the service. A service that is being deleted counts as deleted."""
        live = PostgresSteps(client, props, resource_id).look()
        return None if live is None or live.get("state") in DELETING else live

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the properties that the program sets, and those that only the API sets."""
        seen = {
            name: live.get(name)
            for name, field in self.fields.items()
            if field.readable and wanted.get(name) is not None
        }
        for name in ("pg_config", "pg_bouncer_config"):
            if name in seen:
                there = live.get(name) or {}
                seen[name] = {key: there[key] for key in wanted[name] if key in there}
        told = (*CREATED, *SERVER_FIELDS)
        return {**seen, **{name: live[name] for name in told if live.get(name) is not None}}

    def require_adoptable(self, resource_id: str, live: Live, props: Mapping[str, Any]) -> None:
        """Raise if the service has another value in a field that only a create sets."""
        for name in _mismatched(live, props):
            raise ResourceError(
                f"adopt: {self.display_name} {resource_id} has {name} {live.get(name)!r}, but "
                f"{props[name]!r} is wanted, and nothing can change that"
            )

    def is_reusable(self, live: Live, props: Mapping[str, Any]) -> bool:
        """Return False for a service that failed, or that would have to be replaced."""
        return live.get("state") not in UNAVAILABLE and not _mismatched(live, props)

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Return the services with this resource's ownership tags that are in no stack's state."""
        marks = Owner.of(props).marks().items()
        listed: Sequence[Any] = client.postgres.postgres_service_get_list(props["organization_id"])
        found = [service for service in listed if marks <= tags_of(service).items()]
        return [
            (str(service.id), live_of(plain(service)))
            for service in found
            if service.state not in DELETING
        ]

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Create the service, empty or from another service."""
        from clickhouse_api import models

        organization = props["organization_id"]
        given = {"name", "pg_config", "pg_bouncer_config"}
        tags = tag_list({**(props.get("tags") or {}), **Owner.of(props).marks()})
        values = {"tags": tags, **{name: props[name] for name in given if name in props}}
        if "read_replica_of" in props:
            replica = models.PostgresServiceReadReplicaRequest.model_validate(values)
            made = client.postgres.postgres_instance_create_read_replica(
                organization, props["read_replica_of"], replica
            )
        elif "restore_from" in props:
            values["restore_target"] = props["restore_target"]
            restore = models.PostgresServiceRestoreRequest.model_validate(values)
            made = client.postgres.postgres_instance_restore(
                organization, props["restore_from"], restore
            )
        else:
            for name in ("region", "size", "ha_type", "postgres_version", "ip_access_list"):
                if name in props:
                    values[name] = props[name]
            values["provider"] = props["cloud_provider"]
            request = models.PostgresServicePostRequest.model_validate(values)
            made = client.postgres.postgres_service_create(organization, request)
        return str(made.id), live_of(plain(made))

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Set the ownership tag to `done`. The PATCH replaces all tags."""
        from clickhouse_api import models

        place = props["organization_id"], resource_id
        live = live_of(plain(client.postgres.postgres_service_get(*place)))
        if live["all_tags"].get(CREATE) == DONE:
            return
        tags = tag_list({**live["all_tags"], CREATE: DONE})
        patch = models.PostgresServicePatchRequest.model_validate({"tags": tags})
        client.postgres.postgres_service_patch(*place, patch)

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the service and its data."""
        progress = engine.Progress(engine.urn_in(props))
        with progress:
            PostgresSteps(client, props, resource_id, progress).delete()

    def _with_fields(
        self,
        steps: PostgresSteps,
        live: Live,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
    ) -> Live:
        """Send the fields that differ, and wait until the service has them and runs."""
        names = {*self.differences(live, news), *(self.changed(olds, news) if olds else ())}
        differing = sorted(names)
        live = steps.patch(live, differing)
        steps.configure(differing, olds)
        if not names & {*PATCHED, "pg_config", "pg_bouncer_config"}:
            return live
        wait = steps.until_changed if names & RESIZING else steps.until_running
        return wait(live, lambda seen: not self.differences(seen, news))

    def _promoted(self, steps: PostgresSteps, live: Live) -> Live:
        if live.get("is_primary"):
            return live  # promoted outside Pulumi
        response = steps.command("promote")
        return steps.until_running(response, lambda seen: bool(seen.get("is_primary")))

    def _first_password(
        self, steps: PostgresSteps, live: Live, props: Mapping[str, Any]
    ) -> str | None:
        """Return the password. A replica has its primary's; an adopted service keeps its own."""
        given: str | None = props.get("password")
        if props.get("read_replica_of"):
            return live.get("password")
        if props.get("adopt") and not props.get("password_version"):
            return given or live.get("password")
        return steps.set_password(given or passwords.generate())

    def _next_password(
        self, steps: PostgresSteps, live: Live, olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> str | None:
        """Update the password if it changed. Return the password to store in state."""
        given, kept = news.get("password"), olds.get("password")
        if given is not None:
            return steps.set_password(given) if given != kept else kept
        version = news.get("password_version")
        if version is not None and version != olds.get("password_version"):
            return steps.set_password(passwords.generate())
        return kept or live.get("password")

    def _told(self, live: Live, props: Mapping[str, Any], password: str | None) -> dict[str, Any]:
        outputs = self.outputs(live, self._with_given(props))
        url = with_password(live.get("connection_string"), password)
        # Empty instead of null: see `Token.previous_sha256`.
        known = {"connection_string": url or ""} | (
            {} if password is None else {"password": password}
        )
        return {**outputs, **known}


class PostgresService(Resource, module="clickhouse", name="PostgresService"):
    """A Postgres service."""

    name: pulumi.Output[str]
    """Name of the service."""
    hostname: pulumi.Output[str]
    """Host of the service. PgBouncer and Postgres have different ports."""
    username: pulumi.Output[str]
    """Name of the superuser."""
    password: pulumi.Output[str]
    """The superuser's password, a secret. Absent if it is unknown, as for an adopted service."""
    connection_string: pulumi.Output[str]
    """URL with user and password, a secret. Empty if the API does not return it."""
    state: pulumi.Output[str]
    """The state at the last read."""
    is_primary: pulumi.Output[bool]
    """False for a read replica."""

    def __init__(
        self,
        resource_name: str,
        args: PostgresServiceArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {**vars(args), "name": args.name or resource_name}
        if args.password is not None:
            props["password"] = pulumi.Output.secret(args.password)
        outputs = dict.fromkeys((*SERVER_FIELDS, "connection_string"))
        props |= {**outputs, **marks_of(type(self), resource_name, opts)}
        provider = PostgresServiceProvider()
        super().__init__(provider, resource_name, props, with_secrets(opts, *SECRETS))
        if args.adopt is None:
            place = {"organization_id": args.organization_id}
            Confirmation(resource_name, provider, of=self, props=place)


def _mismatched(live: Live, props: Mapping[str, Any]) -> list[str]:
    return [name for name in CREATED if name in props and live.get(name) != props[name]]
