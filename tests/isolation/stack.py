"""Run the stack of the project from preview to destroy, and send spans and an event through it.

    python -m tests.isolation.stack FOLDER

All programs of a stack run: the pulumi CLI with its plugins and language host, both local clouds,
ClickHouse, workerd and an OpenTelemetry SDK.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path

from tests.support.cloud_apis import ControlPlane
from tests.support.deployment import Deployment
from tests.support.local_clouds import local_clouds

SPANS = 1000


def main() -> None:
    """Preview, up, use, refresh and destroy. Any failure raises an exception."""
    folder = Path(sys.argv[1])
    with local_clouds(folder / "state") as clouds:
        deployment = Deployment(clouds, "isolated", folder)
        deployment.stack.ensure()
        deployment.pulumi("preview")
        deployment.up()
        application = deployment.application("span_app", "isolated", str(SPANS))
        send_event(deployment)
        application.communicate()
        wait_for_rows(deployment, "otel_traces", SPANS)
        wait_for_rows(deployment, "events", 1)
        deployment.pulumi("refresh", "--yes")
        deployment.destroy()
        assert ControlPlane(clouds).services() == []
    print("complete")


def wait_for_rows(deployment: Deployment, table: str, rows: int) -> None:
    """Wait until a table has this many rows."""
    sql = f"SELECT count() AS rows FROM {table}"
    deployment.wait_for(
        f"{rows} rows in {table}", lambda: int(deployment.query(sql)[0]["rows"]) == rows
    )


def send_event(deployment: Deployment) -> None:
    """Send one product event."""
    outputs = deployment.outputs_once()
    request = urllib.request.Request(
        f"{outputs['ingest_url']}/events",
        data=json.dumps({"event_name": "seen", "channel": "web", "user_id": "u1"}).encode(),
        headers={
            "Authorization": f"Bearer {outputs['ingest_token']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, context=deployment.tls(), timeout=60) as response:
        assert response.status == 200


if __name__ == "__main__":
    main()
