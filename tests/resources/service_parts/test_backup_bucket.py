"""Backup buckets in the three clouds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from resources.service_parts.backup_bucket import BackupBucketProvider
from tests.support.driven_provider import DrivenProvider
from tests.support.running_service import RunningService

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


@pytest.fixture
def bucket(server: RunningService) -> Iterator[DrivenProvider]:
    """The bucket of the service, which has none; gone afterwards."""
    driven = DrivenProvider(BackupBucketProvider(), server.control_plane, service_id=server.id)
    yield driven
    driven.delete()


def there(server: RunningService) -> dict[str, Any]:
    path = f"services/{server.id}/backupBucket"
    return dict(server.control_plane.organization("GET", path))


def updates(server: RunningService) -> int:
    answers = server.control_plane.request("GET", "/local/counts")["responses"]
    asked = [answer for answer in answers if answer["operation"].endswith("/backupBucket")]
    return sum(answer["count"] for answer in asked if answer["operation"].startswith("PATCH"))


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
def test_each_cloud_has_its_buckets(
    server: RunningService, bucket: DrivenProvider, first: dict[str, str], second: dict[str, str]
) -> None:
    """Made, changed in place, removed; what the program no longer sets is cleared."""
    bucket.create(**first)
    made = there(server)
    assert made["bucketProvider"] == first["bucket_provider"]
    bucket.update(**second)
    changed = there(server)
    assert changed["id"] == made["id"]
    assert not changed.get("iamRoleExternalId")
    for name, shown in (("bucket_path", "bucketPath"), ("container_name", "containerName")):
        assert changed.get(shown) == second.get(name)


def test_a_bucket_that_is_taken_over_gets_the_programs_secret(
    server: RunningService, bucket: DrivenProvider
) -> None:
    """Nobody can tell whether it has it: all that is shown is the same."""
    body = {
        "bucketProvider": "AZURE",
        "containerName": "backups",
        "connectionString": "AccountKey=theirs",
    }
    server.control_plane.organization("POST", f"services/{server.id}/backupBucket", body)
    before = updates(server)
    bucket.create(**AZURE)
    assert updates(server) == before + 1


def test_another_clouds_bucket_needs_the_old_one_to_go_first(
    server: RunningService, bucket: DrivenProvider
) -> None:
    """A service has one; made before the old one goes, the new one would be deleted with it."""
    bucket.create(**AWS)
    planned = bucket.provider.diff(bucket.id, bucket.state, bucket.checked(**GCP))
    assert planned.replaces == ["bucket_provider"]
    assert planned.delete_before_replace
    bucket.delete()
    bucket.create(**GCP)
    assert there(server)["bucketProvider"] == "GCP"
