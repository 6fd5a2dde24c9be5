"""A server for resources that live inside one: a service made by hand, and SQL as its admin."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from local.environment import Layout
from tests.support.cloud_apis import ControlPlane
from tests.support.program_stack import ProgramStack

__all__ = ["RunningService"]

DEADLINE_SECONDS = 60.0


class RunningService:
    """A running service that no stack made."""

    def __init__(self, clouds: Layout) -> None:
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
        """Until the API shows a state."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.state != state:
            assert time.monotonic() < deadline, f"the service is not {state}"
            time.sleep(0.05)

    @property
    def state(self) -> str:
        """As the API shows it."""
        return str(self.control_plane.organization("GET", f"services/{self.id}")["state"])

    def command(self, command: str) -> None:
        """`start` or `stop`."""
        self.control_plane.patch_service(self.id, "/state", {"command": command})

    def connection(self, *, cloud: bool = True) -> dict[str, str]:
        """What a resource's `connection` takes; without `cloud`, as of any other server."""
        service = {
            "organization_id": self.control_plane.cloud["organization_id"],
            "service_id": self.id,
        }
        known = {"url": self.url, "admin_user": "default", "admin_password": self.password}
        return {**known, **(service if cloud else {})}

    def query(self, sql: str, *, user: str = "default", password: str | None = None) -> str:
        """The answer to a statement, or the server's error, as one text."""
        request = urllib.request.Request(
            self.url,
            data=sql.encode(),
            headers={"X-ClickHouse-User": user, "X-ClickHouse-Key": password or self.password},
        )
        authority = self.clouds.clouds / "certificates" / "ca.pem"
        context = ssl.create_default_context(cafile=str(authority))
        try:
            with urllib.request.urlopen(request, context=context, timeout=60) as answer:
                return str(answer.read().decode().strip())
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def stack(self, folder: Path, name: str) -> AccessStack:
        """A stack of the program `access` in this server."""
        return AccessStack(self, folder, name)


class AccessStack(ProgramStack):
    """A stack of databases, roles, users, grants and profiles."""

    def __init__(self, server: RunningService, folder: Path, name: str) -> None:
        super().__init__(server.clouds, "access", folder, name=name)
        self.server = server

    def has(self, **made: dict[str, Any]) -> None:
        """Set what the program makes."""
        self.configure(connection=self.server.connection(), **made)

    def makes(self, **made: dict[str, Any]) -> None:
        """Set what the program makes, `pulumi up`, and see that a second one has nothing to do."""
        self.has(**made)
        self.up()
        self.up("--expect-no-changes")

    def updates(self, **made: dict[str, Any]) -> None:
        """Set what the program makes; the one resource that differs is changed in place."""
        self.has(**made)
        assert "1 updated" in self.up()

    def replaces(self, **made: dict[str, Any]) -> None:
        """Set what the program makes; the one resource that differs is replaced."""
        self.has(**made)
        assert "1 replaced" in self.up()

    def refreshed(self) -> None:
        """Read everything from the server, and repair it."""
        self.up("--refresh")
