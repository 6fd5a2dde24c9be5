"""`Service`: a ClickHouse Cloud service.

Operations: `instanceCreate`, `instanceGet`, `instanceGetList`, `instanceUpdate`,
`instanceReplicaScalingUpdate`, `instancePasswordUpdate`, `instanceStateUpdate`, `instanceDelete`.

    warehouse = Service(
        "warehouse",
        ServiceArgs(
            organization_id=organization.id,
            cloud_provider="aws",
            region="eu-central-1",
            ip_access_list=["203.0.113.7"],
        ),
    )
    pulumi.export("clickhouse", warehouse.https_url)

Changing the organization, the cloud provider, the region or anything else that the API takes only
at creation replaces the service: the new one runs before the old one goes, and data is not copied.
Everything else changes in place. `deletion_protection` blocks both, replacement in the preview.

Services of one warehouse share data. The first is the primary; the others are made with
`data_warehouse_id=primary.data_warehouse_id`, have the primary's users and passwords, and are
deleted before it.

A service is marked in the very request that creates it, so a `pulumi up` that dies half-way is
continued by the next one, with one service and a fresh password; `ownership` has the argument and
`python -m resources.orphans` the tool for a stack that is never brought up again. Pulumi cannot
import a dynamic resource (pulumi/pulumi#16175): an existing service is taken over with
`adopt="<id>"`, which leaves its password alone. From then on the stack owns it, and destroying the
stack deletes it, unless the resource has `retain_on_delete`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    UpdateResult,
)

from resources.base import pulumi_engine as engine
from resources.base.checker import is_known
from resources.base.confirmation import Confirmation
from resources.base.errors import ResourceError
from resources.base.ownership import CREATE, DONE, stack_mark
from resources.base.provider import Provider
from resources.base.urns import urn_of
from resources.service import service_fields, service_rules, service_steps
from resources.service.service_passwords import first_password, next_password
from resources.service.service_states import DELETING, STOPPED_OR_STOPPING
from resources.service.waits import ServiceRef, get_or_none

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["Service", "ServiceArgs", "ServiceProvider"]


@dataclass(kw_only=True)
class ServiceArgs:
    """What a service should be.

    Attributes:
        organization_id: UUID of the ClickHouse Cloud organization. Replaces.
        cloud_provider: `aws`, `gcp` or `azure`. Replaces.
        region: a region of that provider, for example `eu-central-1`. Replaces.
        ip_access_list: who may connect: addresses or CIDR ranges, or mappings with `source` and
            `description`. A set, in place. There is no default, because `0.0.0.0/0` (everybody
            who has a password) should be somebody's decision; Cloudflare Workers need it, they
            have no fixed addresses.
        name: 1 to 50 characters. Default: the Pulumi name and a random suffix. In place.
        autoscaling_mode: `vertical` (replicas grow) or `horizontal` (replicas come and go). Default
            `vertical`, ours. In place.
        min_replica_memory_gb: 8 to 356, a multiple of 4. Default 8, ours. In place.
        max_replica_memory_gb: 8 to 356, a multiple of 4. Default 356, ours; `horizontal` needs
            both bounds equal, and there each defaults to the other. In place.
        num_replicas: 1 to 50, `vertical` only. Default 3, ours. In place.
        min_replicas: 1 to 50, `horizontal` only and required there. In place.
        max_replicas: as `min_replicas`, and not less. In place.
        idle_scaling: whether the service goes idle when unused. Default: the server's. In place.
        idle_timeout_minutes: 5 or more; required with `idle_scaling=True`, illegal with False. In
            place.
        desired_state: `running` or `stopped`; an idle service counts as running. Default
            `running`, ours, or what the primary's is; an adopted service stays as it is. A primary
            that stops takes the secondaries of its stack along. In place.
        release_channel: `slow`, `default` or `fast`. Default: the server's. In place.
        tags: up to 46 keys and values of letters, digits and `._-`. If given, other people's tags
            are removed. Keys that begin with `pulumi-` are ours. In place.
        mysql_enabled: whether MySQL clients can connect. Default: the server's. In place.
        enable_core_dumps: whether ClickHouse may collect them. Default: the server's. In place.
        private_endpoint_ids: private endpoints that may connect. A set with one owner: if given,
            others are removed. In place.
        data_warehouse_id: makes a secondary of that warehouse. Replaces.
        is_readonly: a secondary that only reads. Replaces.
        backup_id: backup that the new service is restored from. Another one replaces; taking it
            out of the program changes nothing. The API never returns it.
        backup_encryption_config: of the backup of an encrypted service in a bucket of one's own,
            the content of its `encryption_config.json` (a private preview); the new service is
            encrypted, too. Needs `backup_id`; another one replaces, as with that. Kept as a secret.
        byoc_id: infrastructure in an account of your own; needs both memory bounds. Replaces.
        profile: `v1-default`, `v1-highmem-xs` to `-xl`, or a name of the BYOC infrastructure (then
            with equal memory bounds). Replaces.
        compliance_type: `hipaa` or `pci`. Replaces.
        tier: `development` or `production`, in organizations of the old plans only. Replaces.
        has_transparent_data_encryption: encrypt with a key of your own. Replaces.
        transparent_data_encryption_key_id: which key. In place, which rotates it.
        deletion_protection: True refuses to delete or to replace the service. In place; it has to
            be taken away by a `pulumi up` of its own.
        adopt: id of an existing service to take over instead of creating one. Without values of
            its own, scaling stays as it is.
        password: the password of the adopted service's `default` user, only to be handed on.
        password_version: any text; changing it gives the service a new password. In place. With
            `adopt` and without `password`, a value gives the adopted service a new one at once.
        password_sha256_hash: SHA-256 of a password that you keep, in base64; then none is made
            here and none is in the state. In place.
        password_double_sha1_hash: SHA-1 of its SHA-1, 40 hexadecimal digits, for MySQL clients.
            In place.
        timeout_minutes: how long creating, changing or deleting may take. Default 30, and 120 for
            a service that is restored from a backup.
    """

    organization_id: pulumi.Input[str]
    cloud_provider: pulumi.Input[str]
    region: pulumi.Input[str]
    ip_access_list: pulumi.Input[Sequence[pulumi.Input[str | Mapping[str, str]]]]
    name: pulumi.Input[str] | None = None
    autoscaling_mode: pulumi.Input[str] | None = None
    min_replica_memory_gb: pulumi.Input[int] | None = None
    max_replica_memory_gb: pulumi.Input[int] | None = None
    num_replicas: pulumi.Input[int] | None = None
    min_replicas: pulumi.Input[int] | None = None
    max_replicas: pulumi.Input[int] | None = None
    idle_scaling: pulumi.Input[bool] | None = None
    idle_timeout_minutes: pulumi.Input[int] | None = None
    desired_state: pulumi.Input[str] | None = None
    release_channel: pulumi.Input[str] | None = None
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    mysql_enabled: pulumi.Input[bool] | None = None
    enable_core_dumps: pulumi.Input[bool] | None = None
    private_endpoint_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    data_warehouse_id: pulumi.Input[str] | None = None
    is_readonly: pulumi.Input[bool] | None = None
    backup_id: pulumi.Input[str] | None = None
    backup_encryption_config: pulumi.Input[Mapping[str, Any]] | None = None
    byoc_id: pulumi.Input[str] | None = None
    profile: pulumi.Input[str] | None = None
    compliance_type: pulumi.Input[str] | None = None
    tier: pulumi.Input[str] | None = None
    has_transparent_data_encryption: pulumi.Input[bool] | None = None
    transparent_data_encryption_key_id: pulumi.Input[str] | None = None
    deletion_protection: pulumi.Input[bool] | None = None
    adopt: pulumi.Input[str] | None = None
    password: pulumi.Input[str] | None = None
    password_version: pulumi.Input[str] | None = None
    password_sha256_hash: pulumi.Input[str] | None = None
    password_double_sha1_hash: pulumi.Input[str] | None = None
    timeout_minutes: pulumi.Input[int] | None = None


class ServiceProvider(Provider):
    """Translates between the property bags of `Service` and the control plane."""

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuse illegal values, add our own defaults; before a create, ask whether it can be."""
        result = service_rules.check(news)
        if not olds and not result.failures and is_known(result.inputs):
            result.failures.extend(self._obstacles(result.inputs))
        return result

    def diff(self, service_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare what the program sets with what was last seen; server defaults never differ."""
        replaces = service_fields.replaced(service_id, olds, news)
        # What the state says counts, not the program: a replacement deletes with the old inputs.
        if replaces and olds.get("deletion_protection"):
            raise ResourceError(
                f"deletion_protection is True: another {' and '.join(replaces)} would replace "
                f"service {olds.get('name')} ({service_id}) and delete its data; allowed: "
                "deletion_protection=False in a `pulumi up` of its own, then the replacement"
            )
        changed = service_fields.changed(olds, news)
        return DiffResult(
            changes=bool(replaces or changed), replaces=replaces, delete_before_replace=False
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Take over what an interrupted run left, or make a service; wait until it answers."""
        told = engine.Progress(props["resource_urn"])
        with told as progress, self._control_plane.client() as client:
            service = service_steps.ensure_exists(client, props, progress)
            ref = service_steps.ref_of(props, service)
            waiter = service_steps.waiter_for(client, ref, props, progress)
            # An adopted service may stay stopped; ours runs first, or it would have no password.
            adopted = props.get("adopt") is not None
            asked = props if adopted else {**props, "desired_state": "running"}
            service = service_steps.ensure_started(client, ref, waiter, service, asked)
            if service.state not in STOPPED_OR_STOPPING:
                service = waiter.until_running(service)
            service = service_steps.sync(client, ref, waiter, service, props)
            password = first_password(client, ref, service, props)
            service = service_steps.ensure_stopped(client, ref, waiter, service, props)
            outputs = service_fields.outputs(service, props)
        if password is not None:
            outputs["password"] = password
        return CreateResult(ref.id, outputs)

    def read(self, service_id: str, props: dict[str, Any]) -> ReadResult:
        """What the API says now, for `pulumi refresh`."""
        ref = ServiceRef(props["organization_id"], service_id, props["name"])
        with self._control_plane.client() as client:
            service = get_or_none(client, ref)
        if service is None or service.state in DELETING:
            return ReadResult("", {})
        return ReadResult(service_id, service_fields.outputs(service, props))

    def update(self, service_id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Send what differs from the live service, wait until it is so."""
        ref = ServiceRef(news["organization_id"], service_id, olds["name"])
        told = engine.Progress(news["resource_urn"])
        with told as progress, self._control_plane.client() as client:
            service = get_or_none(client, ref)
            if service is None:
                raise ResourceError(f"{ref} is gone; `pulumi refresh` will notice that")
            waiter = service_steps.waiter_for(client, ref, news, progress)
            service = service_steps.ensure_started(client, ref, waiter, service, news)
            service = service_steps.sync(client, ref, waiter, service, news)
            password = next_password(client, ref, olds, news)
            service = service_steps.ensure_stopped(client, ref, waiter, service, news)
            outputs = service_fields.outputs(service, news)
        for name in service_fields.ORIGIN:
            if olds.get(name):
                outputs.setdefault(name, olds[name])
        if password is not None:
            outputs["password"] = password
        return UpdateResult(outputs)

    def delete(self, service_id: str, props: dict[str, Any]) -> None:
        """Stop, wait, delete, wait until the API no longer has it; never a protected one."""
        ref = ServiceRef(props["organization_id"], service_id, props["name"])
        if props.get("deletion_protection"):
            raise ResourceError(
                f"deletion_protection is True: {ref} is not deleted; allowed: "
                "deletion_protection=False in a `pulumi up` of its own, then the deletion"
            )
        told = engine.Progress(props["resource_urn"])
        with told as progress, self._control_plane.client() as client:
            service_steps.delete_service(
                client, ref, service_steps.waiter_for(client, ref, props, progress)
            )

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Set the ownership tag to `done`."""
        from clickhouse_api import models

        done = models.ResourceTagsV1(key=CREATE, value=DONE)
        patch = models.ServicePatchRequest(tags=models.InstanceTagsPatch(add=[done]))
        client.service.instance_update(props["organization_id"], resource_id, patch)

    def _obstacles(self, props: dict[str, Any]) -> list[CheckFailure]:
        """A wrong key, an unknown organization or a bad `adopt` shows in the preview, not later.

        Only asked before a create: a run that changes nothing sends nothing.
        """
        from clickhouse_api import errors

        adopt = "adopt" in props
        try:
            with self._control_plane.client() as client:
                if not adopt:
                    service_steps.refuse_successor(client, props)
                found = (
                    service_steps.existing(client, props)
                    if adopt
                    else service_steps.unfinished(client, props, shared=True)
                )
        except (ResourceError, errors.ClickHouseApiError) as error:
            # Without a property, or the line would begin with one that nobody got wrong.
            return [CheckFailure("adopt" if adopt else "", str(error))]
        if found is not None:
            engine.info(props["resource_urn"], f"takes over {service_steps.ref_of(props, found)}")
        return []


class Service(Resource, module="clickhouse", name="Service"):
    """A ClickHouse Cloud service that runs and answers."""

    organization_id: pulumi.Output[str]
    """UUID of the organization it belongs to."""
    name: pulumi.Output[str]
    """Its name in ClickHouse Cloud."""
    cloud_provider: pulumi.Output[str]
    """`aws`, `gcp` or `azure`."""
    region: pulumi.Output[str]
    """Region of the cloud provider."""
    desired_state: pulumi.Output[str]
    """`running` or `stopped`; absent for an adopted service of which the program does not say."""
    state: pulumi.Output[str]
    """State when it was last looked at: `running`, `idle`, …"""
    min_replica_memory_gb: pulumi.Output[int]
    """Least memory of a replica."""
    max_replica_memory_gb: pulumi.Output[int]
    """Most memory of a replica."""
    num_replicas: pulumi.Output[int]
    """Number of replicas; absent where scaling is horizontal."""
    data_warehouse_id: pulumi.Output[str]
    """Id of its warehouse, for secondaries."""
    is_primary: pulumi.Output[bool]
    """Whether it is the warehouse's first service."""
    iam_role: pulumi.Output[str]
    """Role with which it reads other people's buckets; empty where it has none."""
    clickhouse_version: pulumi.Output[str]
    """Version of ClickHouse, `26.7`."""
    encryption_role_id: pulumi.Output[str]
    """Role that needs the right to use a custom encryption key; empty where it has none."""
    created_at: pulumi.Output[str]
    """When it was created, ISO 8601."""
    https: pulumi.Output[dict[str, Any]]
    """HTTPS interface: `host`, `port`, `username`."""
    native: pulumi.Output[dict[str, Any]]
    """Native protocol over TLS: `host`, `port`, `username`."""
    mysql: pulumi.Output[dict[str, Any]]
    """MySQL protocol: `host`, `port`, `username`; empty where it is switched off."""
    https_url: pulumi.Output[str]
    """Origin of the HTTPS interface, without a slash at the end; empty while it has none."""
    password: pulumi.Output[str]
    """Password of the `default` user, a secret; absent where somebody else keeps it: for an adopted
    service, a secondary, and with `password_sha256_hash`."""

    def __init__(
        self,
        resource_name: str,
        args: ServiceArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        opts = opts or pulumi.ResourceOptions()
        # For what is in it: see `sql`.
        self.outlives_its_stack = bool(opts.retain_on_delete)
        outputs = dict.fromkeys(service_fields.OUTPUTS)
        hidden = {
            name: pulumi.Output.secret(value)
            for name, value in vars(args).items()
            if name in service_fields.SECRETS and value is not None
        }
        marks = {
            "pulumi_name": resource_name,
            "resource_urn": urn_of(type(self), resource_name, opts),
            "stack_mark": stack_mark(
                pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()
            ),
            service_rules.PRIMARYS_STATE: _state_of_primary(args.data_warehouse_id),
        }
        provider = ServiceProvider()
        super().__init__(
            provider,
            resource_name,
            {**outputs, **vars(args), **hidden, **marks},
            pulumi.ResourceOptions.merge(
                opts,
                pulumi.ResourceOptions(
                    additional_secret_outputs=["password", *service_fields.SECRETS]
                ),
            ),
        )
        if args.adopt is None:
            place = {"organization_id": self.organization_id}
            Confirmation(resource_name, provider, of=self, props=place)


async def _state_of_primary(warehouse: Any) -> pulumi.Output[str] | None:
    """What the primary shall be whose output `data_warehouse_id` is; None for a mere id."""
    found = await warehouse.resources() if isinstance(warehouse, pulumi.Output) else ()
    return next((it.desired_state for it in found if isinstance(it, Service)), None)
