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

Changing the organization, the cloud provider, the region or any other field that the API accepts
only at creation replaces the service. The new service runs before the old one is deleted, and data
is not copied. All other fields change in place. `deletion_protection` prevents deletion and
replacement; a replacement is rejected in the preview.

Services of one warehouse share data. The first service is the primary. The others are created with
`data_warehouse_id=primary.data_warehouse_id`, have the primary's users and passwords, and are
deleted before the primary.

The request that creates a service carries ownership tags. If a `pulumi up` is killed, the next one
continues with the same service and a new password. `ownership` explains why.
`python -m resources.orphans` finds the services of a stack that is never brought up again.

Pulumi cannot import a dynamic resource (pulumi/pulumi#16175). `adopt="<id>"` adopts an existing
service and keeps its password. From then on the stack owns the service, and destroying the stack
deletes it, unless the resource has `retain_on_delete`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, Resource

from resources.base import Change, Live, ProtectedResource
from resources.base import pulumi_engine as engine
from resources.base.checker import is_known
from resources.base.confirmation import Confirmation
from resources.base.errors import ResourceError
from resources.base.ownership import CREATE, DONE, Owner, stack_mark
from resources.base.urns import urn_of
from resources.service import service_fields, service_rules
from resources.service.service_list_cache import service_lists
from resources.service.service_passwords import first_password, next_password
from resources.service.service_requests import post_request
from resources.service.service_states import DELETING, FAILED
from resources.service.service_steps import ServiceSteps
from resources.service.unfinished_services import (
    reject_second_service,
    require_same_kind,
    unfinished_service,
)
from resources.service.waits import ServiceRef, get_or_none

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["Service", "ServiceArgs", "ServiceProvider"]


@dataclass(kw_only=True)
class ServiceArgs:
    """The arguments of a `Service`.

    Attributes:
        organization_id: UUID of the ClickHouse Cloud organization. Replaces.
        cloud_provider: `aws`, `gcp` or `azure`. Replaces.
        region: a region of that provider, for example `eu-central-1`. Replaces.
        ip_access_list: the clients that may connect: addresses or CIDR ranges, or mappings with
            `source` and `description`. A set, in place. There is no default: `0.0.0.0/0`, which
            accepts every client with a password, must be chosen explicitly. Cloudflare Workers
            need it, because they have no fixed addresses.
        name: 1 to 50 characters. Default: the Pulumi name and a random suffix. In place.
        autoscaling_mode: `vertical` (the size of replicas changes) or `horizontal` (their number
            changes). Default `vertical`, from this package. In place.
        min_replica_memory_gb: 8 to 356, a multiple of 4. Default 8, from this package. In place.
        max_replica_memory_gb: 8 to 356, a multiple of 4. Default 356, from this package.
            `horizontal` needs equal bounds, and each defaults to the other. In place.
        num_replicas: 1 to 50, `vertical` only. Default 3, from this package. In place.
        min_replicas: 1 to 50, `horizontal` only and required there. In place.
        max_replicas: like `min_replicas`, and at least as large. In place.
        idle_scaling: whether the service goes idle when unused. Default: the server's. In place.
        idle_timeout_minutes: 5 or more; required with `idle_scaling=True`, invalid with False. In
            place.
        desired_state: `running` or `stopped`; an idle service counts as running. Default
            `running`, from this package, or the value of the primary. An adopted service keeps its
            state. Stopping a primary also stops the secondaries of its stack. In place.
        release_channel: `slow`, `default` or `fast`. Default: the server's. In place.
        tags: up to 46 keys and values of letters, digits and `._-`. If set, tags
            that others have added are removed. Keys that begin with `pulumi-` are reserved. In
            place.
        mysql_enabled: whether MySQL clients can connect. Default: the server's. In place.
        enable_core_dumps: whether ClickHouse may collect core dumps. Default: the server's. In
            place.
        private_endpoint_ids: private endpoints that may connect. A set. If set, other private
            endpoints are removed. In place.
        data_warehouse_id: creates a secondary of that warehouse. Replaces.
        is_readonly: creates a secondary that only reads. Replaces.
        backup_id: the backup from which the new service is restored. A change replaces the service;
            removing the field from the program changes nothing. The API never returns it.
        backup_encryption_config: the content of the backup's `encryption_config.json`, for a
            backup of an encrypted service in your own bucket (a private preview). The new service
            is encrypted as well. Needs `backup_id`; a change replaces the service. Stored as a
            secret.
        byoc_id: infrastructure in your own cloud account; needs both memory bounds. Replaces.
        profile: `v1-default`, `v1-highmem-xs` to `-xl`, or a profile of the BYOC infrastructure,
            with equal memory bounds. Replaces.
        compliance_type: `hipaa` or `pci`. Replaces.
        tier: `development` or `production`, only in organizations with the old plans. Replaces.
        has_transparent_data_encryption: encrypt the service with your own key. Replaces.
        transparent_data_encryption_key_id: id of the key. In place; another id rotates the key.
        deletion_protection: True prevents the deletion and the replacement of the service. In
            place. Set it to False in a separate `pulumi up` before you delete the service.
        adopt: id of an existing service to adopt instead of creating one. Scaling fields that the
            program does not set keep their values.
        password: the password of the adopted service's `default` user. It is stored as an output
            and not sent.
        password_version: any string; another value generates a new password. In place. With
            `adopt` and without `password`, a value also generates one at adoption.
        password_sha256_hash: SHA-256, in base64, of a password that you manage. Then no password is
            generated and none is in the state. In place.
        password_double_sha1_hash: SHA-1 of the SHA-1 of that password, 40 hexadecimal digits, for
            MySQL clients. In place.
        timeout_minutes: deadline of a create, an update or a delete. Default 30, or 120 for a
            service that is restored from a backup.
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


class ServiceProvider(ProtectedResource):
    """Creates, changes and deletes services.

    The `Live` of a service has two keys: `model`, the service as the client returned it, and
    `password` after a create or update.
    """

    display_name = "service"
    fields = service_fields.FIELDS
    create_only_outputs = service_fields.ORIGIN

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Reject invalid values and add this package's defaults.

        Before a create, also reject what the cloud will reject: wrong credentials, an unknown
        organization, an `adopt` that names no suitable service. These errors are then reported in
        the preview. Without a create, no request is sent.
        """
        result = service_rules.check(news)
        if not olds and not result.failures and is_known(result.inputs):
            result.failures.extend(self._obstacles(result.inputs))
        return result

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
        """Return the fields whose value the program changed."""
        return service_fields.changed(olds, news)

    def replaced(
        self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> list[str]:
        """Return the fields whose new value needs a new service."""
        return service_fields.replaced(resource_id, olds, news)

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        """Return the service; None if it is deleted or being deleted."""
        service = get_or_none(client, _ref(resource_id, props))
        return None if service is None or service.state in DELETING else {"model": service}

    def shown(self, live: Live, _wanted: Mapping[str, Any]) -> Live:
        """Return the fields that the API returns."""
        return service_fields.live(live["model"])

    def differences(self, live: Live, wanted: Mapping[str, Any]) -> list[str]:
        """Return the readable fields in which the live service differs from the inputs."""
        return service_fields.differences(live["model"], wanted)

    def outputs(self, live: Live, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return the properties to store in the state."""
        password = live.get("password")
        outputs = service_fields.outputs(live["model"], props)
        return outputs if password is None else {**outputs, "password": password}

    def may_have_unfinished(self, client: Client, props: Mapping[str, Any]) -> bool:
        """Return False if the list that all resources of this run share shows no such service."""
        services = service_lists.services(client, props["organization_id"])
        return bool(Owner.of(props).unfinished(services))

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Return the service that an interrupted create of this resource left."""
        service = unfinished_service(client, props)
        return [] if service is None else [_live(service)]

    def is_reusable(self, live: Live, _props: Mapping[str, Any]) -> bool:
        """Return False for a service that failed. It is of no use and may cost money."""
        return live["model"].state not in FAILED

    def require_adoptable(self, _resource_id: str, live: Live, props: Mapping[str, Any]) -> None:
        """Raise if the service differs in a field that only a create sets."""
        require_same_kind(live["model"], props, "adopt names")

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Create the service. The request carries the ownership tags."""
        request = post_request(props, Owner.of(props).marks())
        service = client.service.instance_create(props["organization_id"], request).service
        if service is None:
            raise ResourceError("creating a service: the API's response has no service")
        return _live(service)

    def needs_sync(self, _change: Change) -> bool:
        """Return True: `desired_state` and the password are not among the readable fields."""
        return True

    def sync(self, change: Change) -> Live:
        """Start the service, send what differs, set the password, and stop the service.

        Each step is idempotent, so an interrupted change is done again.
        """
        props, service = change.news, (change.live or {})["model"]
        ref = _ref(change.resource_id, {**props, "name": service.name})
        steps = ServiceSteps.until_timeout(change.client, ref, props, change.progress)
        if change.olds:
            service = steps.start(service, props.get("desired_state"))
        else:
            service = steps.start_created(service)
        service = steps.change(service)
        new = next_password(change.olds, props) if change.olds else first_password(service, props)
        if new.hashes is not None:
            steps.set_password(new.hashes)
        return {"model": steps.stop(service), "password": new.password}

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Stop the service, delete it and wait until the API no longer has it."""
        progress = engine.Progress(str(props.get("resource_urn") or ""))
        ref = _ref(resource_id, props)
        ServiceSteps.until_timeout(client, ref, props, progress).delete()

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Set the ownership tag to `done`."""
        from clickhouse_api import models

        done = models.ResourceTagsV1(key=CREATE, value=DONE)
        patch = models.ServicePatchRequest(tags=models.InstanceTagsPatch(add=[done]))
        client.service.instance_update(props["organization_id"], resource_id, patch)

    def _obstacles(self, props: dict[str, Any]) -> list[CheckFailure]:
        from clickhouse_api import errors

        adopt = "adopt" in props
        try:
            with self._control_plane.client() as client:
                found = self._found(client, props)
        except (ResourceError, errors.ClickHouseApiError) as error:
            # A failure that no property has caused names no property.
            return [CheckFailure("adopt" if adopt else "", str(error))]
        for service_id, live in found:
            name = live["model"].name
            engine.info(props["resource_urn"], f"adopts service {name} ({service_id})")
        return []

    def _found(self, client: Client, props: dict[str, Any]) -> list[tuple[str, Live]]:
        """Return the service that a create would use instead of a new one."""
        if "adopt" in props:
            return [self.existing(client, props)]
        reject_second_service(client, props)
        return self.unfinished(client, props) if self.may_have_unfinished(client, props) else []


class Service(Resource, module="clickhouse", name="Service"):
    """A ClickHouse Cloud service."""

    organization_id: pulumi.Output[str]
    """UUID of the organization that the service belongs to."""
    name: pulumi.Output[str]
    """Name of the service in ClickHouse Cloud."""
    cloud_provider: pulumi.Output[str]
    """`aws`, `gcp` or `azure`."""
    region: pulumi.Output[str]
    """Region of the cloud provider."""
    desired_state: pulumi.Output[str]
    """`running` or `stopped`; absent for an adopted service if the program does not set it."""
    state: pulumi.Output[str]
    """State at the last create, update or refresh: `running`, `idle`, …"""
    min_replica_memory_gb: pulumi.Output[int]
    """Minimum memory of a replica, in GB."""
    max_replica_memory_gb: pulumi.Output[int]
    """Maximum memory of a replica, in GB."""
    num_replicas: pulumi.Output[int]
    """Number of replicas; absent with horizontal scaling."""
    data_warehouse_id: pulumi.Output[str]
    """Id of the service's warehouse; pass it to secondaries."""
    is_primary: pulumi.Output[bool]
    """Whether the service is the first one of its warehouse."""
    iam_role: pulumi.Output[str]
    """IAM role with which the service reads buckets of other accounts; empty if it has none."""
    clickhouse_version: pulumi.Output[str]
    """Version of ClickHouse, `26.7`."""
    encryption_role_id: pulumi.Output[str]
    """Role that needs permission to use a custom encryption key; empty if it has none."""
    created_at: pulumi.Output[str]
    """Time when the service was created, ISO 8601."""
    https: pulumi.Output[dict[str, Any]]
    """HTTPS interface: `host`, `port`, `username`."""
    native: pulumi.Output[dict[str, Any]]
    """Native protocol over TLS: `host`, `port`, `username`."""
    mysql: pulumi.Output[dict[str, Any]]
    """MySQL protocol: `host`, `port`, `username`; empty if it is disabled."""
    https_url: pulumi.Output[str]
    """Origin of the HTTPS interface, without a trailing slash; empty if there is none yet."""
    password: pulumi.Output[str]
    """Password of the `default` user, a secret. Absent for an adopted service, for a secondary and
    with `password_sha256_hash`, where this stack does not have the password."""

    def __init__(
        self,
        resource_name: str,
        args: ServiceArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        opts = opts or pulumi.ResourceOptions()
        # Resources inside the service use it: see `deleted_with_service`.
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
    """Return the desired state of the primary.

    None if `data_warehouse_id` is a plain id and not an output of a `Service`.
    """
    found = await warehouse.resources() if isinstance(warehouse, pulumi.Output) else ()
    return next((it.desired_state for it in found if isinstance(it, Service)), None)


def _ref(service_id: str, props: Mapping[str, Any]) -> ServiceRef:
    name = props.get("name") or props.get("pulumi_name") or ""
    return ServiceRef(props["organization_id"], service_id, name)


def _live(service: models.Service) -> tuple[str, Live]:
    return str(service.id), {"model": service}
