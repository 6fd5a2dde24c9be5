"""The local clouds' APIs as any HTTP client sees them: what is there, what is changed by hand."""

from __future__ import annotations

import base64
import json
import urllib.request
from pathlib import Path
from typing import Any

from local.environment import Layout
from local.state import load_json

__all__ = ["Cloudflare", "ControlPlane"]


class ControlPlane:
    """ClickHouse Cloud's API."""

    def __init__(self, clouds: Layout) -> None:
        self.cloud: dict[str, Any] = load_json(clouds.clouds / "clickhouse" / "cloud.json", {})
        self._login = (self.cloud["key_id"], self.cloud["key_secret"])
        self.request("PUT", "/local/faults", {"requests_per_window": 0})

    def services(self) -> list[dict[str, Any]]:
        """All services of the organization."""
        return list(self.organization("GET", "services"))

    def patch_service(self, service_id: str, path: str, body: dict[str, Any]) -> Any:
        """Change a service as somebody does by hand in the console."""
        return self.organization("PATCH", f"services/{service_id}{path}", body)

    def organization(self, method: str, path: str, body: Any = None) -> Any:
        """The `result` of an operation of the organization."""
        path = f"/v1/organizations/{self.cloud['organization_id']}/{path}"
        return self.request(method, path, body).get("result")

    def request(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Any request; an error of the API is an exception."""
        origin = self.cloud["url"].removesuffix("/v1")
        token = base64.b64encode(":".join(self._login).encode()).decode()
        return _json(method, origin + path, f"Basic {token}", body)


class Cloudflare:
    """Cloudflare's API."""

    def __init__(self, clouds: Layout) -> None:
        self.cloud: dict[str, Any] = load_json(clouds.clouds / "cloudflare" / "cloud.json", {})

    def account(self, path: str) -> Any:
        """The `result` of a GET below the account."""
        url = f"{self.cloud['url']}/accounts/{self.cloud['account_id']}/{path}"
        return _json("GET", url, f"Bearer {self.cloud['api_token']}", None)["result"]


def _json(method: str, url: str, authorization: str, body: Any) -> dict[str, Any]:
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": authorization, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.loads(answer.read() or b"{}"))


def processes_below(folder: Path) -> list[str]:
    """Command lines of all processes that name a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if str(folder) in command:
            found.append(command)
    return found
