"""`ClickPipe`: loads rows from a stream, a bucket or another database into a service.

Operations: `clickPipeCreate`, `clickPipeGet`, `clickPipeGetList`, `clickPipeUpdate`,
`clickPipeDelete`, `clickPipeStateUpdate`, `clickPipeScalingUpdate`, `clickPipeSettingsUpdate`, and
`instanceStateUpdate` to wake an idle service.

    password = pulumi.Config().require_secret("password")
    events = ClickPipe(
        "events",
        ClickPipeArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            source={
                "kafka": {
                    "type": "confluent",
                    "format": "JSONEachRow",
                    "brokers": "broker.example.com:9092",
                    "topics": "events",
                    "authentication": "SCRAM-SHA-256",
                }
            },
            credentials={"username": "reader", "password": password},
            destination={
                "database": "default",
                "table": "events",
                "columns": [{"name": "id", "type": "UInt64"}, {"name": "body", "type": "String"}],
                "table_definition": {"engine": {"type": "MergeTree"}, "sorting_key": ["id"]},
            },
            scaling={"replicas": 2},
        ),
    )

The properties of `source`, `destination`, `settings` and `scaling` are those of the OpenAPI spec in
snake_case. `source` has one key: `kafka`, `object_storage`, `kinesis`, `pubsub`, `postgres`,
`mysql`, `mongodb` or `bigquery`. `credentials` holds every secret of the source, so previews can
show the rest. It is sent only when it changes. A bucket and a replicated database, for example:

    files = ClickPipe(
        "files",
        ClickPipeArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            source={
                "object_storage": {
                    "type": "s3",
                    "format": "Parquet",
                    "url": "https://example-bucket.s3.eu-central-1.amazonaws.com/events/*.parquet",
                    "is_continuous": True,
                    "authentication": "IAM_ROLE",
                    "iam_role": "arn:aws:iam::123456789012:role/reader",
                }
            },
            destination={"database": "default", "table": "files", "managed_table": False},
            desired_state="stopped",
        ),
    )
    shop = ClickPipe(
        "shop",
        ClickPipeArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            source={
                "postgres": {
                    "host": "postgres.example.com",
                    "port": 5432,
                    "database": "shop",
                    "settings": {"replication_mode": "cdc", "sync_interval_seconds": 60},
                    "table_mappings": [
                        {
                            "source_schema_name": "public",
                            "source_table": "orders",
                            "target_table": "orders",
                        }
                    ],
                }
            },
            credentials={"username": "reader", "password": password},
            destination={"database": "default"},
        ),
    )

These properties change in place: name, field mappings, columns of the destination, settings,
scaling, the desired state, credentials, and those properties of a source that its update accepts
(`click_pipe_sources`), for example the table mappings of a database. A pipe from a database is
paused for an edit and resumes afterwards. A change of the service, of the kind of source, or of any
other property of source or destination replaces the pipe. `diff` names these properties by path.

The new pipe is created before the old one is deleted, unless both would read one replication slot
of Postgres or use one `server_id` of MySQL. Rows that a replaced pipe has loaded stay, and the new
pipe begins at the position that its source defines. If a property that only a new pipe can change
is removed from the program, the pipe keeps it.

`adopt="<id>"` adopts an existing pipe. Its credentials stay until they change in the program. An
unfinished pipe of an interrupted run is found by the ownership tag in its name (see `name_mark`).
This resource does not create the SSH tunnel or the reverse private endpoint of a source: set the id
of the endpoint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import CheckResult, DiffResult, Resource

from resources.base import Change, CreatedResource, Live, marks_of, with_secrets
from resources.base import pulumi_engine as engine
from resources.base.checker import Checker
from resources.base.confirmation import Confirmation
from resources.base.errors import ResourceError
from resources.base.fields import ORGANIZATION, SERVICE, Field, choice, number, text
from resources.base.name_mark import has_mark, unmarked
from resources.click_pipes.click_pipe_requests import live_pipe, patches, post_request, shown
from resources.click_pipes.click_pipe_rules import (
    check_combinations,
    check_mapping,
    check_mappings,
    check_models,
    check_source,
)
from resources.click_pipes.click_pipe_sources import matches, must_delete_first, replacing
from resources.click_pipes.click_pipe_steps import PipeSteps
from resources.service.waits import ServiceRef
from resources.service.waking import when_awake

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["ClickPipe", "ClickPipeArgs", "ClickPipeProvider"]

SECRETS = ("credentials", "schema_registry_credentials")
DESIRED_STATES = ("running", "stopped")


@dataclass(kw_only=True)
class ClickPipeArgs:
    """The source, the destination, and how rows are loaded.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        source: one kind of source and its properties. In place or replaces, see above.
        destination: `database`, and except for databases `table`, `columns`, `managed_table` and
            `table_definition`; `roles` of the user that writes the rows. `columns` change in place;
            all other parts replace the pipe.
        credentials: for the source's authentication: `username` and `password`,
            `access_key_id` and `secret_key`, `certificate` and `private_key`,
            `connection_string` (Azure), `service_account_key` (buckets, base64) or
            `service_account_file` (Pub/Sub and BigQuery, base64). Secret. In place.
        schema_registry_credentials: `username` and `password` of Kafka's schema registry. Secret.
            Replaces.
        name: the name. Default: the Pulumi name. In place.
        field_mappings: mappings of `source_field` and `destination_field`. A set, in place.
        settings: advanced settings by name. All others keep their values. A setting that is
            removed from the program returns to its default. In place.
        scaling: `replicas` (1 to 40), `replica_cpu_millicores` (125 to 2000),
            `replica_memory_gb` (0.5 to 8). Not for databases: see `ClickPipeDatabaseScaling`.
            In place.
        desired_state: `running` or `stopped`. Default: `running`. In place.
        timeout_minutes: limit for one change. Default: 15. In place.
        adopt: id of an existing pipe to adopt instead of creating one.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    source: pulumi.Input[Mapping[str, Any]]
    destination: pulumi.Input[Mapping[str, Any]]
    credentials: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    schema_registry_credentials: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    name: pulumi.Input[str] | None = None
    field_mappings: pulumi.Input[Sequence[pulumi.Input[Mapping[str, str]]]] | None = None
    settings: pulumi.Input[Mapping[str, Any]] | None = None
    scaling: pulumi.Input[Mapping[str, Any]] | None = None
    desired_state: pulumi.Input[str] = "running"
    timeout_minutes: pulumi.Input[int] | None = None
    adopt: pulumi.Input[str] | None = None


