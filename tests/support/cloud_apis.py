"""Clients of the local clouds' APIs, to inspect and to change objects without Pulumi."""

from __future__ import annotations

import base64
import json
import urllib.request
from pathlib import Path
from typing import Any

from local.processes.durable_files import load_json
from local.stack.paths import StackPaths

__all__ = ["Cloudflare", "ControlPlane"]


class ControlPlane:
    """Client of the local ClickHouse Cloud API."""

    def __init__(self, clouds: StackPaths) -> None:
        self.cloud: dict[str, Any] = load_json(clouds.clouds / "clickhouse" / "cloud.json", {})
        self._login = (self.cloud["key_id"], self.cloud["key_secret"])
        self.request("PUT", "/local/faults", {"requests_per_window": 0})

    def services(self) -> list[dict[str, Any]]:
        """Return all services of the organization."""
        return list(self.organization("GET", "services"))

    def patch_service(self, service_id: str, path: str, body: dict[str, Any]) -> Any:
        """Change a service outside Pulumi, as a user does in the console."""
        return self.organization("PATCH", f"services/{service_id}{path}", body)

    def organization(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request below the organization and return the `result` of the response."""
        path = f"/v1/organizations/{self.cloud['organization_id']}/{path}"
        return self.request(method, path.rstrip("/"), body).get("result")

    def request(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Send any request; an error response raises `HTTPError`."""
        origin = self.cloud["url"].removesuffix("/v1")
        token = base64.b64encode(":".join(self._login).encode()).decode()
        return _json(method, origin + path, f"Basic {token}", body)


class Cloudflare:
    """Client of the local Cloudflare API."""

    def __init__(self, clouds: StackPaths) -> None:
        self.cloud: dict[str, Any] = load_json(clouds.clouds / "cloudflare" / "cloud.json", {})

    def account(self, path: str) -> Any:
        """Send a GET below the account and return the `result` of the response."""
        url = f"{self.cloud['url']}/accounts/{self.cloud['account_id']}/{path}"
        return _json("GET", url, f"Bearer {self.cloud['api_token']}", None)["result"]


def _json(method: str, url: str, authorization: str, body: Any) -> dict[str, Any]:
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": authorization, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return dict(json.loads(response.read() or b"{}"))


def processes_below(folder: Path) -> list[str]:
    """Return the command lines of all processes that contain a folder's path."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if str(folder) in command:
            found.append(command)
    return found
