"""The steps of docs/migrating-from-terraform.md work on the local control plane."""

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


def create_with_terraform(control_plane: ControlPlane) -> dict[str, str]:
    """Create the objects of the guide's program as Terraform's provider does. Return the config."""
    send = control_plane.organization
    service = send(
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
    while send("GET", path)["state"] != "running":
        pass
    digest = base64.b64encode(hashlib.sha256(PASSWORD.encode()).digest()).decode()
    send("PATCH", f"{path}/password", {"newPasswordHash": digest})
    send(
        "PATCH",
        f"{path}/backupConfiguration",
        {
            "backupPeriodInHours": None,
            "backupStartTime": "03:00",
            "backupRetentionPeriodInHours": 168,
        },
    )
    key = send(
        "POST",
        "keys",
        {
            "name": "reporting",
            "state": "enabled",
            "roles": ["query_endpoints"],
            "ipAccessList": [{"source": "203.0.113.7", "description": ""}],
        },
    )["key"]
    send(
        "POST",
        f"{path}/serviceQueryEndpoint",
        {
            "roles": ["sql_console_read_only"],
            "openApiKeys": [key["id"]],
            "allowedOrigins": "",
        },
    )
    send("PUT", f"{path}/upgradeWindow", {"weekday": 3, "startHourUtc": 12})
    send(
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
    role = send(
        "POST",
        "roles",
        {
            "name": "analyst",
            "actors": [f"user/{send('GET', 'members')[0]['userId']}"],
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


def existing_objects(control_plane: ControlPlane, service_id: str) -> dict[str, Any]:
    """Return all objects of the organization that the guide's program manages."""
    parts = ("backupConfiguration", "serviceQueryEndpoint", "upgradeWindow", "scalingSchedule")
    paths = ["services", "keys", "roles", *(f"services/{service_id}/{part}" for part in parts)]
    found = {path: control_plane.organization("GET", path) for path in paths}
    for key in found["keys"]:
        key.pop("usedAt", None)  # changes with each request
    return found


def change_requests(control_plane: ControlPlane) -> dict[str, int]:
    """Return the number of requests that can change an object, by operation."""
    responses = control_plane.request("GET", "/local/counts")["responses"]
    return {
        response["operation"]: response["count"]
        for response in responses
        if not response["operation"].startswith("GET ")
    }


class Client:
    """A SQL client with the old password."""

    def __init__(self, clouds: StackPaths, service: dict[str, Any]) -> None:
        (https,) = [e for e in service["endpoints"] if e["protocol"] == "https"]
        self.url = f"https://{https['host']}:{https['port']}"
        self.tls = ssl.create_default_context(cafile=str(clouds.clouds / "certificates/ca.pem"))

    def command(self, sql: str) -> str:
        """Run a statement."""
        login = {"X-ClickHouse-User": "default", "X-ClickHouse-Key": PASSWORD}
        request = urllib.request.Request(self.url, data=sql.encode(), headers=login)
        with urllib.request.urlopen(request, context=self.tls, timeout=60) as response:
            return str(response.read().decode())


def test_objects_of_terraform_are_adopted_without_a_change(
    clouds: StackPaths, tmp_path: Path
) -> None:
    """The guide's program adopts all objects, and sends no request that changes one."""
    guide = GUIDE.read_text()
    (program,) = re.findall(r"^```python\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "__main__.py").write_text(program)
    (folder / "Pulumi.yaml").write_text("name: adopted\nruntime: python\n")
    stack = ProgramStack(clouds, folder, tmp_path)
    ids = create_with_terraform(stack.control_plane)
    service = stack.control_plane.organization("GET", f"services/{ids['warehouse']}")
    client = Client(clouds, service)
    client.command("CREATE DATABASE events ENGINE = Atomic")
    client.command("CREATE TABLE events.seen (n UInt8) ENGINE = MergeTree ORDER BY n AS SELECT 7")
    before = existing_objects(stack.control_plane, ids["warehouse"])
    requests = change_requests(stack.control_plane)

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
    assert existing_objects(stack.control_plane, ids["warehouse"]) == before
    assert change_requests(stack.control_plane) == requests
    assert client.command("SELECT n FROM events.seen") == "7\n"

    # Going back: objects that are removed from the state stay.
    urn = "urn:pulumi:test::adopted::pulumi-python:dynamic/clickhouse:Service::warehouse"
    stack.pulumi("state", "delete", urn, "--target-dependents", "--yes")
    assert urn not in stack.state()
    assert existing_objects(stack.control_plane, ids["warehouse"]) == before