def _any(_checker: Checker, _name: str) -> None:
    """Accept any value: `check_combinations` checks it, without showing it."""


def _same_mappings(old: Any, new: Any) -> bool:
    return matches(old, new)


class ClickPipeProvider(CreatedResource):
    """Creates, changes, starts, stops and deletes pipes."""

    display_name = "ClickPipe"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "name": Field(check=text(), required=True),
        "source": Field(check=check_source, required=True),
        "destination": Field(check=check_mapping, required=True),
        "credentials": Field(check=_any, readable=False),
        "schema_registry_credentials": Field(check=_any, readable=False, replaces=True),
        "field_mappings": Field(check=check_mappings, clears=True, same=_same_mappings),
        "settings": Field(check=check_mapping, clears=True),
        "scaling": Field(check=check_mapping),
        "desired_state": Field(check=choice(DESIRED_STATES), required=True),
        "timeout_minutes": Field(check=number(minimum=1, maximum=1440), readable=False),
    }

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Check values and combinations, then nested values against the OpenAPI spec."""
        result = super().check(olds, news)
        if result.failures:
            return result
        checker = Checker(result.inputs)
        check_models(checker, olds)
        return checker.result()

    def rules(self, checker: Checker) -> None:
        """Check combinations of properties for the kind of source."""
        checker.text("adopt")
        check_combinations(checker)

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the properties. Name the replacing properties by path, such as
        `source.kafka.topics`."""
        result = super().diff(resource_id, olds, news)
        paths = list(replacing(olds, news))
        return DiffResult(
            changes=bool(result.changes or paths),
            replaces=[*(result.replaces or []), *paths],
            delete_before_replace=must_delete_first(olds, news),
        )

    def require_adoptable(self, resource_id: str, live: Live, props: Mapping[str, Any]) -> None:
        """Raise if a field differs that only a new pipe could change."""
        paths = list(replacing(live, props))
        if paths:
            raise ResourceError(
                f"adopt: ClickPipe {live['name']} ({resource_id}) has another {', '.join(paths)}, "
                "which only a new pipe could change"
            )

    def is_reusable(self, live: Live, props: Mapping[str, Any]) -> bool:
        """Return False if the program has changed a field that only a new pipe could change."""
        return not list(replacing(live, props))

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the pipe. The API never returns its credentials."""
        return _steps(client, resource_id, props).read()

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the part of the pipe that the program sets, and its state."""
        return shown(live, wanted)

    def differences(self, live: Live, wanted: Mapping[str, Any]) -> list[str]:
        """Add the credentials of an unfinished pipe, because those that it has are unknown."""
        names = super().differences(live, wanted)
        return [*names, "credentials"] if live.get("left") and "credentials" in wanted else names

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Return the pipes with this resource's ownership tag in their names."""
        pipes = client.click_pipes.click_pipe_get_list(
            props["organization_id"], props["service_id"]
        )
        return [
            (str(pipe.id), {**live_pipe(pipe), "left": True})
            for pipe in pipes
            if has_mark(pipe.name, props)
        ]

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Create a pipe. It starts automatically, unless it should be stopped."""
        organization_id, service_id = props["organization_id"], props["service_id"]
        request = post_request(props)
        pipe = when_awake(
            client,
            ServiceRef(organization_id, service_id, "of the ClickPipe"),
            lambda: client.click_pipes.click_pipe_create(organization_id, service_id, request),
            engine.Progress(str(props["resource_urn"])),
        )
        return str(pipe.id), live_pipe(pipe)

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the ownership tag from the pipe's name."""
        from clickhouse_api import models

        ids = props["organization_id"], props["service_id"], resource_id
        name = client.click_pipes.click_pipe_get(*ids).name or ""
        if unmarked(name) != name:
            patch = models.ClickPipePatchRequest(name=unmarked(name))
            client.click_pipes.click_pipe_update(*ids, patch)

    def sync(self, change: Change) -> Live:
        """Edit the pipe, set its settings and its scaling, then start or stop it."""
        olds, news, names = change.olds, change.news, change.names
        steps = _steps(change.client, change.resource_id, news)
        seen = change.live or steps.read()
        for patch in patches(seen, olds, news, names):
            seen = steps.edit(seen, patch)
        if "settings" in names:
            present = {n: v for n, v in (seen.get("settings") or {}).items() if v is not None}
            managed = olds.get("settings") or {}
            others = {n: v for n, v in present.items() if n not in managed}
            steps.put_settings({**others, **news.get("settings", {})})
        if "scaling" in names and "scaling" in news:
            seen = steps.scale(news["scaling"])
        steps.bring_to(seen, news["desired_state"])
        return steps.read()

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the pipe. The rows that it has loaded stay."""
        _steps(client, resource_id, props).delete()


class ClickPipe(Resource, module="clickhouse", name="ClickPipe"):
    """A pipe that loads rows into a service."""

    name: pulumi.Output[str]
    """The name."""
    source: pulumi.Output[dict[str, Any]]
    """The source, without credentials."""
    state: pulumi.Output[str]
    """The API's state: `Running`, `Stopped`, `Paused`, `Completed`, …"""

    def __init__(
        self,
        resource_name: str,
        args: ClickPipeArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {**vars(args), "name": args.name or resource_name, "state": None}
        for name in SECRETS:
            if props[name] is not None:
                props[name] = pulumi.Output.secret(props[name])
        provider = ClickPipeProvider()
        super().__init__(
            provider,
            resource_name,
            {**props, **marks_of(type(self), resource_name, opts)},
            with_secrets(opts, *SECRETS),
        )
        if args.adopt is None:
            place = {"organization_id": args.organization_id, "service_id": args.service_id}
            Confirmation(resource_name, provider, of=self, props=place)


def _steps(client: Client, pipe_id: str, props: Mapping[str, Any]) -> PipeSteps:
    return PipeSteps(client, props, pipe_id, engine.Progress(engine.urn_in(props)))
