"""`BackupBucket`: a custom bucket for the backups of a service.

Operations: `backupBucketGet`, `backupBucketCreate`, `backupBucketUpdate`, `backupBucketDelete`.

    BackupBucket(
        "backups",
        BackupBucketArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            bucket_provider="AWS",
            bucket_path="s3://example-backups/warehouse",
            iam_role_arn="arn:aws:iam::123456789012:role/backups",
        ),
    )

A change of the service or bucket provider replaces the bucket. All other fields change in place. A
service has at most one bucket. If it has one with other values, the resource changes that bucket
only with `adopt=True`. A bucket of another provider must be deleted first. Secrets are sent when
they change, because the API never returns them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of, plain, with_secrets
from resources.base.checker import Checker
from resources.base.fields import ORGANIZATION, SERVICE, Field, choice, text

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["BackupBucket", "BackupBucketArgs", "BackupBucketProvider"]

SECRETS = ("secret_access_key", "connection_string")
# Bucket provider -> its fields, the first ones required.
NEEDED = {
    "AWS": ("bucket_path", "iam_role_arn"),
    "GCP": ("bucket_path", "access_key_id", "secret_access_key"),
    "AZURE": ("container_name", "connection_string"),
}
POSSIBLE = {**NEEDED, "AWS": (*NEEDED["AWS"], "iam_role_session_name", "iam_role_external_id")}


@dataclass(kw_only=True)
class BackupBucketArgs:
    """The bucket and its credentials.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        bucket_provider: `AWS`, `GCP` or `AZURE`. Replaces.
        bucket_path: URL of the bucket, for AWS and GCP. In place.
        iam_role_arn: the role that writes to the bucket, for AWS. In place.
        iam_role_session_name: session name of the role, for AWS. Optional. In place.
        iam_role_external_id: external id of the role, for AWS. Optional. In place.
        access_key_id: id of an HMAC key, for GCP. In place.
        secret_access_key: secret of the HMAC key, for GCP. In place.
        container_name: name of the container, for Azure. In place.
        connection_string: a secret, for Azure. In place.
        adopt: whether to change an existing bucket. Default: no.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    bucket_provider: pulumi.Input[str]
    bucket_path: pulumi.Input[str] | None = None
    iam_role_arn: pulumi.Input[str] | None = None
    iam_role_session_name: pulumi.Input[str] | None = None
    iam_role_external_id: pulumi.Input[str] | None = None
    access_key_id: pulumi.Input[str] | None = None
    secret_access_key: pulumi.Input[str] | None = None
    container_name: pulumi.Input[str] | None = None
    connection_string: pulumi.Input[str] | None = None
    adopt: pulumi.Input[bool] | None = None


class BackupBucketProvider(Singleton):
    """Sets a service's backup bucket."""

    display_name = "backup bucket"
    overwrites_existing = False
    secrets = SECRETS
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "bucket_provider": Field(check=choice(tuple(NEEDED)), required=True, replaces=True),
        "bucket_path": Field(check=text()),
        "iam_role_arn": Field(check=text()),
        "iam_role_session_name": Field(check=text(), clears=True),
        "iam_role_external_id": Field(check=text(), clears=True),
        "access_key_id": Field(check=text()),
        "secret_access_key": Field(check=text(), readable=False),
        "container_name": Field(check=text()),
        "connection_string": Field(check=text(), readable=False),
    }

    def rules(self, checker: Checker) -> None:
        """Reject fields of another bucket provider."""
        checker.flag("adopt")
        provider = checker.known("bucket_provider")
        if provider not in NEEDED:
            return
        checker.required(*NEEDED[provider])
        for name in sorted({name for names in POSSIBLE.values() for name in names}):
            if name in checker.inputs and name not in POSSIBLE[provider]:
                # The message must not show the value: some of these fields are secrets.
                checker.fail(name, f"is set, allowed: nothing for {provider}")

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the service's bucket, without its secrets."""
        return plain(client.backup.backup_bucket_get(props["organization_id"], resource_id))

    def sync(self, change: Change) -> Live | None:
        """Create the bucket, or send the fields that differ.

        Returns:
            The bucket, or None if the response to the create request was lost.
        """
        from clickhouse_api import errors, models

        backup, news, provider = change.client.backup, change.news, change.news["bucket_provider"]
        kind = provider.title() + "BackupBucket"
        if change.live is not None:
            values = {**change.values(POSSIBLE[provider]), "bucket_provider": provider}
            patch = getattr(models, f"{kind}PatchRequestV1").model_validate(values)
            return plain(backup.backup_bucket_update(*change.ids, patch))
        values = {name: news[name] for name in POSSIBLE[provider] if name in news}
        values["bucket_provider"] = provider
        post = getattr(models, f"{kind}PostRequestV1").model_validate(values)
        try:
            return plain(backup.backup_bucket_create(*change.ids, post))
        except errors.ConnectionFailed as error:
            if not error.maybe_applied:
                raise
            return None

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the bucket's configuration, so that backups go to ClickHouse's storage again."""
        client.backup.backup_bucket_delete(props["organization_id"], resource_id)


class BackupBucket(Resource, module="clickhouse", name="BackupBucket"):
    """A service's custom backup bucket."""

    bucket_provider: pulumi.Output[str]
    """The cloud that has the bucket."""

    def __init__(
        self,
        resource_name: str,
        args: BackupBucketArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {**vars(args), **marks_of(type(self), resource_name, opts)}
        for name in SECRETS:
            if props[name] is not None:
                props[name] = pulumi.Output.secret(props[name])
        super().__init__(BackupBucketProvider(), resource_name, props, with_secrets(opts, *SECRETS))
