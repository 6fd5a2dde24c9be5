"""`BackupBucket`: fields, lifecycle and adoption in the three clouds, secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from resources.service_parts.backup_bucket import BackupBucketProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand
from tests.support.declared_resource import DeclaredResourceTests
from tests.support.driven_provider import DrivenProvider
from tests.support.program_stack import ProgramStack
from tests.support.running_service import RunningService
from tests.support.service_stack import add_fault, declare, service_result, service_stack

pytestmark = pytest.mark.usefixtures("unlimited")

AWS = {
    "bucket_provider": "AWS",
    "bucket_path": "s3://backups/a",
    "iam_role_arn": "arn:aws:iam::123456789012:role/backups",
}
GCP = {
    "bucket_provider": "GCP",
    "bucket_path": "gs://backups/a",
    "access_key_id": "key",
    "secret_access_key": "secret",
}
AZURE = {
    "bucket_provider": "AZURE",
    "container_name": "backups",
    "connection_string": "AccountKey=secret",
}


class TestBackupBucket(DeclaredResourceTests):
    """The fields depend on the bucket's cloud. Lifecycle and adoption of a bucket in AWS."""

    provider = BackupBucketProvider
    request = "AwsBackupBucketPostRequestV1"
    first = {**AWS, "iam_role_external_id": "x"}
    first_shown = {"bucketPath": "s3://backups/a", "iamRoleExternalId": "x"}
    second = {**AWS, "bucket_path": "s3://backups/b"}
    second_shown = {"bucketPath": "s3://backups/b", "iamRoleExternalId": None}
    invalid = (
        ({"bucket_provider": "IBM"}, "allowed: AWS, GCP, AZURE"),
        ({"container_name": "c"}, "allowed: nothing for AWS"),
        (
            {"connection_string": "AccountKey=x"},
            "connection_string is set, allowed: nothing for AWS",
        ),
        ({"iam_role_arn": None}, "iam_role_arn is required"),
    )

    def shown(self, api: ControlPlaneByHand, _resource_id: str) -> Any:
        return api.service("backupBucket")

    def change_by_hand(self, api: ControlPlaneByHand, _resource_id: str) -> None:
        api.service("backupBucket", "DELETE")

    def create_by_hand(self, api: ControlPlaneByHand) -> dict[str, Any]:
        body = {
            "bucketProvider": "AWS",
            "bucketPath": AWS["bucket_path"],
            "iamRoleArn": AWS["iam_role_arn"],
        }
        api.service("backupBucket", "POST", body)
        return AWS


@pytest.fixture
def bucket(server: RunningService) -> Iterator[DrivenProvider]:
    """Return the provider for a service without a bucket. The bucket is deleted after the test."""
    driven = DrivenProvider(BackupBucketProvider(), server.control_plane, service_id=server.id)
    yield driven
    driven.delete()


def shown_bucket(server: RunningService) -> dict[str, Any]:
    path = f"services/{server.id}/backupBucket"
    return dict(server.control_plane.organization("GET", path))


def updates(server: RunningService) -> int:
    responses = server.control_plane.request("GET", "/local/counts")["responses"]
    return sum(
        response["count"]
        for response in responses
        if response["operation"].startswith("PATCH")
        and response["operation"].endswith("/backupBucket")
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({**AWS, "iam_role_external_id": "x"}, {**AWS, "bucket_path": "s3://backups/b"}),
        (GCP, {**GCP, "access_key_id": "another", "secret_access_key": "another"}),
        (AZURE, {**AZURE, "container_name": "others"}),
        (AZURE, {**AZURE, "connection_string": "AccountKey=another"}),
    ],
    ids=["AWS", "GCP", "AZURE", "AZURE's secret alone"],
)
def test_a_bucket_of_each_cloud_changes_in_place(
    server: RunningService, bucket: DrivenProvider, first: dict[str, str], second: dict[str, str]
) -> None:
    """A field that the program no longer sets is cleared."""
    bucket.create(**first)
    created = shown_bucket(server)
    assert created["bucketProvider"] == first["bucket_provider"]
    bucket.update(**second)
    changed = shown_bucket(server)
    assert changed["id"] == created["id"]
    assert not changed.get("iamRoleExternalId")
    for name, shown in (("bucket_path", "bucketPath"), ("container_name", "containerName")):
        assert changed.get(shown) == second.get(name)


def test_an_adopted_bucket_gets_the_secret_of_the_program(
    server: RunningService, bucket: DrivenProvider
) -> None:
    """The API does not return secrets, so the bucket may have another one."""
    body = {
        "bucketProvider": "AZURE",
        "containerName": "backups",
        "connectionString": "AccountKey=theirs",
    }
    server.control_plane.organization("POST", f"services/{server.id}/backupBucket", body)
    before = updates(server)
    bucket.create(**AZURE)
    assert updates(server) == before + 1


def test_a_bucket_of_another_cloud_is_created_after_the_old_one_is_deleted(
    server: RunningService, bucket: DrivenProvider
) -> None:
    """A service has one bucket. In the other order, the delete would delete the new bucket."""
    bucket.create(**AWS)
    planned = bucket.provider.diff(bucket.id, bucket.state, bucket.checked(**GCP))
    assert planned.replaces == ["bucket_provider"]
    assert planned.delete_before_replace
    bucket.delete()
    bucket.create(**GCP)
    assert shown_bucket(server)["bucketProvider"] == "GCP"


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """Return a stack of one service and the resources that a test declares."""
    return service_stack(clouds, tmp_path)


def test_a_backup_bucket_is_created_once_and_its_secret_is_not_in_the_state(
    stack: ProgramStack,
) -> None:
    """The response to the create request is lost. Another secret changes in place."""
    bucket = {"bucket_provider": "GCP", "bucket_path": "gs://b/a", "access_key_id": "k"}
    add_fault(stack, "backupBucketCreate", "lost")
    first = {**bucket, "secret_access_key": "never-in-plain-text"}
    declare(stack, ("BackupBucket", "bucket", first))
    stack.up()
    created = service_result(stack, "/backupBucket")
    assert (created["bucketPath"], created["accessKeyId"]) == ("gs://b/a", "k")
    saved = json.loads(stack.state())["checkpoint"]["latest"]["resources"]
    (resource,) = [entry for entry in saved if entry["type"].endswith(":BackupBucket")]
    assert resource["inputs"]["secret_access_key"]
    assert "never-in-plain-text" not in json.dumps(resource)
    stack.up("--expect-no-changes")
    second = {**bucket, "bucket_path": "gs://b/c", "secret_access_key": "another"}
    declare(stack, ("BackupBucket", "bucket", second))
    assert stack.preview()["clickhouse:BackupBucket::bucket"] == "update"
    stack.up()
    changed = service_result(stack, "/backupBucket")
    assert (changed["id"], changed["bucketPath"]) == (created["id"], "gs://b/c")
    declare(stack)
    stack.up()
    assert service_result(stack, "/backupBucket") is None
