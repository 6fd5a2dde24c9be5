"""What is there already, made by somebody else, is taken over as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack
from tests.support.service_stack import declare, service_result, service_stack

POLICY = {
    "allowDeny": "ALLOW",
    "permissions": ["control-plane:service:view"],
    "resources": ["instance/*"],
}
LISTS = ("keys", "roles", "invitations", "members")
PARTS = (
    "serviceQueryEndpoint",
    "backupConfiguration",
    "backupBucket",
    "scalingSchedule",
    "upgradeWindow",
    "clickhouseSettings",
)
# The clock's, and what the API draws anew with every PATCH of a role.
CHANGING = {"usedAt", "updatedAt"}


def test_everything_is_adopted_and_nothing_changes(clouds: StackPaths, tmp_path: Path) -> None:
    """Ids, names and values stay; neither a second `up` nor a refresh has anything to do."""
    stack = service_stack(clouds, tmp_path)
    declare(stack)
    stack.up()
    ids = make_by_hand(stack)
    before = everything(stack)
    declare(stack, *adopting(ids))
    stack.up()
    assert everything(stack) == before
    stack.up("--expect-no-changes")
    stack.up("--refresh", "--expect-no-changes")
    assert everything(stack) == before

    # Other names in the program: new resources take over, and the old ones leave it to them.
    declare(stack, *adopting(ids, prefix="renamed-"))
    assert "another resource has taken it over" in stack.up()
    assert everything(stack) == before


def make_by_hand(stack: ProgramStack) -> dict[str, str]:
    """One of each, as somebody makes them in the console; what was made, by name."""
    ask = stack.control_plane.organization
    here = [{"source": "127.0.0.1/32", "description": "here"}]
    key = {"name": "theirs", "roles": ["query_endpoints"], "ipAccessList": here}
    role = {"name": "their role", "policies": [POLICY], "actors": ["user/x"]}
    key_id, role_id = ask("POST", "keys", key)["key"]["id"], ask("POST", "roles", role)["id"]
    invited = {"email": "new@example.com", "assignedRoleIds": [role_id]}
    ask("POST", "invitations", invited)
    endpoint = {"openApiKeys": [key_id], "roles": ["sql_console_admin"], "allowedOrigins": "*"}
    service_result(stack, "/serviceQueryEndpoint", "POST", endpoint)
    service_result(stack, "/backupConfiguration", "PATCH", {"backupRetentionPeriodInHours": 48})
    bucket = {
        "bucketProvider": "AWS",
        "bucketPath": "s3://b",
        "iamRoleArn": "arn:aws:iam::1:role/b",
    }
    service_result(stack, "/backupBucket", "POST", bucket)
    entry = {"name": "week", "weekdays": [1], "startHourUtc": 6, "endHourUtc": 18}
    service_result(stack, "/scalingSchedule", "POST", {"entries": [entry]})
    service_result(stack, "/upgradeWindow", "PUT", {"weekday": 3, "startHourUtc": 6})
    service_result(
        stack, "/clickhouseSettings", "PATCH", {"settings": {"max_concurrent_queries": 7}}
    )
    service_result(stack, "", "PATCH", {"privateEndpointIds": {"add": ["vpce-a"]}})
    member = next(m for m in ask("GET", "members") if m["role"] == "developer")
    ask("PATCH", f"members/{member['userId']}", {"assignedRoleIds": [role_id]})
    return {"key": key_id, "role": role_id, "member": member["userId"]}


def adopting(ids: dict[str, str], *, prefix: str = "") -> list[tuple[str, str, dict[str, Any]]]:
    """A program of the same things; names that it leaves out are not its own."""
    policy = {
        "allow_deny": POLICY["allowDeny"],
        "permissions": POLICY["permissions"],
        "resources": POLICY["resources"],
    }
    entry = {"name": "week", "weekdays": [1], "start_hour_utc": 6, "end_hour_utc": 18}
    bucket = {
        "bucket_provider": "AWS",
        "bucket_path": "s3://b",
        "iam_role_arn": "arn:aws:iam::1:role/b",
    }
    here = {"source": "127.0.0.1/32", "description": "here"}
    role = f"${prefix}role"
    things: list[tuple[str, str, dict[str, Any]]] = [
        ("ApiKey", "key", {"adopt": ids["key"], "ip_access_list": [here]}),
        ("Role", "role", {"adopt": ids["role"], "policies": [policy]}),
        ("RoleAssignment", "assigned", {"role_id": role, "actors": ["user/x"]}),
        ("Member", "member", {"user_id": ids["member"], "assigned_role_ids": [role]}),
        ("Invitation", "new", {"email": "new@example.com", "assigned_role_ids": [role]}),
        ("OrganizationSettings", "organization", {}),
        (
            "QueryEndpoint",
            "queries",
            {"open_api_keys": [f"${prefix}key"], "roles": ["sql_console_admin"]},
        ),
        ("BackupConfiguration", "backups", {"backup_retention_period_in_hours": 48}),
        ("BackupBucket", "bucket", bucket),
        ("ScalingSchedule", "schedule", {"entries": [entry]}),
        ("UpgradeWindow", "window", {"weekday": 3, "start_hour_utc": 6}),
        ("ServiceSettings", "settings", {"settings": {"max_concurrent_queries": 7}}),
        ("PrivateEndpointAttachment", "private", {"private_endpoint_ids": ["vpce-a"]}),
    ]
    return [(kind, f"{prefix}{name}", args) for kind, name, args in things]


def everything(stack: ProgramStack) -> dict[str, Any]:
    """All that the API shows of the organization and the service, without clocks."""
    ask = stack.control_plane.organization
    found = {name: ask("GET", name) for name in LISTS}
    parts = {name: service_result(stack, f"/{name}") for name in PARTS}
    private = stack.services()[0]["privateEndpointIds"]
    still: dict[str, Any] = _still({**found, **parts, "private": private})
    return still


def _still(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _still(part) for name, part in value.items() if name not in CHANGING}
    return [_still(part) for part in value] if isinstance(value, list) else value
