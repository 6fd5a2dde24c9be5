"""The steps of docs/migrating-from-terraform.md, played on the local control plane."""

from __future__ import annotations

import base64
import hashlib
import re
import ssl
import urllib.request
from pathlib import Path
from typing import Any

from docs.source import ROOT
from local.stack.paths import StackPaths
from tests.support.cloud_apis import ControlPlane
from tests.support.program_stack import ProgramStack

GUIDE = ROOT / "docs" / "migrating-from-terraform.md"
PASSWORD = "Chosen-long-before-this-1"
OFFICE = [{"source": "203.0.113.7", "description": "office"}]


def made_by_terraform(control_plane: ControlPlane) -> dict[str, str]:
    """What the guide's program describes, as Terraform's provider makes it; config key -> value."""
    make = control_plane.organization
    service = make(
        "POST",
        "services",
        {
            "name": "warehouse",
            "provider": "aws",
            "region": "eu-central-1",
            "ipAccessList": OFFICE,
            "minReplicaMemoryGb": 8,
            "maxReplicaMemoryGb": 16,
            "numReplicas": 2,
            "idleScaling": True,
            "idleTimeoutMinutes": 10,
            "tags": [{"key": "team", "value": "data"}],
        },
    )["service"]
    path = f"services/{service['id']}"
    while make("GET", path)["state"] != "running":
        pass
    digest = base64.b64encode(hashlib.sha256(PASSWORD.encode()).digest()).decode()
    make("PATCH", f"{path}/password", {"newPasswordHash": digest})
    make(
        "PATCH",
        f"{path}/backupConfiguration",
        {
            "backupPeriodInHours": None,
            "backupStartTime": "03:00",
            "backupRetentionPeriodInHours": 168,
        },
    )
    key = make(
        "POST",
        "keys",
        {
            "name": "reporting",
            "state": "enabled",
            "roles": ["query_endpoints"],
            "ipAccessList": [{"source": "203.0.113.7", "description": ""}],
        },
    )["key"]
    make(
        "POST",
        f"{path}/serviceQueryEndpoint",
        {
            "roles": ["sql_console_read_only"],
            "openApiKeys": [key["id"]],
            "allowedOrigins": "",
        },
    )
    make("PUT", f"{path}/upgradeWindow", {"weekday": 3, "startHourUtc": 12})
    make(
        "POST",
        f"{path}/scalingSchedule",
        {
            "entries": [
                {
                    "name": "Business hours",
                    "weekdays": [1, 2, 3, 4, 5],
                    "startHourUtc": 8,
                    "endHourUtc": 18,
                    "minReplicas": 3,
                    "maxReplicas": 3,
                }
            ]
        },
    )
    role = make(
        "POST",
        "roles",
        {
            "name": "analyst",
            "actors": [f"user/{make('GET', 'members')[0]['userId']}"],
            "policies": [
                {
                    "allowDeny": "ALLOW",
                    "permissions": ["control-plane:service:view"],
                    "resources": ["instance/*"],
                }
            ],
        },
    )
    return {
        "warehouse": service["id"],
        "warehousePassword": PASSWORD,
        "reportingKey": key["id"],
        "analystRole": role["id"],
        "analyst": role["actors"][0],
    }


def what_there_is(control_plane: ControlPlane, service_id: str) -> dict[str, Any]:
    """Everything of the organization that the guide's program speaks of."""
    parts = ("backupConfiguration", "serviceQueryEndpoint", "upgradeWindow", "scalingSchedule")
    paths = ["services", "keys", "roles", *(f"services/{service_id}/{part}" for part in parts)]
    found = {path: control_plane.organization("GET", path) for path in paths}
    for key in found["keys"]:
        key.pop("usedAt", None)  # that of whoever asks
    return found


def changes_asked_for(control_plane: ControlPlane) -> dict[str, int]:
    """How often the API was asked to change something, by operation."""
    answers = control_plane.request("GET", "/local/counts")["responses"]
    return {
        answer["operation"]: answer["count"]
        for answer in answers
        if not answer["operation"].startswith("GET ")
    }


class Client:
    """Somebody who has the password of before."""

    def __init__(self, clouds: StackPaths, service: dict[str, Any]) -> None:
        (https,) = [e for e in service["endpoints"] if e["protocol"] == "https"]
        self.url = f"https://{https['host']}:{https['port']}"
        self.tls = ssl.create_default_context(cafile=str(clouds.clouds / "certificates/ca.pem"))

    def command(self, sql: str) -> str:
        """Run a statement."""
        login = {"X-ClickHouse-User": "default", "X-ClickHouse-Key": PASSWORD}
        request = urllib.request.Request(self.url, data=sql.encode(), headers=login)
        with urllib.request.urlopen(request, context=self.tls, timeout=60) as answer:
            return str(answer.read().decode())


def test_what_terraform_made_is_taken_over_untouched(clouds: StackPaths, tmp_path: Path) -> None:
    """The guide's program adopts all of it, and the API is not asked to change anything."""
    guide = GUIDE.read_text()
    (program,) = re.findall(r"^```python\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "__main__.py").write_text(program)
    (folder / "Pulumi.yaml").write_text("name: adopted\nruntime: python\n")
    stack = ProgramStack(clouds, folder, tmp_path)
    ids = made_by_terraform(stack.control_plane)
    service = stack.control_plane.organization("GET", f"services/{ids['warehouse']}")
    client = Client(clouds, service)
    client.command("CREATE DATABASE events ENGINE = Atomic")
    client.command("CREATE TABLE events.seen (n UInt8) ENGINE = MergeTree ORDER BY n AS SELECT 7")
    before = what_there_is(stack.control_plane, ids["warehouse"])
    asked = changes_asked_for(stack.control_plane)

    # Step 3, with the guide's own commands.
    commands = re.findall(r"^pulumi config set (--secret )?(\w+)", guide, re.MULTILINE)
    assert {key for _, key in commands} == set(ids)
    for secret, key in commands:
        stack.pulumi("config", "set", *secret.split(), key, ids[key])
    assert set(stack.preview().values()) == {"create"}

    # Step 4.
    stack.up()
    stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    stack.pulumi("refresh", "--preview-only", "--expect-no-changes")
    assert what_there_is(stack.control_plane, ids["warehouse"]) == before
    assert changes_asked_for(stack.control_plane) == asked
    assert client.command("SELECT n FROM events.seen") == "7\n"

    # Going back: what is forgotten stays.
    urn = "urn:pulumi:test::adopted::pulumi-python:dynamic/clickhouse:Service::warehouse"
    stack.pulumi("state", "delete", urn, "--target-dependents", "--yes")
    assert urn not in stack.state()
    assert what_there_is(stack.control_plane, ids["warehouse"]) == before
