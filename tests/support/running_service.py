"""A service that was created without Pulumi, for resources that are created inside a service."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from local.stack.paths import StackPaths
from tests.support.cloud_apis import ControlPlane
from tests.support.program_stack import ProgramStack

__all__ = ["RunningService"]

DEADLINE_SECONDS = 60.0


class RunningService:
    """A running service that belongs to no stack."""

    def __init__(self, clouds: StackPaths) -> None:
        self.clouds = clouds
        self.control_plane = ControlPlane(clouds)
        made = self.control_plane.organization(
            "POST",
            "services",
            {
                "name": "by hand",
                "provider": "aws",
                "region": "eu-central-1",
                "ipAccessList": [{"source": "127.0.0.1/32", "description": "here"}],
            },
        )
        self.id: str = made["service"]["id"]
        endpoints = {e["protocol"]: e for e in made["service"]["endpoints"]}
        self.url = f"https://{endpoints['https']['host']}:{endpoints['https']['port']}"
        self.password: str = made["password"]
        self.wait_for("running")

    def wait_for(self, state: str) -> None:
        """Poll until the API shows the state."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.state != state:
            assert time.monotonic() < deadline, f"the service is not {state}"
            time.sleep(0.05)

    @property
    def state(self) -> str:
        """Return the state that the API shows."""
        return str(self.control_plane.organization("GET", f"services/{self.id}")["state"])

    def command(self, command: str) -> None:
        """Send the command `start` or `stop`."""
        self.control_plane.patch_service(self.id, "/state", {"command": command})

    def connection(self, *, cloud: bool = True) -> dict[str, str]:
        """Return a resource's `connection`; without `cloud`, for a server outside the cloud."""
        service = {
            "organization_id": self.control_plane.cloud["organization_id"],
            "service_id": self.id,
        }
        known = {"url": self.url, "admin_user": "default", "admin_password": self.password}
        return {**known, **(service if cloud else {})}

    def query(self, sql: str, *, user: str = "default", password: str | None = None) -> str:
        """Run a statement and return the response or the server's error as one string."""
        request = urllib.request.Request(
            self.url,
            data=sql.encode(),
            headers={"X-ClickHouse-User": user, "X-ClickHouse-Key": password or self.password},
        )
        authority = self.clouds.clouds / "certificates" / "ca.pem"
        context = ssl.create_default_context(cafile=str(authority))
        try:
            with urllib.request.urlopen(request, context=context, timeout=60) as response:
                return str(response.read().decode().strip())
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def stack(self, folder: Path, name: str) -> AccessStack:
        """Return a stack of the program `access` on this server."""
        return AccessStack(self, folder, name)


class AccessStack(ProgramStack):
    """A stack of databases, roles, users, grants and profiles."""

    def __init__(self, server: RunningService, folder: Path, name: str) -> None:
        super().__init__(server.clouds, "access", folder, name=name)
        self.server = server

    def has(self, **made: dict[str, Any]) -> None:
        """Set the resources of the program."""
        self.configure(connection=self.server.connection(), **made)

    def makes(self, **made: dict[str, Any]) -> None:
        """Set the resources, run `pulumi up`, and check that a second `up` changes nothing."""
        self.has(**made)
        self.up()
        self.up("--expect-no-changes")

    def updates(self, **made: dict[str, Any]) -> None:
        """Set the resources; the one that differs must be updated in place."""
        self.has(**made)
        assert "1 updated" in self.up()

    def replaces(self, **made: dict[str, Any]) -> None:
        """Set the resources; the one that differs must be replaced."""
        self.has(**made)
        assert "1 replaced" in self.up()

    def refreshed(self) -> None:
        """Read all resources from the server and repair them."""
        self.up("--refresh")
