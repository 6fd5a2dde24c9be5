"""Create-only fields on the real Pulumi CLI: the place of a service and its backup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local.stack.paths import StackPaths
from resources.service import service_fields
from tests.support.program_stack import ProgramStack
from tests.support.running_service import RunningService
from tests.support.stack_sql import query

FAST = {"CLICKHOUSE_API_REQUESTS_PER_WINDOW": "1000"}
INFRASTRUCTURE = {"regionId": "eu-central-1", "accountId": "0123", "displayName": "ours"}


def step_of(stack: ProgramStack) -> dict[str, Any]:
    """Return the step of the service in the JSON output of a preview."""
    shown = stack.pulumi("preview", "--diff", "--json")
    steps = json.JSONDecoder().raw_decode(shown[shown.index("{") :])[0]["steps"]
    (step,) = [step for step in steps if step["urn"].endswith("clickhouse:Service::one")]
    return dict(step)


def test_a_service_in_a_byoc_infrastructure(clouds: StackPaths, tmp_path: Path) -> None:
    """With profile, compliance and encryption. The key rotates, other fields replace."""
    stack = ProgramStack(clouds, "service", tmp_path, environment=FAST)
    infrastructure = stack.control_plane.organization("POST", "byocInfrastructure", INFRASTRUCTURE)
    own = {
        "name": "own",
        "byoc_id": infrastructure["id"],
        "profile": "ours-16",
        "min_replica_memory_gb": 16,
        "max_replica_memory_gb": 16,
        "compliance_type": "hipaa",
        "has_transparent_data_encryption": True,
    }
    stack.configure(**own, transparent_data_encryption_key_id="k1")
    stack.up()
    (first,) = stack.services()
    assert (first["byocId"], first["profile"]) == (infrastructure["id"], "ours-16")
    assert (first["complianceType"], first["transparentDataEncryptionKeyId"]) == ("hipaa", "k1")
    stack.up("--expect-no-changes")

    stack.configure(**own, transparent_data_encryption_key_id="k2")
    stack.up()
    (second,) = stack.services()
    assert second["id"] == first["id"]
    assert second["transparentDataEncryptionKeyId"] == "k2"
    stack.up("--refresh", "--expect-no-changes")

    # Another organization or adopted service is omitted: the preview requests it from the API.
    others: dict[str, Any] = {
        "cloud_provider": "gcp",
        "region": "us-east1",
        "tier": "production",
        "data_warehouse_id": "w",
        "is_readonly": True,
        "byoc_id": "another",
        "profile": "ours-32",
        "compliance_type": "pci",
        "has_transparent_data_encryption": False,
        "backup_id": "b",
        "backup_encryption_config": {"key": "hidden-key"},
    }
    replacing = {*service_fields.PLACE, *service_fields.CREATE_ONLY, *service_fields.ORIGIN}
    assert set(others) == replacing - {"organization_id"}
    stack.configure(**{**own, **others})
    step = step_of(stack)
    assert step["op"] in ("replace", "create-replacement")
    assert set(step["replaceReasons"]) == set(others)
    assert "hidden-key" not in json.dumps(step)


def test_a_service_is_created_from_a_backup(clouds: StackPaths, tmp_path: Path) -> None:
    """The service has the rows. Removing the backup from the program does not replace it."""
    server = RunningService(clouds)
    for statement in (
        "CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a",
        "INSERT INTO t SELECT number FROM numbers(1000)",
    ):
        assert server.query(statement) == ""
    backup = server.control_plane.request("POST", f"/local/services/{server.id}/backups")
    stack = ProgramStack(clouds, "service", tmp_path, environment=FAST)
    restored = {"name": "restored", "backup_id": backup["id"]}
    stack.configure(**restored, backup_encryption_config={"key": "hidden-key"})
    stack.up()
    # In addition to the service, the state has the settings of the stack, which contain the key.
    resources = json.loads(stack.state())["checkpoint"]["latest"]["resources"]
    (saved,) = [entry for entry in resources if entry["type"].endswith("clickhouse:Service")]
    assert "hidden-key" not in json.dumps(saved)
    assert query(stack, "SELECT count(), sum(a) FROM t") == "1000\t499500"
    stack.up("--refresh", "--expect-no-changes")
    stack.configure(name="restored")
    stack.up("--expect-no-changes")
    assert query(stack, "SELECT count() FROM t") == "1000"
