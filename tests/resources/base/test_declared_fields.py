"""The declared fields of the resources beside a service: what is refused, and what they cost."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pulumi.output import Unknown

from resources.base import DeclarativeProvider
from resources.organization import api_key
from resources.organization.api_key import ApiKeyProvider
from resources.organization.invitation import InvitationProvider
from resources.organization.member import MemberProvider
from resources.organization.organization_settings import SENT, OrganizationSettingsProvider
from resources.organization.role import EFFECTS, POLICY, RoleProvider
from resources.organization.role_assignment import RoleAssignmentProvider
from resources.service_parts import backup_configuration, query_endpoint, scaling_schedule
from resources.service_parts.backup_bucket import BackupBucketProvider
from resources.service_parts.backup_configuration import BackupConfigurationProvider
from resources.service_parts.private_endpoint_attachment import PrivateEndpointAttachmentProvider
from resources.service_parts.query_endpoint import QueryEndpointProvider
from resources.service_parts.scaling_schedule import ScalingScheduleProvider
from resources.service_parts.service_settings import ServiceSettingsProvider
from resources.service_parts.upgrade_window import START_HOURS, UpgradeWindowProvider
from tests.support.openapi_schema import schema

ENTRY = {"name": "week", "weekdays": [1.0], "start_hour_utc": 6.0, "end_hour_utc": 18.0}
POLICY_1 = {"allow_deny": "ALLOW", "permissions": ["p"], "resources": ["r"]}
LEGAL: dict[type[DeclarativeProvider], dict[str, Any]] = {
    ApiKeyProvider: {"name": "key", "roles": ["admin"], "ip_access_list": ["10.0.0.0/8"]},
    BackupBucketProvider: {
        "bucket_provider": "AWS",
        "bucket_path": "s3://b",
        "iam_role_arn": "arn:aws:iam::1:role/b",
    },
    BackupConfigurationProvider: {"backup_period_in_hours": 12.0},
    PrivateEndpointAttachmentProvider: {"private_endpoint_ids": ["vpce-1"]},
    InvitationProvider: {"email": "a@example.com", "assigned_role_ids": ["r"]},
    MemberProvider: {"user_id": "u", "assigned_role_ids": ["r"]},
    OrganizationSettingsProvider: {"name": "Example", "enable_core_dumps": True},
    RoleProvider: {"name": "analyst", "policies": [POLICY_1]},
    RoleAssignmentProvider: {"role_id": "r", "actors": ["user/u"]},
    ServiceSettingsProvider: {"settings": {"max_concurrent_queries": 5.0}},
    QueryEndpointProvider: {"open_api_keys": ["k"], "roles": ["sql_console_admin"]},
    ScalingScheduleProvider: {"entries": [ENTRY]},
    UpgradeWindowProvider: {"weekday": 6.0, "start_hour_utc": 18.0},
}


def checked(provider: type[DeclarativeProvider], changes: dict[str, Any]) -> Any:
    parents = {"organization_id": "o", "service_id": "s"}
    return provider().check({}, {**parents, **LEGAL[provider], **changes})


@pytest.mark.parametrize("provider", LEGAL)
def test_what_is_legal_passes(provider: type[DeclarativeProvider]) -> None:
    """Floats from the wire, and values that are not known yet, included."""
    assert checked(provider, {}).failures == []
    unknown = dict.fromkeys(LEGAL[provider], Unknown())  # type: ignore[no-untyped-call]
    assert checked(provider, unknown).failures == []


@pytest.mark.parametrize(
    ("provider", "changes", "reason"),
    [
        (ApiKeyProvider, {"roles": ["king"]}, "roles is ['king'], allowed: at least one of admin"),
        (ApiKeyProvider, {"roles": None}, "roles is required"),
        (ApiKeyProvider, {"ip_access_list": []}, "an empty list would let nobody in"),
        (ApiKeyProvider, {"ip_access_list": ["here"]}, "ip_access_list is ['here'], allowed: ad"),
        (ApiKeyProvider, {"expire_at": "2099-01-01"}, "expire_at is '2099-01-01', allowed: a date"),
        (ApiKeyProvider, {"assigned_role_ids": ["r"]}, "allowed: nothing beside roles"),
        (ApiKeyProvider, {"state": "asleep"}, "state is 'asleep', allowed: enabled, disabled"),
        (
            BackupConfigurationProvider,
            {"backup_period_in_hours": 7},
            "backup_period_in_hours is 7, allowed: 6, 8, 12, 16, 20, 24, 36, 48",
        ),
        (
            BackupConfigurationProvider,
            {"backup_start_time": "03:00"},
            "backup_period_in_hours is 12, allowed: nothing beside backup_start_time",
        ),
        (BackupConfigurationProvider, {"backup_start_time": "3"}, "allowed: a full hour"),
        (
            BackupConfigurationProvider,
            {"backup_retention_period_in_hours": 25},
            "is 25, allowed: a whole number from 24 to 1080 that is a multiple of 24",
        ),
        (PrivateEndpointAttachmentProvider, {"private_endpoint_ids": []}, "at least one id"),
        (QueryEndpointProvider, {"open_api_keys": []}, "at least one resource id of an API key"),
        (QueryEndpointProvider, {"exclusive": "yes"}, "exclusive is 'yes', allowed: true or false"),
        (ScalingScheduleProvider, {"entries": []}, "entries is [], allowed: 1 to 10 entries"),
        (
            ScalingScheduleProvider,
            {"entries": [{**ENTRY, "end_hour_utc": 6}]},
            "entry 'week': end_hour_utc after start_hour_utc",
        ),
        (ScalingScheduleProvider, {"entries": [ENTRY, ENTRY]}, "each name once"),
        (BackupBucketProvider, {"bucket_provider": "IBM"}, "allowed: AWS, GCP, AZURE"),
        (BackupBucketProvider, {"container_name": "c"}, "allowed: nothing for AWS"),
        (
            BackupBucketProvider,
            {"connection_string": "AccountKey=x"},
            "connection_string is set, allowed: nothing for AWS",
        ),
        (BackupBucketProvider, {"iam_role_arn": None}, "iam_role_arn is required"),
        (InvitationProvider, {"email": "nobody"}, "email is 'nobody', allowed: an address like"),
        (MemberProvider, {"assigned_role_ids": []}, "at least one UUID of a role"),
        (RoleProvider, {"policies": [{**POLICY_1, "allow_deny": "MAYBE"}]}, "ALLOW or DENY"),
        (RoleAssignmentProvider, {"actors": []}, "actors is [], allowed: at least one actor"),
        (ServiceSettingsProvider, {"settings": {"a": 1.5}}, "names with texts or whole numbers"),
        (OrganizationSettingsProvider, {"enable_core_dumps": "no"}, "allowed: true or false"),
        (UpgradeWindowProvider, {"weekday": 7}, "weekday is 7, allowed: a whole number from 0"),
        (
            UpgradeWindowProvider,
            {"start_hour_utc": 7},
            "start_hour_utc is 7, allowed: 0, 6, 12, 18",
        ),
    ],
)
def test_what_is_illegal_is_named_with_what_is_allowed(
    provider: type[DeclarativeProvider], changes: dict[str, Any], reason: str
) -> None:
    """Property, value, rule; no cloud is called."""
    shown = [failure.reason for failure in checked(provider, changes).failures]
    assert [line for line in shown if reason in line], shown


def test_allowed_values_are_those_of_the_document() -> None:
    """Plain constants, so that a check loads no client; here they are compared."""
    assert list(api_key.ROLES) == schema("ApiKeyPostRequest")["roles"]["items"]["enum"]
    assert list(api_key.STATES) == schema("ApiKeyPostRequest")["state"]["enum"]
    endpoint = schema("InstanceServiceQueryApiEndpointsPostRequest")
    assert sorted(query_endpoint.ROLES) == sorted(endpoint["roles"]["items"]["enum"])
    assert list(START_HOURS) == schema("UpgradeWindowPutRequest")["startHourUtc"]["enum"]
    entry = schema("ScalingScheduleEntryRequest")
    assert list(scaling_schedule.MODES) == entry["autoscalingMode"]["enum"]
    assert {_snake(name) for name in entry} == set(scaling_schedule.ENTRY)
    for name in ("startHourUtc", "endHourUtc", "minReplicaMemoryGb"):
        bounds = (entry[name]["minimum"], entry[name]["maximum"], entry[name].get("multipleOf", 1))
        assert scaling_schedule.NUMBERS[_snake(name)] == bounds
    backups = {_snake(name) for name in schema("BackupConfigurationPatchRequest")}
    assert backups <= set(BackupConfigurationProvider.fields)
    keys = {_snake(name) for name in schema("ApiKeyPostRequest")}
    assert set(api_key.SENT) == keys - {"hash_data"}
    policy = schema("RBACPolicyCreateRequest")
    assert list(EFFECTS) == policy["allowDeny"]["enum"]
    assert set(POLICY) == {_snake(name) for name in policy} - {"tags"}
    assert set(SENT) <= {_snake(name) for name in schema("OrganizationPatchRequest")}
    assert backup_configuration.LONGEST_RETENTION_HOURS % 24 == 0


def test_an_up_that_changes_nothing_loads_no_client() -> None:
    """Check and diff of every resource, in a process of their own: neither httpx nor pydantic."""
    code = "\n".join(
        [
            "import sys",
            *(f"from {p.__module__} import {p.__name__}" for p in LEGAL),
            f"for provider, props in zip([{', '.join(p.__name__ for p in LEGAL)}], "
            f"{list(LEGAL.values())!r}, strict=True):",
            "    props = {'organization_id': 'o', 'service_id': 's', **props}",
            "    inputs = provider().check({}, props).inputs",
            "    assert not provider().diff('id', inputs, inputs).changes, provider",
            "print([m for m in ('httpx', 'pydantic', 'clickhouse_api') if m in sys.modules])",
        ]
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
