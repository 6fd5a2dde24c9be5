"""Valid and invalid requests that are generated from the OpenAPI spec: none returns a 5xx."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.local.clickhouse.control_plane import CloudProcess
from tests.local.clickhouse.kinds import KINDS
from tests.support.paths import ROOT

PROGRAM = Path(sys.executable).parent / "schemathesis"
SPEC = ROOT / "clickhouse_api" / "openapi.json"
SEED = "20260101"
EXAMPLES = "2"
# The operation returns 501, because no Postgres runs that could have a certificate.
NOT_IMPLEMENTED = "postgresServiceCertsGet"
# Existing objects, so that requests are not all rejected with 404.
PLACEHOLDERS = {
    "roleId": "role",
    "invitationId": "invitation",
    "clickStackDashboardId": "dashboard",
    "clickStackSourceId": "source",
    "clickStackWebhookId": "webhook",
    "clickStackRoleId": "clickstack role",
    "clickPipeId": "postgres pipe",
    "reversePrivateEndpointId": "reverse private endpoint",
    "postgresId": "postgres service",
    "byocInfrastructureId": "byoc",
}


def test_no_request_returns_5xx(cloud: CloudProcess, tmp_path: Path) -> None:
    """All operations run on existing objects, deletes last. The seed and the number are fixed."""
    service = cloud.create_service()
    ids = {"organizationId": cloud.description["organization_id"], "serviceId": service.id}
    for placeholder, name in PLACEHOLDERS.items():
        path = KINDS[name].path.format(service=service.path)
        ids[placeholder] = cloud.call("POST", path, KINDS[name].body)["id"]
    configuration = tmp_path / "schemathesis.toml"
    lines = [f'{name} = "{id}"\n' for name, id in ids.items()]
    configuration.write_text("".join(["[parameters]\n", *lines]))
    for which in ("--exclude-method", "--include-method"):
        fuzz(cloud, configuration, which, "DELETE")


def fuzz(cloud: CloudProcess, configuration: Path, *selection: str) -> None:
    """Run schemathesis, which must send requests and find no error."""
    description = cloud.description
    options = {
        "--url": description["url"].removesuffix("/v1"),
        "--auth": f"{description['key_id']}:{description['key_secret']}",
        "--checks": "not_a_server_error",
        "--phases": "fuzzing",
        "--max-examples": EXAMPLES,
        "--seed": SEED,
        "--generation-database": "none",
        "--exclude-operation-id": NOT_IMPLEMENTED,
        "--suppress-health-check": "all",
    }
    command = [str(PROGRAM), "--config-file", str(configuration), "run", str(SPEC)]
    done = subprocess.run(
        [*command, *selection, *(text for option in options.items() for text in option)],
        cwd=configuration.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    assert "generated" in done.stdout
