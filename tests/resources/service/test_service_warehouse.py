"""A warehouse on the real Pulumi CLI: previews without replacements, protection, hashes."""

from __future__ import annotations

import json
from pathlib import Path

from local.stack.paths import StackPaths
from resources.base import passwords
from tests.support.program_stack import ProgramStack

HASH = passwords.base64_sha256("of the owner")


def test_a_change_of_the_primary_does_not_replace_the_secondary(
    clouds: StackPaths, tmp_path: Path
) -> None:
    """A protected service is not replaced."""
    fast = {"CLICKHOUSE_API_REQUESTS_PER_WINDOW": "1000"}
    stack = ProgramStack(clouds, "secondary", tmp_path, environment=fast)
    stack.control_plane.request("PUT", "/local/faults", {"requests_per_window": 0})
    stack.configure(deletion_protection=True, password_sha256_hash=HASH)
    stack.up()
    primary, reader = sorted(stack.services(), key=lambda service: not service["isPrimary"])
    assert reader["dataWarehouseId"] == primary["dataWarehouseId"]
    assert (reader["isPrimary"], reader["isReadonly"]) == (False, True)
    # In addition to services, the state has the settings of the stack, which contain the hash.
    resources = json.loads(stack.state())["checkpoint"]["latest"]["resources"]
    saved = [entry for entry in resources if entry["type"].endswith("clickhouse:Service")]
    assert len(saved) == 2
    assert HASH not in json.dumps(saved)
    stack.up("--expect-no-changes")

    # A change of the primary in place replaces no resource that depends on it, also in a preview.
    stack.configure(deletion_protection=True, password_sha256_hash=HASH, name="renamed")
    assert "replace" not in " ".join(stack.preview().values())

    # A change that would lose data is rejected in the preview.
    stack.configure(deletion_protection=True, password_sha256_hash=HASH, compliance_type="pci")
    shown = stack.pulumi("preview", succeeds=False)
    assert "deletion_protection is True: another compliance_type would replace service" in shown
    assert "Traceback" not in shown


def test_a_warehouse_stops_and_starts_in_one_up(clouds: StackPaths, tmp_path: Path) -> None:
    """The secondary stops first, although the primary is changed first. A conflict is rejected."""
    fast = {"CLICKHOUSE_API_REQUESTS_PER_WINDOW": "1000"}
    stack = ProgramStack(clouds, "secondary", tmp_path, environment=fast)

    def states() -> list[str]:
        return [service["state"] for service in stack.services()]

    stack.up()
    stack.configure(desired_state="stopped")
    stack.up()
    assert states() == ["stopped", "stopped"]
    stack.up("--refresh", "--expect-no-changes")

    stack.pulumi("config", "set", "reader", json.dumps({"desired_state": "running"}))
    shown = stack.pulumi("preview", succeeds=False)
    assert "desired_state is 'running', allowed: stopped, as that of its warehouse's" in shown
    stack.configure()
    stack.up()
    assert states() == ["running", "running"]
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.services() == []
