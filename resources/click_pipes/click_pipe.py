"""`ClickPipe`: brings rows from a stream, a bucket or another database into a service.

Operations: `clickPipeCreate`, `clickPipeGet`, `clickPipeGetList`, `clickPipeUpdate`,
`clickPipeDelete`, `clickPipeStateUpdate`, `clickPipeScalingUpdate`, `clickPipeSettingsUpdate`; an
idle service is woken with `instanceStateUpdate`.

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

The properties of `source`, `destination`, `settings` and `scaling` are those of the API's document
in snake_case; `source` has one of `kafka`, `object_storage`, `kinesis`, `pubsub`, `postgres`,
`mysql`, `mongodb` and `bigquery`. All that lets a pipe in stands in `credentials`, apart from the
source, so that it is one secret and the rest can be read in previews. It is sent when it changes
and never else. So a bucket, and a database whose changes are followed:

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

In place: name, field mappings, columns of the destination, settings, scaling, the desired state,
credentials, and of a source what its update takes (`click_pipe_sources`), among it the table
mappings of a database. Such a pipe is paused to be edited, and goes on after it. Another service,
another kind of source, and every other property of source or destination replace the pipe; `diff`
names them by path. The new pipe is there before the old one goes, unless both would read one
replication slot of Postgres, or as one `server_id` of MySQL. What is taken out of the program stays
as it is where only a new pipe could change it. Rows that a replaced pipe brought stay; the new one
begins where its source says.

An existing pipe is taken over with `adopt="<id>"`; its credentials are not touched until they
change in the program. What an interrupted run made is found by the mark in its name (see
`name_mark`). Sources that are reached through an SSH tunnel or a reverse private endpoint of
this program are not made here: give the endpoint's id.
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
    check_mapping,
    check_mappings,
    check_models,
    check_source,
    combinations,
)
from resources.click_pipes.click_pipe_sources import replacing, same_part, share_a_place
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
    """From where, how, and into which table.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        source: one kind of source and its properties. In place or replaces, see above.
        destination: `database`, and except for databases `table`, `columns`, `managed_table` and
            `table_definition`; `roles` of the user that the pipe writes as. `columns` change in
            place, anything else of it replaces.
        credentials: what the source's authentication asks for: `username` and `password`,
            `access_key_id` and `secret_key`, `certificate` and `private_key`,
            `connection_string` (Azure), `service_account_key` (buckets, base64) or
            `service_account_file` (Pub/Sub and BigQuery, base64). Secret. In place.
        schema_registry_credentials: `username` and `password` of Kafka's schema registry. Secret.
            Replaces.
        name: default: the Pulumi name. In place.
        field_mappings: mappings of `source_field` and `destination_field`. A set, in place.
        settings: advanced settings by name; those it does not have are left alone, one taken out
            goes back to its default. In place.
        scaling: `replicas` (1 to 40), `replica_cpu_millicores` (125 to 2000),
            `replica_memory_gb` (0.5 to 8). Not for databases, see `ClickPipeDatabaseScaling`.
            In place.
        desired_state: `running` or `stopped`. Default: `running`. In place.
        timeout_minutes: how long one change may take. Default: 15. In place.
        adopt: id of an existing pipe to take over instead of making one.
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
    """The rest of the rules looks at it, and shows none of it."""


def _same_mappings(old: Any, new: Any) -> bool:
    return same_part(old, new)


class ClickPipeProvider(CreatedResource):
    """Makes, changes, starts, stops and deletes pipes."""

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
        """What belongs together, per kind of source."""
        checker.text("adopt")
        combinations(checker)

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Name what replaces by its path: `source.kafka.topics`."""
        result = super().diff(resource_id, olds, news)
        paths = list(replacing(olds, news))
        return DiffResult(
            changes=bool(result.changes or paths),
            replaces=[*(result.replaces or []), *paths],
            delete_before_replace=share_a_place(olds, news),
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
        """Return False if the program has changed such a field since the interrupted run."""
        return not list(replacing(live, props))

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """The pipe as it is; its credentials are never told."""
        return _steps(client, resource_id, props).read()

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """What the program says something about, as it is, and the state."""
        return shown(live, wanted)

    def differences(self, live: Live, wanted: Mapping[str, Any]) -> list[str]:
        """Of what an interrupted run left, nobody knows which credentials it has."""
        names = super().differences(live, wanted)
        return [*names, "credentials"] if live.get("left") and "credentials" in wanted else names

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Pipes with our mark."""
        pipes = client.click_pipes.click_pipe_get_list(
            props["organization_id"], props["service_id"]
        )
        return [
            (str(pipe.id), {**live_pipe(pipe), "left": True})
            for pipe in pipes
            if has_mark(pipe.name, props)
        ]

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Make a pipe; it begins to move rows by itself, unless it is to be stopped."""
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
        """Remove the ownership mark from the pipe's name."""
        from clickhouse_api import models

        ids = props["organization_id"], props["service_id"], resource_id
        name = client.click_pipes.click_pipe_get(*ids).name or ""
        if unmarked(name) != name:
            patch = models.ClickPipePatchRequest(name=unmarked(name))
            client.click_pipes.click_pipe_update(*ids, patch)

    def sync(self, change: Change) -> Live:
        """Edit, then settings, then scaling, then run or stop; each can be done again."""
        olds, news, names = change.olds, change.news, change.names
        steps = _steps(change.client, change.resource_id, news)
        seen = change.live or steps.read()
        for patch in patches(seen, olds, news, names):
            seen = steps.edit(seen, patch)
        if "settings" in names:
            kept = {n: v for n, v in (seen.get("settings") or {}).items() if v is not None}
            ours = olds.get("settings") or {}
            others = {n: v for n, v in kept.items() if n not in ours}
            steps.put_settings({**others, **news.get("settings", {})})
        if "scaling" in names and "scaling" in news:
            seen = steps.scale(news["scaling"])
        steps.bring_to(seen, news["desired_state"])
        return steps.read()

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """No more rows come; those that came stay."""
        _steps(client, resource_id, props).delete()


class ClickPipe(Resource, module="clickhouse", name="ClickPipe"):
    """A pipe into a service."""

    name: pulumi.Output[str]
    """Its name."""
    source: pulumi.Output[dict[str, Any]]
    """What it reads from, without credentials."""
    state: pulumi.Output[str]
    """As the API names it: `Running`, `Stopped`, `Paused`, `Completed` …"""

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
